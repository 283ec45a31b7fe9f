#include <string.h>

#include "gen/names.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "route/terminal_reference.h"

#define NORMAL "1" /* SegmentOfResult, ProcessingResultStatus */
#define FAILED "2" /* ProcessingResultStatus */

static int
is(const json_t *object, const char *member, const char *code)
{
	const char *text = record_text(object, member);

	return text != NULL && strcmp(text, code) == 0;
}

int
reference_asked(const json_t *question)
{
	return record_text(json_object_get(question, OBJECT_INSURED), INSURED_REFERENCE_NUMBER) !=
	       NULL;
}

void
reference_complete(json_t *question)
{
	json_t *insured = json_object_get(question, OBJECT_INSURED);

	json_object_set(oqs_object_in(question, RECORD_OQS), OQS_REFERENCE_NUMBER,
	    json_object_get(insured, INSURED_REFERENCE_NUMBER));
	json_object_del(insured, INSURED_REFERENCE_NUMBER);
}

/* Are both the same text, or both not there? */
static int
same(const json_t *a, const char *a_name, const json_t *b, const char *b_name)
{
	const char *x = record_text(a, a_name), *y = record_text(b, b_name);

	return (x == NULL) == (y == NULL) && (x == NULL || strcmp(x, y) == 0);
}

/* The member of the echo that is not what was sent, or NULL. */
static const char *
differing(const json_t *record, const json_t *question)
{
	static const char *const keys[] = { INSURED_INSURER_NUMBER, INSURED_SYMBOL, INSURED_NUMBER,
		INSURED_BRANCH };
	const json_t *sent = json_object_get(question, OBJECT_INSURED);
	const json_t *echo = json_object_get(record, OBJECT_INSURED);

	if (!same(sent, INSURED_REFERENCE_NUMBER, json_object_get(record, RECORD_OQS),
		OQS_REFERENCE_NUMBER))
		return INSURED_REFERENCE_NUMBER;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!same(sent, keys[i], echo, keys[i]))
			return keys[i];
	return NULL;
}

static json_t *
registration_new(const char *status, const json_t *record)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	const json_t *error = json_object_get(record, RECORD_ERROR);
	json_t *registration = json_pack("{ss}", REGISTRATION_STATUS, status);
	json_t *at = json_object_get(oqs, OQS_EXECUTED_AT);
	json_t *notices = json_object_get(oqs, OQS_NOTICES);
	json_t *upstream = json_object_get(error, ERROR_UPSTREAM);

	if (at != NULL)
		json_object_set(registration, REGISTRATION_ANSWERED_AT, at);
	notices = notices == NULL ? json_array() : json_copy(notices);
	if (upstream != NULL)
		json_array_append(notices, upstream);
	json_object_set_new(registration, REGISTRATION_NOTICES, notices);
	json_object_set_new(registration, REGISTRATION_FLAGS, json_array());
	return registration;
}

json_t *
reference_unit(const json_t *record)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);

	if (!is(oqs, OQS_SEGMENT, NORMAL))
		return NULL;
	if (is(oqs, OQS_RESULT, FAILED))
		return registration_new(REGISTRATION_STATUS_REFUSED, record);
	if (!is(oqs, OQS_RESULT, NORMAL) || json_object_get(record, RECORD_ERROR) != NULL)
		return NULL;
	return registration_new(REGISTRATION_STATUS_REGISTERED, record);
}

json_t *
reference_take(const json_t *record, const json_t *question, const char *name, struct why *why)
{
	json_t *registration = reference_unit(record);
	const char *what;

	if (!is(registration, REGISTRATION_STATUS, REGISTRATION_STATUS_REGISTERED) ||
	    (what = differing(record, question)) == NULL)
		return registration;
	why_set(why, ERR_REGISTRATION_ECHO_DIFFERS, NULL, "%s: %s", name, what);
	json_decref(registration);
	return NULL;
}
