/*
 * Presence: proof that a card was here (PROTOCOL 2). With the PIN the card signs (possession);
 * without, a facility's key says that a named operator looked (attested).
 *
 * For the hub: presence_verify() checks a token and says whose it is; that a token is redeemed once
 * (by `id`), that the card is known and not revoked, and which facilities may attest, stand in the
 * hub's store and are its to check.
 */
#ifndef OQ_TRUST_PRESENCE_H
#define OQ_TRUST_PRESENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"
#include "trust/idcert.h"

#define PRESENCE_TYPE	  "oq-presence+jws"
#define PRESENCE_LIFETIME 300 /* seconds */
#define PRESENCE_SKEW	  60

enum presence_method { PRESENCE_PIN, PRESENCE_VISUAL };
enum presence_scope { PRESENCE_FOR_VERIFY, PRESENCE_FOR_SELF };

struct presence {
	char facility[16];  /* iss: institution code */
	char audience[128]; /* aud: the hub's name */
	char id[ASK_SIZE];  /* jti */
	char method_word[16], scope_word[16];
	char operator[128];   /* attested only */
	char fingerprint[44]; /* attested only: base64url SHA-256 of the card's certificate */
	int64_t issued, expires;
	enum presence_method method;
	enum presence_scope scope;
	/* Of the card's certificate, by presence_verify() of a PIN's presence only: */
	char card[IDCERT_HEX_SIZE]; /* as card.certificate */
	char serial[IDCERT_SERIAL_SIZE];
	int64_t card_not_after;
};

struct presence_rules {
	const char *facility;	       /* who asks, by its TLS certificate */
	const char *audience;	       /* our name, from the configuration */
	enum presence_scope scope;     /* what is asked for */
	const struct anchors *anchors; /* the cards' authorities */
	/* SHA-256 of the facility's own certificate, or NULL where it may not attest. */
	const uint8_t *attester;
	int64_t now;
};

/*
 * Is this token good for that question? 1 and everything it says, or 0 with why: a code of its own
 * for every claim and header member that is wrong, those of idcert_check() for the card.
 */
int presence_verify(
    const char *token, size_t len, const struct presence_rules *, struct presence *, struct why *);

/* A new presence of now, with its own id; the caller adds operator and fingerprint if it attests. */
void presence_new(struct presence *, const char *facility, const char *audience,
    enum presence_method, enum presence_scope, int64_t now);

/* Appends the claims as JSON. 0, or -1 when out has failed. */
int presence_claims(struct buf *out, const struct presence *);

/* fingerprint of the card's certificate, as the claim has it. */
void presence_fingerprint(struct presence *, const uint8_t sha256[static IDCERT_FINGERPRINT]);

#endif
