#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/insured.h"
#include "model/status.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/put.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "route/terminal_message.h"

#define RESPONSE  "OQSsiquc01res"
#define ITEM_SIZE 21 /* an ArbitraryIdentifier of ours, and NUL */

/* The identifier that comes back with the answer: most of the ask, the same in every run. */
static void
item_of(const struct question *q, char out[static ITEM_SIZE])
{
	memcpy(out, q->ask, ITEM_SIZE - 1);
	out[ITEM_SIZE - 1] = '\0';
}

/* The question line, or NULL with why. The caller's. */
static json_t *
question_of(const struct window *w, const struct question *q, struct why *why)
{
	const struct line line = {
		.text = w->body.data + q->at, .len = q->len, .bytes = q->len, .number = 1
	};

	return record_parse(&line, why);
}

static int
add_text(void *arg, const char *text, size_t n)
{
	return buf_add(arg, text, n);
}

/* What the header and the identifier are made of. */
static void
complete(json_t *record, const struct question *q, const char *facility)
{
	json_t *oqs = oqs_object_in(record, RECORD_OQS);
	json_t *insured = json_object_get(record, OBJECT_INSURED);
	char item[ITEM_SIZE];

	item_of(q, item);
	json_object_del(record, QUESTION_ASK);
	json_object_set_new(oqs, OQS_INSTITUTION_CODE, json_string(facility));
	json_object_set_new(oqs, OQS_ITEM_ID, json_string(item));
	if (json_object_get(insured, INSURED_LIMIT_CERTIFICATE_CONSENT) == NULL)
		json_object_set_new(insured, INSURED_LIMIT_CERTIFICATE_CONSENT, json_false());
}

int
terminal_request(const struct window *w, const struct question *q, const char *facility,
    struct buf *out, struct why *why)
{
	struct oqs_encoder enc = { .write = add_text, .arg = out };
	json_t *record = question_of(w, q, why);
	int r = -1;

	if (record == NULL)
		return -1;
	complete(record, q, facility);
	if (oqs_encode_begin(&enc, oqs_message_find(TERMINAL_REQUEST), ENCODING_UTF8) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, TERMINAL_REQUEST);
	else if (oqs_encode_add(&enc, record, why) == 0 && oqs_encode_end(&enc, why) == 0)
		r = 0;
	oqs_encode_free(&enc);
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

/* The response as a record, or NULL with why. The caller's. */
static json_t *
decode(const struct question *q, const char *facility, const struct buf *response, struct why *why)
{
	struct oqs_survey found = { 0 };
	struct oqs_input in;
	json_t *record = NULL;
	struct oqs_decoding d = {
		.judge = { .tool = "", .facility = facility, .at = clock_now() },
		.found = &found,
		.each = take_record,
		.arg = &record,
	};

	if (oqs_input_memory(&in, response->data == NULL ? "" : response->data, response->len,
		q->name, ENCODING_UNKNOWN) == -1)
		*why = in.why;
	else
		oqs_decode(oqs_message_find(RESPONSE), &in, &d, why);
	oqs_input_close(&in);
	oqs_survey_free(&found);
	return record;
}

/* Does the record name another than the one we asked with? What it leaves out says nothing. */
static int
differs(const json_t *object, const char *name, const char *ours)
{
	const char *theirs = record_text(object, name);

	return theirs != NULL && strcmp(theirs, ours) != 0;
}

/* Is it the answer to our question? 1, or 0 with why. */
static int
is_ours(const json_t *record, const json_t *asked, const struct question *q, const char *facility,
    struct why *why)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	char item[ITEM_SIZE];

	item_of(q, item);
	if (differs(oqs, OQS_INSTITUTION_CODE, facility))
		why_set(why, ERR_FOREIGN_INSTITUTION, "/" RECORD_OQS "/" OQS_INSTITUTION_CODE, "%s",
		    q->name);
	else if (differs(oqs, OQS_ITEM_ID, item))
		why_set(why, ERR_TERMINAL_ANSWER_FOREIGN, NULL, "%s: ArbitraryIdentifier", q->name);
	else if (differs(record, RECORD_VISIT_DATE, record_text(asked, RECORD_VISIT_DATE)))
		why_set(why, ERR_TERMINAL_ANSWER_FOREIGN, NULL, "%s: QualificationConfirmationDate",
		    q->name);
	else
		return 1;
	return 0;
}

/* The terminal's own error, with its code and words as they came. */
static void
explain(const json_t *error, const char *name, struct why *why)
{
	const json_t *upstream = json_object_get(error, ERROR_UPSTREAM);
	enum error_id id = error_find(record_text(error, ERROR_CODE));

	why_set(why, id == ERR_NONE ? ERR_OQS_ANSWER_INCOMPLETE : id, NULL, "%s", name);
	why_upstream(
	    why, record_text(upstream, NOTICE_CODE), record_text(upstream, NOTICE_MESSAGE));
}

static int
put_line(struct buf *out, const struct question *q, json_t *eligibility)
{
	const char *actor, *next;

	if (status_advice(record_text(eligibility, ELIGIBILITY_STATUS), &actor, &next)) {
		json_object_set_new(eligibility, ELIGIBILITY_ACTOR, json_string(actor));
		json_object_set_new(eligibility, ELIGIBILITY_NEXT, json_string(next));
	}
	buf_addf(out, "{\"" QUESTION_ASK "\":\"%s\",\"" OBJECT_ELIGIBILITY "\":", q->ask);
	oqs_put(out, eligibility);
	return buf_adds(out, "}\n");
}

/* Of a record that is an answer to the question. */
static enum terminal_answer
answer_of(const json_t *record, const struct question *q, struct buf *out, struct why *why)
{
	json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *error = json_object_get(record, RECORD_ERROR);
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS);

	if (error != NULL || status == NULL) {
		explain(error, q->name, why);
		return TERMINAL_NONE;
	}
	if (put_line(out, q, eligibility) == -1) {
		why_set(why, ERR_ANSWER_TOO_LARGE, NULL, "%s", q->name);
		return TERMINAL_NONE;
	}
	return strcmp(status, ELIGIBILITY_STATUS_PENDING) == 0 ? TERMINAL_LATER : TERMINAL_ANSWER;
}

/* What went wrong with a file of our own has words that do not fit somebody else's. */
static enum terminal_answer
broken(struct why *why)
{
	const struct why inner = *why;

	if (error_rows[inner.id].exit != 0)
		why_set(why, ERR_TERMINAL_ANSWER_DAMAGED, NULL, "%s: %s",
		    error_rows[inner.id].title, inner.detail);
	return TERMINAL_BROKEN;
}

enum terminal_answer
terminal_answer(const struct window *w, const struct question *q, const char *facility,
    const struct buf *response, struct buf *out, struct why *why)
{
	json_t *record = decode(q, facility, response, why);
	json_t *asked = record == NULL ? NULL : question_of(w, q, why);
	enum terminal_answer answer = TERMINAL_NONE;

	if (record == NULL)
		answer = broken(why);
	else if (asked != NULL && is_ours(record, asked, q, facility, why))
		answer = answer_of(record, q, out, why);
	json_decref(asked);
	json_decref(record);
	return answer;
}
