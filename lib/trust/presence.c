#include <stdio.h>
#include <string.h>

#include "trust/base64.h"
#include "trust/claims.h"
#include "trust/jws.h"
#include "trust/presence.h"

#define BY_PIN	  (1U << PRESENCE_PIN)
#define BY_VISUAL (1U << PRESENCE_VISUAL)
#define BOTH	  (BY_PIN | BY_VISUAL)

/* The claims: where each is kept, and in the tokens of which method it stands. All are required. */
static const struct claim claims[] = {
#define ROW(name, member, form, methods)                                                           \
	CLAIM(name, struct presence, member, form, methods, methods)
	ROW("iss", facility, claim_text, BOTH),
	ROW("aud", audience, claim_text, BOTH),
	ROW("iat", issued, claim_number, BOTH),
	ROW("exp", expires, claim_number, BOTH),
	ROW("jti", id, claim_text, BOTH),
	ROW("method", method_word, claim_text, BOTH),
	ROW("scope", scope_word, claim_text, BOTH),
	ROW("x5t#S256", fingerprint, claim_text, BY_VISUAL),
	ROW("operator", operator, claim_text, BY_VISUAL),
#undef ROW
};
#define CLAIMS (sizeof claims / sizeof *claims)

static const char *const methods[] = { [PRESENCE_PIN] = "pin", [PRESENCE_VISUAL] = "visual" };
static const char *const scopes[] = {
	[PRESENCE_FOR_VERIFY] = "verify", [PRESENCE_FOR_SELF] = "self"
};

static int
refuse(struct why *why, enum error_id id, const char *what)
{
	why_set(why, id, NULL, "%s", what);
	return 0;
}

static int
read_method(struct presence *p, const json_t *object, struct why *why)
{
	const char *word = json_string_value(json_object_get(object, "method"));
	int method;

	if (json_object_get(object, "method") == NULL)
		return refuse(why, ERR_TOKEN_CLAIM_MISSING, "method");
	method = word == NULL ? -1 : claim_word(methods, 2, word);
	if (method == -1)
		return refuse(why, ERR_TOKEN_METHOD_REFUSED, "neither pin nor visual");
	p->method = (enum presence_method)method;
	return 1;
}

static int
check_claims(struct presence *p, const struct presence_rules *r, struct why *why)
{
	int scope = claim_word(scopes, 2, p->scope_word);

	if (strcmp(p->facility, r->facility) != 0)
		return refuse(why, ERR_TOKEN_ISSUER_OTHER, "iss is not the facility that asks");
	if (strcmp(p->audience, r->audience) != 0)
		return refuse(why, ERR_TOKEN_AUDIENCE_OTHER, "aud is not this hub");
	if (p->expires - p->issued != PRESENCE_LIFETIME)
		return refuse(why, ERR_TOKEN_LIFETIME_WRONG, "exp is not iat and 300 seconds");
	if (p->issued > r->now + PRESENCE_SKEW)
		return refuse(why, ERR_TOKEN_NOT_YET_VALID, "iat is to come");
	if (p->expires < r->now - PRESENCE_SKEW)
		return refuse(why, ERR_TOKEN_EXPIRED, "exp is past");
	if (!ask_valid(p->id))
		return refuse(why, ERR_TOKEN_ID_MALFORMED, "jti is not 26 characters of base32");
	if (scope == -1 || (enum presence_scope)scope != r->scope)
		return refuse(why, ERR_TOKEN_SCOPE_REFUSED, "scope is not what is asked");
	p->scope = r->scope;
	return 1;
}

/* Signed by a card: one of ours, good today. */
static int
check_card(struct presence *p, const struct jws *j, const struct presence_rules *r, struct why *why)
{
	struct idcert card;
	int good;

	if (strcmp(j->alg->name, "ES256") == 0)
		return refuse(why, ERR_TOKEN_ALGORITHM_REFUSED, "no card signs with ES256");
	if (!idcert_read(&card, (const uint8_t *)j->der.data, j->der.len, why))
		return 0;
	good = idcert_check(&card, r->anchors, r->now, why) == IDCERT_GOOD;
	if (good) {
		memcpy(p->card, card.id, sizeof p->card);
		memcpy(p->serial, card.serial, sizeof p->serial);
		p->card_not_after = card.not_after;
	}
	idcert_free(&card);
	return good;
}

/* Signed by the facility that asks, which may attest. */
static int
check_attester(
    const struct presence *p, const struct jws *j, const struct presence_rules *r, struct why *why)
{
	uint8_t digest[ALG_DIGEST_MAX];
	struct buf card;
	size_t n = 0;
	int ok;

	if (r->attester == NULL)
		return refuse(why, ERR_TOKEN_METHOD_REFUSED, "this facility may not attest");
	if (strcmp(j->alg->name, "ES384") == 0)
		return refuse(why, ERR_TOKEN_ALGORITHM_REFUSED, "no facility signs with ES384");
	if (EVP_Q_digest(NULL, "SHA256", NULL, j->der.data, j->der.len, digest, &n) != 1 ||
	    memcmp(digest, r->attester, IDCERT_FINGERPRINT) != 0)
		return refuse(why, ERR_TOKEN_CERTIFICATE_REFUSED, "it is not the facility's own");
	buf_init(&card, sizeof p->fingerprint);
	ok = base64_read(&card, BASE64_URL, p->fingerprint, strlen(p->fingerprint)) == 1 &&
	     card.len == IDCERT_FINGERPRINT;
	buf_free(&card);
	return ok ? 1 : refuse(why, ERR_TOKEN_CLAIM_MALFORMED, "x5t#S256");
}

int
presence_verify(const char *token, size_t len, const struct presence_rules *r, struct presence *p,
    struct why *why)
{
	struct jws j;
	int ok;

	*p = (struct presence){ 0 };
	ok = jws_open(&j, token, len, PRESENCE_TYPE, why) && read_method(p, j.claims, why) &&
	     claims_read(p, claims, CLAIMS, 1U << p->method, j.claims, why) &&
	     (p->method == PRESENCE_PIN ? check_card(p, &j, r, why)
					: check_attester(p, &j, r, why)) &&
	     check_claims(p, r, why);
	jws_close(&j);
	return ok;
}

void
presence_new(struct presence *p, const char *facility, const char *audience,
    enum presence_method method, enum presence_scope scope, int64_t now)
{
	*p = (struct presence){
		.method = method, .scope = scope, .issued = now, .expires = now + PRESENCE_LIFETIME
	};
	snprintf(p->facility, sizeof p->facility, "%s", facility);
	snprintf(p->audience, sizeof p->audience, "%s", audience);
	snprintf(p->method_word, sizeof p->method_word, "%s", methods[method]);
	snprintf(p->scope_word, sizeof p->scope_word, "%s", scopes[scope]);
	ask_new(p->id);
}

int
presence_claims(struct buf *out, const struct presence *p)
{
	return claims_write(out, p, claims, CLAIMS, 1U << p->method);
}

void
presence_fingerprint(struct presence *p, const uint8_t sha256[static IDCERT_FINGERPRINT])
{
	struct buf text;

	buf_init(&text, sizeof p->fingerprint);
	if (base64_add(&text, BASE64_URL, sha256, IDCERT_FINGERPRINT) == 0)
		memcpy(p->fingerprint, text.data, text.len + 1);
	buf_free(&text);
}
