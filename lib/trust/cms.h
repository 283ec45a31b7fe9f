/*
 * Detached signatures as openssl(1) and the rest of the world check them: CMS (RFC 5652), DER, the
 * signer's certificate inside, and no time of signing, so that the same bytes signed again give the
 * same signature.
 */
#ifndef OQ_TRUST_CMS_H
#define OQ_TRUST_CMS_H

#include <openssl/x509.h>

#include "base/error.h"
#include "trust/alg.h"

#define CMS_MAX	      16384 /* bytes of a signature: a certificate, and little more */
#define CMS_NAME_SIZE 128

/* Appends the signature of n bytes by the certificate's key. 0, or -1 when OpenSSL or out failed. */
int cms_sign(const struct alg *, X509 *, EVP_PKEY *, const void *, size_t n, struct buf *out);

enum cms_verdict {
	CMS_GOOD,	    /* and its certificate is by the authority */
	CMS_UNKNOWN_SIGNER, /* right, but no authority was given to judge the certificate by */
	CMS_NOT_TRUSTED,    /* right, but the certificate is not by the authority */
	CMS_BAD,	    /* not a signature of these bytes */
	CMS_UNTOLD,	    /* for want of memory */
};

struct cms_signer {
	char name[CMS_NAME_SIZE]; /* common name; "" if it has none */
	char fingerprint[65];	  /* hex SHA-256 of the certificate's DER */
};

/* The authorities in a PEM file. NULL with why. cms_trust_free() takes NULL. */
struct cms_trust;
struct cms_trust *cms_trust_open(const char *path, struct why *);
void cms_trust_free(struct cms_trust *);

/*
 * Is that the signature of n bytes, and whose? What the certificate may be used for is not asked,
 * nor its dates: a signature outlives it, and when it was made nobody can prove. trust may be NULL.
 */
enum cms_verdict cms_verify(const struct cms_trust *, const void *sig, size_t sig_len, const void *,
    size_t n, struct cms_signer *);

#endif
