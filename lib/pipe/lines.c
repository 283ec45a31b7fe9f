#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipe/lines.h"

#define BLOCK ((size_t)128 << 10)
#define BOM   "\xef\xbb\xbf"
/* What may stand around a line at the ceiling and is taken off: BOM and CR. */
#define AROUND (sizeof BOM - 1 + 1)

/*
 * data[start, end) has been read and not yet given out; there is no line feed in
 * [start, scanned). Of a line over the ceiling the first `kept` bytes stay, the rest is counted in
 * `dropped` and forgotten.
 */
struct lines {
	int fd;
	size_t max, kept;
	char *data;
	size_t cap, start, scanned, end;
	uint64_t number, dropped, at; /* at: of data[start] in the input */
	char last;		      /* the last byte that was dropped */
	int at_end;
};

struct lines *
lines_open(int fd, size_t max_line)
{
	struct lines *l = malloc(sizeof *l);

	if (l == NULL)
		return NULL;
	*l = (struct lines){ .fd = fd, .max = max_line, .kept = max_line + AROUND };
	l->cap = 2 * BLOCK;
	if ((l->data = malloc(l->cap)) == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void
lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	free(l->data);
	free(l);
}

/* Describes the line in data[start, stop), and what was dropped after it. */
static void
describe(struct lines *l, size_t stop, struct line *line)
{
	*line = (struct line){ .text = l->data + l->start, .len = stop - l->start, .at = l->at };
	line->number = ++l->number;
	line->bytes = line->len + l->dropped;
	if (line->number == 1 && line->len >= 3 && memcmp(line->text, BOM, 3) == 0) {
		line->text += 3;
		line->at += 3;
		line->len -= 3;
		line->bytes -= 3;
	}
	if (l->dropped > 0 && l->last == '\r') {
		line->bytes--;
	} else if (l->dropped == 0 && line->len > 0 && line->text[line->len - 1] == '\r') {
		line->bytes--;
		line->len--;
	}
	line->over = line->bytes > l->max;
	if (line->over)
		line->len = l->max;
}

/* Forgets what cannot be part of the text any more of a line over the ceiling. */
static void
drop_excess(struct lines *l, size_t stop)
{
	size_t keep = l->start + l->kept;

	if (stop <= keep)
		return;
	l->dropped += stop - keep;
	l->last = l->data[stop - 1];
}

/* 1 and a line if a whole one is in memory, else 0. */
static int
take(struct lines *l, struct line *line)
{
	size_t left = l->end - l->scanned, stop = l->end;
	char *lf = left > 0 ? memchr(l->data + l->scanned, '\n', left) : NULL;
	size_t next = l->end;

	if (lf != NULL) {
		stop = (size_t)(lf - l->data);
		next = stop + 1;
	}
	drop_excess(l, stop);
	if (l->dropped > 0)
		stop = l->start + l->kept;
	if (lf == NULL && !l->at_end) {
		l->scanned = l->end = stop;
		return 0;
	}
	if (lf == NULL && stop == l->start)
		return 0;
	describe(l, stop, line);
	l->at += stop - l->start + l->dropped + (lf != NULL);
	l->start = l->scanned = next;
	l->dropped = 0;
	return lf != NULL || line->bytes > 0;
}

/* Room for a block behind `end`: what has been given out goes first. 0, or -1 with errno. */
static int
make_room(struct lines *l)
{
	size_t cap = l->cap;
	char *p;

	if (l->start > 0) {
		memmove(l->data, l->data + l->start, l->end - l->start);
		l->scanned -= l->start;
		l->end -= l->start;
		l->start = 0;
	}
	if (cap - l->end >= BLOCK)
		return 0;
	cap *= 2;
	if (cap > l->kept + BLOCK)
		cap = l->kept + BLOCK;
	if ((p = realloc(l->data, cap)) == NULL)
		return -1;
	l->data = p;
	l->cap = cap;
	return 0;
}

/* Reads what there is: 1 after a block or the end, 0 if there is nothing yet, -1 with errno. */
static int
fill(struct lines *l)
{
	ssize_t n;

	if (make_room(l) == -1)
		return -1;
	n = read(l->fd, l->data + l->end, l->cap - l->end);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	l->end += (size_t)n;
	l->at_end = n == 0;
	return 1;
}

/* Waits at most timeout milliseconds (-1: as long as it takes) for bytes or the end of input. */
static int
readable(const struct lines *l, int timeout)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	int r = poll(&p, 1, timeout);

	/* A signal is no input; where it cannot be told for another reason reading tells. */
	return r > 0 || (r == -1 && errno != EINTR);
}

int
lines_next(struct lines *l, struct line *line)
{
	int got;

	while (!take(l, line)) {
		if (l->at_end)
			return 0;
		if ((got = fill(l)) == -1)
			return -1;
		if (got == 0)
			readable(l, -1);
	}
	return 1;
}

int
lines_try(struct lines *l, struct line *line)
{
	int got;

	while (!take(l, line)) {
		if (l->at_end)
			return 0;
		if (!readable(l, 0))
			return LINES_LATER;
		if ((got = fill(l)) == -1)
			return -1;
		if (got == 0)
			return LINES_LATER;
	}
	return 1;
}

uint64_t
lines_taken(const struct lines *l)
{
	return l->at;
}

int
lines_waiting(const struct lines *l)
{
	size_t left = l->end - l->scanned;

	if (l->at_end || (left > 0 && memchr(l->data + l->scanned, '\n', left) != NULL))
		return 1;
	return readable(l, 0);
}
