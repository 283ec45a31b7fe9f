#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "trust/cms.h"
#include "trust/repeat.h"

#define DETACHED (CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP | CMS_NOATTR)

struct cms_trust {
	X509_STORE *store;
};

/* --- signing --------------------------------------------------------------------------------- */

/* Puts a signature that comes out the same again in the place of one that does not. 1 or 0. */
static int
make_repeatable(
    CMS_ContentInfo *cms, const struct alg *a, EVP_PKEY *key, const void *bytes, size_t n)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
	struct buf sig;
	int ok;

	if (a->half == 0) /* RSA's is the same each time (RFC 8017 8.2) */
		return 1;
	buf_init(&sig, CMS_MAX);
	ok = sk_CMS_SignerInfo_num(signers) == 1 && repeat_sign(a, key, bytes, n, &sig) == 0 &&
	     ASN1_STRING_set(CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(signers, 0)),
		 sig.data, (int)sig.len) == 1;
	buf_free(&sig);
	return ok;
}

int
cms_sign(
    const struct alg *a, X509 *cert, EVP_PKEY *key, const void *bytes, size_t n, struct buf *out)
{
	BIO *in = BIO_new_mem_buf(bytes, (int)n);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, DETACHED | CMS_PARTIAL);
	EVP_MD *digest = EVP_MD_fetch(NULL, a->digest, NULL);
	uint8_t *der = NULL;
	int len = -1, r = -1;

	if (in != NULL && cms != NULL && digest != NULL &&
	    CMS_add1_signer(cms, cert, key, digest, DETACHED) != NULL &&
	    CMS_final(cms, in, NULL, DETACHED) == 1 && make_repeatable(cms, a, key, bytes, n))
		len = i2d_CMS_ContentInfo(cms, &der);
	if (len > 0)
		r = buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	EVP_MD_free(digest);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	ERR_clear_error();
	return r;
}

/* --- verifying ------------------------------------------------------------------------------- */

struct cms_trust *
cms_trust_open(const char *path, struct why *why)
{
	struct cms_trust *trust = calloc(1, sizeof *trust);
	FILE *fp = fopen(path, "re");
	X509 *cert = NULL;
	int n = 0, failed = 0;

	if (fp == NULL)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	else if (trust == NULL || (trust->store = X509_STORE_new()) == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		while (!failed && (cert = PEM_read_X509(fp, NULL, NULL, NULL)) != NULL) {
			failed = X509_STORE_add_cert(trust->store, cert) != 1;
			X509_free(cert);
			n++;
		}
	if (fp != NULL)
		fclose(fp);
	ERR_clear_error();
	if (n > 0 && !failed)
		return trust;
	if (trust != NULL && trust->store != NULL)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s holds no certificate", path);
	cms_trust_free(trust);
	return NULL;
}

void
cms_trust_free(struct cms_trust *trust)
{
	if (trust == NULL)
		return;
	X509_STORE_free(trust->store);
	free(trust);
}

/* The one certificate inside, for reading; NULL if there is not one. */
static X509 *
only_certificate(CMS_ContentInfo *cms)
{
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	X509 *cert = NULL;

	if (sk_X509_num(certs) == 1)
		cert = sk_X509_shift(certs);
	sk_X509_pop_free(certs, X509_free);
	return cert;
}

static void
introduce(X509 *cert, struct cms_signer *signer)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	X509_NAME_get_text_by_NID(
	    X509_get_subject_name(cert), NID_commonName, signer->name, sizeof signer->name);
	if (X509_digest(cert, EVP_sha256(), digest, &n) == 1)
		for (unsigned i = 0; i < n && 2 * i + 2 < sizeof signer->fingerprint; i++)
			snprintf(signer->fingerprint + (size_t)2 * i, 3, "%02x", digest[i]);
}

/* Is the certificate by one of the authorities? */
static int
trusted(const struct cms_trust *trust, X509 *cert)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int ok = ctx != NULL && X509_STORE_CTX_init(ctx, trust->store, cert, NULL) == 1;

	if (ok) {
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
		X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_ANY);
		ok = X509_verify_cert(ctx) == 1;
	}
	X509_STORE_CTX_free(ctx);
	return ok;
}

enum cms_verdict
cms_verify(const struct cms_trust *trust, const void *sig, size_t sig_len, const void *bytes,
    size_t n, struct cms_signer *signer)
{
	const uint8_t *p = sig;
	BIO *in = BIO_new_mem_buf(bytes, (int)n);
	CMS_ContentInfo *cms =
	    sig_len > CMS_MAX ? NULL : d2i_CMS_ContentInfo(NULL, &p, (long)sig_len);
	X509 *cert = NULL;
	enum cms_verdict verdict = CMS_BAD;

	*signer = (struct cms_signer){ .name = "" };
	if (in == NULL) {
		verdict = CMS_UNTOLD;
	} else if (cms != NULL && p == (const uint8_t *)sig + sig_len &&
		   CMS_is_detached(cms) == 1 && (cert = only_certificate(cms)) != NULL &&
		   CMS_verify(cms, NULL, NULL, in, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) ==
		       1) {
		introduce(cert, signer);
		if (trust == NULL)
			verdict = CMS_UNKNOWN_SIGNER;
		else
			verdict = trusted(trust, cert) ? CMS_GOOD : CMS_NOT_TRUSTED;
	}
	X509_free(cert);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	ERR_clear_error();
	return verdict;
}
