/*
 * A workbook of a spreadsheet, as a file that appears whole or not at all. Rows and columns are
 * counted from 0. What fails is remembered, and xlsx_commit() says so.
 */
#ifndef OQ_VIEW_XLSX_H
#define OQ_VIEW_XLSX_H

#include <stddef.h>
#include <stdint.h>
#include <xlsxwriter.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

#define XLSX_TEXT_MAX 32767 /* characters of a cell */

struct xlsx {
	lxw_workbook *workbook;
	lxw_format *head, *text, *yen; /* bold; as it is typed; 1,234 */
	struct whole file;
	char *directory; /* of the file, where the library's own temporaries stand, too */
	size_t bytes;	 /* that it takes at most, about */
	int failed;
};

/*
 * 0, or -1 with why, also where the path is a device: the library cannot write to one. xlsx_abort()
 * in any case, which does nothing after a commit or on zeroes.
 */
int xlsx_open(struct xlsx *, const char *path, struct why *why);
/* 0, or -1 with why. */
int xlsx_commit(struct xlsx *, struct why *why);
void xlsx_abort(struct xlsx *);

/* The day that the workbook says it was made on: without it, it is now, and bytes do not repeat. */
void xlsx_made(struct xlsx *, struct date);

/* A new sheet; NULL is remembered, and given back to the others does nothing. */
lxw_worksheet *xlsx_sheet(struct xlsx *, const char *name);
/* A text, never a formula, whatever it begins with. NULL: nothing. */
void xlsx_text(struct xlsx *, lxw_worksheet *, size_t row, size_t column, const char *text,
    lxw_format *format);
void xlsx_number(
    struct xlsx *, lxw_worksheet *, size_t row, size_t column, int64_t number, lxw_format *format);
/* A formula in yen, and what it comes to, for who does not recompute. */
void xlsx_formula(struct xlsx *, lxw_worksheet *, size_t row, size_t column, int64_t value,
    const char *formula, ...) __attribute__((format(printf, 6, 7)));
void xlsx_width(
    struct xlsx *, lxw_worksheet *, size_t column, double characters, lxw_format *format);

#endif
