/*
 * Fuzz target: what consents and withdrawals say, under a good signature, since nothing else is
 * read. What is refused has a code; what is taken says the same when it is written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "trust/consent.h"
#include "trust/jws.h"

#define TOKEN_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A key of this run, and a certificate that has nothing but it. */
static struct signer {
	EVP_PKEY *key;
	uint8_t *der;
	int len;
} signer;

static void
make_signer(void)
{
	X509 *cert = X509_new();

	signer.key = EVP_EC_gen("P-256");
	if (cert == NULL || signer.key == NULL || X509_set_pubkey(cert, signer.key) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(cert), 0) == NULL ||
	    X509_gmtime_adj(X509_getm_notAfter(cert), 86400) == NULL ||
	    X509_sign(cert, signer.key, EVP_sha256()) == 0 ||
	    (signer.len = i2d_X509(cert, &signer.der)) <= 0)
		abort();
	X509_free(cert);
}

static void
sign(struct buf *token, const char *typ, const char *claims, size_t n)
{
	const struct alg *alg = alg_of_key(signer.key);
	struct buf sig;

	buf_init(token, TOKEN_MAX);
	buf_init(&sig, TOKEN_MAX);
	if (jws_begin(token, alg, typ, signer.der, (size_t)signer.len, claims, n) == -1 ||
	    alg_sign(alg, signer.key, token->data, token->len, &sig) == -1 ||
	    jws_end(token, (const uint8_t *)sig.data, sig.len) == -1)
		abort();
	buf_free(&sig);
}

static void
try_consent(const char *claims, size_t n)
{
	struct why why = { .id = ERR_NONE };
	struct buf token, text, same_text, again;
	struct consent c, same;

	sign(&token, CONSENT_TYPE, claims, n);
	if (consent_read(token.data, token.len, &c, &why)) {
		buf_init(&text, TOKEN_MAX);
		if (consent_claims(&text, &c) == -1)
			abort();
		sign(&again, CONSENT_TYPE, text.data, text.len);
		buf_init(&same_text, TOKEN_MAX);
		if (!consent_read(again.data, again.len, &same, &why) ||
		    consent_claims(&same_text, &same) == -1 ||
		    strcmp(text.data, same_text.data) != 0)
			abort();
		buf_free(&text);
		buf_free(&same_text);
		buf_free(&again);
	} else if (why.id == ERR_NONE) {
		abort();
	}
	buf_free(&token);
}

static void
try_withdrawal(const char *claims, size_t n)
{
	struct why why = { .id = ERR_NONE };
	struct buf token, text, same_text, again;
	struct withdrawal w, same;

	sign(&token, WITHDRAWAL_TYPE, claims, n);
	if (withdrawal_read(token.data, token.len, &w, &why)) {
		buf_init(&text, TOKEN_MAX);
		if (withdrawal_claims(&text, &w) == -1)
			abort();
		sign(&again, WITHDRAWAL_TYPE, text.data, text.len);
		buf_init(&same_text, TOKEN_MAX);
		if (!withdrawal_read(again.data, again.len, &same, &why) ||
		    withdrawal_claims(&same_text, &same) == -1 ||
		    strcmp(text.data, same_text.data) != 0)
			abort();
		buf_free(&text);
		buf_free(&same_text);
		buf_free(&again);
	} else if (why.id == ERR_NONE) {
		abort();
	}
	buf_free(&token);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (signer.key == NULL)
		make_signer();
	try_consent((const char *)data, size);
	try_withdrawal((const char *)data, size);
	return 0;
}
