/*
 * What the facility itself enters in the ledger, beside receipts and withdrawals: consents that a
 * face result carries or that were given by word of mouth without a card, recoveries, checkpoints.
 * Signed like them, and pinned like them by `n` and `prev`; no hub takes such a token.
 */
#ifndef OQ_TRUST_EVENT_H
#define OQ_TRUST_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"
#include "model/purposes.h"
#include "trust/consent.h"
#include "trust/idcert.h"

#define EVENT_TYPE "oq-ledger+jws"

enum event_kind {
	EVENT_GIVEN,
	EVENT_REFUSED,
	EVENT_WITHDRAWN,
	EVENT_TAKEN_OVER,
	EVENT_RECOVERED,
	EVENT_CHECKPOINT,
	EVENTS,
};
/* The words of the ledger's `event`, in this order. */
extern const char *const ledger_event_words[EVENTS];

/* What was said to each purpose: an index into event_decisions[], 0 where it is not named. */
struct event_purposes {
	uint8_t said[PURPOSES];
};
extern const char *const event_decisions[];
/* The index of the word, or 0. */
uint8_t event_decision(const char *word);

struct ledger_event {
	char facility[16], id[ASK_SIZE];
	char word[16];
	char operator[128]; /* "": not said */
	int64_t issued, n;
	char prev[CONSENT_PREV];
	/* Of a consent: */
	struct event_purposes purposes;
	char about[CONSENT_PREV]; /* SHA-256 of `jq -cjS` of the member that it is of */
	/* Of a recovery: what was set aside. */
	int64_t torn_bytes;
	char torn[CONSENT_PREV]; /* its SHA-256 */
	enum event_kind kind;
	/* By ledger_event_read(): SHA-256 of the certificate whose key signed. */
	uint8_t signer[IDCERT_FINGERPRINT];
};

/* Reads a token and checks its signature, as consent_read() does. 1, or 0 with why. */
int ledger_event_read(const char *token, size_t len, struct ledger_event *, struct why *);

/* A new one of now, with its own id; the caller adds the rest. */
void ledger_event_new(struct ledger_event *, const char *facility, enum event_kind, int64_t now);

/* Appends the claims as JSON, for signer_token(). 0, or -1 when out has failed. */
int ledger_event_claims(struct buf *out, const struct ledger_event *);

/* Hex SHA-256 of n bytes. 0, or -1 without memory. */
int hash_hex(const void *, size_t n, char out[static CONSENT_PREV]);

#endif
