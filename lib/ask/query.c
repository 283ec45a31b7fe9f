#include <stdlib.h>
#include <string.h>

#include "ask/query.h"
#include "ask/service.h"
#include "base/clock.h"
#include "gen/names.h"
#include "model/grant.h"
#include "model/insured.h"
#include "model/purposes.h"
#include "model/query.h"
#include "pipe/record.h"

#define RECEIPT_MAX  ((size_t)12 << 10) /* bytes: with the rest it is within question_max */
#define MEDICAL_AID  "A1"		/* card_class of a policy that pays, but is no insurance */
#define NAME_MAX_PDF 64			/* characters of a PDF's name */

/* On whose word is asked. */
struct ground {
	json_t *grants;	    /* by purpose; borrowed */
	const json_t *ends; /* of all of them, where they have none of their own; NULL: nowhere */
	int together;	    /* one message brings treatments with drugs */
	int64_t now, until; /* until: the first end of those that are relied upon */
};

static int
is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

static void
copy_missing(json_t *to, const json_t *from, const char *name)
{
	if (json_object_get(to, name) == NULL && json_object_get(from, name) != NULL)
		json_object_set(to, name, json_object_get(from, name));
}

/* The grant, judged again at this moment: it may only have become worse. The caller's. */
static json_t *
judge(const struct ground *g, const char *purpose)
{
	json_t *said = json_object_get(g->grants, purpose);
	json_t *grant = json_is_object(said) ? json_copy(said) : json_object();
	const json_t *flags = json_object_get(said, GRANT_FLAGS);
	const struct purpose_row *row = &purpose_rows[purpose_find(purpose, strlen(purpose))];

	if (is(record_text(grant, GRANT_DECISION), GRANT_DECISION_GIVEN)) {
		copy_missing(grant, g->ends, GRANT_GIVEN_AT);
		copy_missing(grant, g->ends, GRANT_EXPIRES_AT);
	}
	grant_judge(grant, row->timed, record_holds(flags, GRANT_FLAGS_MALFORMED_TIME),
	    record_holds(flags, GRANT_FLAGS_CONTRADICTED), g->now);
	if (!json_is_true(json_object_get(said, GRANT_USABLE)))
		json_object_set_new(grant, GRANT_USABLE, json_false());
	return grant;
}

/* A decision as we write it: a word that this version does not know is as good as none. */
static const char *
known(const char *decision)
{
	const struct word_row *row = words_grant_decision;

	if (decision == NULL)
		return GRANT_DECISION_ABSENT;
	while (row->word != NULL && strcmp(row->word, decision) != 0)
		row++;
	return row->word == NULL ? GRANT_DECISION_INVALID : row->word;
}

/* NULL when the purpose may be asked for, else the decision that forbids it. */
static const char *
forbids(struct ground *g, const char *purpose)
{
	json_t *grant = judge(g, purpose);
	const char *decision = known(record_text(grant, GRANT_DECISION));
	const char *end = record_text(grant, GRANT_EXPIRES_AT);
	int64_t until = INT64_MAX;
	int timed = end != NULL && time_parse(end, &until);

	if (json_is_true(json_object_get(grant, GRANT_USABLE))) {
		g->until = until < g->until ? until : g->until;
		decision = NULL;
	} else if (is(decision, GRANT_DECISION_GIVEN)) {
		decision =
		    timed && g->now >= until ? GRANT_DECISION_EXPIRED : GRANT_DECISION_INVALID;
	}
	json_decref(grant);
	return decision;
}

/* Whether it may be asked for, and where not, why not in `refused`. */
static int
may_ask(struct ground *g, const char *purpose, json_t *refused)
{
	const char *decision = forbids(g, purpose), *needs = NULL;
	json_t *refusal;

	if (decision == NULL && g->together && is(purpose, PURPOSE_TREATMENTS) &&
	    forbids(g, PURPOSE_DRUGS) != NULL) {
		decision = GRANT_DECISION_GIVEN;
		needs = PURPOSE_DRUGS;
	}
	if (decision == NULL)
		return 1;
	refusal = json_pack("{ss ss}", REFUSAL_PURPOSE, purpose, REFUSAL_DECISION, decision);
	if (needs != NULL)
		json_object_set_new(refusal, REFUSAL_NEEDS, json_string(needs));
	json_array_append_new(refused, refusal);
	return 0;
}

/*
 * Divides what is wanted: into the question what may be asked for, the rest stays with us. Returns
 * whether anything may be.
 */
static int
divide(struct decision *d, const struct query *q, struct ground *g)
{
	json_t *wanted = json_array(), *refused = json_array(), *purposes = json_array();

	for (const char *const *p = q->purposes; *p != NULL; p++) {
		json_array_append_new(wanted, json_string(*p));
		if (g->grants == NULL || may_ask(g, *p, refused))
			json_array_append_new(purposes, json_string(*p));
	}
	d->own = json_pack("{so so sb}", MEDICAL_ASKED, wanted, MEDICAL_REFUSED, refused,
	    OWN_ALL_ORIGINS, q->all_origins);
	d->asks = json_pack("{so si}", QUESTION_PURPOSES, purposes, QUESTION_MONTHS, q->months);
	return json_array_size(purposes) > 0;
}

/* The policy by which is asked: the first that covers the day and is an insurance. */
static json_t *
choose_policy(const json_t *eligibility, int *several)
{
	const json_t *policies = json_object_get(eligibility, ELIGIBILITY_POLICIES);
	json_t *index, *chosen = NULL;
	size_t i;

	*several = 0;
	json_array_foreach (json_object_get(eligibility, ELIGIBILITY_COVERING), i, index) {
		json_int_t at = json_integer_value(index);
		json_t *policy = at < 0 ? NULL : json_array_get(policies, (size_t)at);
		int aid = is(record_text(policy, POLICY_CARD_CLASS), MEDICAL_AID);

		if (policy == NULL || (aid && chosen != NULL))
			continue;
		if (chosen == NULL || is(record_text(chosen, POLICY_CARD_CLASS), MEDICAL_AID))
			chosen = policy;
		else
			*several = 1;
	}
	return chosen;
}

/* By what the face reader's result names the person. 1, or 0 with why. */
static int
ask_by_policy(struct decision *d, const json_t *eligibility)
{
	static const char *const members[][2] = {
		{ INSURED_INSURER_NUMBER, POLICY_INSURER_NUMBER },
		{ INSURED_SYMBOL, POLICY_SYMBOL },
		{ INSURED_NUMBER, POLICY_NUMBER },
		{ INSURED_BRANCH, POLICY_BRANCH },
		{ INSURED_BIRTH_DATE, POLICY_BIRTH_DATE },
	};
	int several;
	const json_t *policy = choose_policy(eligibility, &several);
	json_t *insured = json_object();

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const char *text = record_text(policy, members[i][1]);

		if (text != NULL)
			json_object_set_new(insured, members[i][0], json_string(text));
	}
	json_object_set_new(d->asks, OBJECT_INSURED, insured);
	if (several)
		json_object_set_new(d->own, MEDICAL_FLAGS,
		    json_pack("[s]", MEDICAL_FLAGS_FIRST_OF_SEVERAL_POLICIES));
	if (record_text(insured, INSURED_INSURER_NUMBER) != NULL &&
	    record_text(insured, INSURED_NUMBER) != NULL)
		return 1;
	why_set(&d->why, ERR_INSURED_MISSING, "/" OBJECT_ELIGIBILITY "/" ELIGIBILITY_COVERING,
	    "no insurance covers the day");
	return 0;
}

/* A PDF is called what the caller calls the record. 1, or 0 with why. */
static int
name_pdf(struct decision *d)
{
	static const char allowed[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	json_t *id = json_object_get(d->record, RECORD_ID);
	const char *text = json_string_value(id);
	size_t n = text == NULL ? 0 : strspn(text, allowed);

	if (json_is_integer(id)) {
		json_object_set_new(d->asks, QUESTION_PDF,
		    json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(id)));
		return 1;
	}
	if (n > 0 && n <= NAME_MAX_PDF && n == json_string_length(id) && text[0] != '.') {
		json_object_set(d->asks, QUESTION_PDF, id);
		return 1;
	}
	why_set(&d->why, ERR_MEMBER_MALFORMED, "/" RECORD_ID,
	    "a PDF is named after the record's id: letters, digits, '.', '_' and '-'");
	return 0;
}

/* The centre holds the consent, and said so in the face reader's result. */
static enum way
decide_face(const json_t *eligibility, const struct query *q, struct decision *d)
{
	struct ground g = { .grants = json_object_get(eligibility, ELIGIBILITY_CONSENTS),
		.together = 1,
		.now = clock_now(),
		.until = INT64_MAX };
	char until[TIME_SIZE];

	if (!divide(d, q, &g))
		return WAY_OWN;
	if (!ask_by_policy(d, eligibility) || (q->pdf && !name_pdf(d)))
		return WAY_FAILED;
	time_format(g.until, until);
	json_object_set_new(d->asks, QUESTION_UNTIL, json_string(until));
	return WAY_ASK;
}

/* The patient agreed here, and the receipt proves it to the hub. */
static enum way
decide_receipt(json_t *consent, const struct query *q, struct decision *d)
{
	const char *receipt = record_text(consent, CONSENT_RECEIPT);
	struct ground g = { .grants = json_object_get(consent, CONSENT_PURPOSES),
		.ends = consent,
		.now = clock_now(),
		.until = INT64_MAX };

	if (receipt == NULL) {
		why_set(&d->why, ERR_CONSENT_MISSING, "/" OBJECT_CONSENT, "ask with oq-consent");
		return WAY_FAILED;
	}
	if (strlen(receipt) > RECEIPT_MAX) {
		why_set(&d->why, ERR_QUESTION_TOO_LARGE, "/" OBJECT_CONSENT "/" CONSENT_RECEIPT,
		    "%s", "");
		return WAY_FAILED;
	}
	if (!json_is_object(g.grants)) {
		why_set(&d->why, ERR_MEMBER_MALFORMED, "/" OBJECT_CONSENT "/" CONSENT_PURPOSES,
		    "%s is an object", CONSENT_PURPOSES);
		return WAY_FAILED;
	}
	if (!divide(d, q, &g))
		return WAY_OWN;
	json_object_set_new(d->asks, QUESTION_CONSENT, json_string(receipt));
	return WAY_ASK;
}

/* What of the record names a person without a card. 1, or 0 with why. */
static enum way
decide_disaster(const struct query *q, struct decision *d)
{
	static const struct {
		const char *name;
		int needed;
	} members[] = {
		{ DISASTER_NAME, 1 },
		{ DISASTER_BIRTH_DATE, 1 },
		{ DISASTER_SEX, 1 },
		{ DISASTER_CONSENT, 1 },
		{ DISASTER_ADDRESS, 0 },
		{ DISASTER_INSURER_NUMBER, 0 },
	};
	const json_t *said = json_object_get(d->record, OBJECT_DISASTER);
	struct ground none = { 0 };
	json_t *keys = json_object();

	divide(d, q, &none);
	json_object_set_new(d->asks, OBJECT_DISASTER, keys);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const char *text = record_text(said, members[i].name);

		if (text != NULL)
			json_object_set_new(keys, members[i].name, json_string(text));
		else if (members[i].needed) {
			why_set(&d->why, ERR_MEMBER_MALFORMED, "/" OBJECT_DISASTER, "%s is missing",
			    members[i].name);
			return WAY_FAILED;
		}
	}
	return WAY_ASK;
}

/* Was a card read here, not by the official face reader? Then a receipt is what counts. */
static int
by_card(const json_t *record)
{
	const json_t *card = json_object_get(record, OBJECT_CARD);
	const char *method = record_text(card, CARD_METHOD);

	return record_text(json_object_get(record, OBJECT_CONSENT), CONSENT_RECEIPT) != NULL ||
	       record_text(card, CARD_PRESENCE) != NULL ||
	       (method != NULL && !is(method, CARD_METHOD_FACE_READER));
}

static enum way
decide(const struct ask_options *o, const struct route *route, struct decision *d)
{
	const struct query *q = o->query;
	const json_t *eligibility = json_object_get(d->record, OBJECT_ELIGIBILITY);
	json_t *consent = json_object_get(d->record, OBJECT_CONSENT);
	int card = by_card(d->record);

	d->day = date_today();
	d->verdict = VERDICT_YES;
	if (!route_may(route, q->disaster ? CAN_DISASTER : CAN_MEDICAL, &d->why) ||
	    (q->pdf && !route_may(route, CAN_PDF, &d->why)))
		return WAY_FAILED;
	if (q->disaster)
		return decide_disaster(q, d);
	if (card)
		return route_may(route, CAN_RECEIPT, &d->why) ? decide_receipt(consent, q, d)
							      : WAY_FAILED;
	if (is(record_text(eligibility, ELIGIBILITY_SOURCE), ELIGIBILITY_SOURCE_CARD) &&
	    json_is_object(json_object_get(eligibility, ELIGIBILITY_CONSENTS)))
		return route_may(route, CAN_FACE_CONSENT, &d->why) ? decide_face(eligibility, q, d)
								   : WAY_FAILED;
	why_set(&d->why, ERR_CONSENT_NEEDS_CARD, NULL, "%s", "");
	return WAY_FAILED;
}

static enum verdict
known_already(const struct ask_options *o, const json_t *record)
{
	return query_known(o->query, record);
}

int
query_write(struct buf *out, const char *ask, const struct decision *d)
{
	char *text = json_dumps(d->asks, JSON_COMPACT);

	if (text == NULL)
		return -1;
	buf_addf(out, "{\"" QUESTION_ASK "\":\"%s\",%s", ask, text + 1);
	free(text);
	return buf_failed(out) ? -1 : 0;
}

const struct service service_query = {
	.name = "query",
	.member = OBJECT_MEDICAL,
	.lines = 16,
	.bytes = (size_t)256 << 10,
	.question_max = (size_t)16 << 10,
	.known = known_already,
	.decide = decide,
	.write = query_write,
	.read = query_read,
	.value = query_value,
};
