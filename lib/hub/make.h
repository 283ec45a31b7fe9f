/* oq-hub init, facility and card: what lies in a hub's directory. */
#ifndef OQ_HUB_MAKE_H
#define OQ_HUB_MAKE_H

#include <stdint.h>

#include "base/error.h"

#define HUB_CARD_CA "card-ca.pem" /* in the directory: the authority of its cards */

struct hub_plan {
	const char *dir;
	const char *name;     /* of the hub, and one more name in its certificate */
	const char *facility; /* code of the first facility */
	int64_t people;
	uint64_t seed;
};

/*
 * Makes the directory (0700), the authority, the certificates of server, facility and insurer, and
 * the store with its people. 0, or -1 with why.
 */
int hub_make(const struct hub_plan *, struct why *);

struct hub_grant {
	const char *code, *role;
	int may_attest;
	const char *municipality; /* where it is; NULL: not said */
};

/* Issues CODE.pem and CODE.key in dir and enters them in the store. 0, or -1 with why. */
int hub_admit(const char *dir, const struct hub_grant *, struct why *);

struct hub_card {
	int64_t person;
	const char *out;   /* a directory (0700) for the card's files */
	int64_t not_after; /* of its certificate */
};

/*
 * Issues a card to a person and enters it in the store; a hub that has no card authority yet gets
 * one. 0, or -1 with why.
 */
int hub_issue_card(const char *dir, const struct hub_card *, struct why *);

#endif
