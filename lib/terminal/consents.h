/*
 * The consents that the reader took. In the live system the centre holds them; here the hub does, and
 * believes only a receipt: so the stand-in signs one with the facility's key when a card is laid on
 * its reader (tap.h), and keeps it in its own part of the folder until it is over.
 */
#ifndef OQ_TERMINAL_CONSENTS_H
#define OQ_TERMINAL_CONSENTS_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "terminal/spool.h"

/*
 * Keeps a receipt that is good until `expires` for the person of the policies. 0, or -1 with why.
 */
int consents_keep(const struct spool *, const char *receipt, int64_t expires,
    const json_t *policies, struct why *);

struct kept_consent {
	char *receipt;	/* the caller's, as is */
	json_t *person; /* as oqs.person */
};

/*
 * The newest receipt for the person whose insurance is asked by (`insured` of a request), and removes
 * those that are over. 1, 0 when there is none, or -1 with why.
 */
int consents_find(const struct spool *, const json_t *insured, struct kept_consent *, struct why *);

#endif
