/*
 * The algorithms of tokens (PROTOCOL 2), one row each: RS256 for today's cards, ES256 for
 * facilities, ES384 for the next card (my-number-card.md 14). No other is ever made or accepted.
 */
#ifndef OQ_TRUST_ALG_H
#define OQ_TRUST_ALG_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "base/buf.h"

#define ALG_DIGEST_MAX 64

struct alg {
	const char *name; /* "RS256" */
	const char *key_type;
	const char *group; /* of an elliptic curve; NULL for RSA */
	int bits_min, bits_max;
	const char *digest;
	size_t half; /* bytes of r and of s; 0 for RSA */
};

/* The row of that name, or NULL. */
const struct alg *alg_find(const char *name);

/* The row that a key is for, or NULL: a kind, curve or size that has none. */
const struct alg *alg_of_key(EVP_PKEY *);

/* The digest of n bytes, ALG_DIGEST_MAX at most. Its length, or 0 when OpenSSL failed. */
size_t alg_digest(const struct alg *, const void *, size_t n, uint8_t out[static ALG_DIGEST_MAX]);

/*
 * Is sig the key's signature of n bytes, in the form of RFC 7518 3.3 and 3.4 (r and s side by
 * side)? 1, 0 if not, -1 if it could not be told.
 */
int alg_verify(
    const struct alg *, EVP_PKEY *, const void *, size_t n, const uint8_t *sig, size_t sig_len);

/* Appends the signature in that form. 0, or -1 when OpenSSL or out failed. */
int alg_sign(const struct alg *, EVP_PKEY *, const void *, size_t n, struct buf *out);

#endif
