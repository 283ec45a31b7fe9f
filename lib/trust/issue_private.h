/* What issue.c and issue_card.c share. */
#ifndef OQ_TRUST_ISSUE_PRIVATE_H
#define OQ_TRUST_ISSUE_PRIVATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/error.h"

#define SERIAL_MAX 20 /* octets (RFC 5280 4.1.2.2) */

struct pair {
	EVP_PKEY *key;
	X509 *cert;
};

/* Safe on a zeroed struct. */
void pair_free(struct pair *);
/* Reads FILE.pem and FILE.key. 0, or -1 with why. Free it in either case. */
int pair_read(struct pair *, const char *dir, const char *file, struct why *);
/*
 * Both files appear whole; the key first, so that a certificate never stands without its key. 0,
 * or -1 with why.
 */
int pair_write(const struct pair *, const char *dir, const char *file, struct why *);

/* A random serial number of that many octets. 1 or 0. */
int set_serial(X509 *, int len);

/* -1 and why with what OpenSSL says. */
int crypto_failed(struct why *, const char *what);

#endif
