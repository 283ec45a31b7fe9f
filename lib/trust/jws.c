#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "trust/base64.h"
#include "trust/jws.h"

/* Members of a header (RFC 7515 4.1), and what each means here. */
static const struct header_member {
	const char *name;
	enum error_id refused; /* ERR_NONE: known and read */
} header_members[] = {
	{ "alg", ERR_NONE },
	{ "typ", ERR_NONE },
	{ "x5c", ERR_NONE },
	{ "kid", ERR_NONE }, /* a hint beside x5c; alone it is refused below */
	{ "crit", ERR_TOKEN_CRITICAL_REFUSED },
	{ "jwk", ERR_TOKEN_KEY_REFUSED },
	{ "jku", ERR_TOKEN_KEY_REFUSED },
	{ "x5u", ERR_TOKEN_KEY_REFUSED },
};

/* The three parts of a token and where its signed bytes end. */
struct parts {
	const char *part[3];
	size_t len[3];
	size_t signed_len;
};

static int
split(struct parts *p, const char *token, size_t len)
{
	const char *end = token + len, *at = token;

	for (int i = 0; i < 3; i++) {
		const char *dot = memchr(at, '.', (size_t)(end - at));

		if ((dot == NULL) != (i == 2))
			return 0;
		p->part[i] = at;
		p->len[i] = (size_t)((dot == NULL ? end : dot) - at);
		if (i == 1)
			p->signed_len = (size_t)(dot - token);
		at = dot == NULL ? end : dot + 1;
	}
	return 1;
}

/* A part that is a JSON object. NULL with why. */
static json_t *
read_object(const char *part, size_t len, struct why *why)
{
	struct buf text;
	json_error_t error;
	json_t *object = NULL;

	buf_init(&text, JWS_MAX);
	if (base64_read(&text, BASE64_URL, part, len) != 1) {
		why_set(why, ERR_TOKEN_MALFORMED, NULL, "a part is not base64url");
		goto out;
	}
	object = json_loadb(
	    text.data == NULL ? "" : text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (object == NULL && json_error_code(&error) == json_error_duplicate_key)
		why_set(why, ERR_TOKEN_DUPLICATE_MEMBER, NULL, NULL);
	else if (!json_is_object(object))
		why_set(why, ERR_TOKEN_MALFORMED, NULL, "a part is not a JSON object");
	if (!json_is_object(object)) {
		json_decref(object);
		object = NULL;
	}
out:
	buf_free(&text);
	return object;
}

static int
check_members(json_t *header, struct why *why)
{
	const char *name;
	json_t *value;

	json_object_foreach (header, name, value) {
		enum error_id refused = ERR_TOKEN_HEADER_UNKNOWN;

		for (size_t i = 0; i < sizeof header_members / sizeof *header_members; i++)
			if (strcmp(header_members[i].name, name) == 0)
				refused = header_members[i].refused;
		if (refused != ERR_NONE) {
			why_set(why, refused, NULL, "%.60s", name);
			return 0;
		}
	}
	if (json_object_get(header, "x5c") != NULL)
		return 1;
	why_set(why,
	    json_object_get(header, "kid") != NULL ? ERR_TOKEN_KEY_REFUSED
						   : ERR_TOKEN_CERTIFICATE_MALFORMED,
	    NULL, "no x5c");
	return 0;
}

static int
read_header(struct jws *j, json_t *header, const char *typ, struct why *why)
{
	const char *type = json_string_value(json_object_get(header, "typ"));
	const char *alg = json_string_value(json_object_get(header, "alg"));
	const json_t *chain = json_object_get(header, "x5c");
	const json_t *cert = json_array_get(chain, 0);

	if (!check_members(header, why))
		return 0;
	if (type == NULL || strcmp(type, typ) != 0) {
		why_set(why, ERR_TOKEN_TYPE_REFUSED, NULL, "not %s", typ);
		return 0;
	}
	if (alg == NULL || (j->alg = alg_find(alg)) == NULL) {
		why_set(why, ERR_TOKEN_ALGORITHM_REFUSED, NULL, NULL);
		return 0;
	}
	if (json_array_size(chain) == 1 && json_is_string(cert) &&
	    base64_read(
		&j->der, BASE64_PADDED, json_string_value(cert), json_string_length(cert)) == 1 &&
	    j->der.len > 0)
		return 1;
	why_set(why, ERR_TOKEN_CERTIFICATE_MALFORMED, NULL, "x5c is not one certificate");
	return 0;
}

static int
check_signature(
    const struct jws *j, const struct parts *p, EVP_PKEY *key, const char *token, struct why *why)
{
	struct buf sig;
	int ok = 0;

	buf_init(&sig, JWS_MAX);
	if (alg_of_key(key) != j->alg) {
		why_set(why, ERR_TOKEN_ALGORITHM_REFUSED, NULL, "%s is not for the key of x5c",
		    j->alg->name);
	} else if (base64_read(&sig, BASE64_URL, p->part[2], p->len[2]) != 1 || sig.len == 0) {
		why_set(why, ERR_TOKEN_MALFORMED, NULL, "the signature is not base64url");
	} else {
		ok = alg_verify(j->alg, key, token, p->signed_len, (const uint8_t *)sig.data,
			 sig.len) == 1;
		if (!ok)
			why_set(why, ERR_TOKEN_SIGNATURE_WRONG, NULL, NULL);
	}
	buf_free(&sig);
	return ok;
}

int
jws_open(struct jws *j, const char *token, size_t len, const char *typ, struct why *why)
{
	struct parts p = { 0 };
	json_t *header = NULL;
	X509 *cert = NULL;
	const uint8_t *der;
	int ok = 0;

	*j = (struct jws){ 0 };
	buf_init(&j->der, JWS_MAX);
	if (len > JWS_MAX || !split(&p, token, len)) {
		why_set(why, ERR_TOKEN_MALFORMED, NULL, "not three parts");
		return 0;
	}
	if ((header = read_object(p.part[0], p.len[0], why)) == NULL ||
	    !read_header(j, header, typ, why))
		goto out;
	der = (const uint8_t *)j->der.data;
	cert = d2i_X509(NULL, &der, (long)j->der.len);
	if (cert == NULL || der != (const uint8_t *)j->der.data + j->der.len ||
	    X509_get0_pubkey(cert) == NULL) {
		why_set(why, ERR_TOKEN_CERTIFICATE_MALFORMED, NULL, NULL);
		goto out;
	}
	if (!check_signature(j, &p, X509_get0_pubkey(cert), token, why) ||
	    (j->claims = read_object(p.part[1], p.len[1], why)) == NULL)
		goto out;
	ok = 1;
out:
	ERR_clear_error();
	X509_free(cert);
	json_decref(header);
	return ok;
}

void
jws_close(struct jws *j)
{
	buf_free(&j->der);
	json_decref(j->claims);
	j->claims = NULL;
}

int
jws_open_facility(struct jws *j, const char *token, size_t len, const char *typ,
    uint8_t signer[static JWS_FINGERPRINT], struct why *why)
{
	size_t n = 0;

	if (!jws_open(j, token, len, typ, why))
		return 0;
	if (strcmp(j->alg->name, "ES384") == 0) {
		why_set(why, ERR_TOKEN_ALGORITHM_REFUSED, NULL, "no facility signs with ES384");
		return 0;
	}
	if (EVP_Q_digest(NULL, "SHA256", NULL, j->der.data, j->der.len, signer, &n) == 1)
		return 1;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "a token");
	return 0;
}

int
jws_begin(struct buf *out, const struct alg *alg, const char *typ, const uint8_t *der,
    size_t der_len, const char *claims, size_t claims_len)
{
	struct buf header;
	int failed;

	buf_init(&header, JWS_MAX);
	buf_addf(&header, "{\"alg\":\"%s\",\"typ\":\"%s\",\"x5c\":[\"", alg->name, typ);
	base64_add(&header, BASE64_PADDED, der, der_len);
	buf_adds(&header, "\"]}");
	failed = buf_failed(&header) ||
		 base64_add(out, BASE64_URL, header.data, header.len) == -1 ||
		 buf_addc(out, '.') == -1 || base64_add(out, BASE64_URL, claims, claims_len) == -1;
	buf_free(&header);
	return failed ? -1 : 0;
}

int
jws_end(struct buf *out, const uint8_t *signature, size_t n)
{
	if (buf_addc(out, '.') == -1)
		return -1;
	return base64_add(out, BASE64_URL, signature, n);
}
