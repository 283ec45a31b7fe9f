#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "trust/claims.h"
#include "trust/consent.h"
#include "trust/jws.h"

#define SCREEN (1U << CONSENT_SCREEN)
#define ORAL   (1U << CONSENT_ORAL)
#define BOTH   (SCREEN | ORAL)

static const char *const origins[] = {
	[CONSENT_SCREEN] = CONSENT_ORIGIN_SCREEN, [CONSENT_ORAL] = CONSENT_ORIGIN_ORAL
};

/* {"drugs": "given", "checkups": "refused"}: at least one, and no purpose that nobody knows. */
static int
read_purposes(void *to, size_t size, const json_t *value)
{
	struct consent_purposes purposes = { 0 };
	const char *name;
	json_t *decision;

	json_object_foreach ((json_t *)value, name, decision) {
		enum purpose p = purpose_find(name, strlen(name));
		const char *word = json_string_value(decision);

		if (p == PURPOSES || word == NULL)
			return 0;
		if (strcmp(word, GRANT_DECISION_GIVEN) == 0)
			purposes.given |= PURPOSE_SET(p);
		else if (strcmp(word, GRANT_DECISION_REFUSED) == 0)
			purposes.refused |= PURPOSE_SET(p);
		else
			return 0;
	}
	memcpy(to, &purposes, size);
	return (purposes.given | purposes.refused) != 0;
}

static int
write_purposes(struct buf *out, const void *from)
{
	struct consent_purposes purposes;
	const char *before = "{";

	memcpy(&purposes, from, sizeof purposes);
	for (enum purpose p = 0; p < PURPOSES; p++) {
		int given = (purposes.given & PURPOSE_SET(p)) != 0;

		if (!given && (purposes.refused & PURPOSE_SET(p)) == 0)
			continue;
		buf_addf(out, "%s\"%s\":\"%s\"", before, purpose_rows[p].name,
		    given ? GRANT_DECISION_GIVEN : GRANT_DECISION_REFUSED);
		before = ",";
	}
	return buf_adds(out, *before == '{' ? "{}" : "}");
}

static const struct claim text_members[] = {
	CLAIM("id", struct consent_text, id, claim_text, BOTH, BOTH),
	CLAIM("version", struct consent_text, version, claim_text, BOTH, BOTH),
	CLAIM("lang", struct consent_text, lang, claim_text, BOTH, BOTH),
};
#define TEXT_MEMBERS (sizeof text_members / sizeof *text_members)

static int
read_wording(void *to, size_t size, const json_t *value)
{
	(void)size;
	return json_is_object(value) &&
	       claims_read(to, text_members, TEXT_MEMBERS, BOTH, (json_t *)value, NULL);
}

static int
write_wording(struct buf *out, const void *from)
{
	return claims_write(out, from, text_members, TEXT_MEMBERS, BOTH);
}

static const struct claim_form form_purposes = { read_purposes, write_purposes };
static const struct claim_form form_wording = { read_wording, write_wording };

static const struct claim claims[] = {
#define ROW(name, member, form) CLAIM(name, struct consent, member, form, BOTH, BOTH)
	ROW("iss", facility, claim_text),
	ROW("aud", audience, claim_text),
	ROW("iat", issued, claim_number),
	ROW("exp", expires, claim_number),
	ROW("jti", id, claim_text),
	ROW("presence", presence, claim_text),
	ROW("purposes", purposes, form_purposes),
	ROW("text", text, form_wording),
	ROW("origin", origin_word, claim_text),
	CLAIM("operator", struct consent, operator, claim_text, ORAL, BOTH),
	ROW("n", n, claim_number),
	ROW("prev", prev, claim_hash),
#undef ROW
};
#define CLAIMS (sizeof claims / sizeof *claims)

static const struct claim withdrawal_rows[] = {
#define ROW(name, member, form) CLAIM(name, struct withdrawal, member, form, 1, 1)
	ROW("iss", facility, claim_text),
	ROW("aud", audience, claim_text),
	ROW("iat", issued, claim_number),
	ROW("jti", id, claim_text),
	ROW("consent", consent, claim_text),
	CLAIM("operator", struct withdrawal, operator, claim_text, 0, 1),
	ROW("n", n, claim_number),
	ROW("prev", prev, claim_hash),
#undef ROW
};
#define WITHDRAWAL_CLAIMS (sizeof withdrawal_rows / sizeof *withdrawal_rows)

static int
refuse(struct why *why, enum error_id id, const char *what)
{
	why_set(why, id, NULL, "%s", what);
	return 0;
}

/* The origin says which claims there are. */
static int
read_origin(struct consent *c, const json_t *object, struct why *why)
{
	const json_t *value = json_object_get(object, "origin");
	int origin;

	if (value == NULL)
		return refuse(why, ERR_TOKEN_CLAIM_MISSING, "origin");
	origin = json_is_string(value) ? claim_word(origins, 2, json_string_value(value)) : -1;
	if (origin == -1)
		return refuse(why, ERR_TOKEN_ORIGIN_REFUSED, "neither screen nor oral");
	c->origin = (enum consent_origin)origin;
	return 1;
}

int
consent_read(const char *token, size_t len, struct consent *c, struct why *why)
{
	struct jws j;
	int ok;

	*c = (struct consent){ 0 };
	ok = jws_open_facility(&j, token, len, CONSENT_TYPE, c->signer, why) &&
	     read_origin(c, j.claims, why) &&
	     claims_read(c, claims, CLAIMS, 1U << c->origin, j.claims, why);
	jws_close(&j);
	return ok;
}

/* What both kinds of token must be. */
static int
check_common(const char *facility, const char *audience, const char *id, int64_t issued,
    const struct consent_rules *r, struct why *why)
{
	if (strcmp(facility, r->facility) != 0)
		return refuse(why, ERR_TOKEN_ISSUER_OTHER, "iss is another facility");
	if (strcmp(audience, r->audience) != 0)
		return refuse(why, ERR_TOKEN_AUDIENCE_OTHER, "aud is not this hub");
	if (issued > r->now + CONSENT_SKEW)
		return refuse(why, ERR_TOKEN_NOT_YET_VALID, "iat is to come");
	if (!ask_valid(id))
		return refuse(why, ERR_TOKEN_ID_MALFORMED, "jti is not 26 characters of base32");
	return 1;
}

int
consent_check(const struct consent *c, const struct consent_rules *r, struct why *why)
{
	if (!check_common(c->facility, c->audience, c->id, c->issued, r, why))
		return 0;
	if (!ask_valid(c->presence))
		return refuse(
		    why, ERR_TOKEN_ID_MALFORMED, "presence is not 26 characters of base32");
	if (c->expires - c->issued != CONSENT_LIFETIME)
		return refuse(why, ERR_TOKEN_LIFETIME_WRONG, "exp is not iat and 24 hours");
	/* No skew: usable strictly before it, as with every grant. */
	if (r->now >= c->expires)
		return refuse(why, ERR_CONSENT_EXPIRED, "exp is past");
	return 1;
}

void
consent_new(struct consent *c, const char *facility, const char *audience,
    enum consent_origin origin, int64_t now)
{
	*c = (struct consent){ .origin = origin, .issued = now, .expires = now + CONSENT_LIFETIME };
	snprintf(c->facility, sizeof c->facility, "%s", facility);
	snprintf(c->audience, sizeof c->audience, "%s", audience);
	snprintf(c->origin_word, sizeof c->origin_word, "%s", origins[origin]);
	ask_new(c->id);
}

int
consent_claims(struct buf *out, const struct consent *c)
{
	return claims_write(out, c, claims, CLAIMS, 1U << c->origin);
}

int
withdrawal_read(const char *token, size_t len, struct withdrawal *w, struct why *why)
{
	struct jws j;
	int ok;

	*w = (struct withdrawal){ 0 };
	ok = jws_open_facility(&j, token, len, WITHDRAWAL_TYPE, w->signer, why) &&
	     claims_read(w, withdrawal_rows, WITHDRAWAL_CLAIMS, 1, j.claims, why);
	jws_close(&j);
	return ok;
}

int
withdrawal_check(const struct withdrawal *w, const struct consent_rules *r, struct why *why)
{
	if (!check_common(w->facility, w->audience, w->id, w->issued, r, why))
		return 0;
	return ask_valid(w->consent) ||
	       refuse(why, ERR_TOKEN_ID_MALFORMED, "consent is not 26 characters of base32");
}

void
withdrawal_new(struct withdrawal *w, const char *facility, const char *audience,
    const char *consent, int64_t now)
{
	*w = (struct withdrawal){ .issued = now };
	snprintf(w->facility, sizeof w->facility, "%s", facility);
	snprintf(w->audience, sizeof w->audience, "%s", audience);
	snprintf(w->consent, sizeof w->consent, "%s", consent);
	ask_new(w->id);
}

int
withdrawal_claims(struct buf *out, const struct withdrawal *w)
{
	return claims_write(out, w, withdrawal_rows, WITHDRAWAL_CLAIMS, 1);
}
