#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include "trust/repeat.h"

#define SIZE 48 /* of the longest order, ES384's */

/* The generator of RFC 6979 3.2, whose state is K and V. */
struct nonces {
	const struct alg *alg;
	uint8_t k[ALG_DIGEST_MAX], v[ALG_DIGEST_MAX];
	size_t n;
};

/* out = HMAC(K, V | what). out may be K or V. */
static int
mac(const struct nonces *g, const uint8_t *what, size_t n, uint8_t out[static ALG_DIGEST_MAX])
{
	uint8_t message[ALG_DIGEST_MAX + 1 + 2 * SIZE], made[ALG_DIGEST_MAX];
	size_t len = 0;
	int ok;

	memcpy(message, g->v, g->n);
	if (n > 0)
		memcpy(message + g->n, what, n);
	ok = EVP_Q_mac(NULL, "HMAC", NULL, g->alg->digest, NULL, g->k, g->n, message, g->n + n,
		 made, sizeof made, &len) != NULL &&
	     len == g->n;
	if (ok)
		memcpy(out, made, g->n);
	OPENSSL_cleanse(message, sizeof message);
	OPENSSL_cleanse(made, sizeof made);
	return ok;
}

/* K and V from the key and the digest, both as long as the order: steps b to g. */
static int
nonces_begin(struct nonces *g, const BIGNUM *key, const BIGNUM *z)
{
	uint8_t seed[1 + 2 * SIZE];
	int ok;

	memset(g->v, 1, g->n);
	memset(g->k, 0, g->n);
	ok = BN_bn2binpad(key, seed + 1, (int)g->n) > 0 &&
	     BN_bn2binpad(z, seed + 1 + g->n, (int)g->n) > 0;
	for (seed[0] = 0; ok && seed[0] < 2; seed[0]++)
		ok = mac(g, seed, 1 + 2 * g->n, g->k) && mac(g, NULL, 0, g->v);
	OPENSSL_cleanse(seed, sizeof seed);
	return ok;
}

/* The next candidate: step h. */
static int
nonces_next(struct nonces *g, BIGNUM *k)
{
	return mac(g, NULL, 0, g->v) && BN_bin2bn(g->v, (int)g->n, k) != NULL;
}

static int
nonces_reject(struct nonces *g)
{
	static const uint8_t zero;

	return mac(g, &zero, 1, g->k) && mac(g, NULL, 0, g->v);
}

/* One signature under way. All numbers are of the context. */
struct signing {
	EC_GROUP *group;
	EC_POINT *point;
	BN_CTX *ctx;
	const BIGNUM *order;
	BIGNUM *key, *z, *k, *r, *s;
};

/* 1 with r and s for this nonce, 0 if it is not one, -1 when OpenSSL failed. */
static int
try_nonce(struct signing *w)
{
	if (BN_is_zero(w->k) || BN_cmp(w->k, w->order) >= 0)
		return 0;
	BN_set_flags(w->k, BN_FLG_CONSTTIME);
	if (EC_POINT_mul(w->group, w->point, w->k, NULL, NULL, w->ctx) != 1 ||
	    EC_POINT_get_affine_coordinates(w->group, w->point, w->r, NULL, w->ctx) != 1 ||
	    BN_nnmod(w->r, w->r, w->order, w->ctx) != 1 ||
	    BN_mod_mul(w->s, w->r, w->key, w->order, w->ctx) != 1 ||
	    BN_mod_add(w->s, w->s, w->z, w->order, w->ctx) != 1 ||
	    BN_mod_inverse(w->k, w->k, w->order, w->ctx) == NULL ||
	    BN_mod_mul(w->s, w->s, w->k, w->order, w->ctx) != 1)
		return -1;
	return !BN_is_zero(w->r) && !BN_is_zero(w->s);
}

static int
signing_open(struct signing *w, const struct alg *a, EVP_PKEY *key, const uint8_t *digest, size_t n)
{
	w->ctx = BN_CTX_secure_new();
	w->group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(a->group));
	if (w->ctx == NULL || w->group == NULL ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &w->key) != 1)
		return 0;
	BN_set_flags(w->key, BN_FLG_CONSTTIME);
	w->order = EC_GROUP_get0_order(w->group);
	w->point = EC_POINT_new(w->group);
	BN_CTX_start(w->ctx);
	w->z = BN_CTX_get(w->ctx);
	w->k = BN_CTX_get(w->ctx);
	w->r = BN_CTX_get(w->ctx);
	w->s = BN_CTX_get(w->ctx);
	return w->point != NULL && w->s != NULL && BN_bin2bn(digest, (int)n, w->z) != NULL &&
	       BN_nnmod(w->z, w->z, w->order, w->ctx) == 1;
}

static void
signing_close(struct signing *w)
{
	if (w->k != NULL)
		BN_clear(w->k);
	if (w->z != NULL)
		BN_CTX_end(w->ctx);
	BN_CTX_free(w->ctx);
	EC_POINT_free(w->point);
	EC_GROUP_free(w->group);
	BN_clear_free(w->key);
}

/* Appends r and s as DER. */
static int
add_der(const struct signing *w, struct buf *out)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_dup(w->r), *s = BN_dup(w->s);
	uint8_t *der = NULL;
	int n = -1, added;

	if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL; /* the pair's now */
		n = i2d_ECDSA_SIG(pair, &der);
	}
	added = n > 0 && buf_add(out, der, (size_t)n) == 0;
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	BN_free(r);
	BN_free(s);
	return added ? 0 : -1;
}

int
repeat_sign(const struct alg *a, EVP_PKEY *key, const void *bytes, size_t n, struct buf *out)
{
	uint8_t digest[ALG_DIGEST_MAX];
	struct nonces g = { .alg = a, .n = a->half };
	struct signing w = { 0 };
	int r = -1, made = -1;

	if (a->half == 0 || a->half > SIZE || alg_digest(a, bytes, n, digest) != a->half ||
	    !signing_open(&w, a, key, digest, a->half) || !nonces_begin(&g, w.key, w.z))
		goto out;
	do {
		made = nonces_next(&g, w.k) ? try_nonce(&w) : -1;
		if (made == 0 && !nonces_reject(&g))
			made = -1;
	} while (made == 0);
	if (made == 1)
		r = add_der(&w, out);
out:
	signing_close(&w);
	OPENSSL_cleanse(&g, sizeof g);
	ERR_clear_error();
	return r;
}
