/*
 * Rows of a CSV file, one at a time, whatever its encoding.
 *
 * A row is what RFC 4180 calls a record: it may go over several lines of the file where a quoted
 * cell does. Rows of blank cells only, as spreadsheets write below a list, are passed over like
 * blank lines. UTF-8 and code page 932 pass alike: no second byte of either is a comma, a quote or
 * a line end.
 *
 * One broken row costs one row. Where quotes do not close, the first line of what they swallowed
 * is the broken row and reading goes on with the next line, so that no other row is lost; and a
 * single line with stray quotes (="0613") that has the header's number of cells when they are
 * taken literally is taken so.
 */
#ifndef OQ_TABLE_ROWS_H
#define OQ_TABLE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct row {		    /* everything is the reader's and stays until the next call */
	uint64_t line;	    /* of the file, from 1, on which the row begins */
	uint64_t offset;    /* of its first byte in the file */
	const char *raw;    /* as it stands in the file, without its line end */
	size_t raw_len;	    /* bytes kept: at most the ceiling */
	uint64_t raw_bytes; /* true length */
	const char *cells;  /* without quotes, a NUL behind each */
	size_t cells_len;
	size_t n; /* cells; 0 for a broken row */
};

enum rows_result {
	ROWS_FAILED = -1, /* reading failed (errno) or memory ran out (ENOMEM) */
	ROWS_END = 0,
	ROWS_ROW = 1,
	ROWS_BROKEN = 2, /* cells are not to be had; why says what is wrong */
};

struct rows;

/* Reads from fd, which stays the caller's. NULL without memory. max: bytes of a row, raw. */
struct rows *rows_open(int fd, size_t max);
void rows_close(struct rows *);

/*
 * The first bytes of the file, at most n, without taking them: to recognise what is no CSV.
 * Returns how many there are, or -1 (errno).
 */
long rows_peek(struct rows *, char *out, size_t n);
/* Takes n bytes that rows_peek() showed: a byte order mark. */
void rows_skip(struct rows *, size_t n);

/* The next row, which must have `columns` cells (0: any number, for the header). Blocks. */
enum rows_result rows_next(struct rows *, size_t columns, struct row *, struct why *);

/* Does a line wait in memory, or does the descriptor have bytes (or its end) right now? */
int rows_waiting(const struct rows *);

/* How many rows of blank cells were passed over; blank lines do not count. */
uint64_t rows_blank(const struct rows *);

#endif
