#include <string.h>

#include "adoption/figures.h"
#include "gen/names.h"
#include "options/words.h"

#define RECORD_MAX ((size_t)1 << 20)

static const struct {
	const char *name, *title;
	unsigned flags;
	int number; /* an integer in a record, no text */
} members[FIGURE_MEMBERS] = {
	[FIGURE_AS_OF] = { ADOPTION_AS_OF, N_("as of"), COLUMN_NARROW, 0 },
	[FIGURE_FACILITY_TYPE] = { ADOPTION_FACILITY_TYPE, N_("facilities"), COLUMN_NARROW, 0 },
	[FIGURE_STAGE] = { ADOPTION_STAGE, N_("stage"), COLUMN_NARROW, 0 },
	[FIGURE_RANK] = { ADOPTION_RANK, N_("rank"), COLUMN_RIGHT, 1 },
	[FIGURE_NUMBER] = { ADOPTION_NUMBER, N_("number"), COLUMN_RIGHT, 1 },
	[FIGURE_PREFECTURE] = { ADOPTION_PREFECTURE, N_("prefecture"), COLUMN_NARROW, 0 },
	[FIGURE_MUNICIPALITY] = { ADOPTION_MUNICIPALITY, N_("municipality"), COLUMN_NARROW, 0 },
	[FIGURE_COUNT] = { ADOPTION_COUNT, N_("count"), COLUMN_RIGHT, 1 },
	[FIGURE_TOTAL] = { ADOPTION_TOTAL, N_("out of"), COLUMN_RIGHT, 1 },
	[FIGURE_MANDATED] = { ADOPTION_MANDATED, N_("mandated"), COLUMN_RIGHT, 1 },
	[FIGURE_MANDATED_COUNT] = { ADOPTION_MANDATED_COUNT, N_("mandated among the count"),
	    COLUMN_RIGHT, 1 },
	[FIGURE_MODE_UNSAID] = { ADOPTION_MODE_UNSAID, N_("mandate unknown"), COLUMN_RIGHT, 1 },
	[FIGURE_PCT_OF_ALL] = { ADOPTION_PCT_OF_ALL, N_("% of all"), COLUMN_RIGHT, 0 },
	[FIGURE_PCT_OF_MANDATED] = { ADOPTION_PCT_OF_MANDATED, N_("% of mandated"), COLUMN_RIGHT,
	    0 },
	[FIGURE_APPLICATION_RATE] = { ADOPTION_APPLICATION_RATE_PCT, N_("% applied"), COLUMN_RIGHT,
	    0 },
	[FIGURE_OPERATION_RATE] = { ADOPTION_OPERATION_RATE_PCT, N_("% operating"), COLUMN_RIGHT,
	    0 },
	[FIGURE_CLAIMS_MODE] = { ADOPTION_CLAIMS_MODE, N_("claims"), COLUMN_NARROW, 0 },
	[FIGURE_COUNT_10K] = { ADOPTION_COUNT_10K, N_("ten thousands"), COLUMN_RIGHT, 0 },
	[FIGURE_BASIS] = { ADOPTION_BASIS, N_("basis"), COLUMN_NARROW, 0 },
	[FIGURE_METRIC] = { ADOPTION_METRIC, N_("what"), COLUMN_NARROW, 0 },
	[FIGURE_VALUE] = { ADOPTION_VALUE, N_("value"), COLUMN_RIGHT, 0 },
	[FIGURE_COUNT_PRECISION] = { ADOPTION_COUNT_PRECISION, N_("rounded to"), COLUMN_RIGHT, 1 },
	[FIGURE_BASE] = { ADOPTION_BASE, N_("share of"), COLUMN_NARROW, 0 },
	[FIGURE_RATE] = { ADOPTION_RATE_PCT, N_("%"), COLUMN_RIGHT, 0 },
	[FIGURE_NOTE] = { ADOPTION_NOTE, N_("note"), 0, 0 },
	[FIGURE_SOURCE] = { ADOPTION_SOURCE, N_("source"), COLUMN_NARROW, 0 },
	[FIGURE_CONFIDENCE] = { ADOPTION_CONFIDENCE, N_("confidence"), COLUMN_NARROW, 0 },
};

/* Words of cells, as people say them. */
static const struct {
	const char *word, *said;
} words[] = {
	{ "hospital", N_("hospitals") },
	{ "clinic_medical", N_("medical clinics") },
	{ "clinic_dental", N_("dental clinics") },
	{ "pharmacy", N_("pharmacies") },
	{ "all", N_("all facilities") },
	{ ADOPTION_STAGE_APPLIED, N_("reader applied for") },
	{ ADOPTION_STAGE_READY, N_("ready") },
	{ ADOPTION_STAGE_OPERATING, N_("operating") },
	{ "online", N_("online") },
	{ "disc", N_("on disc") },
	{ "paper", N_("on paper") },
	{ "disc_or_paper", N_("on disc or paper") },
	{ "total", N_("in all") },
};

const char *
figure_name(enum figure_member m)
{
	return members[m].name;
}

const char *
figure_title(enum figure_member m)
{
	return _(members[m].title);
}

const char *
figure_word(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0)
			return _(words[i].said);
	return word;
}

void
figures_open(struct figures *f, const enum figure_member *list, size_t n)
{
	for (size_t m = 0; m < FIGURE_MEMBERS; m++)
		f->at[m] = -1;
	for (size_t i = 0; i < n; i++) {
		f->at[list[i]] = (int)i;
		f->columns[i] = (struct column){ figure_title(list[i]), members[list[i]].flags };
	}
	sheet_init(&f->sheet, f->columns, n);
}

void
figures_free(struct figures *f)
{
	if (f->sheet.columns != NULL)
		sheet_free(&f->sheet);
}

const char *
figures_cell(const struct figures *f, size_t row, enum figure_member m)
{
	return f->at[m] == -1 ? "" : sheet_cell(&f->sheet, row, (size_t)f->at[m]);
}

/* A number of a source is written as it is only where JSON has it so: no 007, nothing but digits. */
static int
plain_number(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0' && (*s != '0' || s[1] == '\0');
}

static void
put_record(struct buf *out, const struct figures *f, size_t row)
{
	const char *before = "";

	buf_adds(out, "{\"" OBJECT_ADOPTION "\":{");
	for (size_t m = 0; m < FIGURE_MEMBERS; m++) {
		const char *cell = figures_cell(f, row, m);

		if (*cell == '\0')
			continue;
		buf_addf(out, "%s\"%s\":", before, members[m].name);
		if (members[m].number && plain_number(cell))
			buf_adds(out, cell);
		else
			buf_addjson(out, cell, strlen(cell));
		before = ",";
	}
	buf_adds(out, "}}\n");
}

int
figures_records(FILE *fp, const struct figures *f)
{
	struct buf out;
	int failed = sheet_failed(&f->sheet);

	buf_init(&out, RECORD_MAX);
	for (size_t r = 0; r < f->sheet.n_rows && !failed; r++) {
		buf_reset(&out);
		put_record(&out, f, r);
		if ((failed = buf_failed(&out) != 0) == 0)
			fwrite(out.data, 1, out.len, fp);
	}
	buf_free(&out);
	return failed ? -1 : 0;
}

int
figures_page(FILE *fp, const struct figures *f, const struct view_form *form, const char *title,
    const char *const *lines)
{
	struct sheet shown;
	int failed;

	sheet_init(&shown, f->columns, f->sheet.n_columns);
	for (size_t r = 0; r < f->sheet.n_rows; r++) {
		sheet_row(&shown, 0);
		for (size_t c = 0; c < f->sheet.n_columns; c++)
			sheet_put(&shown, figure_word(sheet_cell(&f->sheet, r, c)));
	}
	if ((failed = sheet_failed(&shown) || sheet_failed(&f->sheet)) == 0) {
		form->begin(fp, title, words_japanese() ? "ja" : "en");
		while (*lines != NULL)
			form->line(fp, *lines++);
		form->sheet(fp, &shown);
		form->end(fp);
	}
	sheet_free(&shown);
	return failed ? -1 : 0;
}
