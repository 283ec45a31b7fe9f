#include <string.h>

#include "ask/answer.h"
#include "ask/service.h"
#include "gen/names.h"
#include "model/status.h"
#include "pipe/record.h"

#define TOKEN_MAX ((size_t)16384)

/* Is this the answer to a card, for the very day? Such a one is better than any by number. */
static int
card_answer(const json_t *eligibility, const char *day)
{
	const char *source = record_text(eligibility, ELIGIBILITY_SOURCE);
	const char *as_of = record_text(eligibility, ELIGIBILITY_AS_OF);

	return source != NULL && strcmp(source, ELIGIBILITY_SOURCE_CARD) == 0 && as_of != NULL &&
	       strcmp(as_of, day) == 0;
}

static int
not_asked(const json_t *eligibility)
{
	return status_verdict(record_text(eligibility, ELIGIBILITY_STATUS)) == VERDICT_NOT_ASKED;
}

/*
 * A record from a card has no `insured`, but the policy that the card's answer says covers the
 * day holds the same members, and takes its place in the tree (which is never printed).
 */
static void
ask_by_policy(json_t *record, const json_t *eligibility)
{
	const json_t *covering = json_object_get(eligibility, ELIGIBILITY_COVERING);
	const json_t *policies = json_object_get(eligibility, ELIGIBILITY_POLICIES);
	json_int_t at = json_integer_value(json_array_get(covering, 0));
	json_t *policy = at < 0 ? NULL : json_array_get(policies, (size_t)at);

	if (policy != NULL && json_object_get(record, OBJECT_INSURED) == NULL)
		json_object_set(record, OBJECT_INSURED, policy);
}

/* A compact JWS; whether it is a good one is the hub's to say. */
static int
is_token(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_.";
	size_t n = strspn(text, letters);

	return n > 0 && n <= TOKEN_MAX && text[n] == '\0';
}

static enum way
no_token(struct decision *d, const char *pointer)
{
	why_set(&d->why, ERR_MEMBER_MALFORMED, pointer, "it is no signed token");
	return WAY_FAILED;
}

/*
 * A presence goes to the hub and nowhere else, with the receipt of what its holder agreed to. It has done its work once the card has answered: who
 * asks again asks by number.
 */
static enum way
decide_card(const struct route *route, struct decision *d, const json_t *presence)
{
	if (route != NULL && !route_may(route, CAN_CARD, &d->why))
		return WAY_FAILED;
	d->presence = json_string_value(presence);
	d->receipt = record_text(json_object_get(d->record, OBJECT_CONSENT), CONSENT_RECEIPT);
	if (d->presence == NULL || !is_token(d->presence))
		return no_token(d, "/" OBJECT_CARD "/" CARD_PRESENCE);
	if (d->receipt != NULL && !is_token(d->receipt))
		return no_token(d, "/" OBJECT_CONSENT "/" CONSENT_RECEIPT);
	return WAY_ASK;
}

/* May it be asked, and with what? */
static enum way
decide_question(const struct route *route, struct decision *d)
{
	const json_t *presence =
	    json_object_get(json_object_get(d->record, OBJECT_CARD), CARD_PRESENCE);

	if (presence != NULL && !d->recheck && json_object_get(d->record, OBJECT_INSURED) == NULL)
		return decide_card(route, d, presence);
	if (route != NULL && !route_may(route, CAN_NUMBER, &d->why))
		return WAY_FAILED;
	return insured_read(d->record, d->day, &d->insured, &d->why) ? WAY_ASK : WAY_FAILED;
}

static enum verdict
known(const struct ask_options *o, const json_t *record)
{
	(void)o;
	return status_verdict(
	    record_text(json_object_get(record, OBJECT_ELIGIBILITY), ELIGIBILITY_STATUS));
}

static enum way
decide(const struct ask_options *o, const struct route *route, struct decision *d)
{
	const json_t *eligibility = json_object_get(d->record, OBJECT_ELIGIBILITY);
	char day[DATE_SIZE];

	d->verdict = VERDICT_NOT_ASKED;
	if (not_asked(eligibility))
		return WAY_AS_CAME;
	if (!visit_date_read(d->record, &d->day, &d->why))
		return WAY_FAILED;
	d->verdict = VERDICT_NOT_ASKED;
	date_format(d->day, day);
	if (card_answer(eligibility, day)) {
		d->verdict = status_verdict(record_text(eligibility, ELIGIBILITY_STATUS));
		if (!o->again)
			return WAY_AS_CAME;
		d->recheck = 1;
		ask_by_policy(d->record, eligibility);
	}
	return decide_question(route, d);
}

static int
write_question(struct buf *out, const char *ask, const struct decision *d)
{
	char day[DATE_SIZE];

	date_format(d->day, day);
	if (d->presence == NULL)
		return question_write(out, ask, day, &d->insured);
	return question_write_card(out, ask, day, d->presence, d->receipt);
}

const struct service service_verify = {
	.name = "verify",
	.member = OBJECT_ELIGIBILITY,
	.lines = WINDOW_LINES,
	.bytes = WINDOW_BYTES,
	.question_max = 2 * TOKEN_MAX + 256, /* far more than one by number is */
	.known = known,
	.decide = decide,
	.write = write_question,
	.read = answer_read,
	.value = answer_value,
};
