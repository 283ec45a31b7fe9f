/*
 * Presences that were redeemed (PROTOCOL 2), in DIR/audit.db: one commit makes an answer's audit
 * entry and the redemption durable, so that neither is ever there without the other.
 *
 * The token itself is never kept: its number (jti), and what was shown for it.
 */
#ifndef OQ_STORE_REDEEMED_H
#define OQ_STORE_REDEEMED_H

#include "store/audit.h"
#include "store/people.h"

struct redeemed {
	int64_t id; /* of the row */
	char jti[ASK_SIZE];
	char facility[CODE_SIZE];
	char ask[ASK_SIZE]; /* the one question that it answers */
	int64_t person;
	int64_t expires_at; /* of the token */
	int in_grace;	    /* the card's certificate was over: only the insurance is shown */
	size_t n;
	int64_t slots[CANDIDATES_MAX]; /* of the covers that the person had */
};

/*
 * Binds the presence to its facility, person and ask, with the batch that is being gathered. 1 and
 * the id; 0 when it is bound to another already; -1 with why: then the batch must be abandoned.
 */
int redeem(struct audit *, struct redeemed *, struct why *);

/* Forgets those that no question, repeated question or consent can mean any more. 0, or -1. */
int redeemed_forget(struct audit *, int64_t now, struct why *);

/*
 * What has been redeemed, also by another thread's handle once its batch is committed (AUDIT_READ
 * will do). 1, 0 if there is none, or -1 with why.
 */
int redeemed_find(struct audit *, const char *jti, struct redeemed *, struct why *);
int redeemed_get(struct audit *, int64_t id, struct redeemed *, struct why *);

#endif
