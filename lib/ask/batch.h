/*
 * The lines that wait together: those to be asked travel in one window, the others keep their
 * place between them.
 */
#ifndef OQ_ASK_BATCH_H
#define OQ_ASK_BATCH_H

#include "ask/line.h"
#include "ask/service.h"
#include "base/clock.h"

#define BATCH_ITEMS 1024

struct item {
	enum way way;
	enum verdict verdict;  /* WAY_AS_CAME, WAY_KEPT */
	int recheck;	       /* a card's answer stays beside ours */
	size_t question;       /* WAY_ASK, WAY_RESTING: its place in the window */
	const struct why *why; /* WAY_BROKEN, WAY_FAILED, WAY_STOPPED; NULL without memory */
	json_t *own;	       /* the service's, to be put into the answer */
	struct line line;
	size_t at;	    /* of the line's text in the batch */
	int64_t window;	    /* WAY_SAME, WAY_RESTING */
	size_t place;	    /* WAY_SAME, the question; WAY_KEPT, where its line is in `kept` */
	struct given given; /* WAY_KEPT; WAY_RESTING: when it was asked */
	size_t before;	    /* as decided */
};

enum batch_state { BATCH_FREE, BATCH_FILLING, BATCH_SEALED, BATCH_FLYING, BATCH_DONE };

struct batch {
	const struct service *service;
	enum batch_state state;
	uint64_t order; /* of its lines among the batches */
	char asked_at[TIME_SIZE];
	size_t n;
	struct item items[BATCH_ITEMS];
	struct buf text;  /* the lines */
	struct buf kept;  /* answers that were not asked for here */
	size_t unsettled; /* WAY_SAME: lines whose answer is under way elsewhere */
	int64_t journal;  /* its window there */
	int64_t asked;	  /* asked_at */
	struct window window;
};

/* NULL without memory. */
struct batch *batch_new(const struct service *, size_t max_line, size_t max_answers);
void batch_free(struct batch *);

/* No more lines fit. */
int batch_full(const struct batch *);

/* Takes a copy of a line and what was decided. 0, or -1 without memory. */
int batch_add(struct batch *, const struct line *, const struct decision *);

/* The item as it was added; its line points into the batch. */
struct item *batch_item(struct batch *, size_t);

/* Settles a line that waited for an equal one: with a copy of its answer, or of why it has none. */
void batch_give(struct batch *, struct item *, const struct given *, enum verdict);
void batch_stop(struct batch *, struct item *, const struct why *);

/* A copy, for an item. NULL without memory. */
const struct why *batch_why(const struct why *);

/* Forgets the lines, for the next ones. */
void batch_reset(struct batch *);

#endif
