#include <stdio.h>
#include <string.h>

#include "ask/answer.h"
#include "ask/query.h"
#include "gen/names.h"
#include "pipe/record.h"

static const char *const lists[] = { MEDICAL_DRUGS, MEDICAL_TREATMENTS, MEDICAL_CHECKUPS };
#define LISTS (sizeof lists / sizeof *lists)

/* Are these, where they are there, the arrays that they should be? */
static int
is_sound(const json_t *medical)
{
	static const char *const others[] = { MEDICAL_REFUSED, MEDICAL_FAILED, MEDICAL_PDF,
		MEDICAL_FLAGS };
	int sound = json_is_object(medical);

	for (size_t i = 0; i < LISTS; i++)
		sound &= json_object_get(medical, lists[i]) == NULL ||
			 json_is_array(json_object_get(medical, lists[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		sound &= json_object_get(medical, others[i]) == NULL ||
			 json_is_array(json_object_get(medical, others[i]));
	return sound;
}

int
query_read(const json_t *answer, struct question *q, struct why *why)
{
	const json_t *medical = json_object_get(answer, OBJECT_MEDICAL);

	q->why.id = ERR_NONE;
	if (json_object_get(answer, RECORD_ERROR) != NULL) {
		answer_explain(json_object_get(answer, RECORD_ERROR), &q->why);
		return 0;
	}
	if (!is_sound(medical)) {
		why_set(why, ERR_HUB_FAILED, NULL, "an answer without a whole %s", OBJECT_MEDICAL);
		return -1;
	}
	q->note = VERDICT_YES;
	if (json_array_size(json_object_get(medical, MEDICAL_FAILED)) > 0)
		q->note = VERDICT_UNKNOWN;
	else if (json_array_size(json_object_get(medical, MEDICAL_REFUSED)) > 0)
		q->note = VERDICT_NO;
	return 0;
}

static int
add_text(const char *text, size_t n, void *arg)
{
	return buf_add(arg, text, n);
}

/* Puts an array of ours before the other side's. */
static void
join(json_t *medical, const json_t *own, const char *name)
{
	json_t *ours = json_object_get(own, name), *joined;

	if (ours == NULL)
		return;
	joined = json_copy(ours);
	json_array_extend(joined, json_object_get(medical, name));
	json_object_set_new(medical, name, joined);
}

/* `medical` of the answer; who looked belongs to it, where the person himself asks. */
static json_t *
medical_of(const struct answer *a)
{
	const struct line line = { .text = a->line, .len = a->len, .bytes = a->len };
	json_t *answer = record_parse(&line, NULL), *medical;

	medical = json_incref(json_object_get(answer, OBJECT_MEDICAL));
	if (medical != NULL && json_is_array(json_object_get(answer, MEDICAL_LOOKS)))
		json_object_set(medical, MEDICAL_LOOKS, json_object_get(answer, MEDICAL_LOOKS));
	json_decref(answer);
	return medical == NULL ? json_object() : medical;
}

/* Is the purpose named by one of the array's objects? */
static int
names(const json_t *array, const char *purpose)
{
	json_t *object;
	size_t i;

	json_array_foreach (array, i, object) {
		const char *named = record_text(object, REFUSAL_PURPOSE);

		if (named != NULL && strcmp(named, purpose) == 0)
			return 1;
	}
	return 0;
}

static int
in_a_file(const json_t *medical, const char *purpose)
{
	json_t *file;
	size_t i;

	json_array_foreach (json_object_get(medical, MEDICAL_PDF), i, file) {
		if (record_holds(json_object_get(file, PDF_PURPOSES), purpose))
			return 1;
	}
	return 0;
}

/*
 * Whatever the other side sent: what was not asked for is not shown, and what was asked for and is
 * neither there nor refused nor failed is said to be unanswered. Returns whether there is such.
 */
static int
settle_lists(json_t *medical)
{
	const json_t *asked = json_object_get(medical, MEDICAL_ASKED);
	const json_t *refused = json_object_get(medical, MEDICAL_REFUSED);
	int unanswered = 0;

	for (size_t i = 0; i < LISTS; i++) {
		char flag[64];

		if (!record_holds(asked, lists[i]) || names(refused, lists[i])) {
			json_object_del(medical, lists[i]);
			continue;
		}
		if (json_object_get(medical, lists[i]) != NULL ||
		    names(json_object_get(medical, MEDICAL_FAILED), lists[i]) ||
		    in_a_file(medical, lists[i]))
			continue;
		snprintf(flag, sizeof flag, MEDICAL_FLAGS_UNANSWERED ":%s", lists[i]);
		if (json_object_get(medical, MEDICAL_FLAGS) == NULL)
			json_object_set_new(medical, MEDICAL_FLAGS, json_array());
		json_array_append_new(json_object_get(medical, MEDICAL_FLAGS), json_string(flag));
		unanswered = 1;
	}
	return unanswered;
}

enum verdict
query_known(const struct query *q, const json_t *record)
{
	const json_t *medical = json_object_get(record, OBJECT_MEDICAL);
	const json_t *refused = json_object_get(medical, MEDICAL_REFUSED);

	if (!is_sound(medical) || json_array_size(json_object_get(medical, MEDICAL_FAILED)) > 0)
		return VERDICT_UNKNOWN;
	for (const char *const *p = q->purposes; *p != NULL; p++)
		if (!names(refused, *p) &&
		    (q->pdf ? !in_a_file(medical, *p) : json_object_get(medical, *p) == NULL))
			return VERDICT_UNKNOWN;
	return json_array_size(refused) > 0 ? VERDICT_NO : VERDICT_YES;
}

int
query_value(const struct answer *a, struct buf *value, enum verdict *verdict)
{
	json_t *medical = medical_of(a);
	int unanswered, r;

	json_object_set(medical, MEDICAL_ASKED, json_object_get(a->own, MEDICAL_ASKED));
	join(medical, a->own, MEDICAL_REFUSED);
	join(medical, a->own, MEDICAL_FLAGS);
	unanswered = settle_lists(medical);
	if (!json_is_true(json_object_get(a->own, OWN_ALL_ORIGINS)))
		events_once(medical);
	if (json_object_get(medical, MEDICAL_AS_OF) == NULL)
		json_object_set_new(medical, MEDICAL_AS_OF, json_string(a->asked_at));
	json_object_set_new(medical, MEDICAL_ROUTE, json_string(a->route));
	if (a->reused)
		json_object_set_new(medical, MEDICAL_REUSED, json_true());
	if (unanswered)
		*verdict = VERDICT_UNKNOWN;
	else if (*verdict == VERDICT_YES &&
		 json_array_size(json_object_get(medical, MEDICAL_REFUSED)) > 0)
		*verdict = VERDICT_NO;
	buf_reset(value);
	r = json_dump_callback(medical, add_text, value, JSON_COMPACT);
	json_decref(medical);
	return r;
}
