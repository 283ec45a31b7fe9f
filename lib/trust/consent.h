/*
 * Consent: what a patient agreed to, signed with the facility's key (PROTOCOL 2), and its
 * withdrawal. Both pin the ledger's entries before them with `n` and `prev` (PROTOCOL 3).
 *
 * Reading and checking are two steps, because who may have signed is not the same question
 * everywhere: a hub looks the certificate up in its store, a ledger compares it with its own.
 * Nothing that was read is to be believed before that.
 */
#ifndef OQ_TRUST_CONSENT_H
#define OQ_TRUST_CONSENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"
#include "model/purposes.h"
#include "trust/idcert.h"

#define CONSENT_TYPE	 "oq-consent+jws"
#define WITHDRAWAL_TYPE	 "oq-withdrawal+jws"
#define CONSENT_LIFETIME (24 * 60 * 60) /* seconds */
#define CONSENT_SKEW	 60
#define CONSENT_PREV	 65 /* hex SHA-256 and NUL */

enum consent_origin { CONSENT_SCREEN, CONSENT_ORAL };

struct consent_purposes {
	uint16_t given, refused; /* sets of purposes.h; what is in neither was not answered */
};

struct consent_text {
	char id[64], version[32], lang[16]; /* of the wording that was shown or read out */
};

struct consent {
	char facility[16];	 /* iss: institution code */
	char audience[128];	 /* aud: the hub's name */
	char id[ASK_SIZE];	 /* jti */
	char presence[ASK_SIZE]; /* the jti of the presence that it stands on */
	struct consent_purposes purposes;
	struct consent_text text;
	char origin_word[16];
	char operator[128]; /* of an oral consent always, else perhaps: "" */
	int64_t issued, expires;
	int64_t n;		 /* its place in the ledger */
	char prev[CONSENT_PREV]; /* of the line before it */
	enum consent_origin origin;
	/* By consent_read(): SHA-256 of the certificate whose key signed. */
	uint8_t signer[IDCERT_FINGERPRINT];
};

/*
 * Reads a token and checks its signature with the key of the certificate that it carries. 1, or 0
 * with why: a code of its own for each thing that is wrong.
 */
int consent_read(const char *token, size_t len, struct consent *, struct why *);

struct consent_rules {
	const char *facility; /* who asks, or whose ledger it is */
	const char *audience; /* the hub's name, from the configuration */
	int64_t now;
};

/* Is what was read good for them now? 1, or 0 with why (consent-expired, token-issuer-other, ...). */
int consent_check(const struct consent *, const struct consent_rules *, struct why *);

/*
 * A new consent of now, with its own id, nothing answered yet; the caller adds presence, purposes,
 * text, operator, n and prev.
 */
void consent_new(
    struct consent *, const char *facility, const char *audience, enum consent_origin, int64_t now);

/* Appends the claims as JSON, for signer_token(). 0, or -1 when out has failed. */
int consent_claims(struct buf *out, const struct consent *);

/* The patient takes a consent back, wholly. */
struct withdrawal {
	char facility[16], audience[128], id[ASK_SIZE];
	char consent[ASK_SIZE]; /* the jti of the consent */
	char operator[128];	/* "": not said */
	int64_t issued, n;
	char prev[CONSENT_PREV];
	uint8_t signer[IDCERT_FINGERPRINT];
};

/* As those of a consent; a withdrawal has no end. */
int withdrawal_read(const char *token, size_t len, struct withdrawal *, struct why *);
int withdrawal_check(const struct withdrawal *, const struct consent_rules *, struct why *);
void withdrawal_new(struct withdrawal *, const char *facility, const char *audience,
    const char *consent, int64_t now);
int withdrawal_claims(struct buf *out, const struct withdrawal *);

#endif
