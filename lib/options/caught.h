/*
 * Signals caught while the terminal's mode is not its own, so that it can be put back before the
 * signal does what it does. For commands with one thread.
 */
#ifndef OQ_OPTIONS_CAUGHT_H
#define OQ_OPTIONS_CAUGHT_H

#include <signal.h>

#define CAUGHT_MAX 11

struct caught {
	struct sigaction old[CAUGHT_MAX];
	sigset_t mask; /* as it was: for ppoll(2) */
};

/* Catches what would end or stop the process, except what is ignored anyway. */
void caught_begin(struct caught *);
/* From here on signals wait, until a ppoll(2) under the old mask or caught_end(). */
void caught_block(struct caught *);
/* Has one arrived since caught_begin()? */
int caught_any(void);

/*
 * Puts the old handlers back and sends again what was caught: this may end or stop the process.
 * Returns 0 if nothing was caught, 1 if only what stops (and the process was continued), 2 if
 * anything else (and its old handler has run).
 */
int caught_end(struct caught *);

#endif
