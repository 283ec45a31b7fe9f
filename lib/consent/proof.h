/* What was agreed when, and what shows it: for whoever asks, and for a court. */
#ifndef OQ_CONSENT_PROOF_H
#define OQ_CONSENT_PROOF_H

#include "base/buf.h"
#include "base/error.h"
#include "trust/ledger_check.h"

struct proof {
	struct consent consent;
	int64_t n, at;
	int by_slip;	      /* named by the whole code, which pins the receipt */
	int64_t withdrawn_at; /* 0: not in this ledger */
	struct ledger_report report;
	struct pin latest_by; /* the first checkpoint from there on; n 0: none is held */
};

/* Finds the receipt (code, number of its entry or token) and judges. 0, or -1 with why. */
int proof_make(
    const char *path, const struct ledger_rules *, const char *which, struct proof *, struct why *);

/* Appends it as text. 0, or -1 when out has failed. */
int proof_write(struct buf *out, const struct proof *);

/* 0 shown, 1 the ledger contradicts itself, 3 that time rests on the facility's clock alone. */
int proof_status(const struct proof *);

#endif
