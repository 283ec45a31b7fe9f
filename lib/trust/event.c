#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "trust/claims.h"
#include "trust/event.h"
#include "trust/jws.h"

#define KIND(k)	  (1U << EVENT_##k)
#define CONSENTS  (KIND(GIVEN) | KIND(REFUSED) | KIND(TAKEN_OVER))
#define SPOKEN	  (KIND(GIVEN) | KIND(REFUSED))
#define RECOVERED KIND(RECOVERED)
#define ALL	  (CONSENTS | RECOVERED | KIND(CHECKPOINT)) /* a withdrawal has a token of its own */

const char *const ledger_event_words[EVENTS] = {
	[EVENT_GIVEN] = LEDGER_EVENT_GIVEN,
	[EVENT_REFUSED] = LEDGER_EVENT_REFUSED,
	[EVENT_WITHDRAWN] = LEDGER_EVENT_WITHDRAWN,
	[EVENT_TAKEN_OVER] = LEDGER_EVENT_TAKEN_OVER,
	[EVENT_RECOVERED] = LEDGER_EVENT_RECOVERED,
	[EVENT_CHECKPOINT] = LEDGER_EVENT_CHECKPOINT,
};

const char *const event_decisions[] = { NULL, GRANT_DECISION_GIVEN, GRANT_DECISION_REFUSED,
	GRANT_DECISION_EXPIRED, GRANT_DECISION_UNOBTAINABLE, GRANT_DECISION_ABSENT,
	GRANT_DECISION_INVALID };
#define DECISIONS (sizeof event_decisions / sizeof *event_decisions)

uint8_t
event_decision(const char *word)
{
	size_t i = DECISIONS;

	while (--i > 0 && strcmp(event_decisions[i], word) != 0)
		;
	return (uint8_t)i;
}

static int
read_said(void *to, size_t size, const json_t *value)
{
	struct event_purposes purposes = { 0 };
	const char *name;
	json_t *decision;

	json_object_foreach ((json_t *)value, name, decision) {
		enum purpose p = purpose_find(name, strlen(name));
		const char *word = json_string_value(decision);

		if (p == PURPOSES || word == NULL || event_decision(word) == 0)
			return 0;
		purposes.said[p] = event_decision(word);
	}
	memcpy(to, &purposes, size);
	return json_object_size(value) > 0;
}

static int
write_said(struct buf *out, const void *from)
{
	const struct event_purposes *purposes = from;
	const char *before = "{";

	for (enum purpose p = 0; p < PURPOSES; p++) {
		if (purposes->said[p] == 0)
			continue;
		buf_addf(out, "%s\"%s\":\"%s\"", before, purpose_rows[p].name,
		    event_decisions[purposes->said[p]]);
		before = ",";
	}
	return buf_adds(out, *before == '{' ? "{}" : "}");
}

static const struct claim_form form_said = { read_said, write_said };

static const struct claim claims[] = {
#define ROW(name, member, form, required, allowed)                                                 \
	CLAIM(name, struct ledger_event, member, form, required, allowed)
	ROW("iss", facility, claim_text, ALL, ALL),
	ROW("iat", issued, claim_number, ALL, ALL),
	ROW("jti", id, claim_text, ALL, ALL),
	ROW("event", word, claim_text, ALL, ALL),
	ROW("purposes", purposes, form_said, CONSENTS, CONSENTS),
	ROW("about", about, claim_hash, CONSENTS, CONSENTS),
	ROW("operator", operator, claim_text, SPOKEN, ALL),
	ROW("torn_bytes", torn_bytes, claim_number, RECOVERED, RECOVERED),
	ROW("torn", torn, claim_hash, RECOVERED, RECOVERED),
	ROW("n", n, claim_number, ALL, ALL),
	ROW("prev", prev, claim_hash, ALL, ALL),
#undef ROW
};
#define CLAIMS (sizeof claims / sizeof *claims)

/* The kind says which claims there are. 1, or 0 with why. */
static int
read_kind(struct ledger_event *e, const json_t *object, struct why *why)
{
	const char *word = json_string_value(json_object_get(object, "event"));
	int kind = word == NULL ? -1 : claim_word(ledger_event_words, EVENTS, word);

	if (kind == -1 || (ALL & 1U << kind) == 0) {
		why_set(why, ERR_TOKEN_CLAIM_MALFORMED, NULL, "event");
		return 0;
	}
	e->kind = (enum event_kind)kind;
	return 1;
}

int
ledger_event_read(const char *token, size_t len, struct ledger_event *e, struct why *why)
{
	struct jws j;
	int ok;

	*e = (struct ledger_event){ 0 };
	ok = jws_open_facility(&j, token, len, EVENT_TYPE, e->signer, why) &&
	     read_kind(e, j.claims, why) &&
	     claims_read(e, claims, CLAIMS, 1U << e->kind, j.claims, why);
	jws_close(&j);
	return ok;
}

void
ledger_event_new(struct ledger_event *e, const char *facility, enum event_kind kind, int64_t now)
{
	*e = (struct ledger_event){ .kind = kind, .issued = now };
	snprintf(e->facility, sizeof e->facility, "%s", facility);
	snprintf(e->word, sizeof e->word, "%s", ledger_event_words[kind]);
	ask_new(e->id);
}

int
ledger_event_claims(struct buf *out, const struct ledger_event *e)
{
	return claims_write(out, e, claims, CLAIMS, 1U << e->kind);
}

int
hash_hex(const void *bytes, size_t n, char out[static CONSENT_PREV])
{
	uint8_t digest[32];
	size_t len = 0;

	if (EVP_Q_digest(NULL, "SHA256", NULL, bytes, n, digest, &len) != 1)
		return -1;
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
