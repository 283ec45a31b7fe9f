/* The papers that are handed in: their fields come from form_fields.csv, one after the other. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "subsidy/papers.h"
#include "subsidy/text.h"

#define INSTITUTION 3 /* of a facility's code, where its seven digits begin */

const struct form_field *
next_field(const struct forms *f, const char *form, size_t *at)
{
	while (*at < f->n_fields) {
		const struct form_field *field = &f->fields[(*at)++];

		if (strcmp(field->form, form) == 0)
			return field;
	}
	return NULL;
}

int64_t
stated_sum(const struct project *p, const struct supplier *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += p->costs[s->first + i].stated;
	return sum;
}

int64_t
lines_sum(const struct project *p, const struct supplier *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += p->costs[s->first + i].yen;
	return sum;
}

void
put_yen(struct sheet *sheet, int64_t yen)
{
	struct buf text;

	buf_init(&text, 64);
	if (yen != UNSAID)
		text_yen(&text, yen);
	sheet_put_buf(sheet, &text);
}

void
put_day(struct sheet *sheet, int64_t days)
{
	char day[ERA_SIZE] = "";

	if (days != UNSAID)
		date_format_era(date_of_days(days), day);
	sheet_put(sheet, day);
}

/* --- fields that stand once ----------------------------------------------------------------------- */

/* "発行日　令和5年3月10日" at the right; room to write where the day is not known. */
static void
draw_day(const struct sketch *s, const char *label, int64_t days)
{
	char line[256], day[ERA_SIZE];

	if (days != UNSAID)
		date_format_era(date_of_days(days), day);
	snprintf(
	    line, sizeof line, "%s　%s", label, days != UNSAID ? day : "令和　　年　　月　　日");
	pdf_text(s->forms->pdf, PDF_RIGHT, line);
}

/* Digits in boxes: 都道府県番号 2, 医療機関等コード 7 with a separator before the last. */
static void
draw_code(const struct sketch *s, const struct form_field *f)
{
	const char *code = s->project->code;
	char digits[CODE_DIGITS + 2];

	if (f->part == PART_PREFECTURE)
		snprintf(digits, sizeof digits, "%.2s", code);
	else
		snprintf(
		    digits, sizeof digits, "%.6s-%.1s", code + INSTITUTION, code + CODE_DIGITS - 1);
	pdf_boxes(s->forms->pdf, f->label, digits);
}

static void
put_fact(struct sheet *sheet, const void *base, const struct field *f)
{
	const char *text = *(const char *const *)((const char *)base + f->at);
	int64_t number = *(const int64_t *)((const char *)base + f->at);

	if (f->kind == FIELD_TEXT)
		sheet_put(sheet, text);
	else if (f->kind == FIELD_YEN)
		put_yen(sheet, number);
	else if (f->kind == FIELD_DAY)
		put_day(sheet, number);
	else if (number != UNSAID)
		sheet_putf(sheet, "%" PRId64, number);
	else
		sheet_put(sheet, NULL);
}

static void
put_amount(struct sheet *sheet, int64_t yen)
{
	struct buf text;

	buf_init(&text, 64);
	if (yen != UNSAID) {
		text_yen(&text, yen);
		buf_adds(&text, " 円");
	}
	sheet_put_buf(sheet, &text);
}

/* A member of the project or the supplier. */
static void
draw_fact(const struct sketch *s, const struct form_field *f, const void *base, struct sheet *pairs)
{
	if (f->fact->kind == FIELD_DAY) {
		draw_day(s, f->label, *(const int64_t *)((const char *)base + f->fact->at));
		return;
	}
	sheet_row(pairs, 0);
	sheet_put(pairs, f->label);
	put_fact(pairs, base, f->fact);
}

/* A field as a row of two cells, or in a way of its own. Those of the lines are not for here. */
static void
draw_field(const struct sketch *s, const struct form_field *f, struct sheet *pairs)
{
	const struct supplier *supplier =
	    s->supplier == NOWHERE ? NULL : &s->project->suppliers[s->supplier];

	if (f->source == SOURCE_CODE) {
		draw_code(s, f);
	} else if (f->source == SOURCE_PROJECT) {
		draw_fact(s, f, s->project, pairs);
	} else if (f->source == SOURCE_SUPPLIER && supplier != NULL) {
		draw_fact(s, f, supplier, pairs);
	} else if (f->source == SOURCE_FIGURE || f->source == SOURCE_TEXT ||
		   (f->source == SOURCE_SUM && f->part == PART_TOTAL && supplier != NULL)) {
		sheet_row(pairs, 0);
		sheet_put(pairs, f->label);
		if (f->source == SOURCE_TEXT)
			sheet_put(pairs, f->text);
		else
			put_amount(pairs, f->source == SOURCE_SUM
					      ? lines_sum(s->project, supplier)
					      : figure_of(s->assessment, f->figure));
	}
}

static void
draw_fields(const struct sketch *s, const char *form)
{
	static const struct column columns[] = { { "", 0 }, { "", 0 } };
	static const int shares[] = { 28, 72 };
	const struct form_field *f;
	struct sheet pairs;
	size_t at = 0;

	sheet_init(&pairs, columns, 2);
	while ((f = next_field(s->forms, form, &at)) != NULL)
		draw_field(s, f, &pairs);
	pdf_skip(s->forms->pdf, 0.5);
	pdf_table(s->forms->pdf, &pairs, shares);
	sheet_free(&pairs);
}

void
draw_report(const struct sketch *s)
{
	draw_fields(s, "report");
	pdf_skip(s->forms->pdf, 1);
	pdf_text(s->forms->pdf, PDF_LINE,
	    "オンライン資格確認等の導入に係る事業が上記の日に完了したので報告します。");
	pdf_text(s->forms->pdf, PDF_SMALL,
	    "押印・確認欄の有無と本文の文言は公表されていません。提出の前に公式の様式"
	    "（別紙様式3）と照らし合わせてください。");
}

void
draw_application(const struct sketch *s)
{
	draw_fields(s, "application");
	pdf_skip(s->forms->pdf, 1);
	pdf_text(s->forms->pdf, PDF_LINE,
	    "医療提供体制設備整備交付金（オンライン資格確認関係補助金）の交付を申請します。");
	pdf_text(s->forms->pdf, PDF_SMALL,
	    "郵送で申請するときだけ使います。ポータルから申請するときは要りません。"
	    "紙の申請書（別紙様式1）の項目は公表されておらず、"
	    "この紙は事業完了報告書の項目とポータルの画面に合わせたものです（未確認）。");
}

/* --- 領収書内訳書 -------------------------------------------------------------------------------- */

/* The columns of the lines as the table has them, from left to right. */
struct lines_form {
	struct column columns[COLUMNS_MAX];
	enum part parts[COLUMNS_MAX];
	int shares[COLUMNS_MAX];
	size_t n;
	char sums[128]; /* "①小計 ②小計" */
};

static void
plan_lines(const struct sketch *s, struct lines_form *form)
{
	static const int shares[N_PARTS] = {
		[PART_ITEM] = 30, [PART_DETAIL] = 34, [PART_ELIGIBLE] = 18, [PART_INELIGIBLE] = 18
	};
	const struct form_field *f;
	size_t at = 0, len = 0;

	*form = (struct lines_form){ .n = 0 };
	while ((f = next_field(s->forms, "breakdown", &at)) != NULL) {
		if (f->source == SOURCE_SUM && f->part != PART_TOTAL && len < sizeof form->sums)
			len += (size_t)snprintf(form->sums + len, sizeof form->sums - len, "%s%s",
			    len == 0 ? "" : "　", f->label);
		if (f->source != SOURCE_ROW || form->n == COLUMNS_MAX)
			continue;
		form->columns[form->n].title = f->label;
		if (f->part >= PART_ELIGIBLE)
			form->columns[form->n].flags = COLUMN_RIGHT;
		form->parts[form->n] = f->part;
		form->shares[form->n++] = shares[f->part] > 0 ? shares[f->part] : 1;
	}
}

static void
put_line(struct sheet *sheet, const struct lines_form *form, const struct cost *c)
{
	sheet_row(sheet, 0);
	for (size_t i = 0; i < form->n; i++) {
		const int64_t rest = c->yen - c->stated;

		if (form->parts[i] == PART_ITEM)
			sheet_put(sheet, c->kind == NULL ? "値引" : c->kind->ja);
		else if (form->parts[i] == PART_DETAIL && c->quantity != UNSAID)
			sheet_putf(sheet, "%s（数量 %" PRId64 "）", c->label, c->quantity);
		else if (form->parts[i] == PART_DETAIL)
			sheet_put(sheet, c->label);
		else if (form->parts[i] == PART_ELIGIBLE)
			put_yen(sheet, c->stated == 0 ? UNSAID : c->stated);
		else
			put_yen(sheet, rest == 0 ? UNSAID : rest);
	}
}

static void
put_sums(struct sheet *sheet, const struct lines_form *form, const char *word, int64_t stated,
    int64_t all)
{
	sheet_row(sheet, ROW_STRONG);
	for (size_t i = 0; i < form->n; i++) {
		if (form->parts[i] == PART_DETAIL)
			sheet_put(sheet, form->sums);
		else if (form->parts[i] == PART_ITEM)
			sheet_put(sheet, word);
		else
			put_yen(sheet, form->parts[i] == PART_ELIGIBLE ? stated : all - stated);
	}
}

/* One sheet: lines from `from` up to `to`, blank ones below, and the sums. */
static void
draw_lines(const struct sketch *s, const struct lines_form *form, size_t from, size_t to,
    size_t rows, int sheets)
{
	const struct supplier *supplier = &s->project->suppliers[s->supplier];
	const struct cost *costs = s->project->costs + supplier->first;
	int64_t stated = 0, all = 0;
	struct sheet sheet;

	sheet_init(&sheet, form->columns, form->n);
	for (size_t i = from; i < to; i++) {
		put_line(&sheet, form, &costs[i]);
		stated += costs[i].stated;
		all += costs[i].yen;
	}
	for (size_t i = to - from; i < rows; i++)
		sheet_row(&sheet, 0);
	put_sums(&sheet, form, sheets > 1 ? "この用紙の小計" : "小計", stated, all);
	if (sheets > 1 && to == supplier->n)
		put_sums(&sheet, form, "全用紙の小計", stated_sum(s->project, supplier),
		    lines_sum(s->project, supplier));
	pdf_table(s->forms->pdf, &sheet, form->shares);
	sheet_free(&sheet);
}

void
draw_breakdown(const struct sketch *s)
{
	const struct supplier *supplier = &s->project->suppliers[s->supplier];
	const int64_t limit = s->forms->rules->limits[LIMIT_ROWS].value;
	const size_t rows = limit < 1 ? 1 : (size_t)limit;
	const int sheets = supplier->n == 0 ? 1 : (int)((supplier->n + rows - 1) / rows);
	struct lines_form form;

	plan_lines(s, &form);
	for (int i = 0; i < sheets; i++) {
		size_t from = (size_t)i * rows;
		size_t to = from + rows < supplier->n ? from + rows : supplier->n;
		char line[64];

		if (i > 0) {
			pdf_page(s->forms->pdf);
			pdf_text(s->forms->pdf, PDF_TITLE, "領収書内訳書（続き）");
		}
		if (sheets > 1) {
			snprintf(line, sizeof line, "%d 枚のうち %d 枚目", sheets, i + 1);
			pdf_text(s->forms->pdf, PDF_RIGHT, line);
		}
		draw_fields(s, "breakdown");
		draw_lines(s, &form, from, to, rows, sheets);
		pdf_text(s->forms->pdf, PDF_SMALL,
		    "金額はすべて税込です。領収書のすべての行を、"
		    "補助対象外や上限を超える行も含めて書いています。");
	}
}
