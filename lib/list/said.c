#include <string.h>

#include "base/error.h"
#include "gen/names.h"
#include "list/said.h"
#include "options/words.h"

static const struct {
	const char *word, *text;
} words[] = {
	{ ELIGIBILITY_STATUS_VALID, N_("valid") },
	{ ELIGIBILITY_STATUS_VALID_UNREGISTERED, N_("valid, no ticket for us") },
	{ ELIGIBILITY_STATUS_INVALID, N_("not valid") },
	{ ELIGIBILITY_STATUS_INVALID_REPLACED, N_("not valid, a new one exists") },
	{ ELIGIBILITY_STATUS_NOT_FOUND, N_("not found") },
	{ ELIGIBILITY_STATUS_AMBIGUOUS, N_("several match") },
	{ ELIGIBILITY_STATUS_PENDING, N_("no answer yet") },
	{ ELIGIBILITY_STATUS_UNKNOWN, N_("not known") },
	{ ELIGIBILITY_STATUS_NOT_ASKED, N_("not asked") },
	{ ELIGIBILITY_CHANGED, N_("valid, changed") },
	{ ELIGIBILITY_REASON_FIRST_VISIT, N_("first visit") },
	{ ELIGIBILITY_REASON_PRIVATE_PAY, N_("pays privately") },
	{ ELIGIBILITY_REASON_WORK_ACCIDENT, N_("work accident") },
	{ ELIGIBILITY_REASON_MOTOR_ACCIDENT, N_("motor accident") },
	{ ELIGIBILITY_SOURCE_CARD, N_("by card") },
	{ ELIGIBILITY_SOURCE_NUMBER, N_("by number") },
	{ ELIGIBILITY_ACTOR_PATIENT, N_("patient") },
	{ ELIGIBILITY_ACTOR_FACILITY, N_("we") },
	{ ELIGIBILITY_ACTOR_INSURER, N_("insurer") },
	{ ELIGIBILITY_ACTOR_NETWORK, N_("network") },
	{ ELIGIBILITY_ACTOR_CENTRAL, N_("centre") },
	{ ELIGIBILITY_ACTOR_OPERATOR, N_("operator") },
	{ MEDICAL_DRUGS, N_("Drugs") },
	{ MEDICAL_TREATMENTS, N_("Treatments") },
	{ MEDICAL_CHECKUPS, N_("Checkups") },
	{ REFUSAL_DECISION_REFUSED, N_("the patient did not agree") },
	{ REFUSAL_DECISION_GIVEN, N_("the consent cannot be used") },
	{ REFUSAL_DECISION_EXPIRED, N_("the consent is over") },
	{ REFUSAL_DECISION_UNOBTAINABLE, N_("consent could not be obtained") },
	{ REFUSAL_DECISION_ABSENT, N_("no consent was asked for") },
	{ REFUSAL_DECISION_INVALID, N_("the consent cannot be read") },
	{ DRUG_ORIGIN_CLAIM, N_("claim") },
	{ DRUG_ORIGIN_DISPENSING, N_("dispensed") },
	{ DRUG_ORIGIN_PRESCRIPTION, N_("prescribed") },
	{ POLICY_SEX_MALE, N_("male") },
	{ POLICY_SEX_FEMALE, N_("female") },
};

/* A flag that is an error's code, too, and has its word from there. */
static int
is_grace(const char *word)
{
	return strcmp(word, error_rows[ERR_CERTIFICATE_EXPIRED_GRACE].code) == 0;
}

const char *
said(const char *word)
{
	if (word != NULL && is_grace(word))
		return _("valid, card's certificate over");
	for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0)
			return _(words[i].text);
	return word;
}

const char *
said_next(const char *word, int japanese)
{
	for (const struct next_row *r = next_rows; word != NULL && r->word != NULL; r++)
		if (strcmp(r->word, word) == 0)
			return japanese ? r->ja : r->en;
	return word;
}

void
said_date(struct buf *out, struct date d, int japanese)
{
	static const char *const months[] = { "January", "February", "March", "April", "May",
		"June", "July", "August", "September", "October", "November", "December" };
	static const char *const days[] = { "木", "金", "土", "日", "月", "火", "水" };

	if (japanese)
		buf_addf(out, "%d月%d日（%s）", d.month, d.day, days[(date_days(d) % 7 + 7) % 7]);
	else
		buf_addf(out, "%d %s", d.day, months[d.month - 1]);
}
