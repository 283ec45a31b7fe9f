#include <string.h>

#include "base/clock.h"
#include "consent/face.h"
#include "gen/names.h"
#include "pipe/record.h"

/* What one purpose is worth now. */
struct worth {
	const char *decision; /* NULL: the result does not speak of it */
	int64_t given, expires;
	int usable;
};

static int64_t
time_of(const json_t *grant, const char *name)
{
	const char *text = record_text(grant, name);
	int64_t t;

	return text != NULL && time_parse(text, &t) ? t : 0;
}

static struct worth
judge(const json_t *consents, enum purpose p, int64_t now)
{
	const json_t *grant = json_object_get(consents, purpose_rows[p].name);
	const char *word = record_text(grant, GRANT_DECISION);
	struct worth w = { 0 };
	uint8_t at = word == NULL ? 0 : event_decision(word);

	if (at == 0 || strcmp(word, GRANT_DECISION_ABSENT) == 0)
		return w;
	w.decision = event_decisions[at];
	w.given = time_of(grant, GRANT_GIVEN_AT);
	w.expires = time_of(grant, GRANT_EXPIRES_AT);
	w.usable = json_is_true(json_object_get(grant, GRANT_USABLE)) &&
		   (w.expires == 0 || now < w.expires);
	/* It was given, and is over since the result was read. */
	if (strcmp(w.decision, GRANT_DECISION_GIVEN) == 0 && w.expires != 0 && now >= w.expires)
		w.decision = GRANT_DECISION_EXPIRED;
	return w;
}

static void
add_time(struct buf *out, const char *name, int64_t t)
{
	char at[TIME_SIZE];

	if (t == 0)
		return;
	time_format(t, at);
	buf_addf(out, ",\"%s\":\"%s\"", name, at);
}

/* A needed purpose that cannot be relied on. 1, or 0 with why. */
static int
check_needed(const json_t *consents, const struct purpose_list *asked, int64_t now, struct why *why)
{
	for (size_t i = 0; i < asked->n; i++) {
		struct worth w = judge(consents, asked->at[i], now);

		if (w.usable)
			continue;
		why_set(why, ERR_CONSENT_NEEDS_NEW_READING, NULL, "%s: %s",
		    purpose_rows[asked->at[i]].name,
		    w.decision == NULL ? GRANT_DECISION_ABSENT : w.decision);
		return 0;
	}
	return 1;
}

static enum verdict
verdict_of(const struct worth *w)
{
	if (w->usable)
		return VERDICT_YES;
	return strcmp(w->decision, GRANT_DECISION_REFUSED) == 0 ? VERDICT_NO : VERDICT_UNKNOWN;
}

enum verdict
face_take(const json_t *eligibility, const struct purpose_list *asked, int64_t now,
    struct buf *value, struct event_purposes *purposes, struct why *why)
{
	const json_t *consents = json_object_get(eligibility, ELIGIBILITY_CONSENTS);
	enum verdict verdict = VERDICT_YES;
	const char *before = "";
	int64_t given = 0, ends = 0;

	*purposes = (struct event_purposes){ 0 };
	if (!check_needed(consents, asked, now, why))
		return VERDICT_UNKNOWN;
	buf_adds(value, "{\"" CONSENT_PURPOSES "\":{");
	for (enum purpose p = 0; p < PURPOSES; p++) {
		struct worth w = judge(consents, p, now);

		if (w.decision == NULL)
			continue;
		purposes->said[p] = event_decision(w.decision);
		buf_addf(value, "%s\"%s\":{\"" GRANT_DECISION "\":\"%s\"", before,
		    purpose_rows[p].name, w.decision);
		add_time(value, GRANT_GIVEN_AT, w.given);
		add_time(value, GRANT_EXPIRES_AT, w.expires);
		buf_addf(value, ",\"" GRANT_USABLE "\":%s}", w.usable ? "true" : "false");
		before = ",";
		/* Asked for, or everything where nothing is: the worst of them. */
		if (asked->n == 0 && verdict_of(&w) > verdict)
			verdict = verdict_of(&w);
		if (w.usable && w.given > given)
			given = w.given;
		if (w.usable && w.expires != 0 && (ends == 0 || w.expires < ends))
			ends = w.expires;
	}
	if (*before == '\0')
		why_set(why, ERR_CONSENT_NEEDS_NEW_READING, NULL, "the result carries no consent");
	buf_addc(value, '}');
	add_time(value, CONSENT_GIVEN_AT, given);
	add_time(value, CONSENT_EXPIRES_AT, ends);
	buf_adds(value, ",\"" CONSENT_ORIGIN "\":\"" CONSENT_ORIGIN_FACE_READER "\"}");
	return verdict;
}
