/*
 * Signed tokens: compact JWS (RFC 7515) with the signer's certificate in `x5c`, the narrow kind of
 * PROTOCOL 2. What is not named there is refused, each thing with a code of its own.
 */
#ifndef OQ_TRUST_JWS_H
#define OQ_TRUST_JWS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "trust/alg.h"

#define JWS_MAX		16384
#define JWS_FINGERPRINT 32

struct jws {
	const struct alg *alg;
	struct buf der; /* the one certificate of x5c */
	json_t *claims; /* the payload: an object without duplicate members */
};

/*
 * Reads a token of that type and checks its signature with the key of the certificate that it
 * carries. 1, or 0 with why. Whether that certificate may sign such a token is the caller's to
 * judge, and nothing of the claims is to be believed before. Close it in either case.
 */
int jws_open(struct jws *, const char *token, size_t len, const char *typ, struct why *);
void jws_close(struct jws *);

/*
 * Opens what a facility signed, which is never with a card's algorithm; signer becomes the SHA-256
 * of the certificate. 1, or 0 with why. Close it in either case.
 */
int jws_open_facility(struct jws *, const char *token, size_t len, const char *typ,
    uint8_t signer[static JWS_FINGERPRINT], struct why *);

/*
 * Makes a token in three steps: the first appends header and claims, which are the bytes to be
 * signed; the second appends the signature over them. 0, or -1 when out has failed.
 */
int jws_begin(struct buf *out, const struct alg *, const char *typ, const uint8_t *der,
    size_t der_len, const char *claims, size_t claims_len);
int jws_end(struct buf *out, const uint8_t *signature, size_t);

#endif
