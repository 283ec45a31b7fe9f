#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/insured.h"
#include "model/query.h"
#include "model/status.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/put.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "route/bulk.h"
#include "route/terminal_bulk.h"
#include "route/terminal_medical.h"
#include "route/terminal_reference.h"

#define TERMINAL_INSURANCE "OQSsiquc01req"
#define TYPE_SIZE	   sizeof TERMINAL_INSURANCE

const char *const terminal_types[] = { TERMINAL_INSURANCE, TERMINAL_DRUGS, TERMINAL_CHECKUPS,
	TERMINAL_REFERENCE, TERMINAL_BULK, TERMINAL_BULK_RESULT, TERMINAL_REFERENCES,
	TERMINAL_REFERENCES_RESULT, NULL };

void
terminal_item(const struct terminal_asking *a, char out[static TERMINAL_ITEM_SIZE])
{
	memcpy(out, a->window->questions[0].ask, TERMINAL_ITEM_SIZE - 1);
	out[TERMINAL_ITEM_SIZE - 1] = '\0';
}

static const struct question *
question_in(const struct terminal_asking *a)
{
	return &a->window->questions[0];
}

/* The question line, or NULL with why. The caller's. */
static json_t *
question_of(const struct terminal_asking *a, struct why *why)
{
	const struct question *q = question_in(a);
	const struct line line = {
		.text = a->window->body.data + q->at, .len = q->len, .bytes = q->len, .number = 1
	};

	return record_parse(&line, why);
}

static int
is_insurance(const struct terminal_part *part)
{
	return strcmp(part->type, TERMINAL_INSURANCE) == 0;
}

static int
is_reference(const struct terminal_part *part)
{
	return strcmp(part->type, TERMINAL_REFERENCE) == 0;
}

static int
is_bulk(const struct terminal_part *part)
{
	return strncmp(part->type, TERMINAL_BULK, strlen("OQSmu")) == 0;
}

size_t
terminal_parts(const struct terminal_asking *a, struct terminal_part parts[static TERMINAL_PARTS],
    struct why *why)
{
	json_t *question = question_of(a, why);
	const char *types[TERMINAL_PARTS] = { TERMINAL_INSURANCE };
	size_t n = 1;

	if (question == NULL)
		return 0;
	if (json_object_get(question, QUESTION_PURPOSES) != NULL)
		n = medical_types(question, types);
	else if (terminal_bulk_type(question) != NULL)
		types[0] = terminal_bulk_type(question);
	else if (reference_asked(question))
		types[0] = TERMINAL_REFERENCE;
	for (size_t i = 0; i < n; i++)
		parts[i] = (struct terminal_part){ .type = types[i] };
	json_decref(question);
	return n;
}

int
terminal_text(void *arg, const char *text, size_t n)
{
	return buf_add(arg, text, n);
}

static void
complete_insured(json_t *record, const char *item)
{
	json_t *insured = json_object_get(record, OBJECT_INSURED);

	json_object_set_new(json_object_get(record, RECORD_OQS), OQS_ITEM_ID, json_string(item));
	json_object_del(
	    insured, INSURED_LIMIT_CERTIFICATE); /* the single request has no place for it */
	if (json_object_get(insured, INSURED_LIMIT_CERTIFICATE_CONSENT) == NULL)
		json_object_set_new(insured, INSURED_LIMIT_CERTIFICATE_CONSENT, json_false());
}

/* Makes the question line the record of a request. 0, or -1 with why. */
static int
complete(json_t *record, const struct terminal_asking *a, const struct terminal_part *part,
    struct why *why)
{
	json_t *oqs = oqs_object_in(record, RECORD_OQS);
	char item[TERMINAL_ITEM_SIZE];

	terminal_item(a, item);
	json_object_del(record, QUESTION_ASK);
	json_object_set_new(oqs, OQS_INSTITUTION_CODE, json_string(a->facility));
	if (is_insurance(part)) {
		complete_insured(record, item);
		return 0;
	}
	json_object_set_new(oqs, OQS_FILE_ID, json_string(item));
	if (!is_reference(part))
		return medical_complete(record, part->type, why);
	reference_complete(record);
	return 0;
}

int
terminal_request(const struct terminal_asking *a, const struct terminal_part *part, struct buf *out,
    struct why *why)
{
	struct oqs_encoder enc = { .write = terminal_text, .arg = out };
	json_t *record = question_of(a, why);
	int r = -1;

	if (record != NULL && is_bulk(part)) {
		r = terminal_bulk_request(a, record, part, out, why);
		goto out;
	}
	if (record == NULL || complete(record, a, part, why) == -1)
		goto out;
	if (oqs_encode_begin(&enc, oqs_message_find(part->type), ENCODING_UTF8) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", part->type);
	else if (oqs_encode_add(&enc, record, why) == 0 && oqs_encode_end(&enc, why) == 0)
		r = 0;
	oqs_encode_free(&enc);
out:
	json_decref(record);
	return r;
}

static int
take_record(void *arg, const json_t *record)
{
	json_t **taken = arg;

	*taken = json_incref((json_t *)(uintptr_t)record);
	return 0;
}

int
terminal_decode(const struct terminal_asking *a, const char *type, const struct buf *response,
    int (*each)(void *, const json_t *), void *arg, struct why *why)
{
	struct oqs_survey found = { 0 };
	struct oqs_input in;
	char file[TYPE_SIZE + QUESTION_NAME_SIZE];
	struct oqs_decoding d = {
		.judge = { .tool = "", .facility = a->facility, .at = clock_now() },
		.found = &found,
		.each = each,
		.arg = arg,
	};
	int r = -1;

	snprintf(file, sizeof file, "%.10sres_%s", type, question_in(a)->name);
	if (oqs_input_memory(&in, response->data == NULL ? "" : response->data, response->len, file,
		ENCODING_UNKNOWN) == -1)
		*why = in.why;
	else
		r = oqs_decode(oqs_message_find(file), &in, &d, why);
	oqs_input_close(&in);
	oqs_survey_free(&found);
	return r;
}

int
terminal_differs(const json_t *object, const char *name, const char *ours)
{
	const char *theirs = record_text(object, name);

	return theirs != NULL && strcmp(theirs, ours) != 0;
}

/* Is it the answer to our question? 1, or 0 with why. */
static int
is_ours(const json_t *record, const json_t *asked, const struct terminal_asking *a,
    const struct terminal_part *part, struct why *why)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	const char *name = question_in(a)->name, *what = NULL;
	char item[TERMINAL_ITEM_SIZE];

	terminal_item(a, item);
	if (terminal_differs(oqs, OQS_INSTITUTION_CODE, a->facility)) {
		why_set(why, ERR_FOREIGN_INSTITUTION, "/" RECORD_OQS "/" OQS_INSTITUTION_CODE, "%s",
		    name);
		return 0;
	}
	if (!is_insurance(part))
		what = terminal_differs(oqs, OQS_FILE_ID, item) ? "ArbitraryFileIdentifier"
		       : !is_reference(part) && medical_foreign(record, asked) ? "the birth date"
									       : NULL;
	else if (terminal_differs(oqs, OQS_ITEM_ID, item))
		what = "ArbitraryIdentifier";
	else if (terminal_differs(record, RECORD_VISIT_DATE, record_text(asked, RECORD_VISIT_DATE)))
		what = "QualificationConfirmationDate";
	if (what != NULL)
		why_set(why, ERR_TERMINAL_ANSWER_FOREIGN, NULL, "%s: %s", name, what);
	return what == NULL;
}

void
terminal_explain(const json_t *error, const char *name, struct why *why)
{
	const json_t *upstream = json_object_get(error, ERROR_UPSTREAM);
	enum error_id id = error_find(record_text(error, ERROR_CODE));

	why_set(why, id == ERR_NONE ? ERR_OQS_ANSWER_INCOMPLETE : id, NULL, "%s", name);
	why_upstream(
	    why, record_text(upstream, NOTICE_CODE), record_text(upstream, NOTICE_MESSAGE));
}

json_t *
terminal_eligibility(const json_t *record)
{
	json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS), *actor, *next;

	if (status == NULL)
		return NULL;
	if (status_advice(status, TERMINAL_NAME, record_text(eligibility, ELIGIBILITY_SOURCE),
		&actor, &next)) {
		json_object_set_new(eligibility, ELIGIBILITY_ACTOR, json_string(actor));
		json_object_set_new(eligibility, ELIGIBILITY_NEXT, json_string(next));
	}
	return json_incref(eligibility);
}

/* Of a record that is an answer to the question. */
static enum terminal_answer
answer_of(json_t *record, const json_t *asked, const struct terminal_asking *a,
    struct terminal_part *part)
{
	const json_t *error = json_object_get(record, RECORD_ERROR);
	const char *segment = record_text(json_object_get(record, RECORD_OQS), OQS_SEGMENT);
	int later = segment != NULL && strcmp(segment, TERMINAL_PENDING) == 0;

	if (is_reference(part))
		part->answer = reference_take(record, asked, question_in(a)->name, &part->why);
	else if (error == NULL && is_insurance(part))
		part->answer = terminal_eligibility(record);
	else if (error == NULL && !later)
		part->answer = medical_take(record, asked, part->type);
	if (later)
		return TERMINAL_LATER;
	if (part->answer != NULL)
		return TERMINAL_ANSWER;
	if (part->why.id == ERR_NONE)
		terminal_explain(error, question_in(a)->name, &part->why);
	return TERMINAL_NONE;
}

enum terminal_answer
terminal_broken(struct why *why)
{
	const struct why inner = *why;

	if (error_rows[inner.id].exit != 0)
		why_set(why, ERR_TERMINAL_ANSWER_DAMAGED, NULL, "%s: %s",
		    error_rows[inner.id].title, inner.detail);
	return TERMINAL_BROKEN;
}

static enum terminal_answer
read_message(const struct terminal_asking *a, const json_t *asked, struct terminal_part *part,
    const struct buf *response)
{
	json_t *record = NULL;
	enum terminal_answer answer = TERMINAL_NONE;

	if (terminal_decode(a, part->type, response, take_record, &record, &part->why) == -1)
		return terminal_broken(&part->why);
	if (is_ours(record, asked, a, part, &part->why))
		answer = answer_of(record, asked, a, part);
	json_decref(record);
	return answer;
}

enum terminal_answer
terminal_answer(
    const struct terminal_asking *a, struct terminal_part *part, const struct buf *response)
{
	json_t *asked;
	enum terminal_answer answer = TERMINAL_NONE;

	json_decref(part->answer);
	part->answer = NULL;
	part->why.id = ERR_NONE;
	if ((asked = question_of(a, &part->why)) == NULL)
		return TERMINAL_NONE;
	if (json_object_get(asked, QUESTION_PDF) != NULL && medical_is_pdf(response))
		answer = medical_save(a, asked, part, response);
	else if (is_bulk(part))
		answer = terminal_bulk_answer(a, asked, part, response);
	else
		answer = read_message(a, asked, part, response);
	json_decref(asked);
	return answer;
}

/* What of the answer line says it. */
static const char *
member_of(const struct terminal_part *part)
{
	return is_bulk(part)	    ? BULK_MEMBER
	       : is_insurance(part) ? OBJECT_ELIGIBILITY
	       : is_reference(part) ? OBJECT_REGISTRATION
				    : OBJECT_MEDICAL;
}

int
terminal_line(
    const struct terminal_asking *a, const struct terminal_part *parts, size_t n, struct buf *out)
{
	json_t *question, *medical;
	struct why why;
	int r = -1;
	const char *member = member_of(&parts[0]);

	buf_addf(out, "{\"" QUESTION_ASK "\":\"%s\",\"%s\":", question_in(a)->ask, member);
	if (strcmp(member, OBJECT_MEDICAL) != 0) {
		oqs_put(out, parts[0].answer);
		return buf_adds(out, "}\n");
	}
	question = question_of(a, &why);
	medical = question == NULL ? NULL : medical_join(a, question, parts, n);
	if (medical != NULL) {
		oqs_put(out, medical);
		r = buf_adds(out, "}\n");
	}
	json_decref(medical);
	json_decref(question);
	return r;
}
