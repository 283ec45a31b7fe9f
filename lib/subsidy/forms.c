#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "gen/names.h"
#include "options/words.h"
#include "subsidy/forms.h"
#include "subsidy/papers.h"
#include "subsidy/text.h"

#define TEXT_MAX 300 /* characters of one text on paper */

/* --- the table of fields ---------------------------------------------------------------------- */

static const char *const source_words[N_SOURCES] = { "project", "supplier", "code", "figure", "row",
	"sum", "text" };
static const char *const part_words[N_PARTS] = { "prefecture", "institution", "item", "detail",
	"eligible", "ineligible", "total" };

static int
find_word(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

/* 1, or 0 if there is no such thing to put on a form. */
static int
take_field(struct form_field *f, const char *of, const char *member)
{
	int source = find_word(source_words, N_SOURCES, of), part;

	f->source = (enum source)source;
	f->text = member;
	switch (source) {
	case SOURCE_PROJECT:
		return (f->fact = field_find(project_fields, n_project_fields, member)) != NULL;
	case SOURCE_SUPPLIER:
		for (size_t i = 0; i < n_supplier_fields; i++)
			if (strcmp(supplier_fields[i].name, member) == 0)
				f->fact = &supplier_fields[i];
		return f->fact != NULL;
	case SOURCE_FIGURE:
		return (f->figure = figure_find(member)) != NULL;
	case SOURCE_TEXT:
		return 1;
	default:
		part = find_word(part_words, N_PARTS, member);
		f->part = (enum part)part;
		return source != -1 && part != -1;
	}
}

static const char *
cell(const struct table *t, size_t row, const char *column)
{
	const char *text = table_cell(t, row, column);

	return text == NULL ? "" : text;
}

static int
load_fields(struct forms *f, const char *dir, struct why *why)
{
	static const char name[] = "form_fields.csv";

	if ((f->table = rules_table(dir, name, why)) == NULL)
		return -1;
	f->n_fields = table_rows(f->table);
	if ((f->fields = calloc(f->n_fields + 1, sizeof *f->fields)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	for (size_t i = 0; i < f->n_fields; i++) {
		struct form_field *field = &f->fields[i];

		field->form = cell(f->table, i, "form");
		field->label = cell(f->table, i, "label_ja");
		field->needed = strcmp(cell(f->table, i, "needed"), "yes") == 0;
		if (take_field(field, cell(f->table, i, "of"), cell(f->table, i, "member")))
			continue;
		why_set(why, ERR_TABLE_MALFORMED, NULL, "%s: row %zu: %s", name, i + 1,
		    cell(f->table, i, "member"));
		return -1;
	}
	return 0;
}

static int
load_duties(struct forms *f, const char *dir, struct why *why)
{
	return (f->duties = rules_table(dir, "grant_duties.csv", why)) == NULL ? -1 : 0;
}

struct forms *
forms_open(const struct rules *rules, const char *dir, const char *const **fonts, struct why *why)
{
	struct forms *f = calloc(1, sizeof *f);

	if (f == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	f->rules = rules;
	buf_init(&f->bytes, (size_t)64 << 20);
	words_open_japanese();
	if (load_fields(f, dir, why) == 0 && load_duties(f, dir, why) == 0 &&
	    pdf_fonts(fonts, why) == 0)
		return f;
	forms_close(f);
	return NULL;
}

void
forms_close(struct forms *f)
{
	if (f == NULL)
		return;
	pdf_close(f->pdf);
	pdf_fonts_forget();
	table_free(f->table);
	table_free(f->duties);
	free(f->fields);
	buf_free(&f->bytes);
	free(f);
}

/* --- what would be wrong on paper --------------------------------------------------------------- */

static int
is_unsaid(const void *base, const struct field *f)
{
	if (f->kind == FIELD_TEXT) {
		const char *text = *(const char *const *)((const char *)base + f->at);

		return text == NULL || text[strspn(text, " \t")] == '\0';
	}
	return *(const int64_t *)((const char *)base + f->at) == UNSAID;
}

/* Which members are missing, by form: "breakdown 1: supplier_phone, ...; report: founder". */
struct lacking {
	char text[384];
	struct buf list;
	char form[64], pointer[96]; /* the form that was named last; the first member */
};

static void
lack(struct lacking *l, const char *form, const char *name, const char *pointer)
{
	if (strcmp(l->form, form) != 0)
		buf_addf(&l->list, "%s%s: %s", l->list.len == 0 ? "" : "; ", form, name);
	else
		buf_addf(&l->list, ", %s", name);
	snprintf(l->form, sizeof l->form, "%s", form);
	if (l->pointer[0] == '\0')
		snprintf(l->pointer, sizeof l->pointer, "%s", pointer);
}

/* Forms break the code into boxes, and it names the directory. */
static int
code_fits(const struct project *p)
{
	return p->code != NULL && strlen(p->code) == CODE_DIGITS &&
	       strspn(p->code, "0123456789") == CODE_DIGITS;
}

static void
look_at_supplier(
    struct lacking *l, const struct form_field *f, const struct project *p, size_t number)
{
	const struct supplier *s = &p->suppliers[number];
	char form[64], pointer[96];

	snprintf(form, sizeof form, "%s %zu", f->form, number + 1);
	if (f->source == SOURCE_SUPPLIER && is_unsaid(s, f->fact)) {
		snprintf(pointer, sizeof pointer, "/" PROJECT_SUPPLIERS "/%zu/%s", number,
		    f->fact->name);
		lack(l, form, f->fact->flat, pointer);
	}
	for (size_t i = 0; f->source == SOURCE_ROW && i < s->n; i++) {
		const char *label = p->costs[s->first + i].label;
		char name[64];

		if (label != NULL && *label != '\0')
			continue;
		snprintf(pointer, sizeof pointer,
		    "/" PROJECT_SUPPLIERS "/%zu/" SUPPLIER_ITEMS "/%zu/" COST_LABEL, number, i);
		snprintf(name, sizeof name, COST_LABEL " %zu", i + 1);
		lack(l, form, name, pointer);
	}
}

static void
look_at_facility(struct lacking *l, const struct form_field *f, const struct project *p)
{
	char pointer[96];

	if (f->source != SOURCE_PROJECT || !is_unsaid(p, f->fact))
		return;
	snprintf(pointer, sizeof pointer, "/%s", f->fact->name);
	lack(l, f->form, f->fact->flat, pointer);
}

static int
look_for_missing(const struct forms *forms, const struct project *p, struct why *why)
{
	struct lacking l = { .form = "" };
	const struct form_field *end = forms->fields + forms->n_fields;

	buf_over(&l.list, l.text, sizeof l.text);
	if (!code_fits(p))
		lack(&l, "all", PROJECT_FACILITY_CODE, "/" PROJECT_FACILITY_CODE);
	for (size_t i = 0; i < p->n_suppliers; i++)
		for (const struct form_field *f = forms->fields; f < end; f++)
			if (f->needed)
				look_at_supplier(&l, f, p, i);
	for (const struct form_field *f = forms->fields; f < end; f++)
		if (f->needed)
			look_at_facility(&l, f, p);
	if (l.pointer[0] == '\0')
		return 0;
	why_set(why, ERR_FORM_FIELD_MISSING, l.pointer, "%s", l.list.data);
	return -1;
}

/* Can the text stand on paper? 0, or -1 with why. NULL is no text. */
static int
look_at_text(struct forms *f, const char *text, const char *pointer, struct why *why)
{
	const char *lacking;
	size_t n = 0;
	uint32_t c;

	for (const char *at = text; at != NULL && *at != '\0'; at++)
		n += (*at & 0xc0) != 0x80;
	if (n > TEXT_MAX) {
		why_set(why, ERR_FORM_TEXT_TOO_LONG, pointer, "%zu characters, at most %d", n,
		    TEXT_MAX);
		return -1;
	}
	if (text == NULL || (lacking = pdf_lacks(f->pdf, text)) == NULL)
		return 0;
	utf8_next(lacking, strlen(lacking), &c);
	why_set(why, ERR_CHARACTER_WITHOUT_FONT, pointer, "U+%04X", (unsigned)c);
	return -1;
}

static int
look_at_texts(struct forms *f, const void *base, const struct field *fields, size_t n,
    const char *at, struct why *why)
{
	for (const struct field *field = fields; field < fields + n; field++) {
		char pointer[96];

		if (field->kind != FIELD_TEXT)
			continue;
		snprintf(pointer, sizeof pointer, "%s/%s", at, field->name);
		if (look_at_text(f, *(const char *const *)((const char *)base + field->at), pointer,
			why) == -1)
			return -1;
	}
	return 0;
}

static int
look_at_fonts(struct forms *f, const struct project *p, struct why *why)
{
	char at[64];

	if (look_at_texts(f, p, project_fields, n_project_fields, "", why) == -1)
		return -1;
	for (size_t i = 0; i < p->n_suppliers; i++) {
		const struct supplier *s = &p->suppliers[i];

		snprintf(at, sizeof at, "/" PROJECT_SUPPLIERS "/%zu", i);
		if (look_at_texts(f, s, supplier_fields, n_supplier_fields, at, why) == -1)
			return -1;
		for (size_t j = 0; j < s->n; j++) {
			snprintf(at, sizeof at, "/" PROJECT_SUPPLIERS "/%zu/" SUPPLIER_ITEMS "/%zu",
			    i, j);
			if (look_at_texts(f, &p->costs[s->first + j], cost_fields, n_cost_fields,
				at, why) == -1)
				return -1;
		}
	}
	return 0;
}

/* --- papers ------------------------------------------------------------------------------------- */

static const struct kind {
	const char *form;
	void (*draw)(const struct sketch *);
	int per_supplier;
	const char *title;
} kinds[] = {
	{ "breakdown", draw_breakdown, 1, "領収書内訳書" },
	{ "report", draw_report, 0, "オンライン資格確認等事業完了報告書" },
	{ "application", draw_application, 0, "補助金交付申請書" },
	{ "check", draw_check, 0, "申請前の確認票・転記表" },
	{ "duties", draw_duties, 0, "交付のあとにすること" },
	{ "assets", draw_assets, 0, "圧縮記帳のための計算表" },
};

#define DRAFT "案: 公表されている項目に合わせて作成したもので、公式の様式そのものではありません。"

static const char draft_mark[] = DRAFT;
static const char refused_mark[] = DRAFT "　差戻しになる点があります（確認票 4）。";

/* The day that goes into a document: of the application, else of the last thing that is known. */
static struct date
day_of(const struct project *p)
{
	const int64_t days[] = { p->application_on, p->project_completed_on,
		p->operation_started_on, p->reader_applied_on };

	for (size_t i = 0; i < sizeof days / sizeof *days; i++)
		if (days[i] != UNSAID)
			return date_of_days(days[i]);
	return date_of_days(0);
}

static int
render_one(
    const struct sketch *s, const struct kind *kind, paper_taker *take, void *to, struct why *why)
{
	struct forms *f = s->forms;
	struct paper paper = { .form = kind->form, .supplier = s->supplier };
	char name[64], foot[96];
	const struct pdf_paper sheet = {
		.title = kind->title,
		.mark = s->assessment->refusals > 0 ? refused_mark : draft_mark,
		.foot = foot,
		.made = day_of(s->project),
	};

	if (kind->per_supplier)
		snprintf(name, sizeof name, "%s-%ld.pdf", kind->form, s->supplier + 1);
	else
		snprintf(name, sizeof name, "%s.pdf", kind->form);
	snprintf(foot, sizeof foot, "%s  %s", s->project->code, name);
	buf_reset(&f->bytes);
	pdf_begin(f->pdf, &sheet);
	pdf_text(f->pdf, PDF_TITLE, kind->title);
	kind->draw(s);
	if (pdf_end(f->pdf, &f->bytes, why) == -1)
		return -1;
	paper.name = name;
	paper.bytes = f->bytes.data;
	paper.length = f->bytes.len;
	return take(to, s->project, &paper, why);
}

int
forms_render(struct forms *f, const struct assessor *by, const struct project *p,
    const struct assessment *a, paper_taker *take, void *to, struct why *why)
{
	struct sketch s = { .forms = f, .by = by, .project = p, .assessment = a };

	if (f->pdf == NULL && (f->pdf = pdf_open()) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	if (look_for_missing(f, p, why) == -1 || look_at_fonts(f, p, why) == -1)
		return -1;
	for (const struct kind *k = kinds; k < kinds + sizeof kinds / sizeof *kinds; k++) {
		long n = k->per_supplier ? (long)p->n_suppliers : 1;

		for (long i = 0; i < n; i++) {
			s.supplier = k->per_supplier ? i : NOWHERE;
			if (render_one(&s, k, take, to, why) == -1)
				return -1;
		}
	}
	return 0;
}

/* --- files --------------------------------------------------------------------------------------- */

static int
write_paper(void *to, const struct project *p, const struct paper *paper, struct why *why)
{
	const char *dir = to;
	char path[4096];
	struct whole file;

	snprintf(path, sizeof path, "%s/%s/%s", dir, p->code, paper->name);
	if (whole_open(&file, path, 0600, why) == -1)
		return -1;
	fwrite(paper->bytes, 1, paper->length, file.fp);
	if (whole_commit(&file, why) == 0)
		return 0;
	whole_abort(&file);
	return -1;
}

/* Of an earlier run with more suppliers. */
static void
remove_others(const char *dir, const struct project *p)
{
	char path[4096];
	size_t n = p->n_suppliers;

	do
		snprintf(path, sizeof path, "%s/%s/breakdown-%zu.pdf", dir, p->code, ++n);
	while (unlink(path) == 0);
}

int
forms_write(struct forms *f, const char *dir, const struct assessor *by, const struct project *p,
    const struct assessment *a, struct why *why)
{
	char path[4096];

	if (by->again)
		return 0;
	/* Without its code a project has no place; what it lacks is said before it is drawn. */
	if (code_fits(p)) {
		snprintf(path, sizeof path, "%s/%s", dir, p->code);
		if (dir_private(path, why) == -1)
			return -1;
	}
	/* The taker reads the directory's name only. */
	if (forms_render(f, by, p, a, write_paper, (void *)(uintptr_t)dir, why) == -1)
		return -1;
	remove_others(dir, p);
	return 0;
}
