/*
 * What a ledger is judged by: the certificates that may sign in it, and what is held outside of it.
 */
#ifndef OQ_CONSENT_HELD_H
#define OQ_CONSENT_HELD_H

#include "trust/ledger_check.h"

#define HELD_SIGNERS 64

struct held { /* zeroed at first; held_free() is safe then, too */
	struct ledger_rules rules;
	uint8_t signers[HELD_SIGNERS * IDCERT_FINGERPRINT];
	struct pin *pins;
};

/* Adds the certificate of a PEM file. 0, or -1 with why. */
int held_signer(struct held *, const char *path, struct why *);

/*
 * Adds what each line of the text says (pin.h); blank ones are passed over. A line that cannot be
 * read is no reason to find the ledger good: -1 with why and *line, from 1.
 */
int held_pins(struct held *, const char *text, size_t *line, struct why *);

void held_free(struct held *);

#endif
