#include <string.h>

#include "ask/answer.h"
#include "ask/reference.h"
#include "gen/names.h"
#include "pipe/record.h"

#define QUESTION_MAX ((size_t)2048)

static enum way
decide(const struct ask_options *o, const struct route *route, struct decision *d)
{
	(void)o;
	d->day = date_today();
	if (!route_may(route, CAN_REFERENCE, &d->why) ||
	    !registration_read(d->record, &d->insured, &d->why))
		return WAY_FAILED;
	d->own = json_pack("{ss s[]}", REGISTRATION_REFERENCE_NUMBER, d->insured.reference_number,
	    REGISTRATION_FLAGS);
	/* It is asked for all the same: whether the centre needs one is not known. */
	if (registration_lacks_branch(&d->insured))
		json_array_append_new(json_object_get(d->own, REGISTRATION_FLAGS),
		    json_string(REGISTRATION_FLAGS_BRANCH_MISSING));
	return WAY_ASK;
}

/* Of this very number, not of one before. */
static enum verdict
known(const struct ask_options *o, const json_t *record)
{
	const json_t *registration = json_object_get(record, OBJECT_REGISTRATION);
	const char *status = record_text(registration, REGISTRATION_STATUS);
	const char *number = record_text(registration, REGISTRATION_REFERENCE_NUMBER);
	const char *wanted =
	    record_text(json_object_get(record, OBJECT_INSURED), INSURED_REFERENCE_NUMBER);

	(void)o;
	return status == NULL || number == NULL || wanted == NULL || strcmp(number, wanted) != 0
		   ? VERDICT_UNKNOWN
		   : reference_verdict(status);
}

static int
write_question(struct buf *out, const char *ask, const struct decision *d)
{
	return registration_write(out, ask, &d->insured);
}

enum verdict
reference_verdict(const char *status)
{
	return strcmp(status, REGISTRATION_STATUS_REGISTERED) == 0 ? VERDICT_YES
	       : strcmp(status, REGISTRATION_STATUS_REFUSED) == 0  ? VERDICT_NO
								   : VERDICT_UNKNOWN;
}

static int
read_answer(const json_t *answer, struct question *q, struct why *why)
{
	const json_t *error = json_object_get(answer, RECORD_ERROR);
	const char *status =
	    record_text(json_object_get(answer, OBJECT_REGISTRATION), REGISTRATION_STATUS);

	q->why.id = ERR_NONE;
	if (error != NULL) {
		answer_explain(error, &q->why);
		return 0;
	}
	if (status == NULL) {
		why_set(why, ERR_OQS_ANSWER_INCOMPLETE, NULL, "%s", "");
		return -1;
	}
	q->note = (int)reference_verdict(status);
	return 0;
}

static int
add_text(const char *text, size_t n, void *arg)
{
	return buf_add(arg, text, n);
}

int
reference_value(const struct answer *a, struct buf *out, enum verdict *verdict)
{
	const struct line line = { .text = a->line, .len = a->len, .bytes = a->len };
	json_t *answer = record_parse(&line, NULL);
	json_t *registration = json_object_get(answer, OBJECT_REGISTRATION);
	int r;

	(void)verdict; /* as the reader found it */
	buf_reset(out);
	if (registration == NULL) {
		json_decref(answer);
		return -1;
	}
	json_object_set_new(registration, REGISTRATION_ASKED_AT, json_string(a->asked_at));
	json_object_set_new(registration, REGISTRATION_ROUTE, json_string(a->route));
	json_array_extend(json_object_get(registration, REGISTRATION_FLAGS),
	    json_object_get(a->own, REGISTRATION_FLAGS));
	json_object_update_missing(registration, (json_t *)(uintptr_t)a->own);
	if (a->reused)
		json_object_set_new(registration, REGISTRATION_REUSED, json_true());
	r = json_dump_callback(registration, add_text, out, JSON_COMPACT);
	json_decref(answer);
	return r;
}

const struct service service_reference = {
	.name = "reference",
	.member = OBJECT_REGISTRATION,
	.lines = WINDOW_LINES,
	.bytes = WINDOW_BYTES,
	.question_max = QUESTION_MAX,
	.known = known,
	.decide = decide,
	.write = write_question,
	.read = read_answer,
	.value = reference_value,
};
