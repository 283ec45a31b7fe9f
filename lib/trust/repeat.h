/*
 * ECDSA that gives the same signature for the same bytes: the nonce comes from key and message (RFC
 * 6979), so that what is signed twice is the same file twice. OpenSSL offers this from 3.2 on only.
 */
#ifndef OQ_TRUST_REPEAT_H
#define OQ_TRUST_REPEAT_H

#include "trust/alg.h"

/*
 * Appends the signature of n bytes as DER, for an algorithm whose digest is as long as its group's
 * order (ES256, ES384). 0, or -1 when OpenSSL or out failed.
 */
int repeat_sign(const struct alg *, EVP_PKEY *, const void *, size_t n, struct buf *out);

#endif
