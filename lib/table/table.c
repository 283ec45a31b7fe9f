#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/beside.h"
#include "base/file.h"
#include "base/text.h"
#include "gen/names.h"
#include "table/table.h"

#define FILE_MAX ((size_t)16 << 20)
#define NONE	 SIZE_MAX

/* The cells lie one after the other: the header first, then row after row. */
struct table {
	size_t columns, rows;
	size_t from, to; /* their columns, or NONE */
	char **cells;
	size_t n; /* of cells */
	struct span {
		int64_t from, to; /* days since 1970-01-01, both inclusive */
	} * spans;		  /* by row */
};

struct loading {
	struct table *table;
	const char *path;
	size_t room; /* in table->cells */
	size_t line, row_start;
	struct why *why;
	int failed;
};

static void
malformed(struct loading *l, const char *what, const char *which)
{
	if (l->failed)
		return;
	why_set(l->why, ERR_TABLE_MALFORMED, NULL, "%s:%zu: %s%s", l->path, l->line, what, which);
	l->failed = 1;
}

static void
no_memory(struct loading *l)
{
	if (!l->failed)
		why_set(l->why, ERR_OUT_OF_MEMORY, NULL, NULL);
	l->failed = 1;
}

static void
take_cell(void *bytes, size_t n, void *context)
{
	struct loading *l = context;
	struct table *t = l->table;
	char **grown;

	if (l->failed)
		return;
	if (t->n == l->room) {
		size_t room = l->room == 0 ? 64 : 2 * l->room;

		if ((grown = realloc(t->cells, room * sizeof *grown)) == NULL) {
			no_memory(l);
			return;
		}
		t->cells = grown;
		l->room = room;
	}
	if (strlen(bytes) != n)
		malformed(l, "a cell with a NUL", "");
	else if ((t->cells[t->n] = strdup(bytes)) == NULL)
		no_memory(l);
	else
		t->n++;
}

static size_t
column_find(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->cells[i], name) == 0)
			return i;
	return NONE;
}

static size_t
column_either(const struct table *t, const char *name, const char *other)
{
	size_t i = column_find(t, name);

	return i == NONE ? column_find(t, other) : i;
}

static void
take_header(struct loading *l)
{
	struct table *t = l->table;

	t->columns = t->n;
	for (size_t i = 0; i < t->columns; i++)
		if (column_find(t, t->cells[i]) != i)
			malformed(l, "two columns named ", t->cells[i]);
	if (column_find(t, "source") == NONE)
		malformed(l, "no column ", "source");
	if (column_find(t, FEE_CONFIDENCE) == NONE)
		malformed(l, "no column ", FEE_CONFIDENCE);
	t->from = column_either(t, "from", "effective_from");
	t->to = column_either(t, "to", "effective_to");
}

static int
confidence_known(const char *word)
{
	static const char *const words[] = { FEE_CONFIDENCE_CONFIRMED, FEE_CONFIDENCE_SINGLE_SOURCE,
		FEE_CONFIDENCE_RECALLED };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], word) == 0)
			return 1;
	return 0;
}

/* The day in a cell; `open` where there is no such column or nothing in it. */
static int64_t
take_day(struct loading *l, size_t column, int64_t open)
{
	const char *cell = column == NONE ? "" : l->table->cells[l->row_start + column];
	struct date day;

	if (*cell == '\0')
		return open;
	if (date_parse(cell, &day))
		return date_days(day);
	malformed(l, "not a date: ", cell);
	return open;
}

static void
take_row(struct loading *l)
{
	struct table *t = l->table;
	struct span *grown, *span;
	const char *confidence;

	if (t->n - l->row_start != t->columns) {
		malformed(l, "another number of cells than the header", "");
		return;
	}
	if ((grown = realloc(t->spans, (t->rows + 1) * sizeof *grown)) == NULL) {
		no_memory(l);
		return;
	}
	t->spans = grown;
	span = &t->spans[t->rows++];
	span->from = take_day(l, t->from, INT64_MIN);
	span->to = take_day(l, t->to, INT64_MAX);
	confidence = t->cells[l->row_start + column_find(t, FEE_CONFIDENCE)];
	if (!confidence_known(confidence))
		malformed(l, "unknown confidence: ", confidence);
	if (*t->cells[l->row_start + column_find(t, "source")] == '\0' &&
	    strcmp(confidence, FEE_CONFIDENCE_RECALLED) != 0)
		malformed(l, "no source, but confidence ", confidence);
}

static void
end_row(int terminator, void *context)
{
	struct loading *l = context;

	(void)terminator;
	if (l->failed)
		return;
	if (l->table->columns == 0)
		take_header(l);
	else
		take_row(l);
	l->row_start = l->table->n;
}

/* Line by line, so that a mistake can be named by its line. */
static void
parse(struct loading *l, struct csv_parser *parser, const char *p, const char *end)
{
	while (p < end && !l->failed) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = lf == NULL ? (size_t)(end - p) : (size_t)(lf - p) + 1;

		l->line++;
		if (csv_parse(parser, p, n, take_cell, end_row, l) != n)
			malformed(l, csv_strerror(csv_error(parser)), "");
		p += n;
	}
	if (!l->failed && csv_fini(parser, take_cell, end_row, l) != 0)
		malformed(l, csv_strerror(csv_error(parser)), "");
	if (!l->failed && l->table->columns == 0)
		malformed(l, "no header", "");
}

/* Reads, checks and parses the file; l->failed says how it went. */
static void
load(struct loading *l, struct csv_parser *parser, struct buf *text)
{
	const char *p, *end;
	size_t offset;

	if (file_read(l->path, FILE_MAX, text, l->why) == -1) {
		l->failed = 1;
		return;
	}
	p = text->len > 0 ? text->data : "";
	end = p + text->len;
	if (!utf8_valid(p, text->len, &offset)) {
		why_set(l->why, ERR_TABLE_MALFORMED, NULL, "%s: byte %zu is not UTF-8", l->path,
		    offset + 1);
		l->failed = 1;
		return;
	}
	if (text->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3; /* a spreadsheet's byte order mark */
	parse(l, parser, p, end);
}

struct table *
table_load(const char *path, struct why *why)
{
	struct loading l = { .path = path, .why = why, .table = calloc(1, sizeof *l.table) };
	struct csv_parser parser;
	struct buf text;

	if (l.table == NULL ||
	    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
		free(l.table);
		no_memory(&l);
		return NULL;
	}
	buf_init(&text, FILE_MAX);
	load(&l, &parser, &text);
	buf_free(&text);
	csv_free(&parser);
	if (!l.failed)
		return l.table;
	table_free(l.table);
	return NULL;
}

struct table *
table_load_installed(const char *name, struct why *why)
{
	char tail[128], path[4096];

	snprintf(tail, sizeof tail, "share/oq/%s", name);
	if (beside(tail, path, sizeof path) == 0)
		return table_load(path, why);
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", name, strerror(errno));
	return NULL;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t->spans);
	free(t);
}

size_t
table_rows(const struct table *t)
{
	return t->rows;
}

const char *
table_cell(const struct table *t, size_t row, const char *column)
{
	size_t i = column_find(t, column);

	return i == NONE ? NULL : t->cells[(row + 1) * t->columns + i];
}

int
table_in_force(const struct table *t, size_t row, struct date day)
{
	int64_t days = date_days(day);

	return t->spans[row].from <= days && days <= t->spans[row].to;
}

int
table_find(
    const struct table *t, const char *column, const char *value, struct date day, size_t *at)
{
	const char *cell;

	for (size_t row = *at; row < t->rows; row++) {
		cell = value == NULL ? NULL : table_cell(t, row, column);
		if (value != NULL && (cell == NULL || strcmp(cell, value) != 0))
			continue;
		if (table_in_force(t, row, day)) {
			*at = row;
			return 1;
		}
	}
	return 0;
}
