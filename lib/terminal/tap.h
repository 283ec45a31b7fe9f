/* Face results as the card reader's program writes them, for people of the hub. */
#ifndef OQ_TERMINAL_TAP_H
#define OQ_TERMINAL_TAP_H

#include "base/error.h"
#include "base/text.h"
#include "options/options.h"
#include "pipe/lines.h"
#include "pipe/tally.h"
#include "route/route.h"
#include "terminal/spool.h"
#include "trust/signer.h"

struct tap_options {
	const char *tool, *facility;
	const char *hub; /* its own name, where a card signs for it; NULL: the host of the route */
	enum encoding encoding;
	json_t *consents; /* from tap_consents() */
	/* Of a card on the reader: what signs for the card, and what for the facility. */
	struct signer *card, *clinic;
};

/*
 * eligibility.consents of `purpose=decision` words, given now: the caller's. NULL with the word that
 * is none.
 */
json_t *tap_consents(const struct option_list *, const char **wrong);

/*
 * Asks for each record on the lines as for a booked patient, and writes what the hub answers as if
 * the card had been at the reader, with the consents; says the name of each file on stdout. What
 * could not be written is said on stderr and counted unknown. 0, or -1 with why: the input or the
 * output failed.
 */
int terminal_tap(struct spool *, struct route *, struct lines *, const struct tap_options *,
    struct tally *, struct why *);

/*
 * The same for the card on the reader. The hub sees that the card is here, and a receipt of what was
 * consented to is kept for requests that come later (consents.h).
 */
int terminal_tap_card(
    struct spool *, struct route *, const struct tap_options *, struct tally *, struct why *);

#endif
