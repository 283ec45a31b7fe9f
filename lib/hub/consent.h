/*
 * Consents as the hub meets them: with a question about medical information, with one by card, or
 * handed in by themselves. What is wrong with one has a code of its own.
 */
#ifndef OQ_HUB_CONSENT_H
#define OQ_HUB_CONSENT_H

#include "hub/card.h"
#include "hub/services.h"
#include "store/consents.h"
#include "store/redeemed.h"
#include "trust/consent.h"

struct taken {
	struct consent consent;
	struct redeemed presence; /* that it stands on: who was here, and what he had */
};

/*
 * Is this consent good for the facility that asks, now? It stands on a presence that was redeemed,
 * or on that of the very question (`shown`, else NULL). 1 and what the writer is to keep (the
 * caller frees it), 0 with why, or -1 with why when the store failed.
 */
int consent_take(struct request *, const char *token, size_t len, const struct shown_card *shown,
    int64_t now, struct taken *, struct held **, struct why *);

/* Notes in a question by card what the consent gives of what stands in eligibility. */
void consent_to_question(const struct consent *, struct question *);

#endif
