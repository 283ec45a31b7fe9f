#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "gen/names.h"
#include "subsidy/template.h"

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
	lxw_workbook *workbook;
	lxw_worksheet *lists;
	lxw_format *head, *text, *yen;
	lxw_col_t n_lists;
	int failed;
};

static void
check(struct book *b, lxw_error e)
{
	b->failed |= e != LXW_NO_ERROR;
}

static void
put_text(struct book *b, lxw_worksheet *sheet, lxw_row_t row, size_t column, const char *text,
    lxw_format *format)
{
	check(b, worksheet_write_string(sheet, row, (lxw_col_t)column, text, format));
}

/* Adds one list to the sheet of lists; word by word until NULL. Returns how many there are. */
static lxw_row_t
put_list(struct book *b, const struct field *f, const struct rules *r)
{
	lxw_row_t n = 0;

	if (strcmp(f->flat, COST_CATEGORY) == 0) {
		for (size_t i = 0; i < r->n_categories; i++)
			put_text(b, b->lists, n++, b->n_lists, r->categories[i].ja, NULL);
		put_text(b, b->lists, n++, b->n_lists, "値引", NULL);
	} else if (f->kind == FIELD_BOOL) {
		put_text(b, b->lists, n++, b->n_lists, "はい", NULL);
		put_text(b, b->lists, n++, b->n_lists, "いいえ", NULL);
	} else {
		for (const struct choice *c = f->choices; c != NULL && c->word != NULL; c++)
			put_text(b, b->lists, n++, b->n_lists, c->ja, NULL);
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
	lxw_row_t n = put_list(b, f, r);

	if (n == 0)
		return;
	snprintf(formula, sizeof formula, "=一覧!$%c$1:$%c$%u", 'A' + b->n_lists, 'A' + b->n_lists,
	    (unsigned)n);
	v.value_formula = formula;
	check(b, worksheet_data_validation_range(
		     sheet, 1, (lxw_col_t)column, LAST_ROW, (lxw_col_t)column, &v));
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
		lxw_format *format = f->kind == FIELD_YEN ? b->yen : b->text;

		/* Codes, numbers of receipts and dates stay as they are typed. */
		check(b, worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, COLUMN,
			     is_number(f) && f->kind != FIELD_YEN ? NULL : format));
		put_text(b, sheet, 0, i, f->ja, b->head);
		if (*value != '\0' && is_number(f))
			check(b, worksheet_write_number(sheet, 1, (lxw_col_t)i, strtod(value, NULL),
				     f->kind == FIELD_YEN ? b->yen : NULL));
		else if (*value != '\0')
			put_text(b, sheet, 1, i, value, b->text);
		add_drop_down(b, sheet, i, f, r);
	}
	worksheet_freeze_panes(sheet, 1, 0);
}

static int
fill_book(struct book *b, const struct table_form forms[2], const struct rules *r)
{
	lxw_worksheet *sheets[2];

	b->head = workbook_add_format(b->workbook);
	b->text = workbook_add_format(b->workbook);
	b->yen = workbook_add_format(b->workbook);
	for (size_t i = 0; i < 2; i++)
		sheets[i] = workbook_add_worksheet(b->workbook, forms[i].sheet);
	b->lists = workbook_add_worksheet(b->workbook, "一覧");
	if (b->head == NULL || b->text == NULL || b->yen == NULL || sheets[0] == NULL ||
	    sheets[1] == NULL || b->lists == NULL)
		return -1;
	format_set_bold(b->head);
	format_set_num_format(b->text, "@");
	format_set_num_format(b->yen, "#,##0");
	for (size_t i = 0; i < 2; i++)
		fill_sheet(b, sheets[i], &forms[i], r);
	worksheet_hide(b->lists);
	return b->failed ? -1 : 0;
}

/*
 * The library writes to a path, so it is given the temporary name of the file that appears whole;
 * its own temporaries stand beside it.
 */
static int
write_book(const struct table_form forms[2], const char *dir, const char *path,
    const struct rules *r, struct why *why)
{
	char tmpdir[4096];
	lxw_workbook_options options = { .tmpdir = tmpdir };
	struct book b = { 0 };
	struct whole file;
	int failed;

	snprintf(tmpdir, sizeof tmpdir, "%s", dir);
	if (whole_open(&file, path, 0600, why) == -1)
		return -1;
	if ((b.workbook = workbook_new_opt(file.temporary, &options)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		whole_abort(&file);
		return -1;
	}
	failed = fill_book(&b, forms, r);
	if (workbook_close(b.workbook) != LXW_NO_ERROR)
		failed = -1;
	if (failed == -1)
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", path);
	else
		failed = whole_commit(&file, why);
	if (failed == -1)
		whole_abort(&file);
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
	if (write_book(forms, dir, paths[2], r, why) == -1)
		return -1;
	for (size_t i = 0; i < 2; i++)
		if (write_csv(&forms[i], paths[i], r, why) == -1)
			return -1;
	return 0;
}
