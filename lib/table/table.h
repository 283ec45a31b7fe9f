/*
 * Dated rows with source and confidence: rules that the state changes are data.
 *
 * A table is a CSV file with a header. Columns `from` and `to` (or effective_from, effective_to;
 * both inclusive; empty: open) bound a row in time; `source` and `confidence` (confirmed,
 * single-source, recalled) are required and every answer can name them.
 */
#ifndef OQ_TABLE_TABLE_H
#define OQ_TABLE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

struct table;

/*
 * Loads a UTF-8 CSV. NULL with why (file and line): unreadable, not UTF-8 or CSV, a row with
 * another number of cells, a date that is none, an unknown confidence, no source where the
 * confidence is not recalled. The caller frees it.
 */
struct table *table_load(const char *path, struct why *);
/* The installed table of that name: PREFIX/share/oq/NAME, where the program is PREFIX/bin/oq-x. */
struct table *table_load_installed(const char *name, struct why *);
/*
 * The same in two steps, for a table that may never be needed. table_open() opens the file, of that
 * path or (NULL) the installed one of that name: a table without rows, or NULL with why.
 * table_read(), once, reads it: 0, or -1 with why. restrain() may lie between.
 */
struct table *table_open(const char *path, const char *name, struct why *);
int table_read(struct table *, struct why *);
void table_free(struct table *);

size_t table_rows(const struct table *);
/* The cell of a row in the named column; "" when empty, NULL when there is no such column. */
const char *table_cell(const struct table *, size_t row, const char *column);

/* The same for whoever asks every row: the column's number, and a cell by it. */
#define TABLE_NO_COLUMN SIZE_MAX
size_t table_column(const struct table *, const char *name);
const char *table_at(const struct table *, size_t row, size_t column);

/* The days since 1970-01-01 that bound a row, both inclusive; INT64_MIN, INT64_MAX where open. */
void table_span(const struct table *, size_t row, int64_t *from, int64_t *to);

/* Is the row in force on that day? 1 or 0: that its dates can be read was seen at loading. */
int table_in_force(const struct table *, size_t row, struct date);

/*
 * The next row from *at on that is in force on the day and whose `column` equals `value` (NULL:
 * any). 1 and *at is that row, or 0. Start with *at = 0 and add 1 to go on.
 */
int table_find(
    const struct table *, const char *column, const char *value, struct date, size_t *at);

#endif
