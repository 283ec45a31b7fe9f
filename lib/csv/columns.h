/* The columns of one file: what the mapping makes of each. */
#ifndef OQ_CSV_COLUMNS_H
#define OQ_CSV_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "csv/mapping.h"
#include "table/decode.h"

struct column {
	char *name; /* its name under `row`: the header, made unique */
	char *json; /* the same as a JSON string with its quotes */
};

struct binding {
	const struct rule *rule;
	size_t column;
};

struct columns {
	struct column *items;
	size_t n;
	struct binding *bindings; /* in the order of the mapping */
	size_t n_bindings;
};

/*
 * Finds what the mapping names among the headers. Where several columns are there for one member,
 * it is made from the one whose rule stands first, in every row: a number of another column would
 * be somebody else's. Only for what people read, members of `row`, the first that is not blank
 * counts, row by row; and skip-if looks at all its columns.
 * Symbol and number in one column count unless both have columns of their own.
 * 0, or -1 with why: column-missing (detail lists the members), file-not-csv, out-of-memory. The
 * caller frees with columns_free(), also after -1.
 */
int columns_bind(
    struct columns *, const struct mapping *, const struct cell *headers, size_t n, struct why *);
void columns_free(struct columns *);

/*
 * Could the row be somebody's data rather than headers? 1 if a cell holds a number of four digits
 * or more, else 0. Then it must not be shown.
 */
int headers_personal(const struct cell *, size_t n);

/* Prints the headers in one line, without control characters. */
void headers_show(FILE *, const struct cell *, size_t n);

#endif
