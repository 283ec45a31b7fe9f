#include <stdlib.h>
#include <string.h>

#include "fee/encounter.h"
#include "gen/names.h"
#include "model/insured.h"
#include "pipe/record.h"

#define PATIENT_MAX 4096
#define MEDICAL	    ENCOUNTER_FACILITY_TYPE_MEDICAL
#define DENTAL	    ENCOUNTER_FACILITY_TYPE_DENTAL
#define PHARMACY    ENCOUNTER_FACILITY_TYPE_PHARMACY
#define DISPENSING  "dispensing"

static const char *const facility_types[] = { MEDICAL, DENTAL, PHARMACY, NULL };
static const char *const visit_types[] = { "initial", "return", "return_outpatient_fee", DISPENSING,
	NULL };
static const char *const ways[] = { ENCOUNTER_VERIFIED_BY_ANY, ENCOUNTER_VERIFIED_BY_CARD,
	ENCOUNTER_VERIFIED_BY_OTHER, NULL };
static const char *const consents[] = { ENCOUNTER_CONSENT_YES, ENCOUNTER_CONSENT_NO,
	ENCOUNTER_CONSENT_PARTIAL, NULL };

/* Members that are a word, beside the facts. */
static const struct choice {
	const char *name;
	const char *const *words;
	const char *should_be;
} choices[] = {
	{ ENCOUNTER_FACILITY_TYPE, facility_types, "medical, dental or pharmacy" },
	{ ENCOUNTER_VISIT_TYPE, visit_types,
	    "initial, return, return_outpatient_fee or dispensing" },
	{ ENCOUNTER_VERIFIED_BY, ways, "card, other or any" },
	{ ENCOUNTER_CONSENT, consents, "yes, no or partial" },
};
enum { FACILITY_TYPE, VISIT_TYPE, VERIFIED_BY, CONSENT, CHOICES };

static int
word_find(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

const char *
facility_type_of(const char *code)
{
	static const struct {
		char digit;
		const char *type;
	} kinds[] = { { '1', MEDICAL }, { '3', DENTAL }, { '4', PHARMACY } };

	for (size_t i = 0; strlen(code) == 10 && i < sizeof kinds / sizeof *kinds; i++)
		if (code[2] == kinds[i].digit)
			return kinds[i].type;
	return NULL;
}

int
ordinary_init(struct ordinary *o)
{
	*o = (struct ordinary){ .members = json_object() };
	facts_ordinary(o->facts);
	return o->members == NULL ? -1 : 0;
}

void
ordinary_free(struct ordinary *o)
{
	json_decref(o->members);
	o->members = NULL;
}

int
ordinary_set(struct ordinary *o, const char *text)
{
	const char *value = strchr(text, '=');
	size_t n = value == NULL ? 0 : (size_t)(value++ - text);
	enum fact f = fact_find(text, n);

	if (n == 0)
		return 0;
	if (f != FACTS)
		return fact_read(f, value, &o->facts[f]);
	for (const struct choice *c = choices; c < choices + CHOICES; c++)
		if (strncmp(c->name, text, n) == 0 && c->name[n] == '\0')
			return word_find(c->words, value) == -1 ? 0
			       : json_object_set_new(o->members, c->name, json_string(value)) == 0
				   ? 1
				   : -1;
	return 0;
}

void
encounter_init(struct encounter *e)
{
	*e = (struct encounter){ 0 };
	buf_init(&e->patient, PATIENT_MAX);
}

void
encounter_free(struct encounter *e)
{
	buf_wipe(&e->patient);
}

/*
 * The word that the line itself has for a choice. 1, 0 where there is none, or -1 with why.
 * An object is somebody else's: `consent` of oq-consent.
 */
static int
choose(const json_t *record, int choice, const char **word, struct why *why)
{
	const struct choice *c = &choices[choice];
	const json_t *member = json_object_get(record, c->name);

	*word = NULL;
	if (member == NULL || json_is_null(member) || json_is_object(member))
		return 0;
	*word = record_text(record, c->name);
	if (*word != NULL && word_find(c->words, *word) != -1)
		return 1;
	member_malformed(why, c->name, c->should_be);
	return -1;
}

/* The word that --set has for it, or NULL. */
static const char *
ordinary_word(const struct ordinary *o, int choice)
{
	return json_string_value(json_object_get(o->members, choices[choice].name));
}

static int
read_kind(struct encounter *e, const json_t *record, const struct ordinary *o, struct why *why)
{
	const char *code = record_text(record, RECORD_FACILITY_CODE);

	if (choose(record, FACILITY_TYPE, &e->facility_type, why) == -1 ||
	    choose(record, VISIT_TYPE, &e->visit_type, why) == -1)
		return -1;
	if (e->facility_type == NULL && code != NULL)
		e->facility_type = facility_type_of(code);
	if (e->facility_type == NULL)
		e->facility_type = ordinary_word(o, FACILITY_TYPE);
	if (e->facility_type == NULL)
		e->facility_type = o->facility_type;
	if (e->facility_type == NULL) {
		why_set(why, ERR_FACILITY_TYPE_MISSING, "/" ENCOUNTER_FACILITY_TYPE, NULL);
		return -1;
	}
	if (e->visit_type == NULL && strcmp(e->facility_type, PHARMACY) == 0)
		e->visit_type = DISPENSING;
	if (e->visit_type == NULL)
		e->visit_type = ordinary_word(o, VISIT_TYPE);
	if (e->visit_type != NULL)
		return 0;
	why_set(why, ERR_VISIT_TYPE_MISSING, "/" ENCOUNTER_VISIT_TYPE, NULL);
	return -1;
}

/* The day: the line's own, else the one that insurance was asked for. */
static int
read_day(struct encounter *e, const json_t *record, struct why *why)
{
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *own = json_object_get(record, ENCOUNTER_DATE);
	const char *text = record_text(record, ENCOUNTER_DATE);
	const char *as_of = record_text(eligibility, ELIGIBILITY_AS_OF);
	const json_t *asked = json_object_get(record, RECORD_VISIT_DATE);

	if (own != NULL && !json_is_null(own)) {
		if (text == NULL || !date_parse(text, &e->date)) {
			member_malformed(why, ENCOUNTER_DATE, "a day, YYYY-MM-DD");
			return -1;
		}
	} else if ((asked != NULL && !json_is_null(asked)) || as_of == NULL ||
		   !date_parse(as_of, &e->date)) {
		if (!visit_date_read(record, &e->date, why))
			return -1;
	}
	e->day = date_days(e->date);
	e->month = e->day - e->date.day + 1;
	return 0;
}

/* What is said in words: of --set, and of the line itself, which goes before all else. */
static void
take_words(struct encounter *e, const char *way, const char *consent)
{
	if (way != NULL) {
		int i = word_find(ways, way);

		e->verified = (enum verified)i;
		e->verified_why =
		    i == BY_OTHER ? FEE_REASON_WITHOUT_CARD : FEE_REASON_VERIFIED_BY_UNKNOWN;
	}
	if (consent != NULL) {
		e->agreed = strcmp(consent, ENCOUNTER_CONSENT_YES) == 0 ? AGREED : NOT_AGREED;
		e->agreed_why = e->agreed == AGREED ? FEE_REASON_CARD_AND_CONSENT
				: strcmp(consent, ENCOUNTER_CONSENT_NO) == 0
				    ? FEE_REASON_CONSENT_REFUSED
				    : FEE_REASON_CONSENT_PARTIAL;
	}
}

/* A card that gives nothing is none; and what a whole answer says in the end. */
static void
settle(struct encounter *e)
{
	static const enum fact broken[] = { FACT_CARD_UNREADABLE, FACT_CERTIFICATE_EXPIRED };

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		if (e->facts[broken[i]] != 1)
			continue;
		e->verified = BY_OTHER;
		e->verified_why = fact_rows[broken[i]].fails;
	}
	if (e->agreed == AGREED && e->facts[FACT_NO_DATA_STORED] == 1)
		e->agreed_why = FEE_REASON_NO_DATA_STORED;
}

static void
add_text(struct buf *out, const char *text)
{
	buf_addc(out, '\n');
	if (text != NULL)
		buf_adds(out, text);
}

static int
add_scalar(struct buf *out, const json_t *v)
{
	if (json_is_string(v) && json_string_length(v) > 0)
		return buf_add(out, json_string_value(v), json_string_length(v)) == 0;
	if (json_is_integer(v))
		return buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v)) == 0;
	if (json_is_real(v)) /* an integer of more digits than jansson has */
		return buf_addf(out, "%.17g", json_real_value(v)) == 0;
	return 0;
}

/* The policy that covers the day, else what was asked by. */
static void
add_insurance(struct buf *out, const json_t *record)
{
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *policies = json_object_get(eligibility, ELIGIBILITY_POLICIES);
	const json_t *covering = json_object_get(eligibility, ELIGIBILITY_COVERING);
	json_int_t i = json_integer_value(json_array_get(covering, 0));
	const json_t *by = json_array_get(policies, i < 0 ? 0 : (size_t)i);
	const char *number;

	if (by == NULL)
		by = json_object_get(record, OBJECT_INSURED);
	if ((number = record_text(by, INSURED_NUMBER)) == NULL)
		return;
	buf_adds(out, "insurance");
	add_text(out, record_text(by, INSURED_INSURER_NUMBER));
	add_text(out, record_text(by, INSURED_SYMBOL));
	add_text(out, number);
	add_text(out, record_text(by, INSURED_BRANCH));
	add_text(out, record_text(by, INSURED_BIRTH_DATE));
}

/*
 * Who it is, by what tells one patient from another best: the line's own member, the clinic's
 * number, the key registered for the patient, the insurance. Of each facility its own.
 */
static void
read_patient(struct encounter *e, const json_t *record)
{
	const json_t *row = json_object_get(record, OBJECT_ROW);
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *keys = json_object_get(eligibility, ELIGIBILITY_REFERENCE_NUMBERS);
	const char *code = record_text(record, RECORD_FACILITY_CODE);

	buf_reset(&e->patient);
	if (!add_scalar(&e->patient, json_object_get(record, ENCOUNTER_PATIENT)) &&
	    !add_scalar(&e->patient, json_object_get(row, ROW_PATIENT_NUMBER)) &&
	    !add_scalar(&e->patient, json_array_get(keys, 0)))
		add_insurance(&e->patient, record);
	if (e->patient.len > 0 && code != NULL)
		add_text(&e->patient, code);
}

int
encounter_read(struct encounter *e, const json_t *record, const struct ordinary *o, struct why *why)
{
	const char *way, *consent;

	e->facility_type = e->visit_type = NULL;
	e->verified = BY_UNKNOWN;
	e->verified_why = FEE_REASON_VERIFIED_BY_UNKNOWN;
	e->agreed = AGREED_UNKNOWN;
	e->agreed_why = FEE_REASON_CONSENT_UNKNOWN;
	memcpy(e->facts, o->facts, sizeof e->facts);
	if (read_day(e, record, why) == -1 || read_kind(e, record, o, why) == -1 ||
	    choose(record, VERIFIED_BY, &way, why) == -1 ||
	    choose(record, CONSENT, &consent, why) == -1)
		return -1;
	take_words(e, ordinary_word(o, VERIFIED_BY), ordinary_word(o, CONSENT));
	encounter_said(e, record);
	take_words(e, way, consent);
	if (facts_take(e->facts, record, why) == -1)
		return -1;
	settle(e);
	read_patient(e, record);
	if (!buf_failed(&e->patient))
		return 0;
	member_malformed(why, ENCOUNTER_PATIENT, "shorter");
	return -1;
}
