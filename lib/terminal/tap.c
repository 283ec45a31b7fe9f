#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "gen/names.h"
#include "model/insured.h"
#include "model/purposes.h"
#include "pipe/record.h"
#include "terminal/consents.h"
#include "terminal/message.h"
#include "terminal/references.h"
#include "terminal/serve.h"
#include "terminal/tap.h"
#include "trust/consent.h"
#include "trust/presence.h"

#define HOUR	     ((int64_t)3600)
#define LASTS	     (24 * HOUR) /* a consent, from the card's reading on */
#define RESPONSE_MAX ((size_t)16 << 20)
#define TOKEN_MAX    ((size_t)16 << 10)
#define SCREEN_TEXT  "oq-terminal-reader" /* the wording of the stand-in's screen */
#define UNIQUE	     20 /* characters of a face result's name that nobody else has */

static const struct {
	const char *word;
	int has_times;
	int64_t ago; /* given so many seconds before now */
} decisions[] = {
	{ GRANT_DECISION_GIVEN, 1, 0 },
	{ GRANT_DECISION_REFUSED, 0, 0 },
	{ GRANT_DECISION_EXPIRED, 1, LASTS + HOUR },
	{ GRANT_DECISION_UNOBTAINABLE, 0, 0 },
};

static void
put_time(json_t *grant, const char *name, int64_t at)
{
	char text[TIME_SIZE];

	time_format(at, text);
	json_object_set_new(grant, name, json_string(text));
}

/* One `purpose=decision`. 1, or 0 when it is none. */
static int
add_consent(json_t *consents, const char *text)
{
	size_t d = 0, n = strcspn(text, "="), n_decisions = sizeof decisions / sizeof *decisions;
	enum purpose p = purpose_find(text, n);
	json_t *grant;
	int64_t at;

	while (d < n_decisions && (text[n] != '=' || strcmp(text + n + 1, decisions[d].word) != 0))
		d++;
	if (p >= POLICY_PURPOSES || d == n_decisions)
		return 0;
	grant = json_pack("{ss}", GRANT_DECISION, decisions[d].word);
	at = clock_now() - decisions[d].ago;
	if (decisions[d].has_times)
		put_time(grant, GRANT_GIVEN_AT, at);
	if (decisions[d].has_times && purpose_rows[p].timed)
		put_time(grant, GRANT_EXPIRES_AT, at + LASTS);
	json_object_set_new(consents, purpose_rows[p].name, grant);
	return 1;
}

json_t *
tap_consents(const struct option_list *list, const char **wrong)
{
	json_t *consents = json_object();

	for (size_t i = 0; i < list->n; i++)
		if (!add_consent(consents, list->items[i])) {
			*wrong = list->items[i];
			json_decref(consents);
			return NULL;
		}
	return consents;
}

static int
is_given(const json_t *consents, const char *purpose)
{
	const char *decision = record_text(json_object_get(consents, purpose), GRANT_DECISION);

	return decision != NULL && strcmp(decision, GRANT_DECISION_GIVEN) == 0;
}

/* A certificate that the patient did not let be shown, is not. */
static void
withhold(json_t *eligibility, const json_t *consents)
{
	static const char *const members[][2] = {
		{ POLICY_LIMIT_CERTIFICATE, PURPOSE_LIMIT_CERTIFICATE },
		{ POLICY_SPECIFIC_DISEASES, PURPOSE_SPECIFIC_DISEASES },
	};
	json_t *policy;
	size_t i;

	json_array_foreach (json_object_get(eligibility, ELIGIBILITY_POLICIES), i, policy) {
		for (size_t k = 0; k < sizeof members / sizeof *members; k++)
			if (!is_given(consents, members[k][1]))
				json_object_del(policy, members[k][0]);
	}
}

/* The question of one record in the window. 0, or -1 with why. */
static int
put_question(
    struct window *w, const json_t *record, const json_t *consents, char *day, struct why *why)
{
	struct question *q;
	struct insured insured;
	struct date date;

	if (!visit_date_read(record, &date, why) || !insured_read(record, date, &insured, why))
		return -1;
	date_format(date, day);
	/* The hub gives both certificates to who agreed to the one; withhold() takes one away. */
	insured.limit_certificate_consent = is_given(consents, PURPOSE_LIMIT_CERTIFICATE) ||
					    is_given(consents, PURPOSE_SPECIFIC_DISEASES);
	window_reset(w);
	q = window_next(w, NULL);
	if (question_write(&w->body, q->ask, day, &insured) == 0 && window_added(w) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return -1;
}

static json_t *
ask_one(struct route *route, struct window *w, struct why *why)
{
	int of_person;

	route_start(route, w);
	while (route_work(route, -1, NULL, 0) == NULL)
		;
	return terminal_heard(w, &w->questions[0], OBJECT_ELIGIBILITY, &of_person, why);
}

static void
face_name(const char *facility, struct buf *name)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char bytes[UNIQUE];
	char now[TIME_SIZE];

	time_format(clock_now(), now);
	random_bytes(bytes, sizeof bytes);
	buf_addf(name, "OQSsiquc01res_face_%s", facility);
	for (size_t i = 0; i < sizeof bytes; i++)
		buf_addc(name, hex[bytes[i] & 15]);
	buf_addf(name, "_%.4s%.2s%.2s%.2s%.2s%.2s.xml", now, now + 5, now + 8, now + 11, now + 14,
	    now + 17);
}

/* 0 when the face result was written, and its name said, or -1 with why. */
static int
put_face(struct spool *spool, json_t *eligibility, const char *day, const struct tap_options *o,
    struct why *why)
{
	struct buf bytes, name;
	int r = -1;

	buf_init(&bytes, RESPONSE_MAX);
	buf_init(&name, NAME_MAX);
	withhold(eligibility, o->consents);
	face_name(o->facility, &name);
	if (references_give(spool, o->facility, eligibility, 1, why) == 0 &&
	    face_result(o->facility, day, eligibility, o->consents, o->encoding, &bytes, why) == 0)
		r = spool_face(spool, name.data, &bytes, why);
	if (r == 0)
		printf("%s\n", name.data);
	buf_free(&bytes);
	buf_free(&name);
	return r;
}

/* 0 when a face result was written, or -1 with why. */
static int
tap_one(struct spool *spool, struct route *route, struct window *w, const struct line *line,
    const struct tap_options *o, struct why *why)
{
	json_t *record = record_parse(line, why), *eligibility = NULL;
	char day[DATE_SIZE];
	int r = -1;

	if (record != NULL && put_question(w, record, o->consents, day, why) == 0 &&
	    (eligibility = ask_one(route, w, why)) != NULL)
		r = put_face(spool, eligibility, day, o, why);
	json_decref(record);
	json_decref(eligibility);
	return r;
}

/* One tap, and what kept it from being written; NULL: it was. */
static void
count(struct tally *tally, const char *tool, const struct why *cause)
{
	if (cause != NULL)
		why_print(cause, tool);
	tally_add(tally, cause == NULL ? VERDICT_YES : VERDICT_UNKNOWN);
	tally_asked(tally, cause == NULL ? ERR_NONE : cause->id);
}

/* Whoever waits for the name reads it now. 0, or -1 with why. */
static int
say_done(struct why *why)
{
	if (fflush(stdout) != EOF)
		return 0;
	why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "stdout: %s", strerror(errno));
	return -1;
}

/* What the patient answered at the reader, as a consent's sets. */
static struct consent_purposes
answered(json_t *consents)
{
	struct consent_purposes set = { 0, 0 };
	const char *name;
	json_t *grant;

	json_object_foreach (consents, name, grant) {
		const char *decision = record_text(grant, GRANT_DECISION);
		enum purpose p = purpose_find(name, strlen(name));

		if (p == PURPOSES || decision == NULL)
			continue;
		if (strcmp(decision, GRANT_DECISION_GIVEN) == 0)
			set.given |= PURPOSE_SET(p);
		else if (strcmp(decision, GRANT_DECISION_REFUSED) == 0)
			set.refused |= PURPOSE_SET(p);
	}
	return set;
}

/* What a card at the reader brings: each token is a text. */
struct tapped {
	char day[DATE_SIZE];
	struct buf presence, receipt; /* receipt: empty where nothing was agreed to */
	int64_t expires;	      /* of the receipt */
};

/* A token over the claims, ended with a NUL. Takes the claims. 0, or -1 with why. */
static int
sign(struct signer *signer, const char *typ, struct buf *claims, struct buf *out, struct why *why)
{
	int r = -1;

	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", typ);
	if (!buf_failed(claims) &&
	    signer_token(signer, typ, claims->data, claims->len, out, why) == 0)
		r = buf_addc(out, '\0');
	buf_free(claims);
	return r;
}

/* What the patient agreed to, on that presence, signed by the facility. 0, or -1 with why. */
static int
sign_receipt(struct tapped *t, const char *hub, const struct presence *p,
    const struct tap_options *o, struct why *why)
{
	struct consent c;
	struct buf claims;

	consent_new(&c, o->facility, hub, CONSENT_SCREEN, clock_now());
	c.purposes = answered(o->consents);
	if (c.purposes.given == 0)
		return 0;
	memcpy(c.presence, p->id, sizeof c.presence);
	snprintf(c.text.id, sizeof c.text.id, "%s", SCREEN_TEXT);
	snprintf(c.text.version, sizeof c.text.version, "%s", "1");
	snprintf(c.text.lang, sizeof c.text.lang, "%s", "ja");
	c.n = 1; /* a reader keeps no ledger: each of its consents is the first */
	memset(c.prev, '0', sizeof c.prev - 1);
	t->expires = c.expires;
	buf_init(&claims, TOKEN_MAX);
	consent_claims(&claims, &c);
	return sign(o->clinic, CONSENT_TYPE, &claims, &t->receipt, why);
}

/* The card signs that it is here, and the facility what was agreed to. 0, or -1 with why. */
static int
sign_tap(struct tapped *t, const char *hub, const struct tap_options *o, struct why *why)
{
	struct presence p;
	struct buf claims;

	date_format(date_today(), t->day);
	presence_new(&p, o->facility, hub, PRESENCE_PIN, PRESENCE_FOR_VERIFY, clock_now());
	buf_init(&claims, TOKEN_MAX);
	presence_claims(&claims, &p);
	if (sign(o->card, PRESENCE_TYPE, &claims, &t->presence, why) == -1)
		return -1;
	return sign_receipt(t, hub, &p, o, why);
}

/* Puts the question of the card into the window. 0, or -1 with why. */
static int
put_presence(struct window *w, const struct tapped *t, struct why *why)
{
	struct question *q;

	window_reset(w);
	q = window_next(w, NULL);
	if (question_write_card(&w->body, q->ask, t->day, t->presence.data,
		t->receipt.len == 0 ? NULL : t->receipt.data) == 0 &&
	    window_added(w) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "a presence");
	return -1;
}

/* What later requests will need is kept before the result appears. 0, or -1 with why. */
static int
keep(const struct spool *spool, const struct tapped *t, const json_t *eligibility, struct why *why)
{
	return t->receipt.len == 0 ? 0
				   : consents_keep(spool, t->receipt.data, t->expires,
					 json_object_get(eligibility, ELIGIBILITY_POLICIES), why);
}

int
terminal_tap_card(struct spool *spool, struct route *route, const struct tap_options *o,
    struct tally *tally, struct why *why)
{
	struct window w;
	struct tapped t = { .expires = 0 };
	json_t *eligibility = NULL;
	struct why cause = { .id = ERR_NONE };
	int r = -1;

	buf_init(&t.presence, TOKEN_MAX);
	buf_init(&t.receipt, TOKEN_MAX);
	window_init(&w, "verify", terminal_reads, TERMINAL_ANSWER_MAX);
	tally->read++;
	if (sign_tap(&t, o->hub == NULL ? route_name(route) : o->hub, o, &cause) == 0 &&
	    put_presence(&w, &t, &cause) == 0 &&
	    (eligibility = ask_one(route, &w, &cause)) != NULL &&
	    keep(spool, &t, eligibility, &cause) == 0)
		r = put_face(spool, eligibility, t.day, o, &cause);
	count(tally, o->tool, r == 0 ? NULL : &cause);
	json_decref(eligibility);
	window_free(&w);
	buf_free(&t.presence);
	buf_free(&t.receipt);
	return say_done(why);
}

int
terminal_tap(struct spool *spool, struct route *route, struct lines *lines,
    const struct tap_options *o, struct tally *tally, struct why *why)
{
	struct window w;
	struct line line;
	int more, r, failed = 0;

	window_init(&w, "verify", terminal_reads, TERMINAL_ANSWER_MAX);
	while (!failed && (more = lines_next(lines, &line)) != 0) {
		struct why cause = { .id = ERR_NONE };

		if (more == -1) {
			why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
			failed = 1;
			break;
		}
		tally->read++;
		r = tap_one(spool, route, &w, &line, o, &cause);
		count(tally, o->tool, r == 0 ? NULL : &cause);
		failed = say_done(why) == -1;
	}
	window_free(&w);
	return failed ? -1 : 0;
}
