/*
 * The patient takes a consent back: first into the ledger, then to the hub, which from its answer on
 * gives nothing for it.
 */
#ifndef OQ_CONSENT_WITHDRAW_H
#define OQ_CONSENT_WITHDRAW_H

#include "consent/book.h"
#include "route/route.h"
#include "trust/signer.h"

struct withdrawing {
	struct ledger *ledger;
	struct signer *signer;
	const char *facility;
	const char *operator; /* NULL: not named */
	struct route *route;  /* NULL: the hub is not told */
};

/*
 * Enters the withdrawal, unless it stands there; a->withdrawn_at says when. token gets it. 0, or -1
 * with why.
 */
int withdraw_enter(
    const struct withdrawing *, struct agreement *a, struct buf *token, struct why *why);

/* Sends the token of a withdrawal. 1 when the hub has taken it, or 0 with why. */
int withdraw_tell(struct route *, const char *token, struct why *why);

#endif
