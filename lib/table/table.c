#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/file.h"
#include "base/text.h"
#include "gen/names.h"
#include "table/table.h"

#define ROOM_FIRST 64
#define CELL_LEAST 12 /* bytes of a cell, on an average: enough room for most from the start */
#define FILE_MAX   ((size_t)16 << 20)
#define NONE	   TABLE_NO_COLUMN

/* The cells lie one after the other: the header first, then row after row. */
struct table {
	int fd; /* of a file not yet read, or -1 */
	char *path;
	size_t columns, rows;
	size_t from, to; /* their columns, or NONE */
	size_t source, confidence;
	struct buf text; /* of the file: most cells are pieces of it */
	char **cells;
	size_t n;     /* of cells */
	char **apart; /* those that had quotes */
	size_t n_apart;
	struct span {
		int64_t from, to; /* days since 1970-01-01, both inclusive */
	} * spans;		  /* by row */
};

struct loading {
	struct table *table;
	size_t room, room_apart, room_spans; /* in the table's lists */
	size_t line, row_start;
	int open; /* a cell with quotes goes on in the next line */
	struct why *why;
	int failed;
};

static void
malformed(struct loading *l, const char *what, const char *which)
{
	if (l->failed)
		return;
	why_set(l->why, ERR_TABLE_MALFORMED, NULL, "%s:%zu: %s%s", l->table->path, l->line, what,
	    which);
	l->failed = 1;
}

static void
no_memory(struct loading *l)
{
	if (!l->failed)
		why_set(l->why, ERR_OUT_OF_MEMORY, NULL, NULL);
	l->failed = 1;
}

/* Room for one more in a list of n. 1, or 0 without memory. */
static int
grow(void *list, size_t n, size_t *room, size_t size, struct loading *l)
{
	const size_t more = *room == 0 ? ROOM_FIRST : 2 * *room;
	void *grown, **old = list;

	if (n < *room)
		return 1;
	if ((grown = reallocarray(*old, more, size)) == NULL) {
		no_memory(l);
		return 0;
	}
	*old = grown;
	*room = more;
	return 1;
}

static void
add_cell(struct loading *l, char *text)
{
	struct table *t = l->table;

	if (grow(&t->cells, t->n, &l->room, sizeof *t->cells, l))
		t->cells[t->n++] = text;
}

/* A cell as libcsv gives it. */
static void
take_cell(void *bytes, size_t n, void *context)
{
	struct loading *l = context;
	struct table *t = l->table;

	if (l->failed)
		return;
	if (strlen(bytes) != n)
		malformed(l, "a cell with a NUL", "");
	else if (grow(&t->apart, t->n_apart, &l->room_apart, sizeof *t->apart, l)) {
		if ((t->apart[t->n_apart] = strdup(bytes)) == NULL)
			no_memory(l);
		else
			add_cell(l, t->apart[t->n_apart++]);
	}
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
	if ((t->source = column_find(t, "source")) == NONE)
		malformed(l, "no column ", "source");
	if ((t->confidence = column_find(t, FEE_CONFIDENCE)) == NONE)
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
	struct span *span;
	const char *confidence;

	if (t->n - l->row_start != t->columns) {
		malformed(l, "another number of cells than the header", "");
		return;
	}
	if (!grow(&t->spans, t->rows, &l->room_spans, sizeof *t->spans, l))
		return;
	span = &t->spans[t->rows++];
	span->from = take_day(l, t->from, INT64_MIN);
	span->to = take_day(l, t->to, INT64_MAX);
	confidence = t->cells[l->row_start + t->confidence];
	if (!confidence_known(confidence))
		malformed(l, "unknown confidence: ", confidence);
	if (*t->cells[l->row_start + t->source] == '\0' &&
	    strcmp(confidence, FEE_CONFIDENCE_RECALLED) != 0)
		malformed(l, "no source, but confidence ", confidence);
}

static void
end_row(int terminator, void *context)
{
	struct loading *l = context;

	(void)terminator;
	l->open = 0;
	if (l->failed)
		return;
	if (l->table->columns == 0)
		take_header(l);
	else
		take_row(l);
	l->row_start = l->table->n;
}

/* Takes blanks off the cell from p to end, in place, and ends it there. */
static char *
trim(char *p, char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	return p;
}

/* The same of a cell in quotes, whose blanks are its own. */
static char *
unquote(char *p, char *end)
{
	end[-1] = '\0';
	return p + 1;
}

/*
 * The cell from p on, in a line with quotes that ends at end: where it ends, or NULL where it is
 * one for a parser.
 */
static char *
cell_end(char *p, char *end)
{
	char *comma, *close;

	if (*p == '"') {
		close = memchr(p + 1, '"', (size_t)(end - p - 1));
		if (close == NULL || (close + 1 < end && close[1] != ','))
			return NULL;
		return close + 1;
	}
	if ((comma = memchr(p, ',', (size_t)(end - p))) == NULL)
		comma = end;
	return memchr(p, '"', (size_t)(comma - p)) == NULL ? comma : NULL;
}

/* As cut_line(), of a line with quotes. */
static int
cut_quoted(struct loading *l, char *line, char *end)
{
	char *stop;

	for (char *p = line; p <= end; p = stop + 1)
		if ((stop = cell_end(p, end)) == NULL)
			return 0;
	for (char *p = line; p <= end; p = stop + 1) {
		stop = cell_end(p, end);
		add_cell(l, *p == '"' ? unquote(p, stop) : trim(p, stop));
	}
	end_row(0, l);
	return 1;
}

/*
 * Cuts a line, up to its end, where it lies. 1, or 0 and nothing is taken of it: then it is for
 * libcsv, which knows all of CSV but looks at every byte.
 */
static int
cut_line(struct loading *l, char *line, char *end)
{
	char *comma, *p = line;

	if (*line == ' ' || *line == '\t')
		return 0;
	if (memchr(line, '"', (size_t)(end - line)) != NULL)
		return cut_quoted(l, line, end);
	for (; (comma = memchr(p, ',', (size_t)(end - p))) != NULL; p = comma + 1)
		add_cell(l, trim(p, comma));
	add_cell(l, trim(p, end));
	end_row(0, l);
	return 1;
}

/* Line by line, so that a mistake can be named by its line. */
static void
parse(struct loading *l, struct csv_parser *parser, char *p, const char *end)
{
	const size_t all = (size_t)(end - p);
	/* A CR belongs to a line end, perhaps, and a NUL nowhere. */
	const int plain = memchr(p, '\r', all) == NULL && memchr(p, '\0', all) == NULL;

	while (p < end && !l->failed) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = lf == NULL ? (size_t)(end - p) : (size_t)(lf - p) + 1;

		l->line++;
		if (n == 1 && lf != NULL && !l->open) {
			p++;
			continue;
		}
		if (l->open || !plain || lf == NULL || !cut_line(l, p, lf)) {
			l->open = 1; /* until a row ends */
			if (csv_parse(parser, p, n, take_cell, end_row, l) != n)
				malformed(l, csv_strerror(csv_error(parser)), "");
		}
		p += n;
	}
	if (!l->failed && csv_fini(parser, take_cell, end_row, l) != 0)
		malformed(l, csv_strerror(csv_error(parser)), "");
	if (!l->failed && l->table->columns == 0)
		malformed(l, "no header", "");
}

/* Reads, checks and parses the file; l->failed says how it went. */
static void
load(struct loading *l, struct csv_parser *parser)
{
	struct table *t = l->table;
	struct buf *text = &t->text;
	char *p, none[1] = "";
	const char *end;
	size_t offset;

	l->failed = file_take(t->fd, t->path, FILE_MAX, text, l->why) == -1;
	t->fd = -1;
	if (l->failed)
		return;
	p = text->len > 0 ? text->data : none;
	end = p + text->len;
	if (!utf8_valid(p, text->len, &offset)) {
		why_set(l->why, ERR_TABLE_MALFORMED, NULL, "%s: byte %zu is not UTF-8", t->path,
		    offset + 1);
		l->failed = 1;
		return;
	}
	if (text->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3; /* a spreadsheet's byte order mark */
	l->room = text->len / CELL_LEAST + ROOM_FIRST;
	if ((t->cells = malloc(l->room * sizeof *t->cells)) == NULL)
		no_memory(l);
	else
		parse(l, parser, p, end);
}

struct table *
table_open(const char *path, const char *name, struct why *why)
{
	struct table *t = calloc(1, sizeof *t);
	char tail[128], installed[4096];

	if (t == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	t->fd = -1;
	buf_init(&t->text, FILE_MAX);
	if (path == NULL) {
		snprintf(tail, sizeof tail, "share/oq/%s", name);
		if (beside(tail, installed, sizeof installed) == 0)
			path = installed;
	}
	if (path == NULL)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", name, strerror(errno));
	else if ((t->path = strdup(path)) == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		t->fd = file_open(path, why);
	if (t->fd != -1)
		return t;
	table_free(t);
	return NULL;
}

int
table_read(struct table *t, struct why *why)
{
	struct loading l = { .table = t, .why = why };
	struct csv_parser parser;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
		no_memory(&l);
		return -1;
	}
	load(&l, &parser);
	csv_free(&parser);
	return l.failed ? -1 : 0;
}

/* Both steps. */
static struct table *
load_whole(const char *path, const char *name, struct why *why)
{
	struct table *t = table_open(path, name, why);

	if (t == NULL || table_read(t, why) == 0)
		return t;
	table_free(t);
	return NULL;
}

struct table *
table_load(const char *path, struct why *why)
{
	return load_whole(path, NULL, why);
}

struct table *
table_load_installed(const char *name, struct why *why)
{
	return load_whole(NULL, name, why);
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_apart; i++)
		free(t->apart[i]);
	free(t->apart);
	if (t->fd != -1)
		close(t->fd);
	free(t->path);
	free(t->cells);
	buf_free(&t->text);
	free(t->spans);
	free(t);
}

size_t
table_rows(const struct table *t)
{
	return t->rows;
}

size_t
table_column(const struct table *t, const char *name)
{
	return column_find(t, name);
}

const char *
table_at(const struct table *t, size_t row, size_t column)
{
	return t->cells[(row + 1) * t->columns + column];
}

const char *
table_cell(const struct table *t, size_t row, const char *column)
{
	size_t i = column_find(t, column);

	return i == NONE ? NULL : table_at(t, row, i);
}

void
table_span(const struct table *t, size_t row, int64_t *from, int64_t *to)
{
	*from = t->spans[row].from;
	*to = t->spans[row].to;
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
