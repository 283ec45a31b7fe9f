#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "consent/answer.h"
#include "consent/face.h"
#include "consent/member.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "trust/jws.h"
#include "trust/pin.h"
#include "trust/presence.h"

/* What is being answered. */
struct answering {
	struct consent_desk *desk;
	const json_t *record;
	struct buf *value;
	struct why *why;
	int64_t now;
};

static enum verdict
stop(const struct answering *a, enum error_id id, const char *pointer, const char *what)
{
	why_set(a->why, id, pointer, "%s", what);
	return VERDICT_UNKNOWN;
}

/* Yes when all was given, no when anything was refused, else don't know. */
static enum verdict
verdict_of(const struct consent_desk *d, const struct consent_purposes *said)
{
	if (said->refused != 0)
		return VERDICT_NO;
	return said->given == purpose_list_set(&d->asked) ? VERDICT_YES : VERDICT_UNKNOWN;
}

/* Hex SHA-256 of what `jq -cjS` prints of the member: whoever still has the record can show it. */
static int
hash_member(const json_t *member, char out[static CONSENT_PREV])
{
	char *text = json_dumps(member, JSON_COMPACT | JSON_SORT_KEYS);
	int r = text == NULL ? -1 : hash_hex(text, strlen(text), out);

	free(text);
	return r;
}

static void
set_operator(char *out, size_t n, const char *name)
{
	snprintf(out, n, "%s", name == NULL ? "" : name);
}

/* An entry of our own about a member: 0, or -1 with why. */
static int
enter_event(const struct answering *a, struct ledger_event *e, const json_t *about)
{
	const struct ledger_draft draft = draft_event(e);
	struct buf token;
	int r = -1;

	buf_init(&token, JWS_MAX);
	set_operator(e->operator, sizeof e->operator, a->desk->operator);
	if (hash_member(about, e->about) == -1)
		why_set(a->why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	else
		r = ledger_append(a->desk->ledger, a->desk->signer, &draft, &token, a->why);
	buf_free(&token);
	return r;
}

/* Nobody was asked, or nobody answered: the record goes on, and says so. */
static enum verdict
nothing_said(const struct answering *a, const char *why_not)
{
	const struct consent_member m = { .asked = &a->desk->asked, .unsaid = why_not };

	member_write(a->value, &m);
	return VERDICT_UNKNOWN;
}

/* The claims of the presence that matter here; whether the hub believes the card is the hub's to say. */
static int
read_presence(const struct answering *a, const json_t *presence, char id[static ASK_SIZE])
{
	const char *token = json_string_value(presence), *jti, *iss, *aud;
	struct jws j;
	int ok;

	if (token == NULL) {
		why_set(a->why, ERR_MEMBER_MALFORMED, "/" OBJECT_CARD "/" CARD_PRESENCE,
		    "it is no signed token");
		return 0;
	}
	ok = jws_open(&j, token, json_string_length(presence), PRESENCE_TYPE, a->why);
	jti = record_text(j.claims, "jti");
	iss = record_text(j.claims, "iss");
	aud = record_text(j.claims, "aud");
	if (ok) {
		enum error_id wrong = ERR_NONE;

		if (jti == NULL || !ask_valid(jti))
			wrong = ERR_TOKEN_ID_MALFORMED;
		else if (iss == NULL || strcmp(iss, a->desk->facility) != 0)
			wrong = ERR_TOKEN_ISSUER_OTHER;
		else if (aud == NULL || strcmp(aud, a->desk->audience) != 0)
			wrong = ERR_TOKEN_AUDIENCE_OTHER;
		else if (json_integer_value(json_object_get(j.claims, "exp")) + PRESENCE_SKEW <
			 a->now)
			wrong = ERR_TOKEN_EXPIRED;
		if (wrong == ERR_NONE)
			memcpy(id, jti, ASK_SIZE);
		else
			why_set(a->why, wrong, "/" OBJECT_CARD "/" CARD_PRESENCE, "%s", "");
		ok = wrong == ERR_NONE;
	}
	jws_close(&j);
	return ok;
}

/* By --grant and --deny, or on the terminal. 0, or -1 with why. */
static int
hear(const struct answering *a, struct consent_purposes *said)
{
	const struct consent_desk *d = a->desk;

	*said = d->spoken;
	if ((said->given | said->refused) != 0)
		return 0;
	if (d->tty == NULL) {
		why_set(a->why, ERR_NO_TERMINAL, NULL, "%s", "");
		return -1;
	}
	return dialogue(d->tty, d->wording, &d->asked, d->timeout, said, a->why);
}

/* The receipt: signed in its place in the ledger. 0, or -1 with why. */
static int
enter_receipt(const struct answering *a, struct consent *c, struct buf *receipt, struct buf *code)
{
	const struct ledger_draft draft = draft_consent(c);
	struct ledger_entry *e = malloc(sizeof *e);
	int r = -1;

	if (e == NULL) {
		why_set(a->why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	} else if (ledger_append(a->desk->ledger, a->desk->signer, &draft, receipt, a->why) == 0) {
		e->n = c->n;
		memcpy(e->token, receipt->data, receipt->len + 1);
		if ((r = code_write(code, e)) == -1)
			why_set(a->why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	}
	free(e);
	return r;
}

/* A card of now: the patient is asked, and gets a receipt. */
static enum verdict
ask_by_card(struct answering *a)
{
	const struct consent_desk *d = a->desk;
	const json_t *card = json_object_get(a->record, OBJECT_CARD);
	int oral = (d->spoken.given | d->spoken.refused) != 0;
	struct consent_member m = { .asked = &d->asked, .unsaid = GRANT_DECISION_ABSENT };
	char presence[ASK_SIZE];
	struct buf receipt, code;
	struct consent c;
	enum verdict verdict = VERDICT_UNKNOWN;

	if (*d->audience == '\0')
		return stop(a, ERR_NOT_OVER_THIS_ROUTE, NULL,
		    "a receipt is for a hub: --via https://HOST/");
	if (!read_presence(a, json_object_get(card, CARD_PRESENCE), presence))
		return VERDICT_UNKNOWN;
	/* In its time of grace a certificate shows the insurance, and takes no consent. */
	if (json_integer_value(json_object_get(card, CARD_EXPIRED_DAYS)) > 0)
		return nothing_said(a, GRANT_DECISION_UNOBTAINABLE);
	if (hear(a, &m.said) == -1)
		return VERDICT_UNKNOWN;
	if ((m.said.given | m.said.refused) == 0)
		return nothing_said(a, GRANT_DECISION_ABSENT);
	a->now = clock_now();
	consent_new(&c, d->facility, d->audience, oral ? CONSENT_ORAL : CONSENT_SCREEN, a->now);
	memcpy(c.presence, presence, sizeof c.presence);
	c.purposes = m.said;
	c.text = *wording_which(d->wording);
	set_operator(c.operator, sizeof c.operator, d->operator);
	buf_init(&receipt, JWS_MAX);
	buf_init(&code, 128);
	if (enter_receipt(a, &c, &receipt, &code) == 0) {
		m.receipt = receipt.data;
		m.code = code.data;
		m.at = c.issued;
		m.expires = c.expires;
		m.text = &c.text;
		m.origin = c.origin_word;
		member_write(a->value, &m);
		verdict = verdict_of(d, &m.said);
	}
	buf_free(&receipt);
	buf_free(&code);
	return verdict;
}

/* The face reader has asked. */
static enum verdict
take_over(struct answering *a)
{
	const json_t *eligibility = json_object_get(a->record, OBJECT_ELIGIBILITY);
	enum verdict verdict;
	struct ledger_event e;

	ledger_event_new(&e, a->desk->facility, EVENT_TAKEN_OVER, a->now);
	verdict = face_take(eligibility, &a->desk->asked, a->now, a->value, &e.purposes, a->why);
	if (a->why->id == ERR_NONE)
		enter_event(a, &e, eligibility);
	return verdict;
}

/*
 * No card: by word of mouth, and for the limit certificate only; in a disaster for everything, where
 * the patient could be asked.
 */
static enum verdict
hear_without_card(struct answering *a)
{
	const struct consent_desk *d = a->desk;
	const json_t *disaster = json_object_get(a->record, OBJECT_DISASTER);
	const json_t *about =
	    disaster != NULL ? disaster : json_object_get(a->record, OBJECT_INSURED);
	const char *heard = record_text(disaster, DISASTER_CONSENT);
	uint16_t oral = disaster == NULL ? PURPOSE_SET(FOR_LIMIT_CERTIFICATE) : 0;
	struct consent_member m = { .asked = &d->asked,
		.unsaid = GRANT_DECISION_UNOBTAINABLE,
		.at = a->now,
		.origin = CONSENT_ORIGIN_ORAL };
	struct ledger_event e;

	if (heard != NULL && strcmp(heard, DISASTER_CONSENT_GIVEN) == 0)
		oral = UINT16_MAX;
	m.said.given = d->spoken.given & oral;
	m.said.refused = d->spoken.refused & oral;
	if ((m.said.given | m.said.refused) == 0 || about == NULL)
		return nothing_said(a, GRANT_DECISION_UNOBTAINABLE);
	ledger_event_new(&e, d->facility, m.said.given != 0 ? EVENT_GIVEN : EVENT_REFUSED, a->now);
	for (enum purpose p = 0; p < PURPOSES; p++)
		if ((m.said.given & PURPOSE_SET(p)) != 0)
			e.purposes.said[p] = event_decision(GRANT_DECISION_GIVEN);
		else if ((m.said.refused & PURPOSE_SET(p)) != 0)
			e.purposes.said[p] = event_decision(GRANT_DECISION_REFUSED);
	if (enter_event(a, &e, about) == -1)
		return VERDICT_UNKNOWN;
	member_write(a->value, &m);
	return verdict_of(d, &m.said);
}

static int
has_presence(const json_t *record)
{
	return json_object_get(json_object_get(record, OBJECT_CARD), CARD_PRESENCE) != NULL;
}

static int
is_face_result(const json_t *record)
{
	const char *source =
	    record_text(json_object_get(record, OBJECT_ELIGIBILITY), ELIGIBILITY_SOURCE);

	return source != NULL && strcmp(source, ELIGIBILITY_SOURCE_CARD) == 0;
}

static int
is_anything(const json_t *record)
{
	(void)record;
	return 1;
}

/* DESIGN 5: the first row that fits. */
static const struct {
	int (*fits)(const json_t *record);
	enum verdict (*answer)(struct answering *);
} rows[] = {
	{ has_presence, ask_by_card },
	{ is_face_result, take_over },
	{ is_anything, hear_without_card },
};

enum verdict
consent_answer(void *desk, const json_t *record, struct buf *value, struct why *why)
{
	struct answering a = { desk, record, value, why, clock_now() };
	enum verdict verdict;
	size_t i = 0;

	while (!rows[i].fits(record))
		i++;
	verdict = rows[i].answer(&a);
	tally_asked(a.desk->tally, why->id);
	return verdict;
}
