/*
 * Consents that the hub holds, and who is registered for insurance use (初回登録), in DIR/audit.db:
 * one commit makes the look, its audit entry and the consent that it stands on durable.
 */
#ifndef OQ_STORE_CONSENTS_H
#define OQ_STORE_CONSENTS_H

#include "store/audit.h"
#include "store/people.h"

#define HELD_TOKEN_MAX 16384

struct held {
	char jti[ASK_SIZE];
	char facility[CODE_SIZE];
	int64_t person;	       /* 0: withdrawn before the consent came */
	uint16_t purposes;     /* those given */
	int64_t expires_at;    /* 0: withdrawn before the consent came */
	int64_t withdrawn_at;  /* 0: not withdrawn */
	int64_t registered_at; /* of the person, 0: not yet; set by what reads or stores it */
	int registers;	       /* in: the consent is to insurance use; out: it did register */
	char token[HELD_TOKEN_MAX + 1];
};

/*
 * Stores a consent with the batch that is being gathered, unless it is there. 1 and withdrawn_at,
 * registered_at; 0 when another token of that number is there; -1 with why: then the batch must
 * be abandoned.
 */
int consent_keep(struct audit *, struct held *, int64_t now, struct why *);

/*
 * Withdraws jti for its facility, also one that has not come yet; the first moment stands. 1 and
 * what is held; 0 when it is another facility's; -1 with why, as above.
 */
int consent_withdraw(struct audit *, struct held *, int64_t now, struct why *);

/* What is held, also by another thread's handle once its batch is committed. 1, 0, -1 with why. */
int consent_find(struct audit *, const char *jti, struct held *, struct why *);

/* Since when the person is registered. 1, 0 if not, or -1 with why. */
int consent_registered(struct audit *, int64_t person, int64_t *at, struct why *);

/* Calls each() for every consent, oldest first, until it returns other than 0. 0, that, or -1. */
int consent_each(struct audit *, int (*each)(const struct held *, void *), void *, struct why *);

#endif
