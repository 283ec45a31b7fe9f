/* oq-hub init and oq-hub facility: what lies in a hub's directory. */
#ifndef OQ_HUB_MAKE_H
#define OQ_HUB_MAKE_H

#include <stdint.h>

#include "base/error.h"

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
};

/* Issues CODE.pem and CODE.key in dir and enters them in the store. 0, or -1 with why. */
int hub_admit(const char *dir, const struct hub_grant *, struct why *);

#endif
