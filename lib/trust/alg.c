#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "trust/alg.h"

#define SIGNATURE_MAX 1024

static const struct alg algs[] = {
	{ "RS256", "RSA", NULL, 2048, 4096, "SHA256", 0 },
	{ "ES256", "EC", "prime256v1", 256, 256, "SHA256", 32 },
	{ "ES384", "EC", "secp384r1", 384, 384, "SHA384", 48 },
};

const struct alg *
alg_find(const char *name)
{
	for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
		if (strcmp(algs[i].name, name) == 0)
			return &algs[i];
	return NULL;
}

static int
group_is(EVP_PKEY *key, const char *group)
{
	char name[64] = "";

	if (group == NULL)
		return 1;
	return EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
	       strcmp(name, group) == 0;
}

/* RSA with a small or even exponent is no key: 65537 is what every card and authority uses. */
static int
exponent_sane(EVP_PKEY *key)
{
	BIGNUM *e = NULL;
	int sane = EVP_PKEY_get_bn_param(key, "e", &e) == 1 && BN_is_odd(e) && BN_num_bits(e) > 16;

	BN_free(e);
	return sane;
}

const struct alg *
alg_of_key(EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	for (const struct alg *a = algs; a < algs + sizeof algs / sizeof *algs; a++)
		if (EVP_PKEY_is_a(key, a->key_type) && bits >= a->bits_min && bits <= a->bits_max &&
		    group_is(key, a->group) && (a->half > 0 || exponent_sane(key)))
			return a;
	return NULL;
}

size_t
alg_digest(const struct alg *a, const void *bytes, size_t n, uint8_t out[static ALG_DIGEST_MAX])
{
	size_t len = 0;

	return EVP_Q_digest(NULL, a->digest, NULL, bytes, n, out, &len) == 1 ? len : 0;
}

/* From r and s side by side to DER, as OpenSSL wants it. The length, or 0. */
static int
to_der(const struct alg *a, const uint8_t *sig, size_t len, uint8_t out[static SIGNATURE_MAX])
{
	ECDSA_SIG *pair = NULL;
	BIGNUM *r = NULL, *s = NULL;
	int n = 0;

	if (len != 2 * a->half || (pair = ECDSA_SIG_new()) == NULL)
		return 0;
	r = BN_bin2bn(sig, (int)a->half, NULL);
	s = BN_bin2bn(sig + a->half, (int)a->half, NULL);
	if (r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL; /* the pair's now */
		n = i2d_ECDSA_SIG(pair, &out);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return n > 0 ? n : 0;
}

int
alg_verify(const struct alg *a, EVP_PKEY *key, const void *bytes, size_t n, const uint8_t *sig,
    size_t sig_len)
{
	uint8_t der[SIGNATURE_MAX];
	EVP_MD_CTX *ctx;
	int r = -1;

	if (a->half > 0) {
		if ((sig_len = (size_t)to_der(a, sig, sig_len, der)) == 0)
			return 0;
		sig = der;
	} else if (sig_len != (size_t)EVP_PKEY_get_size(key)) {
		return 0;
	}
	if ((ctx = EVP_MD_CTX_new()) == NULL)
		return -1;
	if (EVP_DigestVerifyInit_ex(ctx, NULL, a->digest, NULL, NULL, key, NULL) == 1)
		r = EVP_DigestVerify(ctx, sig, sig_len, bytes, n) == 1;
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return r;
}

/* The other way; half-length numbers keep their leading zeros. */
static int
from_der(const struct alg *a, const uint8_t *der, size_t len, struct buf *out)
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
	char *to = pair == NULL ? NULL : buf_room(out, 2 * a->half);
	int ok = to != NULL &&
		 BN_bn2binpad(ECDSA_SIG_get0_r(pair), (uint8_t *)to, (int)a->half) > 0 &&
		 BN_bn2binpad(ECDSA_SIG_get0_s(pair), (uint8_t *)to + a->half, (int)a->half) > 0;

	if (ok) {
		out->len += 2 * a->half;
		out->data[out->len] = '\0';
	}
	ECDSA_SIG_free(pair);
	return ok ? 0 : -1;
}

int
alg_sign(const struct alg *a, EVP_PKEY *key, const void *bytes, size_t n, struct buf *out)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t len = sizeof sig;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = -1;

	if (ctx != NULL &&
	    EVP_DigestSignInit_ex(ctx, NULL, a->digest, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestSign(ctx, sig, &len, bytes, n) == 1)
		r = a->half > 0 ? from_der(a, sig, len, out) : buf_add(out, sig, len);
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return r;
}
