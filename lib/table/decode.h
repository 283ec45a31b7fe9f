/*
 * Cells as UTF-8.
 *
 * Unless it was named, the encoding is decided by the first row with a byte outside ASCII
 * (mostly the header), so a file of any size is read as it comes. From then on every row is held
 * to it strictly.
 */
#ifndef OQ_TABLE_DECODE_H
#define OQ_TABLE_DECODE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "table/rows.h"

struct cell {
	const char *s; /* UTF-8, NUL-terminated, blanks around taken off */
	size_t len;
};

/* Takes blanks off both ends, ideographic ones too. */
void cell_trim(struct cell *);

struct decoder {
	enum encoding encoding; /* ENCODING_UNKNOWN until decided */
	struct buf text;
	struct cell *cells;
	size_t n, room;
	size_t bad; /* the cell with the first byte that is not of the encoding */
};

/* max: as for rows_open(). */
void decoder_init(struct decoder *, enum encoding, size_t max);
void decoder_free(struct decoder *);

/*
 * Fills cells from the row; they stay until the next call.
 * Returns 1; 0 with why and `bad` if a byte is not of the encoding (the cells are there, each
 * such byte as U+FFFD); -1 without memory.
 */
int decode_cells(struct decoder *, const struct row *, struct why *);

/* Appends at most n raw bytes as UTF-8, each byte that is not of the encoding as U+FFFD. */
void decode_raw(struct decoder *, const char *, size_t n, struct buf *out);

#endif
