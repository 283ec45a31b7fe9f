#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/names.h"
#include "pipe/record.h"
#include "pipe/scan.h"
#include "pipe/splice.h"
#include "subsidy/sheet.h"
#include "table/header.h"

#define RAW_BYTES ((size_t)RAW_CHARACTERS * 4 + 4)

struct column {
	const struct field *field;
	size_t cell;
};

struct sheet {
	const char *name;
	enum sheet_kind kind;
	struct lines *lines; /* one of the two */
	struct rows *rows;
	struct decoder decoder;
	struct column *columns; /* those we know */
	size_t n_columns, n_cells;
	uint64_t number;
	struct buf raw;
};

static const struct {
	const struct field *fields;
	const size_t *n;
	enum sheet_kind kind;
} sets[] = {
	{ project_fields, &n_project_fields, SHEET_FACILITIES },
	{ project_fields, &(const size_t){ 1 }, SHEET_ITEMS }, /* the code alone */
	{ supplier_fields, &n_supplier_fields, SHEET_ITEMS },
	{ cost_fields, &n_cost_fields, SHEET_ITEMS },
};

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* --- the header ------------------------------------------------------------------------------ */

static const struct field *
field_of(enum sheet_kind kind, const char *header)
{
	const struct field *found = NULL;

	for (size_t i = 0; i < sizeof sets / sizeof *sets && found == NULL; i++)
		if (sets[i].kind == kind)
			found = field_find(sets[i].fields, *sets[i].n, header);
	return found;
}

/* Columns without which a table says nothing. */
static int
complete(const struct sheet *s, struct why *why)
{
	static const char *const needed[][3] = {
		[SHEET_FACILITIES] = { PROJECT_FACILITY_CODE, PROJECT_FACILITY_CLASS },
		[SHEET_ITEMS] = { PROJECT_FACILITY_CODE, COST_CATEGORY },
	};

	for (const char *const *name = needed[s->kind]; *name != NULL; name++) {
		const struct field *f = field_of(s->kind, *name);
		size_t i = 0;

		while (i < s->n_columns && s->columns[i].field != f)
			i++;
		if (i < s->n_columns)
			continue;
		why_set(why, ERR_SHEET_COLUMN_MISSING, NULL, "%s: %s (%s)", s->name,
		    f == NULL ? "" : f->ja, *name);
		return -1;
	}
	return 0;
}

/* Finds the columns we know; two of one name would be two answers. */
static int
bind(struct sheet *s, struct why *why)
{
	if (header_cells(s->rows, &s->decoder, why) == -1)
		return -1;
	s->n_cells = s->decoder.n;
	if ((s->columns = calloc(s->n_cells + 1, sizeof *s->columns)) == NULL)
		return no_memory(why);
	for (size_t i = 0; i < s->n_cells; i++) {
		const struct field *f = field_of(s->kind, s->decoder.cells[i].s);

		for (size_t j = 0; f != NULL && j < s->n_columns; j++)
			if (s->columns[j].field == f) {
				why_set(why, ERR_SHEET_COLUMN_MISSING, NULL,
				    "%s: %s stands there twice", s->name, f->ja);
				return -1;
			}
		if (f != NULL)
			s->columns[s->n_columns++] = (struct column){ f, i };
	}
	return complete(s, why);
}

/* JSON lines begin with a brace. */
static int
begins_json(int fd)
{
	char start[256];
	ssize_t n = pread(fd, start, sizeof start, 0);
	const char *p = start, *end = start + (n < 0 ? 0 : n);

	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	p = scan_blank(p, end);
	return p < end && *p == '{';
}

struct sheet *
sheet_open(int fd, const char *name, enum sheet_kind kind, size_t max_line, struct why *why)
{
	struct sheet *s = calloc(1, sizeof *s);
	int json;

	if (s == NULL || lseek(fd, 0, SEEK_SET) == -1) {
		free(s);
		no_memory(why);
		return NULL;
	}
	s->name = name;
	s->kind = kind;
	buf_init(&s->raw, 4 * RAW_BYTES);
	decoder_init(&s->decoder, ENCODING_UNKNOWN, max_line);
	json = begins_json(fd);
	if (json)
		s->lines = lines_open(fd, max_line);
	else
		s->rows = rows_open(fd, max_line);
	if (s->lines == NULL && s->rows == NULL)
		no_memory(why);
	else if (json || bind(s, why) == 0)
		return s;
	sheet_close(s);
	return NULL;
}

void
sheet_close(struct sheet *s)
{
	if (s == NULL)
		return;
	lines_close(s->lines);
	rows_close(s->rows);
	decoder_free(&s->decoder);
	buf_free(&s->raw);
	free(s->columns);
	free(s);
}

/* --- rows -------------------------------------------------------------------------------------- */

void
entry_free(struct entry *e)
{
	json_decref(e->json);
	free(e->text);
	*e = (struct entry){ 0 };
}

/* What of a broken row can be shown. */
static enum sheet_result
broken_row(struct sheet *s, const struct row *row, struct line *line)
{
	size_t n = row->raw_len < RAW_BYTES ? row->raw_len : RAW_BYTES;

	buf_reset(&s->raw);
	decode_raw(&s->decoder, row->raw, n, &s->raw);
	*line = (struct line){ .text = s->raw.data == NULL ? "" : s->raw.data,
		.len = s->raw.len,
		.bytes = row->raw_bytes,
		.number = s->number };
	return SHEET_BROKEN;
}

/* Excel takes the leading zero of a code away; ten digits can have lost but that one. */
static size_t
lost_zero(const struct column *c, const struct cell *cell)
{
	return c->field == project_fields && cell->len == 9 && strspn(cell->s, "0123456789") == 9;
}

/* Copies the cells of the columns we know, one after the other. 0, or -1 without memory. */
static int
keep_cells(const struct sheet *s, struct entry *e)
{
	size_t n = 1;
	char *p;

	for (size_t i = 0; i < s->n_columns; i++)
		n += s->decoder.cells[s->columns[i].cell].len + 2;
	if ((p = e->text = malloc(n)) == NULL)
		return -1;
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct cell *cell = &s->decoder.cells[s->columns[i].cell];

		if (s->columns[i].field == project_fields)
			e->code = p;
		if (lost_zero(&s->columns[i], cell))
			*p++ = '0';
		memcpy(p, cell->s, cell->len);
		p += cell->len;
		*p++ = '\0';
	}
	return 0;
}

static enum sheet_result
next_row(struct sheet *s, struct entry *e, struct line *line, struct why *why)
{
	struct row row;
	enum rows_result got = rows_next(s->rows, s->n_cells, &row, why);
	int good;

	if (got == ROWS_END)
		return SHEET_END;
	s->number++;
	if (got == ROWS_BROKEN)
		return broken_row(s, &row, line);
	if (got == ROWS_ROW && (good = decode_cells(&s->decoder, &row, why)) != -1) {
		if (good == 0)
			return broken_row(s, &row, line);
		if (keep_cells(s, e) == 0)
			return SHEET_ROW;
	}
	why_set(why, ERR_INPUT_FAILED, NULL, "%s: %s", s->name, strerror(errno));
	return SHEET_FAILED;
}

static enum sheet_result
next_line(struct sheet *s, struct entry *e, struct line *line, struct why *why)
{
	const char *code;
	int got = lines_next(s->lines, line);

	if (got == -1) {
		why_set(why, ERR_INPUT_FAILED, NULL, "%s: %s", s->name, strerror(errno));
		return SHEET_FAILED;
	}
	if (got == 0)
		return SHEET_END;
	s->number++;
	if ((e->json = record_parse(line, why)) == NULL)
		return SHEET_BROKEN;
	code = record_text(e->json, PROJECT_FACILITY_CODE);
	e->code = code == NULL ? "" : code;
	return SHEET_ROW;
}

enum sheet_result
sheet_next(struct sheet *s, struct entry *e, struct line *line, struct why *why)
{
	enum sheet_result got;

	*e = (struct entry){ .code = "" };
	got = s->lines != NULL ? next_line(s, e, line, why) : next_row(s, e, line, why);
	e->number = s->number;
	return got;
}

/* A cell that is none of what its column holds; its value is not for an error's detail. */
static int
unread(const struct sheet *s, const struct entry *e, const struct field *f, struct why *why)
{
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/%s", f->flat);
	why_set(why, ERR_SHEET_ROW_UNREAD, pointer, "%s: row %" PRIu64 ": %s", s->name, e->number,
	    f->ja);
	return -1;
}

int
sheet_take(const struct sheet *s, const struct entry *e, void *base, const struct field *fields,
    size_t n, struct why *why)
{
	const char *cell = e->text;

	if (e->json != NULL)
		return facts_read(base, fields, n, e->json, NULL, why);
	for (size_t i = 0; i < s->n_columns; i++) {
		const struct field *f = s->columns[i].field;

		if (f >= fields && f < fields + n && !fact_read(base, f, cell))
			return unread(s, e, f, why);
		cell += strlen(cell) + 1;
	}
	return 0;
}

/* --- order -------------------------------------------------------------------------------------- */

#define CODE_SIZE 16

/* The code of a JSON line, found without taking the line apart; "" if there is none. */
static void
peek_code(const struct line *line, char out[static CODE_SIZE])
{
	size_t at, n;

	*out = '\0';
	if (!splice_find(line->text, line->len, PROJECT_FACILITY_CODE, &at, &n) || n < 2 ||
	    n - 2 >= CODE_SIZE)
		return;
	memcpy(out, line->text + at + 1, n - 2);
	out[n - 2] = '\0';
}

/* The code of the next row, "" where it cannot be told. 1, 0 at the end, -1 with errno. */
static int
next_code(struct sheet *s, char out[static CODE_SIZE])
{
	struct line line;
	struct entry e;
	struct why ignored;
	enum sheet_result got;

	*out = '\0';
	if (s->lines != NULL) {
		int more = lines_next(s->lines, &line);

		if (more == 1)
			peek_code(&line, out);
		return more;
	}
	got = sheet_next(s, &e, &line, &ignored);
	if (got == SHEET_ROW && strlen(e.code) < CODE_SIZE)
		memcpy(out, e.code, strlen(e.code) + 1);
	entry_free(&e);
	return got == SHEET_FAILED ? -1 : got != SHEET_END;
}

int
sheet_sorted(int fd, const char *name, enum sheet_kind kind, size_t max_line, struct why *why)
{
	struct sheet *s = sheet_open(fd, name, kind, max_line, why);
	char last[CODE_SIZE] = "", now[CODE_SIZE];
	int got = 0, sorted = 1;

	if (s == NULL)
		return -1;
	while (sorted && (got = next_code(s, now)) == 1) {
		if (*now == '\0')
			continue;
		sorted = strcmp(last, now) <= 0;
		memcpy(last, now, sizeof last);
	}
	sheet_close(s);
	if (got == -1)
		why_set(why, ERR_INPUT_FAILED, NULL, "%s: %s", name, strerror(errno));
	return got == -1 ? -1 : sorted;
}
