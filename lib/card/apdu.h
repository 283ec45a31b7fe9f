/* Short commands and answers (ISO 7816-4), and which step of a session they belong to. */
#ifndef OQ_CARD_APDU_H
#define OQ_CARD_APDU_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "card/transport.h"

#define APDU_DATA 256

/* Steps of a session, in their order. */
enum step {
	STEP_START,
	STEP_WAIT,
	STEP_CONNECT,
	STEP_APPLICATION,
	STEP_TOKEN,
	STEP_CERTIFICATE,
	STEP_PIN_FILE,
	STEP_TRIES,
	STEP_PROMPT,
	STEP_VERIFY,
	STEP_KEY,
	STEP_SIGN,
	STEP_DROP,
	STEP_END,
};

/* For people: "while its certificate was read". */
const char *step_words(enum step);

/* How far it came: memory shared with the process that watches, written as each step begins. */
struct progress {
	atomic_int step;
	atomic_uint commands;
	char reader[READER_NAME_SIZE]; /* the one connected to; written before STEP_CONNECT */
	unsigned events;	       /* of that reader */
};

/* A connection in use. */
struct channel {
	const struct way *way;
	struct progress *progress;
	unsigned limit; /* seconds; a card that is silent for longer ends the process */
};

struct answer {
	unsigned sw;
	size_t len; /* of data */
	uint8_t data[TRANSPORT_ANSWER];
};

enum { APDU_FETCH = 1 }; /* do what 61xx and 6Cxx ask for: never with VERIFY */

/*
 * Sends a command and takes the answer. 0, or -1 with why: the card is gone (card-removed, with
 * the step), reset, or its answer has no status word or more data than `most`.
 */
int apdu(struct channel *, enum step, const uint8_t *command, size_t n, size_t most, int flags,
    struct answer *, struct why *);

/* -1 and why for a status word that the step has no meaning for. */
int apdu_refused(enum step, const struct answer *, struct why *);

/* Why a link failed, with the step. */
void link_why(enum link, enum step, struct why *);

#endif
