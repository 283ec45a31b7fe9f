/* Is a ledger what it was? Three answers (PROTOCOL 3), and the first entry that is wrong. */
#ifndef OQ_TRUST_LEDGER_CHECK_H
#define OQ_TRUST_LEDGER_CHECK_H

#include "trust/ledger.h"
#include "trust/pin.h"

struct ledger_rules {
	/* SHA-256 of each certificate that may sign, one after the other. */
	const uint8_t *signers;
	size_t n_signers;
	const struct pin *pins; /* what is held outside of it */
	size_t n_pins;
};

enum ledger_state {
	LEDGER_WHOLE,	   /* up to its last entry, which is pinned from outside */
	LEDGER_BROKEN,	   /* at entry n */
	LEDGER_NOT_PROVEN, /* whole, but later entries may have been cut off */
	LEDGER_UNTOLD,	   /* it could not be read: why */
};

struct ledger_report {
	enum ledger_state state;
	int64_t n;	   /* the last entry, or the first that is wrong; 0 is the first line */
	int64_t proven_to; /* the newest entry that is pinned */
	uint64_t torn;	   /* bytes of a torn line at the end */
	struct why why;	   /* of LEDGER_BROKEN and LEDGER_UNTOLD */
};

/* An entry in its place, with what its token says. */
typedef void ledger_visit(void *context, const struct ledger_entry *, const struct ledger_token *);

/*
 * Goes through the ledger and hands each entry that is whole to visit (NULL: nobody). The report
 * says how far that was.
 */
void ledger_check(const char *path, const struct ledger_rules *, ledger_visit *visit, void *context,
    struct ledger_report *);

#endif
