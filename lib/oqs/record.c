#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/covering.h"
#include "oqs/raw.h"
#include "oqs/record.h"
#include "pipe/record.h"

/* Codes of SegmentOfResult, ProcessingResultStatus and ResultCode that decide. */
#define SEGMENT_NORMAL	   "1"
#define SEGMENT_PROCESSING "2"
#define RESULT_NORMAL	   "1"

/* What a message says of itself: an answer, not yet one, none, or it cannot be told. */
enum outcome { DONE, PENDING, REFUSED, UNCLEAR };

static const char *
text_in(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static int
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

/* Moves a member, if it is there. */
static void
move(json_t *to, const char *to_name, json_t *from, const char *name)
{
	json_t *v = json_object_get(from, name);

	if (v == NULL)
		return;
	json_object_set(to, to_name, v);
	json_object_del(from, name);
}

/* A code that must be normal: 1 it is, 0 it is another, -1 it is not there. */
static int
normal(const char *code, const char *wanted)
{
	return code == NULL ? -1 : strcmp(code, wanted) == 0;
}

/*
 * An answer needs the file's code and its own (oqs-interface.md 9.4). An acceptance has neither,
 * unless the upload failed; medical information has one only.
 */
static enum outcome
outcome_of(const json_t *oqs, const struct oqs_message *message, int in_unit)
{
	int segment = normal(text_in(oqs, OQS_SEGMENT), SEGMENT_NORMAL);
	int result = normal(text_in(oqs, OQS_RESULT), RESULT_NORMAL);

	if (is(text_in(oqs, OQS_SEGMENT), SEGMENT_PROCESSING))
		return PENDING;
	if (segment == 0 || result == 0)
		return REFUSED;
	switch (message->kind) {
	case OQS_REQUEST:
	case OQS_ACCEPTANCE:
		return DONE;
	case OQS_MEDICAL:
		return result == 1 ? DONE : UNCLEAR;
	case OQS_REGISTRATION:
	case OQS_ELIGIBILITY:
		break;
	}
	if (oqs_message_bulk(message) && !in_unit) /* a result without units answers nothing */
		return segment == 1 ? DONE : UNCLEAR;
	return segment == 1 && result == 1 ? DONE : UNCLEAR;
}

/* The error member, with the other side's code and message whole. */
static int
set_error(json_t *record, const char *tool, enum error_id id, json_t *upstream)
{
	struct why why;
	struct buf text;
	json_t *error = NULL;

	why_set(&why, id, NULL, "%s", "");
	buf_init(&text, 16384);
	if (why_json(&text, &why, tool) == 0)
		error = json_loadb(text.data, text.len, 0, NULL);
	buf_free(&text);
	if (error == NULL || json_object_set_new(record, RECORD_ERROR, error) == -1)
		return -1;
	return upstream == NULL ? 0 : json_object_set(error, ERROR_UPSTREAM, upstream);
}

/* A message whose file failed has its code and text in the header, one that failed by itself in
 * the body: that one goes to error.upstream, what is left stays with oqs. */
static json_t *
take_upstream(json_t *record, json_t *oqs, const struct oqs_message *message)
{
	json_t *upstream = NULL;
	int file_failed = normal(text_in(oqs, OQS_SEGMENT), SEGMENT_NORMAL) == 0;

	if (message->kind == OQS_MEDICAL) {
		upstream = json_object();
		if (json_object_get(oqs, OQS_RESULT) != NULL)
			json_object_set(upstream, NOTICE_CODE, json_object_get(oqs, OQS_RESULT));
		move(upstream, NOTICE_MESSAGE, oqs, OQS_MESSAGE);
		return upstream;
	}
	if (file_failed) {
		upstream = json_incref(json_object_get(oqs, OQS_ERROR));
		json_object_del(oqs, OQS_ERROR);
	} else {
		upstream = json_incref(json_object_get(record, OBJECT_NOTICE));
		json_object_del(record, OBJECT_NOTICE);
	}
	return upstream;
}

/* Puts the header's values where the answer has them, and completes the answer. */
static int
complete_eligibility(
    json_t *record, json_t *oqs, const struct oqs_message *message, const struct oqs_judge *judge)
{
	json_t *e = oqs_object_in(record, OBJECT_ELIGIBILITY), *policy;
	json_t *policies = oqs_array_in(e, ELIGIBILITY_POLICIES);
	const char *source;
	struct date day;
	size_t i;

	if (json_object_get(e, ELIGIBILITY_STATUS) == NULL) {
		json_object_set_new(e, ELIGIBILITY_STATUS, json_string(ELIGIBILITY_STATUS_UNKNOWN));
		oqs_flag(record, FLAG_MISSING, ELIGIBILITY_STATUS);
	}
	if (json_object_get(record, RECORD_VISIT_DATE) != NULL)
		json_object_set(e, ELIGIBILITY_AS_OF, json_object_get(record, RECORD_VISIT_DATE));
	move(e, ELIGIBILITY_ANSWERED_AT, oqs, OQS_EXECUTED_AT);
	move(e, ELIGIBILITY_SOURCE, oqs, OQS_SOURCE);
	if (json_object_get(e, ELIGIBILITY_SOURCE) == NULL && message->source != NULL)
		json_object_set_new(e, ELIGIBILITY_SOURCE, json_string(message->source));
	oqs_array_in(e, ELIGIBILITY_NOTICES);
	if (json_object_get(record, OBJECT_NOTICE) != NULL)
		json_array_append(
		    oqs_array_in(e, ELIGIBILITY_NOTICES), json_object_get(record, OBJECT_NOTICE));
	json_object_del(record, OBJECT_NOTICE);
	oqs_array_in(e, ELIGIBILITY_REFERENCE_NUMBERS);
	source = text_in(e, ELIGIBILITY_SOURCE);
	if (oqs_consents_gather(e, is(source, ELIGIBILITY_SOURCE_CARD), judge->at) == -1)
		return -1;
	json_array_foreach (policies, i, policy) {
		json_t *number = json_object_get(policy, POLICY_REFERENCE_NUMBER);

		if (number != NULL && !oqs_message_bulk(message))
			json_array_append(oqs_array_in(e, ELIGIBILITY_REFERENCE_NUMBERS), number);
	}
	if (text_in(record, RECORD_VISIT_DATE) == NULL ||
	    !date_parse(text_in(record, RECORD_VISIT_DATE), &day)) {
		oqs_flag(record, FLAG_MISSING, ELIGIBILITY_AS_OF);
		return json_object_set_new(e, ELIGIBILITY_COVERING, json_array());
	}
	return covering_write(e, day) == -1 ? -1 : 0;
}

/* A numbers list without repetitions: several policies usually carry the same one. */
static void
drop_repeated(json_t *numbers)
{
	for (size_t i = json_array_size(numbers); i-- > 1;)
		for (size_t k = 0; k < i; k++)
			if (json_equal(json_array_get(numbers, i), json_array_get(numbers, k))) {
				json_array_remove(numbers, i);
				break;
			}
}

#define FLAG_FORM_FROM_POLICIES "prescription-form-from-policies"

/* Some writers give the form of the prescription with each policy instead of once. */
static void
lift_prescription_form(json_t *record, json_t *e)
{
	json_t *form = NULL, *policy;
	size_t i;

	if (json_object_get(e, ELIGIBILITY_PRESCRIPTION_FORM) != NULL)
		return;
	json_array_foreach (json_object_get(e, ELIGIBILITY_POLICIES), i, policy) {
		json_t *own = json_object_get(policy, POLICY_PRESCRIPTION_FORM);

		if (own != NULL && form != NULL && !json_equal(own, form))
			return;
		form = own == NULL ? form : own;
	}
	if (form == NULL)
		return;
	json_object_set(e, ELIGIBILITY_PRESCRIPTION_FORM, form);
	oqs_flag(record, FLAG_FORM_FROM_POLICIES, NULL);
}

static int
finish_eligibility(json_t *record, json_t *oqs, const struct oqs_message *message,
    enum outcome outcome, const struct oqs_judge *judge)
{
	json_t *e = oqs_object_in(record, OBJECT_ELIGIBILITY);

	if (outcome == PENDING) {
		json_object_set_new(e, ELIGIBILITY_STATUS, json_string(ELIGIBILITY_STATUS_PENDING));
		if (json_object_get(oqs, OQS_RECEPTION_NUMBER) != NULL)
			json_object_set(e, ELIGIBILITY_RECEPTION_NUMBER,
			    json_object_get(oqs, OQS_RECEPTION_NUMBER));
	}
	if (complete_eligibility(record, oqs, message, judge) == -1)
		return -1;
	if (!oqs_message_bulk(message))
		drop_repeated(json_object_get(e, ELIGIBILITY_REFERENCE_NUMBERS));
	lift_prescription_form(record, e);
	move(e, ELIGIBILITY_FLAGS, record, OQS_FLAGS);
	oqs_array_in(e, ELIGIBILITY_FLAGS);
	return 0;
}

static int
finish_medical(json_t *record, const struct oqs_message *message, const struct oqs_judge *judge)
{
	json_t *medical = oqs_object_in(record, OBJECT_MEDICAL), *asked = json_array();
	static const char *const lists[][2] = {
		{ MEDICAL_DRUGS, PURPOSE_DRUGS },
		{ MEDICAL_TREATMENTS, PURPOSE_TREATMENTS },
		{ MEDICAL_CHECKUPS, PURPOSE_CHECKUPS },
	};
	char at[TIME_SIZE];

	if (oqs_medical_flatten(medical, judge->facility) == -1)
		return -1;
	oqs_array_in(medical, message->list); /* empty: nothing stored */
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (json_object_get(medical, lists[i][0]) != NULL)
			json_array_append_new(asked, json_string(lists[i][1]));
	json_object_set_new(medical, MEDICAL_ASKED, asked);
	json_object_set_new(medical, MEDICAL_REFUSED, json_array());
	time_format(judge->at, at);
	return json_object_set_new(medical, MEDICAL_AS_OF, json_string(at));
}

/* An answer that must not be relied on leaves its place; nothing of it is lost. */
static void
set_aside(json_t *record, json_t *oqs, const char *name)
{
	json_t *answer = json_object_get(record, name);

	if (answer == NULL)
		return;
	json_object_set(oqs_object_in(oqs, OQS_SET_ASIDE), name, answer);
	json_object_del(record, name);
}

static int
finish_answer(json_t *record, json_t *oqs, const struct oqs_message *message, int in_unit,
    const struct oqs_judge *judge)
{
	enum outcome outcome = outcome_of(oqs, message, in_unit);
	int bulk_without_unit = oqs_message_bulk(message) && !in_unit && outcome == DONE;
	int has_answer;

	if (outcome == REFUSED || outcome == UNCLEAR) {
		json_t *upstream = outcome == REFUSED ? take_upstream(record, oqs, message) : NULL;
		int r = set_error(record, judge->tool,
		    outcome == REFUSED ? ERR_OQS_REFUSED : ERR_OQS_ANSWER_INCOMPLETE, upstream);

		json_decref(upstream);
		if (r == -1)
			return -1;
	}
	has_answer = !bulk_without_unit && (outcome == DONE || outcome == PENDING);
	if (message->kind == OQS_ELIGIBILITY &&
	    (has_answer || json_object_get(record, OBJECT_ELIGIBILITY) != NULL))
		return finish_eligibility(record, oqs, message, outcome, judge);
	if (message->kind == OQS_MEDICAL &&
	    (outcome == DONE || json_object_get(record, OBJECT_MEDICAL) != NULL))
		return finish_medical(record, message, judge);
	return 0;
}

int
oqs_record_finish(json_t *record, const struct oqs_message *message, int in_unit,
    const struct oqs_judge *judge, enum error_id distrust)
{
	json_t *oqs = oqs_object_in(record, RECORD_OQS);

	if (finish_answer(record, oqs, message, in_unit, judge) == -1)
		return -1;
	if (distrust != ERR_NONE && json_object_get(record, RECORD_ERROR) == NULL &&
	    set_error(record, judge->tool, distrust, NULL) == -1)
		return -1;
	if (json_object_get(record, RECORD_ERROR) != NULL) {
		set_aside(record, oqs, OBJECT_ELIGIBILITY);
		set_aside(record, oqs, OBJECT_MEDICAL);
	}
	move(oqs, OQS_FLAGS, record, OQS_FLAGS);
	if (json_object_get(record, OBJECT_NOTICE) != NULL)
		json_array_append(
		    oqs_array_in(oqs, OQS_NOTICES), json_object_get(record, OBJECT_NOTICE));
	json_object_del(record, OBJECT_NOTICE);
	return 0;
}

/* The way back. */
static void
return_answer(json_t *record, json_t *oqs)
{
	json_object_update(record, json_object_get(oqs, OQS_SET_ASIDE));
	json_object_del(oqs, OQS_SET_ASIDE);
}

static void
return_upstream(json_t *record, json_t *oqs, const struct oqs_message *message)
{
	json_t *error = json_object_get(record, RECORD_ERROR);
	json_t *upstream = json_object_get(error, ERROR_UPSTREAM);

	if (upstream == NULL)
		return;
	if (message->kind == OQS_MEDICAL)
		move(oqs, OQS_MESSAGE, upstream, NOTICE_MESSAGE);
	else if (normal(text_in(oqs, OQS_SEGMENT), SEGMENT_NORMAL) == 0)
		json_object_set(oqs, OQS_ERROR, upstream);
	else
		json_object_set(record, OBJECT_NOTICE, upstream);
}

static int
prepare_eligibility(json_t *record, json_t *oqs, const struct oqs_message *message)
{
	json_t *e = json_object_get(record, OBJECT_ELIGIBILITY), *policy;
	size_t i;

	if (e == NULL)
		return 0;
	move(oqs, OQS_EXECUTED_AT, e, ELIGIBILITY_ANSWERED_AT);
	move(record, RECORD_VISIT_DATE, e, ELIGIBILITY_AS_OF);
	if (message->source == NULL)
		move(oqs, OQS_SOURCE, e, ELIGIBILITY_SOURCE);
	if (json_array_size(json_object_get(e, ELIGIBILITY_NOTICES)) > 0)
		json_object_set(record, OBJECT_NOTICE,
		    json_array_get(json_object_get(e, ELIGIBILITY_NOTICES), 0));
	if (record_holds(json_object_get(e, ELIGIBILITY_FLAGS), FLAG_FORM_FROM_POLICIES))
		json_object_del(e, ELIGIBILITY_PRESCRIPTION_FORM);
	json_array_foreach (json_object_get(e, ELIGIBILITY_POLICIES), i, policy) {
		if (!json_is_object(policy))
			return -1;
	}
	return oqs_consents_scatter(e);
}

json_t *
oqs_record_prepare(const json_t *record, const struct oqs_message *message, int *unpadded)
{
	static const char word[] = FLAG_UNPADDED ":" INSURED_INSURER_NUMBER;
	json_t *raw = json_deep_copy(record), *oqs, *notices;
	int r = 0;

	if (raw == NULL || (oqs = oqs_object_in(raw, RECORD_OQS)) == NULL)
		goto fail;
	return_answer(raw, oqs);
	*unpadded = record_holds(json_object_get(oqs, OQS_FLAGS), word) ||
		    record_holds(
			json_object_get(json_object_get(raw, OBJECT_ELIGIBILITY), OQS_FLAGS), word);
	return_upstream(raw, oqs, message);
	notices = json_object_get(oqs, OQS_NOTICES);
	if (json_array_size(notices) > 0)
		json_object_set(raw, OBJECT_NOTICE, json_array_get(notices, 0));
	if (message->kind == OQS_ELIGIBILITY)
		r = prepare_eligibility(raw, oqs, message);
	else if (message->kind == OQS_MEDICAL && json_object_get(raw, OBJECT_MEDICAL) != NULL)
		r = oqs_medical_fold(json_object_get(raw, OBJECT_MEDICAL));
	if (r == 0)
		return raw;
fail:
	json_decref(raw);
	return NULL;
}
