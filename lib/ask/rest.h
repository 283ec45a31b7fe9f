/*
 * Lines that are answered, but wait for one before them that is not. Where there is a journal their
 * answers rest in it and are read back when it is their turn; the lines themselves stay in memory,
 * without anything else, up to a ceiling.
 */
#ifndef OQ_ASK_REST_H
#define OQ_ASK_REST_H

#include "ask/batch.h"
#include "ask/journal.h"

#define REST_MOST ((size_t)64 << 20) /* bytes, of all that rest */

struct resting;

struct rests { /* zeroed: none */
	struct resting *first;
	size_t n, bytes;
};

/*
 * Puts the batch, which is done, to rest: it is free afterwards. 1, or 0 when it has to stay as it
 * is: not all of it is in the journal, or there is no more room.
 */
int rest_put(struct rests *, const struct asked *, struct batch *);

/* Is the batch of that order among them? 1 and it is in `into`, which was free, as done; or 0. */
int rest_take(struct rests *, struct asked *, uint64_t order, struct batch *into);

void rest_free(struct rests *);

#endif
