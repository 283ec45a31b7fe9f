/*
 * Lines in. One reader a command; the text of a line is the reader's and stays until the next
 * call. A byte order mark before the first line, CR before LF and a missing last line feed are
 * taken in and never show.
 */
#ifndef OQ_PIPE_LINES_H
#define OQ_PIPE_LINES_H

#include <stddef.h>
#include <stdint.h>

#define LINE_MAX_DEFAULT ((size_t)16 << 20)
#define RAW_CHARACTERS	 1024 /* of a line that was no object, kept in `raw` */

struct line {
	const char *text; /* not NUL-terminated; CR, LF and BOM taken off */
	size_t len;	  /* bytes kept: at most the ceiling */
	uint64_t bytes;	  /* true length; more than len when the line was over the ceiling */
	uint64_t at;	  /* where the text begins in the input, in bytes */
	uint64_t number;  /* from 1: `seq` */
	int over;	  /* over the ceiling: text holds only its beginning */
};

struct lines;

/* NULL without memory. Reads from fd, which stays the caller's. */
struct lines *lines_open(int fd, size_t max_line);
void lines_close(struct lines *);

/* 1 and a line, 0 at the end of input, -1 when reading failed (errno). Blocks. */
int lines_next(struct lines *, struct line *);

/* Does a whole line wait in memory, or does the descriptor have bytes (or its end) right now? */
int lines_waiting(const struct lines *);

/* Bytes of the input that have been given out as lines. A signal's handler may ask. */
uint64_t lines_taken(const struct lines *);

/* As lines_next(), but returns LINES_LATER instead of blocking. */
#define LINES_LATER 2
int lines_try(struct lines *, struct line *);

#endif
