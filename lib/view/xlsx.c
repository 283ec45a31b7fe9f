#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/xlsx.h"

/* What the library writes of a cell, of a sheet with its columns, and of a workbook, at most. */
#define CELL_BYTES  512
#define SHEET_BYTES 16384
#define BOOK_BYTES  131072

static void
check(struct xlsx *x, lxw_error e)
{
	x->failed |= e != LXW_NO_ERROR;
}

static int
make_formats(struct xlsx *x)
{
	x->head = workbook_add_format(x->workbook);
	x->text = workbook_add_format(x->workbook);
	x->yen = workbook_add_format(x->workbook);
	if (x->head == NULL || x->text == NULL || x->yen == NULL)
		return -1;
	format_set_bold(x->head);
	format_set_num_format(x->text, "@");
	format_set_num_format(x->yen, "#,##0");
	return 0;
}

/*
 * The library writes to a path, so it is given the temporary name of the file that appears whole;
 * its own temporaries stand beside it.
 */
int
xlsx_open(struct xlsx *x, const char *path, struct why *why)
{
	lxw_workbook_options options = { 0 };
	char *copy;

	*x = (struct xlsx){ 0 };
	if (whole_open(&x->file, path, 0600, why) == -1)
		return -1;
	if ((copy = strdup(path)) != NULL)
		x->directory = strdup(dirname(copy));
	free(copy);
	options.tmpdir = x->directory;
	x->bytes = BOOK_BYTES;
	if (x->file.temporary == NULL) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(ENOTSUP));
		xlsx_abort(x);
		return -1;
	}
	if (x->directory != NULL &&
	    (x->workbook = workbook_new_opt(x->file.temporary, &options)) != NULL &&
	    make_formats(x) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	xlsx_abort(x);
	return -1;
}

/*
 * Is there room for all that the library writes? It does not look whether its temporaries took what
 * it wrote: on a full disk it would leave a workbook with holes, and call it good. 0, or an errno.
 */
static int
reserve(struct xlsx *x)
{
	int fd = fileno(x->file.fp), failed;

	failed = posix_fallocate(fd, 0, (off_t)(2 * x->bytes));
	return failed == 0 && ftruncate(fd, 0) == -1 ? errno : failed;
}

int
xlsx_commit(struct xlsx *x, struct why *why)
{
	int failed = reserve(x);

	if (failed == 0) {
		check(x, workbook_close(x->workbook));
		x->workbook = NULL;
		if (!x->failed)
			return whole_commit(&x->file, why);
	}
	why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s%s%s", x->file.path, failed == 0 ? "" : ": ",
	    failed == 0 ? "" : strerror(failed));
	return -1;
}

void
xlsx_abort(struct xlsx *x)
{
	if (x->workbook != NULL)
		lxw_workbook_free(x->workbook);
	x->workbook = NULL;
	whole_abort(&x->file);
	free(x->directory);
	x->directory = NULL;
}

void
xlsx_made(struct xlsx *x, struct date day)
{
	lxw_doc_properties properties = { .created = (time_t)(date_days(day) * 24 * 60 * 60) };

	check(x, workbook_set_properties(x->workbook, &properties));
}

lxw_worksheet *
xlsx_sheet(struct xlsx *x, const char *name)
{
	lxw_worksheet *sheet = workbook_add_worksheet(x->workbook, name);

	x->bytes += SHEET_BYTES;
	x->failed |= sheet == NULL;
	return sheet;
}

void
xlsx_text(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, const char *text,
    lxw_format *format)
{
	if (sheet == NULL || text == NULL || *text == '\0')
		return;
	x->bytes += CELL_BYTES + 6 * strlen(text); /* as &quot; */
	check(x, worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, text, format));
}

void
xlsx_number(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t number,
    lxw_format *format)
{
	x->bytes += CELL_BYTES;
	if (sheet != NULL)
		check(x, worksheet_write_number(
			     sheet, (lxw_row_t)row, (lxw_col_t)column, (double)number, format));
}

void
xlsx_formula(struct xlsx *x, lxw_worksheet *sheet, size_t row, size_t column, int64_t value,
    const char *formula, ...)
{
	char text[CELL_BYTES / 2];
	va_list ap;
	int n;

	x->bytes += 2 * CELL_BYTES;
	va_start(ap, formula);
	n = vsnprintf(text, sizeof text, formula, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		x->failed = 1;
	else if (sheet != NULL)
		check(x, worksheet_write_formula_num(sheet, (lxw_row_t)row, (lxw_col_t)column, text,
			     x->yen, (double)value));
}

void
xlsx_width(
    struct xlsx *x, lxw_worksheet *sheet, size_t column, double characters, lxw_format *format)
{
	if (sheet != NULL)
		check(x, worksheet_set_column(
			     sheet, (lxw_col_t)column, (lxw_col_t)column, characters, format));
}
