/*
 * The user-authentication certificate of a card: what it says, and whether to believe it
 * (facts: my-number-card.md 9).
 *
 * Whether it is revoked is never known here: only the central system may ask (10). What passes
 * these checks is therefore "not known to be wrong", and records say not-checked-locally.
 */
#ifndef OQ_TRUST_IDCERT_H
#define OQ_TRUST_IDCERT_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "base/error.h"
#include "trust/alg.h"

#define IDCERT_MAX	   8192 /* real ones have about 1.3 KB */
#define IDCERT_HEX_SIZE	   65
#define IDCERT_SERIAL_SIZE 41 /* 20 octets (RFC 5280 4.1.2.2) in hex */
#define IDCERT_FINGERPRINT 32

struct anchors;

/*
 * Reads the authorities of the cards from a PEM file: all generations of one, since they share one
 * name. A file that mixes names is refused (card-ca-unusable), so that an authority for
 * signatures, or of a rehearsal, is never believed by accident; so is what is no authority.
 * NULL with why. anchors_free() takes NULL.
 */
struct anchors *anchors_load(const char *path, struct why *);
void anchors_free(struct anchors *);

struct idcert {
	X509 *cert;
	EVP_PKEY *key;	       /* the certificate's public key; borrowed from cert */
	const struct alg *alg; /* NULL: no algorithm of ours */
	int64_t not_before, not_after;
	uint8_t fingerprint[IDCERT_FINGERPRINT]; /* SHA-256 of the DER */
	char serial[IDCERT_SERIAL_SIZE];	 /* 発行番号, hex */
	/*
	 * card.certificate: hex SHA-256 of the issuer's key identifier (as the authority's own
	 * certificate has it) and then the serial, both as bytes without DER around. "" until
	 * idcert_check() has found the issuer.
	 */
	char id[IDCERT_HEX_SIZE];
};

/* Reads DER of exactly that length. 1, or 0 with why (card-certificate-malformed). */
int idcert_read(struct idcert *, const uint8_t *der, size_t, struct why *);
/* Safe on a zeroed struct, and twice. */
void idcert_free(struct idcert *);

enum idcert_verdict {
	IDCERT_GOOD,
	IDCERT_EXPIRED, /* good but for that: why says card-expired */
	IDCERT_REFUSED, /* why says what is wrong; nothing of its content */
};

/*
 * Is this a user-authentication certificate from one of these authorities, good at that time?
 * Looks at issuer and its signature, key usage, policy, basic constraints, names, extensions, the
 * key, and last the dates: a certificate that is IDCERT_EXPIRED is in order otherwise.
 */
enum idcert_verdict idcert_check(struct idcert *, const struct anchors *, int64_t at, struct why *);

#endif
