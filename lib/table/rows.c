#include <csv.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "table/rows.h"

#define CHUNK 16384

struct rows {
	int fd;
	size_t max;
	struct buf in;
	size_t start;	 /* in `in`: first byte not yet given away */
	uint64_t offset; /* of that byte in the file */
	uint64_t line;	 /* of that byte, from 1 */
	uint64_t blank;
	int ended;
	struct csv_parser parser;
	struct buf cells;
	size_t n;
	int complete; /* the parser has seen the end of the row */
};

struct rows *
rows_open(int fd, size_t max)
{
	struct rows *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	*r = (struct rows){ .fd = fd, .max = max, .line = 1 };
	buf_init(&r->in, max + 3 * (size_t)CHUNK);
	buf_init(&r->cells, 2 * (max + 2 * (size_t)CHUNK)); /* a NUL a cell at most doubles it */
	csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI);
	return r;
}

void
rows_close(struct rows *r)
{
	if (r == NULL)
		return;
	csv_free(&r->parser);
	buf_free(&r->in);
	buf_free(&r->cells);
	free(r);
}

/* 1 when bytes came, 0 at the end, -1 with errno. What was given away makes room first. */
static int
read_more(struct rows *r)
{
	char *room;
	ssize_t n;

	if (r->ended)
		return 0;
	if (r->start > 0) {
		memmove(r->in.data, r->in.data + r->start, r->in.len - r->start);
		r->in.len -= r->start;
		r->start = 0;
	}
	if ((room = buf_room(&r->in, CHUNK)) == NULL) {
		errno = buf_failed(&r->in);
		return -1;
	}
	if ((n = read(r->fd, room, CHUNK)) == -1)
		return -1;
	r->ended = n == 0;
	r->in.len += (size_t)n;
	return n > 0;
}

static const char *
bytes(const struct rows *r)
{
	return r->in.data == NULL ? "" : r->in.data + r->start;
}

static size_t
left(const struct rows *r)
{
	return r->in.len - r->start;
}

/* A line of the file: where its text ends and where the next begins, from r->start. */
struct span {
	size_t end, next;
};

/*
 * Looks for LF, CRLF or CR from `at` on; the end of the file ends a line too.
 * 1, or 0 when more must be read first: a CR may be half of a CRLF.
 */
static int
line_end(const struct rows *r, size_t at, struct span *span)
{
	const char *text = bytes(r), *lf, *cr;
	size_t n = left(r);

	lf = memchr(text + at, '\n', n - at);
	cr = memchr(text + at, '\r', lf == NULL ? n - at : (size_t)(lf - text) - at);
	if (cr != NULL && (size_t)(cr - text) + 1 == n && !r->ended)
		return 0;
	if (cr != NULL) {
		span->end = (size_t)(cr - text);
		span->next = span->end + (lf == cr + 1 ? 2 : 1);
		return 1;
	}
	span->end = lf == NULL ? n : (size_t)(lf - text);
	span->next = lf == NULL ? n : span->end + 1;
	return lf != NULL || r->ended;
}

enum found { FOUND_FAILED, FOUND_NONE, FOUND_LINE, FOUND_TOO_LONG };

/* The line that begins at `from`, if the row up to its end stays under the ceiling. */
static enum found
find_line(struct rows *r, size_t from, struct span *span)
{
	size_t at = from;

	while (!line_end(r, at, span)) {
		if (left(r) > r->max)
			return FOUND_TOO_LONG;
		at = left(r) > from ? left(r) - 1 : from; /* the last byte may be a CR */
		if (read_more(r) == -1)
			return FOUND_FAILED;
	}
	if (span->next == from)
		return FOUND_NONE;
	return span->end > r->max ? FOUND_TOO_LONG : FOUND_LINE;
}

/* Nothing but blanks? In cells a NUL only stands behind each, and strchr() finds it. */
static int
blank_line(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t')
			return 0;
	return 1;
}

static int
blank_cells(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr(" \t\r\n", s[i]) == NULL)
			return 0;
	return 1;
}

static void
take_cell(void *text, size_t len, void *arg)
{
	struct rows *r = arg;

	buf_add(&r->cells, text, len);
	buf_addc(&r->cells, '\0');
	r->n++;
}

static void
take_row(int end, void *arg)
{
	struct rows *r = arg;

	(void)end;
	r->complete = 1;
}

/* Gives the parser one line. 1, or 0 when its quotes are wrong. */
static int
parse_line(struct rows *r, size_t at, const struct span *span)
{
	size_t n = span->next - at;

	if (csv_parse(&r->parser, bytes(r) + at, n, take_cell, take_row, r) != n)
		return 0;
	if (span->next == span->end) /* the last line, without a line end */
		return csv_fini(&r->parser, take_cell, take_row, r) == 0;
	return 1;
}

/* The same for a line by itself, with stray quotes taken literally. */
static void
parse_leniently(struct rows *r, size_t n)
{
	struct csv_parser lenient;

	buf_reset(&r->cells);
	r->n = 0;
	csv_init(&lenient, 0);
	csv_parse(&lenient, bytes(r), n, take_cell, take_row, r);
	csv_fini(&lenient, take_cell, take_row, r);
	csv_free(&lenient);
}

/* Gives the bytes up to `span` away as one row of so many lines; `unseen` were read and dropped. */
static enum rows_result
give(struct rows *r, struct row *row, const struct span *span, uint64_t lines, uint64_t unseen,
    enum rows_result result)
{
	if (buf_failed(&r->cells)) {
		errno = buf_failed(&r->cells);
		return ROWS_FAILED;
	}
	*row = (struct row){
		.line = r->line,
		.offset = r->offset,
		.raw = bytes(r),
		.raw_len = span->end,
		.raw_bytes = span->end + unseen,
	};
	if (result == ROWS_ROW) {
		row->cells = r->cells.data;
		row->cells_len = r->cells.len;
		row->n = r->n;
	}
	r->start += span->next;
	r->offset += span->next + unseen;
	r->line += lines;
	return result;
}

/* Quotes are wrong: the first line is a row by itself, whatever the parser made of it. */
static enum rows_result
mend(struct rows *r, size_t columns, struct row *row, struct why *why)
{
	struct span span = { 0 };

	csv_free(&r->parser);
	csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI);
	line_end(r, 0, &span);
	parse_leniently(r, span.end);
	if (columns != 0 && r->n == columns && memchr(bytes(r), '\0', span.end) == NULL)
		return give(r, row, &span, 1, 0, ROWS_ROW);
	why_set(why, ERR_CSV_MALFORMED, NULL,
	    "line %" PRIu64 ": a quote is not closed, or stands inside a cell", r->line);
	return give(r, row, &span, 1, 0, ROWS_BROKEN);
}

/* A single line over the ceiling: its beginning is kept, the rest read and dropped. */
static enum rows_result
drop_line(struct rows *r, struct row *row, struct why *why)
{
	uint64_t unseen = 0;
	struct span span;
	enum rows_result result;

	while (!line_end(r, r->max, &span)) {
		char *data = r->in.data + r->start;
		size_t n = left(r), cr = data[n - 1] == '\r'; /* may be half of a CRLF */

		if (cr)
			data[r->max] = '\r';
		unseen += n - r->max - cr;
		r->in.len = r->start + r->max + cr;
		if (read_more(r) == -1)
			return ROWS_FAILED;
	}
	why_set(why, ERR_LINE_TOO_LONG, NULL, "line %" PRIu64 ": over %zu bytes", r->line, r->max);
	result = give(r, row, &span, 1, unseen, ROWS_BROKEN);
	if (result == ROWS_BROKEN)
		row->raw_len = r->max;
	return result;
}

/* The parser has a whole row; is it one we can take? */
static enum rows_result
judge(struct rows *r, size_t columns, const struct span *span, uint64_t lines, struct row *row,
    struct why *why)
{
	const char *nul = memchr(bytes(r), '\0', span->end);

	if (nul != NULL) {
		uint64_t at = r->offset + (size_t)(nul - bytes(r));

		why_set(why, ERR_BYTES_NOT_ENCODING, NULL,
		    "line %" PRIu64 ": byte %" PRIu64 " of the file is a NUL", r->line, at);
		return give(r, row, span, lines, 0, ROWS_BROKEN);
	}
	if (columns == 0 || r->n == columns || blank_cells(r->cells.data, r->cells.len))
		return give(r, row, span, lines, 0, ROWS_ROW);
	if (lines > 1) /* more likely a stray quote than a cell of several lines */
		return mend(r, columns, row, why);
	why_set(why, ERR_CELLS_COUNT, NULL, "line %" PRIu64 ": %zu cells, the header has %zu",
	    r->line, r->n, columns);
	return give(r, row, span, lines, 0, ROWS_BROKEN);
}

static enum rows_result
next_row(struct rows *r, size_t columns, struct row *row, struct why *why)
{
	size_t at = 0;
	uint64_t lines = 0;
	struct span span;

	buf_reset(&r->cells);
	r->n = 0;
	r->complete = 0;
	while (!r->complete) {
		enum found found = find_line(r, at, &span);

		if (found == FOUND_FAILED)
			return ROWS_FAILED;
		if (found == FOUND_TOO_LONG && at == 0)
			return drop_line(r, row, why);
		if (found == FOUND_NONE && at == 0)
			return ROWS_END;
		/* A cell that goes on to the end of the file, or over the ceiling. */
		if (found != FOUND_LINE)
			return mend(r, columns, row, why);
		if (at == 0 && blank_line(bytes(r), span.end)) {
			r->start += span.next;
			r->offset += span.next;
			r->line++;
			continue;
		}
		lines++;
		if (!parse_line(r, at, &span))
			return mend(r, columns, row, why);
		at = span.next;
	}
	return judge(r, columns, &span, lines, row, why);
}

enum rows_result
rows_next(struct rows *r, size_t columns, struct row *row, struct why *why)
{
	enum rows_result result;

	while ((result = next_row(r, columns, row, why)) == ROWS_ROW &&
	       blank_cells(row->cells, row->cells_len))
		r->blank++;
	return result;
}

long
rows_peek(struct rows *r, char *out, size_t n)
{
	while (left(r) < n && !r->ended)
		if (read_more(r) == -1)
			return -1;
	if (n > left(r))
		n = left(r);
	memcpy(out, bytes(r), n);
	return (long)n;
}

void
rows_skip(struct rows *r, size_t n)
{
	r->start += n;
	r->offset += n;
}

int
rows_waiting(const struct rows *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	const char *text = bytes(r);

	if (r->ended || memchr(text, '\n', left(r)) != NULL || memchr(text, '\r', left(r)) != NULL)
		return 1;
	return poll(&p, 1, 0) != 0;
}

uint64_t
rows_blank(const struct rows *r)
{
	return r->blank;
}
