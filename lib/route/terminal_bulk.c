#include <string.h>

#include "gen/names.h"
#include "model/insured.h"
#include "oqs/encode.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "route/bulk.h"
#include "route/registration.h"
#include "route/terminal_bulk.h"
#include "route/terminal_reference.h"

const char *
terminal_bulk_type(const json_t *question)
{
	int registers = json_object_get(question, BULK_REGISTERS) != NULL;

	if (json_object_get(question, BULK_PERSONS) != NULL)
		return registers ? TERMINAL_REFERENCES : TERMINAL_BULK;
	if (json_object_get(question, BULK_RECEPTION) != NULL)
		return registers ? TERMINAL_REFERENCES_RESULT : TERMINAL_BULK_RESULT;
	return NULL;
}

static int
is_registration(const struct terminal_part *part)
{
	return strcmp(part->type, TERMINAL_REFERENCES) == 0 ||
	       strcmp(part->type, TERMINAL_REFERENCES_RESULT) == 0;
}

/* Is it the request that hands the persons in? */
static int
is_submission(const struct terminal_part *part)
{
	return strcmp(part->type, TERMINAL_BULK) == 0 ||
	       strcmp(part->type, TERMINAL_REFERENCES) == 0;
}

/* What every request has. The caller's. */
static json_t *
request_new(const struct terminal_asking *a, json_t **oqs)
{
	json_t *record = json_object();

	*oqs = oqs_object_in(record, RECORD_OQS);
	json_object_set_new(*oqs, OQS_INSTITUTION_CODE, json_string(a->facility));
	return record;
}

/* The request of one person: what the bulk block has no element for stays here. */
static int
add_person(struct oqs_encoder *enc, const struct terminal_asking *a, const json_t *question,
    const struct terminal_part *part, const json_t *person, struct why *why)
{
	char item[TERMINAL_ITEM_SIZE];
	json_t *oqs, *record = request_new(a, &oqs);
	json_t *insured = json_copy(json_object_get(person, OBJECT_INSURED));
	int r;

	terminal_item(a, item);
	json_object_set_new(oqs, OQS_FILE_ID, json_string(item));
	json_object_del(insured, INSURED_LIMIT_CERTIFICATE_CONSENT);
	json_object_set_new(record, OBJECT_INSURED, insured);
	if (is_registration(part)) {
		reference_complete(record);
	} else {
		json_object_set(oqs, OQS_ITEM_ID, json_object_get(person, BULK_ITEM));
		json_object_set(
		    record, RECORD_VISIT_DATE, json_object_get(question, RECORD_VISIT_DATE));
	}
	r = oqs_encode_add(enc, record, why);
	json_decref(record);
	return r;
}

static int
add_reception(struct oqs_encoder *enc, const struct terminal_asking *a, const json_t *question,
    struct why *why)
{
	json_t *oqs, *record = request_new(a, &oqs);
	int r;

	json_object_set(oqs, OQS_RECEPTION_NUMBER, json_object_get(question, BULK_RECEPTION));
	r = oqs_encode_add(enc, record, why);
	json_decref(record);
	return r;
}

int
terminal_bulk_request(const struct terminal_asking *a, const json_t *question,
    const struct terminal_part *part, struct buf *out, struct why *why)
{
	struct oqs_encoder enc = { .write = terminal_text, .arg = out };
	const json_t *persons = json_object_get(question, BULK_PERSONS), *person;
	size_t i;
	int r = oqs_encode_begin(&enc, oqs_message_find(part->type), ENCODING_UTF8);

	if (r == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", part->type);
	json_array_foreach (persons, i, person)
		if (r == 0)
			r = add_person(&enc, a, question, part, person, why);
	if (r == 0 && persons == NULL)
		r = add_reception(&enc, a, question, why);
	if (r == 0)
		r = oqs_encode_end(&enc, why);
	oqs_encode_free(&enc);
	return r;
}

/* Is it about our request? 1, or 0 with why. */
static int
is_ours(const struct terminal_asking *a, const json_t *record, const json_t *question,
    const struct terminal_part *part, struct why *why)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	const char *name = a->window->questions[0].name, *what = NULL;
	char item[TERMINAL_ITEM_SIZE];

	terminal_item(a, item);
	if (terminal_differs(oqs, OQS_INSTITUTION_CODE, a->facility)) {
		why_set(why, ERR_FOREIGN_INSTITUTION, "/" RECORD_OQS "/" OQS_INSTITUTION_CODE, "%s",
		    name);
		return 0;
	}
	if (is_submission(part))
		what = terminal_differs(oqs, OQS_FILE_ID, item) ? "ArbitraryFileIdentifier" : NULL;
	else if (terminal_differs(oqs, OQS_RECEPTION_NUMBER, record_text(question, BULK_RECEPTION)))
		what = "ReceptionNumber";
	else if (terminal_differs(
		     record, RECORD_VISIT_DATE, record_text(question, RECORD_VISIT_DATE)))
		what = "QualificationConfirmationDate";
	if (what != NULL)
		why_set(why, ERR_TERMINAL_ANSWER_FOREIGN, NULL, "%s: %s", name, what);
	return what == NULL;
}

static int
take_record(void *arg, const json_t *record)
{
	return json_array_append(arg, (json_t *)(uintptr_t)record);
}

/* A member of the object, if it is there. */
static void
copy(json_t *to, const char *to_name, const json_t *from, const char *name)
{
	if (json_object_get(from, name) != NULL)
		json_object_set(to, to_name, json_object_get(from, name));
}

/* A unit of a registration: what its echo says, and what became of that. */
static json_t *
registered_unit(const json_t *record)
{
	json_t *echo = json_copy(json_object_get(record, OBJECT_INSURED));
	json_t *unit = json_object(), *registration;
	char item[BULK_ITEM_SIZE];

	if (echo == NULL)
		echo = json_object();
	copy(echo, INSURED_REFERENCE_NUMBER, json_object_get(record, RECORD_OQS),
	    OQS_REFERENCE_NUMBER);
	registration_item(echo, item);
	json_object_set_new(unit, BULK_ITEM, json_string(item));
	if ((registration = reference_unit(record)) != NULL)
		json_object_set_new(unit, OBJECT_REGISTRATION, registration);
	else
		copy(unit, RECORD_ERROR, record, RECORD_ERROR);
	json_decref(echo);
	return unit;
}

static json_t *
unit_of(const json_t *record)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	json_t *unit = json_object(), *eligibility = terminal_eligibility(record);

	copy(unit, BULK_ITEM, oqs, OQS_ITEM_ID);
	copy(unit, BULK_CONFLICTS, oqs, OQS_CONFLICTS);
	copy(unit, INSURED_BIRTH_DATE, json_object_get(record, OBJECT_INSURED), INSURED_BIRTH_DATE);
	copy(unit, RECORD_ERROR, record, RECORD_ERROR);
	if (eligibility != NULL)
		json_object_set_new(unit, OBJECT_ELIGIBILITY, eligibility);
	return unit;
}

/* Is the record one unit, not the whole of a result that has none? */
static int
is_unit(const json_t *record)
{
	return json_object_get(json_object_get(record, RECORD_OQS), OQS_RESULT) != NULL ||
	       json_object_get(record, OBJECT_INSURED) != NULL;
}

static json_t *
result_of(const json_t *records, const struct terminal_part *part)
{
	const json_t *first = json_array_get(records, 0), *record;
	json_t *units = json_array();
	int disagree =
	    record_holds(json_object_get(json_object_get(first, RECORD_OQS), OQS_CONFLICTS),
		OQS_CONFLICTS_COUNTS_DISAGREE);
	size_t i;

	json_array_foreach (records, i, record)
		if (is_unit(record))
			json_array_append_new(units,
			    is_registration(part) ? registered_unit(record) : unit_of(record));
	return json_pack("{ss sb so}", BULK_STATUS, BULK_DONE_STATUS, BULK_COUNTS_AGREE, !disagree,
	    BULK_UNITS, units);
}

static json_t *
accepted(const json_t *record)
{
	const char *reception =
	    record_text(json_object_get(record, RECORD_OQS), OQS_RECEPTION_NUMBER);

	return reception == NULL ? NULL : json_pack("{ss}", BULK_RECEPTION, reception);
}

static int
is_pending(const json_t *record)
{
	const char *segment = record_text(json_object_get(record, RECORD_OQS), OQS_SEGMENT);

	return segment != NULL && strcmp(segment, TERMINAL_PENDING) == 0;
}

/* Of records that are ours. An error is that of the whole file, or of one unit. */
static enum terminal_answer
answer_of(const struct terminal_asking *a, const json_t *records, struct terminal_part *part)
{
	const json_t *first = json_array_get(records, 0);
	const json_t *error = json_object_get(first, RECORD_ERROR);
	int submitted = is_submission(part);

	if (submitted && error == NULL)
		part->answer = accepted(first);
	else if (!submitted && is_pending(first))
		part->answer = json_pack("{ss}", BULK_STATUS, BULK_PENDING);
	else if (!submitted && (error == NULL || is_unit(first)))
		part->answer = result_of(records, part);
	if (part->answer != NULL)
		return TERMINAL_ANSWER;
	terminal_explain(error, a->window->questions[0].name, &part->why);
	return TERMINAL_NONE;
}

enum terminal_answer
terminal_bulk_answer(const struct terminal_asking *a, const json_t *question,
    struct terminal_part *part, const struct buf *response)
{
	json_t *records = json_array();
	enum terminal_answer answer = TERMINAL_NONE;

	if (terminal_decode(a, part->type, response, take_record, records, &part->why) == -1)
		answer = terminal_broken(&part->why);
	else if (is_ours(a, json_array_get(records, 0), question, part, &part->why))
		answer = answer_of(a, records, part);
	json_decref(records);
	return answer;
}
