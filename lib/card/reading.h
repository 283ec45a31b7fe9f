/*
 * One card, one reading, two processes (DESIGN 5). The parent, who calls this, holds terminal,
 * deadlines and output; a child, forked before any call to PC/SC, talks to the card and never
 * holds a key. Whatever becomes of the child, the card's verified state is dropped: by the child
 * itself, else by the parent, who then connects anew, selects another application and takes the
 * power away. If both are killed only the daemon is left, which resets the card.
 */
#ifndef OQ_CARD_READING_H
#define OQ_CARD_READING_H

#include <signal.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "card/talk.h"
#include "card/transport.h"

struct reading {
	struct job job;
	const struct way *way;
	int64_t limit; /* milliseconds without any answer after which the child is given up */
	/* Once set (by a signal) the reading ends as soon as the card is let go. May be NULL. */
	const volatile sig_atomic_t *stop;
	void *context; /* of the functions below */
	/* Told once each time it begins to wait for a reader (0) or a card (1). May be NULL. */
	void (*waits)(void *context, int card);
	/*
	 * TASK_SIGN only: asks for the PIN, knowing the card and its tries, and appends the claims
	 * of the presence that the card is to sign. 0, or -1 with why: then no try is spent.
	 */
	int (*order)(void *context, const struct facts *, struct order *, struct why *);
};

/*
 * 0 with facts, and with TASK_SIGN and a certificate that has not expired the token appended; or
 * -1 with why, and facts as far as they were known (an empty id: not at all).
 */
int reading_run(const struct reading *, struct facts *, struct buf *token, struct why *);

#endif
