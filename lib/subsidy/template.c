#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "gen/names.h"
#include "subsidy/template.h"
#include "view/xlsx.h"

#define LAST_ROW   999 /* drop-downs and formats reach so far */
#define COLUMN	   18  /* characters */
#define COLUMN_MAX 64

/* The example: a clinic with one terminal. What is not here stays empty. */
static const struct {
	const char *flat, *value;
} example[] = {
	{ PROJECT_FACILITY_CODE, "1310000011" },
	{ PROJECT_FACILITY_NAME, "記入例クリニック" },
	{ PROJECT_FACILITY_CLASS, "医科診療所" },
	{ PROJECT_FOUNDER, "記入例 太郎" },
	{ PROJECT_READERS_INTRODUCED, "1" },
	{ PROJECT_READER_APPLIED_ON, "2022-07-01" },
	{ PROJECT_VENDOR_CONTRACT_ON, "2022-10-01" },
	{ PROJECT_OPERATION_STARTED_ON, "2023-02-15" },
	{ PROJECT_PROJECT_COMPLETED_ON, "2023-03-01" },
	{ PROJECT_APPLICATION_ON, "2023-06-01" },
	{ PROJECT_MAIN_GRANT_ALREADY_PAID, "いいえ" },
	{ PROJECT_COMPLETION_REPORT_PRESENT, "はい" },
	{ PROJECT_START_DATE_ENTERED, "はい" },
	{ OBJECT_SUPPLIER "_" SUPPLIER_NAME, "記入例システム株式会社" },
	{ SUPPLIER_DOCUMENT, "領収書" },
	{ SUPPLIER_RECEIPT_NO, "1" },
	{ SUPPLIER_RECEIPT_ISSUED_ON, "2023-03-10" },
	{ SUPPLIER_PAID_ON, "2023-03-10" },
	{ SUPPLIER_ADDRESSEE, "記入例クリニック" },
	{ SUPPLIER_RECEIPT_TOTAL_YEN, "330000" },
	{ SUPPLIER_TAX_ROUNDING, "切捨て" },
	{ COST_CATEGORY, NULL }, /* the first of the table */
	{ COST_LABEL, "資格確認端末 1台" },
	{ COST_AMOUNT_INCL_TAX_YEN, "330000" },
	{ COST_QUANTITY, "1" },
};

/* One of the two tables: its columns from left to right. */
struct table_form {
	const char *file, *sheet;
	const struct field *columns[COLUMN_MAX];
	size_t n;
};

static void
add_columns(struct table_form *t, const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n && t->n < COLUMN_MAX; i++)
		t->columns[t->n++] = &fields[i];
}

static void
fill_forms(struct table_form forms[2])
{
	forms[0] = (struct table_form){ .file = "facilities.csv", .sheet = "施設" };
	add_columns(&forms[0], project_fields, n_project_fields);
	forms[1] = (struct table_form){ .file = "items.csv", .sheet = "明細" };
	add_columns(&forms[1], project_fields, 1);
	add_columns(&forms[1], supplier_fields, n_supplier_fields);
	add_columns(&forms[1], cost_fields, n_cost_fields);
}

static const char *
example_of(const struct field *f, const struct rules *r)
{
	for (size_t i = 0; i < sizeof example / sizeof *example; i++)
		if (strcmp(example[i].flat, f->flat) == 0)
			return example[i].value != NULL ? example[i].value : r->categories[0].ja;
	return "";
}

/* DIR/NAME, which must not be there yet. 0, or -1 with why. */
static int
new_path(const char *dir, const char *name, char *out, size_t n, struct why *why)
{
	int len = snprintf(out, n, "%s/%s", dir, name);

	if (len > 0 && (size_t)len < n && access(out, F_OK) == -1 && errno == ENOENT)
		return 0;
	why_set(why, ERR_TEMPLATE_EXISTS, NULL, "%s", out);
	return -1;
}

/* --- CSV ---------------------------------------------------------------------------------------- */

static void
put_cell(FILE *fp, const char *text, int last)
{
	int quoted = strpbrk(text, ",\"\n") != NULL;

	if (quoted)
		fputc('"', fp);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', fp);
		fputc(*text, fp);
	}
	fputs(quoted ? "\"" : "", fp);
	fputs(last ? "\r\n" : ",", fp);
}

/* With a byte order mark, without which Excel takes UTF-8 for CP932. */
static int
write_csv(const struct table_form *t, const char *path, const struct rules *r, struct why *why)
{
	struct whole file;

	if (whole_open(&file, path, 0600, why) == -1)
		return -1;
	fputs("\xef\xbb\xbf", file.fp);
	for (size_t i = 0; i < t->n; i++)
		put_cell(file.fp, t->columns[i]->ja, i + 1 == t->n);
	for (size_t i = 0; i < t->n; i++)
		put_cell(file.fp, example_of(t->columns[i], r), i + 1 == t->n);
	if (whole_commit(&file, why) == 0)
		return 0;
	whole_abort(&file);
	return -1;
}

/* --- the workbook ---------------------------------------------------------------------------------- */

struct book {
	struct xlsx x;
	lxw_worksheet *lists;
	size_t n_lists;
};

/* Adds one list to the sheet of lists; word by word until NULL. Returns how many there are. */
static size_t
put_list(struct book *b, const struct field *f, const struct rules *r)
{
	size_t n = 0;

	if (strcmp(f->flat, COST_CATEGORY) == 0) {
		for (size_t i = 0; i < r->n_categories; i++)
			xlsx_text(&b->x, b->lists, n++, b->n_lists, r->categories[i].ja, NULL);
		xlsx_text(&b->x, b->lists, n++, b->n_lists, "値引", NULL);
	} else if (f->kind == FIELD_BOOL) {
		xlsx_text(&b->x, b->lists, n++, b->n_lists, "はい", NULL);
		xlsx_text(&b->x, b->lists, n++, b->n_lists, "いいえ", NULL);
	} else {
		for (const struct choice *c = f->choices; c != NULL && c->word != NULL; c++)
			xlsx_text(&b->x, b->lists, n++, b->n_lists, c->ja, NULL);
	}
	return n;
}

/* A drop-down below the header, if the field is chosen from a list. */
static void
add_drop_down(struct book *b, lxw_worksheet *sheet, size_t column, const struct field *f,
    const struct rules *r)
{
	char formula[64];
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST_FORMULA };
	size_t n = put_list(b, f, r);

	if (n == 0)
		return;
	snprintf(formula, sizeof formula, "=一覧!$%c$1:$%c$%zu", (char)('A' + b->n_lists),
	    (char)('A' + b->n_lists), n);
	v.value_formula = formula;
	b->x.failed |= sheet == NULL || worksheet_data_validation_range(sheet, 1, (lxw_col_t)column,
					    LAST_ROW, (lxw_col_t)column, &v) != LXW_NO_ERROR;
	b->n_lists++;
}

static int
is_number(const struct field *f)
{
	return f->kind == FIELD_YEN || f->kind == FIELD_COUNT;
}

static void
fill_sheet(struct book *b, lxw_worksheet *sheet, const struct table_form *t, const struct rules *r)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = t->columns[i];
		const char *value = example_of(f, r);
		lxw_format *format = f->kind == FIELD_YEN ? b->x.yen : b->x.text;

		/* Codes, numbers of receipts and dates stay as they are typed. */
		xlsx_width(
		    &b->x, sheet, i, COLUMN, is_number(f) && f->kind != FIELD_YEN ? NULL : format);
		xlsx_text(&b->x, sheet, 0, i, f->ja, b->x.head);
		if (*value != '\0' && is_number(f))
			xlsx_number(&b->x, sheet, 1, i, strtoll(value, NULL, 10),
			    f->kind == FIELD_YEN ? b->x.yen : NULL);
		else
			xlsx_text(&b->x, sheet, 1, i, value, b->x.text);
		add_drop_down(b, sheet, i, f, r);
	}
	if (sheet != NULL)
		worksheet_freeze_panes(sheet, 1, 0);
}

static int
write_book(
    const struct table_form forms[2], const char *path, const struct rules *r, struct why *why)
{
	lxw_worksheet *sheets[2];
	struct book b = { .n_lists = 0 };
	int failed;

	if (xlsx_open(&b.x, path, why) == -1)
		return -1;
	for (size_t i = 0; i < 2; i++)
		sheets[i] = xlsx_sheet(&b.x, forms[i].sheet);
	b.lists = xlsx_sheet(&b.x, "一覧");
	for (size_t i = 0; i < 2; i++)
		fill_sheet(&b, sheets[i], &forms[i], r);
	if (b.lists != NULL)
		worksheet_hide(b.lists);
	failed = xlsx_commit(&b.x, why);
	xlsx_abort(&b.x);
	return failed;
}

int
template_write(const char *dir, const struct rules *r, struct why *why)
{
	struct table_form forms[2];
	char paths[3][4096];

	fill_forms(forms);
	if (new_path(dir, forms[0].file, paths[0], sizeof paths[0], why) == -1 ||
	    new_path(dir, forms[1].file, paths[1], sizeof paths[1], why) == -1 ||
	    new_path(dir, "subsidy.xlsx", paths[2], sizeof paths[2], why) == -1)
		return -1;
	if (write_book(forms, paths[2], r, why) == -1)
		return -1;
	for (size_t i = 0; i < 2; i++)
		if (write_csv(&forms[i], paths[i], r, why) == -1)
			return -1;
	return 0;
}
