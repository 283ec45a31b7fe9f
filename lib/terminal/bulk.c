#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "gen/names.h"
#include "model/insured.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "terminal/bulk.h"
#include "terminal/references.h"
#include "terminal/serve.h"

#define JOB_MAX	       ((size_t)16 << 20)
#define NUMBER_SIZE    19 /* a reception number, and NUL */
#define NUMBER_END     1000000000000000000U
#define UNIT_OK	       "1"
#define NOBODYS_ITEM   "nobody-asked-for-it"
#define ANOTHER_ANSWER ELIGIBILITY_STATUS_NOT_FOUND

/* Members of a job, beside those of the request's first record, which are its header. */
#define JOB_READY_AT "ready_at"
#define JOB_PERSONS  "persons" /* records, each with its ask */

/* A number that the same request always gets: 18 digits, as seen in samples. 0, or -1 with why. */
static int
number_of(const struct spool *spool, const char *name, const struct buf *bytes, char *out,
    struct why *why)
{
	char identity[ASK_SIZE];
	unsigned char hash[EVP_MAX_MD_SIZE];
	uint64_t n = 0;

	if (spool_identity(spool, name, bytes, identity, why) == -1)
		return -1;
	if (EVP_Digest(identity, ASK_SIZE - 1, hash, NULL, EVP_sha256(), NULL) != 1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	for (size_t i = 0; i < sizeof n; i++)
		n = n << 8 | hash[i];
	snprintf(out, NUMBER_SIZE, "%018llu", (unsigned long long)(n % NUMBER_END));
	return 0;
}

/* Is it about reference numbers, not insurance? Of a job, or any record of its request. */
static int
registers(const json_t *record)
{
	const char *type = record_text(json_object_get(record, RECORD_OQS), OQS_TYPE);

	return type != NULL && strcmp(type, REFERENCES_REQUEST) == 0;
}

/* 0, or -1 with why and which refusal it is. */
static int
check_persons(
    const json_t *persons, const char *institution, enum refusal *refusal, struct why *why)
{
	const json_t *first = json_array_get(persons, 0);
	const char *day = record_text(first, RECORD_VISIT_DATE);
	struct date date;

	*refusal = REFUSAL_FORM;
	if (first == NULL || json_object_get(first, OBJECT_INSURED) == NULL) {
		why_set(why, ERR_INSURED_MISSING, "/" OBJECT_INSURED, "%s", "");
		return -1;
	}
	if (request_institution(first, institution, why) == -1)
		return -1;
	if (registers(first) || (day != NULL && date_parse(day, &date)))
		return 0;
	why_set(why, ERR_VISIT_DATE_MALFORMED, "/" RECORD_VISIT_DATE, "%s", "");
	return -1;
}

/* The request as a job, in JSON. Takes the persons. */
static int
write_job(json_t *persons, int64_t ready_at, struct buf *out)
{
	json_t *job = json_copy(json_array_get(persons, 0)), *person;
	char ask[ASK_SIZE], *text;
	size_t i;

	json_array_foreach (persons, i, person) {
		ask_new(ask);
		json_object_set_new(person, QUESTION_ASK, json_string(ask));
	}
	json_object_del(job, OBJECT_INSURED);
	json_object_set_new(job, JOB_READY_AT, json_integer(ready_at));
	json_object_set_new(job, JOB_PERSONS, persons);
	text = json_dumps(job, JSON_COMPACT);
	json_decref(job);
	if (text != NULL)
		buf_adds(out, text);
	free(text);
	return text == NULL || buf_failed(out) ? -1 : 0;
}

/* Keeps it, unless a run before this one has. 0, or -1 with why. */
static int
keep_job(const struct spool *spool, const char *number, json_t *persons, int64_t ready_after,
    struct why *why)
{
	struct buf job;
	int r;

	buf_init(&job, JOB_MAX);
	r = spool_kept(spool, number, &job, why);
	if (r == 0) {
		buf_reset(&job);
		r = write_job(json_incref(persons), clock_now() + (ready_after + 999) / 1000, &job);
		if (r == -1)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, "a bulk request");
		else
			r = spool_keep(spool, number, &job, why);
	}
	buf_free(&job);
	return r == -1 ? -1 : 0;
}

int
job_accept(const struct spool *spool, const char *name, const struct buf *bytes,
    const char *institution, int64_t ready_after, enum encoding encoding, struct buf *response,
    enum refusal *refusal, struct why *why)
{
	json_t *persons = request_read_all(name, bytes, why), *record, *oqs;
	char number[NUMBER_SIZE], now[TIME_SIZE];
	int r = -1;

	*refusal = REFUSAL_FORM;
	if (persons == NULL || check_persons(persons, institution, refusal, why) == -1)
		goto out;
	*refusal = REFUSAL_CENTRE;
	if (number_of(spool, name, bytes, number, why) == -1 ||
	    keep_job(spool, number, persons, ready_after, why) == -1)
		goto out;
	*refusal = REFUSAL_WRITING;
	record = response_new(name, json_array_get(persons, 0), SEGMENT_NORMAL);
	oqs = json_object_get(record, RECORD_OQS);
	time_format(clock_now(), now);
	json_object_del(oqs, OQS_SEGMENT); /* an acceptance has none, unless it is a refusal */
	json_object_del(record, RECORD_VISIT_DATE);
	json_object_set_new(oqs, OQS_RECEPTION_NUMBER, json_string(number));
	json_object_set_new(oqs, OQS_ACCEPTED_AT, json_string(now));
	r = response_write(
	    name, json_array_get(persons, 0), json_pack("[o]", record), encoding, response, why);
out:
	json_decref(persons);
	return r;
}

/* Does the request fetch what such a job makes? OQSmuquc02req what came as OQSmuquc01req. */
static int
fits(const json_t *asked, const json_t *job)
{
	const char *fetches = record_text(json_object_get(asked, RECORD_OQS), OQS_TYPE);
	const char *made = record_text(json_object_get(job, RECORD_OQS), OQS_TYPE);

	return fetches != NULL && made != NULL && strncmp(fetches, made, strlen("OQSmuquc")) == 0;
}

int
job_find(const struct spool *spool, const json_t *asked, const char *institution, json_t **job,
    enum refusal *refusal, struct why *why)
{
	const char *number = record_text(json_object_get(asked, RECORD_OQS), OQS_RECEPTION_NUMBER);
	struct buf text;
	int found = 0;

	*job = NULL;
	*refusal = REFUSAL_FORM;
	if (request_institution(asked, institution, why) == -1)
		return -1;
	buf_init(&text, JOB_MAX);
	if (number != NULL)
		found = spool_kept(spool, number, &text, why);
	*refusal = found == -1 ? REFUSAL_CENTRE : REFUSAL_RECEPTION;
	if (found == 1 && (*job = json_loadb(text.data, text.len, 0, NULL)) != NULL &&
	    fits(asked, *job) &&
	    request_institution(*job,
		record_text(json_object_get(asked, RECORD_OQS), OQS_INSTITUTION_CODE), why) == 0)
		json_object_set_new(
		    json_object_get(*job, RECORD_OQS), OQS_RECEPTION_NUMBER, json_string(number));
	else
		found = -1;
	buf_free(&text);
	if (found == -1) {
		json_decref(*job);
		*job = NULL;
		return -1;
	}
	return json_integer_value(json_object_get(*job, JOB_READY_AT)) <= clock_now();
}

/* What all records of a result share. The caller's. */
static json_t *
unit_new(const char *name, const json_t *job, const char *segment)
{
	json_t *record = response_new(name, job, segment);

	json_object_set(json_object_get(record, RECORD_OQS), OQS_RECEPTION_NUMBER,
	    json_object_get(json_object_get(job, RECORD_OQS), OQS_RECEPTION_NUMBER));
	return record;
}

int
job_pending(const char *name, const json_t *job, const json_t *asked, enum encoding encoding,
    struct buf *response, struct why *why)
{
	return response_write(name, asked, json_pack("[o]", unit_new(name, job, SEGMENT_PENDING)),
	    encoding, response, why);
}

void
inquiry_begin(struct inquiry *q, json_t *job)
{
	q->job = job;
	q->units = json_array();
	q->next = 0;
	q->lost = 0;
}

void
inquiry_end(struct inquiry *q)
{
	json_decref(q->job);
	json_decref(q->units);
	q->job = q->units = NULL;
	window_reset(&q->window);
}

/* One person's record of the result, without an answer yet. */
static json_t *
add_unit(struct inquiry *q, const json_t *person)
{
	json_t *unit = json_object();

	json_object_set_new(unit, RECORD_OQS, json_object());
	response_echo(unit, person);
	json_array_append_new(q->units, unit);
	return unit;
}

/* The file has these once, for all of its units. */
static const char *const of_file[] = { ELIGIBILITY_ANSWERED_AT, ELIGIBILITY_AS_OF };

static void
answer(struct inquiry *q, const json_t *person, json_t *eligibility)
{
	json_t *unit = add_unit(q, person);

	for (size_t i = 0; i < sizeof of_file / sizeof *of_file; i++)
		json_object_del(eligibility, of_file[i]);
	json_object_set_new(unit, OBJECT_ELIGIBILITY, eligibility);
	json_object_set_new(json_object_get(unit, RECORD_OQS), OQS_RESULT, json_string(UNIT_OK));
}

static void
refuse(struct inquiry *q, const json_t *person, const struct why *why)
{
	response_refuse(add_unit(q, person), REFUSAL_KEYS, why);
}

void
inquiry_register(struct inquiry *q, const struct spool *spool)
{
	const json_t *persons = json_object_get(q->job, JOB_PERSONS), *person;
	size_t i;

	if (!registers(q->job))
		return;
	json_array_foreach (persons, i, person) {
		enum refusal refusal;
		struct why why = { .id = ERR_NONE };

		if (references_register(spool, person, NULL, &refusal, &why) == 0)
			json_object_set_new(json_object_get(add_unit(q, person), RECORD_OQS),
			    OQS_RESULT, json_string(UNIT_OK));
		else if (refusal == REFUSAL_CENTRE)
			q->lost = 1;
		else
			refuse(q, person, &why);
	}
	q->next = json_array_size(persons);
}

size_t
inquiry_ask(struct inquiry *q)
{
	const json_t *persons = json_object_get(q->job, JOB_PERSONS), *person;
	struct question *question;
	enum refusal refusal;
	struct why why = { .id = ERR_NONE };

	window_reset(&q->window);
	while ((person = json_array_get(persons, q->next)) != NULL &&
	       (question = window_next(&q->window, NULL)) != NULL) {
		q->next++;
		snprintf(
		    question->ask, sizeof question->ask, "%s", record_text(person, QUESTION_ASK));
		if (request_question(
			person, question->ask, NULL, &q->window.body, &refusal, &why) == 0 &&
		    window_added(&q->window) == 0) {
			q->asked[q->window.n - 1] = person;
		} else {
			q->window.body.len = question->at;
			refuse(q, person, &why);
		}
	}
	return q->window.n;
}

/* The person's numbers stand once, not with each policy (oqs-interface.md 2.4). */
static int
give_numbers(const struct inquiry *q, const struct spool *spool, json_t *eligibility)
{
	const char *institution =
	    record_text(json_object_get(q->job, RECORD_OQS), OQS_INSTITUTION_CODE);
	struct why why;

	return references_give(spool, institution, eligibility, 0, &why);
}

void
inquiry_hear(struct inquiry *q, const struct spool *spool)
{
	for (size_t i = 0; i < q->window.n; i++) {
		struct why why = { .id = ERR_NONE };
		int of_person;
		json_t *eligibility = terminal_heard(
		    &q->window, &q->window.questions[i], OBJECT_ELIGIBILITY, &of_person, &why);

		if (eligibility != NULL && give_numbers(q, spool, eligibility) == -1) {
			json_decref(eligibility);
			q->lost = 1;
		} else if (eligibility != NULL) {
			answer(q, q->asked[i], eligibility);
		} else if (of_person) {
			refuse(q, q->asked[i], &why);
		} else {
			q->lost = 1;
		}
	}
}

/* A copy of the unit of that number, from 1, at the end; or NULL: there is none. */
static json_t *
again(json_t *units, int64_t number)
{
	json_t *unit = number < 1 ? NULL : json_array_get(units, (size_t)number - 1), *copy;

	if (unit == NULL)
		return NULL;
	copy = json_deep_copy(unit);
	json_array_append_new(units, copy);
	return copy;
}

static void
set_item(json_t *unit, const char *item)
{
	json_object_set_new(json_object_get(unit, RECORD_OQS), OQS_ITEM_ID, json_string(item));
}

/* A registration of something else. */
static void
set_number(json_t *unit)
{
	json_t *oqs = json_object_get(unit, RECORD_OQS);

	if (json_object_get(oqs, OQS_REFERENCE_NUMBER) != NULL)
		json_object_set_new(oqs, OQS_REFERENCE_NUMBER, json_string(WRONG_NUMBER));
}

/* Another answer to the same person. */
static void
contradict(json_t *unit)
{
	json_t *eligibility;
	const struct why none = { .id = ERR_NONE };

	if (json_object_get(unit, OBJECT_ELIGIBILITY) == NULL) {
		response_refuse(unit, REFUSAL_KEYS, &none);
		return;
	}
	eligibility = json_object();
	json_object_set_new(eligibility, ELIGIBILITY_STATUS, json_string(ANOTHER_ANSWER));
	json_object_set_new(eligibility, ELIGIBILITY_POLICIES, json_array());
	json_object_set_new(unit, OBJECT_ELIGIBILITY, eligibility);
}

static void
reverse(json_t *units)
{
	for (size_t n = json_array_size(units), i = 0; i < n; i++) {
		json_t *last = json_incref(json_array_get(units, n - 1));

		json_array_remove(units, n - 1);
		json_array_insert_new(units, i, last);
	}
}

/* Makes what the plan wants to be wrong. */
static void
spoil(json_t *units, const struct plan *plan)
{
	json_t *unit;

	again(units, plan->doubled);
	if ((unit = again(units, plan->differing)) != NULL)
		contradict(unit);
	if (plan->foreign && (unit = again(units, 1)) != NULL) {
		set_item(unit, NOBODYS_ITEM);
		set_number(unit);
	}
	if (plan->echo)
		set_number(json_array_get(units, 0));
	if (plan->missing > 0)
		json_array_remove(units, (size_t)plan->missing - 1);
	if (plan->reversed)
		reverse(units);
}

static json_t *
count(const json_t *units, const struct plan *plan)
{
	size_t n = json_array_size(units), normal = 0, i;
	const json_t *unit;

	json_array_foreach (units, i, unit)
		normal += json_object_get(unit, OBJECT_ELIGIBILITY) != NULL;
	return json_pack("{sI sI sI}", COUNTS_PROCESSED, (json_int_t)n + (plan->counts != 0),
	    COUNTS_NORMAL, (json_int_t)normal, COUNTS_ERROR, (json_int_t)(n - normal));
}

int
inquiry_result(struct inquiry *q, const char *name, const json_t *asked, const struct plan *plan,
    enum encoding encoding, struct buf *response, struct why *why)
{
	json_t *head, *unit, *counts;
	size_t i;

	spoil(q->units, plan);
	head = unit_new(name, q->job, SEGMENT_NORMAL);
	counts = count(q->units, plan);
	if (!registers(q->job)) /* such a result has no counts */
		json_object_set(json_object_get(head, RECORD_OQS), OQS_COUNTS, counts);
	json_array_foreach (q->units, i, unit) {
		json_t *oqs = json_object_get(unit, RECORD_OQS);

		json_object_update_missing(oqs, json_object_get(head, RECORD_OQS));
		json_object_update_missing(unit, head);
	}
	if (json_array_size(q->units) == 0)
		json_array_append(q->units, head);
	json_decref(head);
	json_decref(counts);
	return response_write(name, asked, json_incref(q->units), encoding, response, why);
}
