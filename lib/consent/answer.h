/*
 * One record answered: who may say what is DESIGN 5's table, a row of answer.c each. The entry is
 * in the ledger, on the disk, before the record leaves.
 */
#ifndef OQ_CONSENT_ANSWER_H
#define OQ_CONSENT_ANSWER_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "consent/dialogue.h"
#include "consent/wording.h"
#include "options/tty.h"
#include "pipe/tally.h"
#include "trust/ledger.h"
#include "trust/signer.h"

/* All that is open while records are answered; zeroed, the caller's. */
struct consent_desk {
	const char *facility;
	const char *audience; /* the hub's name; "": the way out is no hub */
	const char *operator; /* NULL: not named */
	struct purpose_list asked;
	struct consent_purposes
	    spoken;	 /* by --grant and --deny: nothing is asked on the terminal */
	int64_t timeout; /* of a question, milliseconds */
	struct tty *tty; /* NULL: there is none */
	struct wording *wording;
	struct signer *signer;
	struct ledger *ledger;
	struct tally *tally;
};

/* For struct filter: adds the member `consent`. */
enum verdict consent_answer(void *desk, const json_t *record, struct buf *value, struct why *why);

#endif
