/*
 * A table for people, as data: columns, and rows of texts. Whoever shows it (text.h, csv.h, html.h)
 * knows nothing of where it came from.
 */
#ifndef OQ_VIEW_SHEET_H
#define OQ_VIEW_SHEET_H

#include <stddef.h>

#include "base/buf.h"

#define COLUMNS_MAX 16

enum {
	COLUMN_RIGHT = 1 << 0,	/* numbers, set to the right */
	COLUMN_CODE = 1 << 1,	/* digits that are a text: a spreadsheet keeps their zeros */
	COLUMN_BLANK = 1 << 2,	/* filled in by hand, on paper */
	COLUMN_NARROW = 1 << 3, /* never broken over two lines */
	COLUMN_WORDS = 1 << 5, /* sentences, also in the first column, which else is never broken */
	COLUMN_ROOM = 1 << 4,  /* with COLUMN_BLANK: room for sentences, not for a tick */
};

struct column {
	const char *title;
	unsigned flags;
};

enum {
	ROW_STRONG = 1 << 0, /* stands out */
	ROW_JOINED = 1 << 1, /* belongs with the row above it */
};

struct sheet {
	const struct column *columns; /* the caller's */
	size_t n_columns, n_rows;
	double points; /* size of type on paper; 0: as it comes */
	int across;    /* on paper, this many beside each other; 0: one */

	char **cells; /* the sheet's own; NULL: empty */
	unsigned *flags;
	size_t room, next;
	int failed;
};

/* An empty sheet over the caller's columns, at most COLUMNS_MAX, which stay where they are. */
void sheet_init(struct sheet *, const struct column *, size_t n_columns);
void sheet_free(struct sheet *);

/*
 * Begins a row; the cells follow from left to right and those left out stay empty. Text is copied,
 * NULL is an empty cell. Without memory all later calls do nothing and sheet_failed() says so.
 */
void sheet_row(struct sheet *, unsigned flags);
void sheet_put(struct sheet *, const char *text);
void sheet_putf(struct sheet *, const char *, ...) __attribute__((format(printf, 2, 3)));
/* Puts what the buffer holds, and frees it; where it has failed, so has the sheet. */
void sheet_put_buf(struct sheet *, struct buf *);
int sheet_failed(const struct sheet *);

/* The text of a cell; "" when empty. */
const char *sheet_cell(const struct sheet *, size_t row, size_t column);

#endif
