/*
 * When to ask: no faster than --rate, and not after --until.
 */
#ifndef OQ_ASK_PACE_H
#define OQ_ASK_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
	int64_t rate;  /* questions in a minute at most; 0: as many as there are */
	int64_t until; /* Unix seconds; 0: for ever */
	int64_t due;   /* the tick before which nothing more is sent */
};

/*
 * Reads HH:MM: the next time that a clock in Japan shows it. 1 with Unix seconds, or 0 if it is no
 * time of day.
 */
int until_parse(const char *, int64_t now, int64_t *until);

/* How many of these questions may travel together: those of a second, and one at least. */
size_t pace_lines(const struct pace *, size_t most);

/* So many questions leave now. */
void pace_sent(struct pace *, size_t n);

/* Milliseconds until the next ones may. */
int64_t pace_wait(const struct pace *);

/* Is it time to stop? If not, *wait becomes at most the milliseconds until it may be. */
int pace_over(const struct pace *, int64_t *wait);

#endif
