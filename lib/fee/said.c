/* What a record of oq-verify, oq-consent and oq-query says of how it came to be. */
#include <string.h>

#include "fee/encounter.h"
#include "gen/names.h"
#include "model/purposes.h"
#include "pipe/record.h"

#define EXPIRED_GRACE "certificate-expired-grace"

/* Decisions other than given, the one that decides first: a refusal outweighs all. */
static const struct decision {
	const char *word, *why;
} decisions[] = {
	{ GRANT_DECISION_REFUSED, FEE_REASON_CONSENT_REFUSED },
	{ GRANT_DECISION_UNOBTAINABLE, FEE_REASON_CONSENT_UNOBTAINABLE },
	{ GRANT_DECISION_EXPIRED, FEE_REASON_CONSENT_EXPIRED },
	{ GRANT_DECISION_INVALID, FEE_REASON_CONSENT_INVALID },
	{ GRANT_DECISION_ABSENT, FEE_REASON_CONSENT_NOT_ASKED },
};
enum { REFUSED, INVALID = 3, NOT_ASKED, GIVEN };

/* The row of a decision; GIVEN for that; INVALID for a word of another version. */
static int
decision_find(const char *word)
{
	if (word == NULL)
		return NOT_ASKED;
	if (strcmp(word, GRANT_DECISION_GIVEN) == 0)
		return GIVEN;
	for (int i = 0; i < GIVEN; i++)
		if (strcmp(decisions[i].word, word) == 0)
			return i;
	return INVALID;
}

static void
decide(struct encounter *e, int worst, int given)
{
	if (worst == GIVEN) {
		e->agreed = AGREED;
		e->agreed_why = FEE_REASON_CARD_AND_CONSENT;
		return;
	}
	e->agreed = worst == REFUSED ? NOT_AGREED : AGREED_UNKNOWN;
	e->agreed_why =
	    worst == REFUSED && given > 0 ? FEE_REASON_CONSENT_PARTIAL : decisions[worst].why;
}

/* A consent that is given but lacks what makes it one is none. */
static int
grant_decision(const json_t *grant)
{
	int decision = decision_find(record_text(grant, GRANT_DECISION));

	if (decision == GIVEN && json_array_size(json_object_get(grant, GRANT_FLAGS)) > 0)
		return INVALID;
	return decision;
}

/*
 * Grants of every purpose that medical information is for. Which of them there are depends on the
 * terminal, so those not asked count only among the first that all have: drugs and checkups.
 */
static void
take_grants(struct encounter *e, const json_t *grants)
{
	int worst = GIVEN, given = 0;

	for (int p = 0; p < POLICY_PURPOSES; p++) {
		const json_t *grant = json_object_get(grants, purpose_rows[p].name);
		int decision = grant_decision(grant);

		if (!purpose_rows[p].timed ||
		    (decision == NOT_ASKED && p != FOR_DRUGS && p != FOR_CHECKUPS))
			continue;
		given += decision == GIVEN;
		worst = decision < worst ? decision : worst;
	}
	decide(e, worst, given);
}

/* What oq-query could not ask for, where the consents themselves are no longer in the record. */
static void
take_refusals(struct encounter *e, const json_t *medical)
{
	const json_t *refused = json_object_get(medical, MEDICAL_REFUSED), *item;
	const json_t *asked = json_object_get(medical, MEDICAL_ASKED);
	int worst = GIVEN;
	size_t i;

	json_array_foreach (refused, i, item) {
		int decision = decision_find(record_text(item, REFUSAL_DECISION));

		worst = decision < worst ? decision : worst;
	}
	decide(e, worst, json_array_size(asked) > json_array_size(refused));
}

/* Was something given, and is there nothing in it? */
static int
nothing_stored(const json_t *medical)
{
	static const char *const kinds[] = { MEDICAL_DRUGS, MEDICAL_TREATMENTS, MEDICAL_CHECKUPS };
	int given = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const json_t *list = json_object_get(medical, kinds[i]);

		if (json_array_size(list) > 0)
			return 0;
		given |= json_is_array(list);
	}
	return given && json_array_size(json_object_get(medical, MEDICAL_PDF)) == 0;
}

static void
take_medical(struct encounter *e, const json_t *medical, int has_grants)
{
	if (!has_grants)
		take_refusals(e, medical);
	if (json_array_size(json_object_get(medical, MEDICAL_FAILED)) > 0 && e->agreed == AGREED) {
		e->agreed = AGREED_UNKNOWN;
		e->agreed_why = FEE_REASON_INFORMATION_NOT_READ;
	} else if (nothing_stored(medical)) {
		e->facts[FACT_NO_DATA_STORED] = 1;
	}
}

/* Why somebody was not asked for may say that the insurance is none of this system's. */
static void
take_reason(struct encounter *e, const char *reason)
{
	static const char *const others[] = { ELIGIBILITY_REASON_PRIVATE_PAY,
		ELIGIBILITY_REASON_WORK_ACCIDENT, ELIGIBILITY_REASON_MOTOR_ACCIDENT };

	for (size_t i = 0; reason != NULL && i < sizeof others / sizeof *others; i++)
		if (strcmp(reason, others[i]) == 0)
			e->facts[FACT_INSURANCE_COVERED] = 0;
}

static void
take_eligibility(struct encounter *e, const json_t *eligibility)
{
	const char *source = record_text(eligibility, ELIGIBILITY_SOURCE);

	take_reason(e, record_text(eligibility, ELIGIBILITY_REASON));
	if (source != NULL && strcmp(source, ELIGIBILITY_SOURCE_CARD) == 0) {
		e->verified = BY_CARD;
	} else if (source != NULL && strcmp(source, ELIGIBILITY_SOURCE_NUMBER) == 0) {
		e->verified = BY_OTHER;
		e->verified_why = FEE_REASON_WITHOUT_CARD;
	}
	if (record_holds(json_object_get(eligibility, ELIGIBILITY_FLAGS), EXPIRED_GRACE))
		e->facts[FACT_CERTIFICATE_EXPIRED] = 1;
}

void
encounter_said(struct encounter *e, const json_t *record)
{
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *card = json_object_get(record, OBJECT_CARD);
	const json_t *consent = json_object_get(record, OBJECT_CONSENT);
	const json_t *medical = json_object_get(record, OBJECT_MEDICAL);
	const json_t *grants = json_object_get(eligibility, ELIGIBILITY_CONSENTS);

	if (json_is_object(card))
		e->verified = BY_CARD;
	if (json_is_object(eligibility))
		take_eligibility(e, eligibility);
	if (json_object_get(card, CARD_EXPIRED_DAYS) != NULL)
		e->facts[FACT_CERTIFICATE_EXPIRED] = 1;
	if (json_object_size(grants) == 0)
		grants = json_object_get(consent, CONSENT_PURPOSES);
	if (json_is_object(grants))
		take_grants(e, grants);
	else if (json_is_object(consent) || json_is_object(eligibility))
		decide(e, NOT_ASKED, 0);
	if (json_is_object(medical))
		take_medical(e, medical, json_is_object(grants));
}
