/*
 * What the two processes of a reading tell each other, over a socket that keeps messages whole.
 * The parent holds the terminal, deadlines and output; the child talks to the card and parses what
 * comes from it. The child is not trusted with lengths: each is checked where it is received.
 */
#ifndef OQ_CARD_TALK_H
#define OQ_CARD_TALK_H

#include <stdint.h>

#include "base/error.h"
#include "card/choose.h"
#include "card/jpki.h"
#include "trust/idcert.h"

#define TOKEN_MAX  8192
#define CLAIMS_MAX 1024

enum task {
	TASK_STATUS,	  /* certificate and tries left */
	TASK_CERTIFICATE, /* the certificate alone: somebody looks at the person */
	TASK_SIGN,	  /* the PIN, and a presence signed by the card */
};

struct facts {
	struct done_card where;
	char id[IDCERT_HEX_SIZE];
	char serial[IDCERT_SERIAL_SIZE];
	uint8_t fingerprint[IDCERT_FINGERPRINT];
	int64_t not_after;
	int expired;
	int tries; /* TRIES_UNKNOWN where not asked or not told */
};

enum said {
	SAID_NO_READER, /* waits for one */
	SAID_NO_CARD,	/* waits for one */
	SAID_CARD,	/* facts; with TASK_SIGN and a good certificate an order is awaited */
	SAID_TOKEN,
	SAID_END, /* the card's power is off; why is ERR_NONE or what went wrong */
};

struct message {
	enum said said;
	struct facts facts;
	struct why why;
	size_t n;
	char token[TOKEN_MAX];
};

/* The parent's one answer; closing the socket instead means: stop. */
struct order {
	char pin[PIN_DIGITS];
	size_t n;
	char claims[CLAIMS_MAX];
};

/* What the child is to do. */
struct job {
	enum task task;
	const char *reader; /* as choose_reader() takes it */
	struct done_card done;
	int64_t wait; /* milliseconds for reader and card to come; -1: for ever */
	int use_last_try;
	unsigned limit; /* seconds of silence */
	const struct anchors *anchors;
};

#endif
