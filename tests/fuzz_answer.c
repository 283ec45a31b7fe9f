/*
 * Fuzz target: the body of a hub's answer. Whatever it is, each question has at most one line of
 * it, with its own ask; and what is made of that line is an object with our members.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/answer.h"
#include "ask/change.h"
#include "ask/query.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "route/answers.h"

#define QUESTIONS 3
#define BODY_MAX  ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Asks that the seeds know. */
static void
ask(struct window *w)
{
	for (int i = 0; i < QUESTIONS; i++) {
		struct question *q = window_next(w, NULL);

		memset(q->ask, 'a' + i, ASK_SIZE - 1);
		if (buf_adds(&w->body, "{}") == -1 || window_added(w) == -1)
			abort();
	}
}

/* Compared with itself, nothing has changed. */
static void
check_change(const json_t *eligibility, struct buf *value)
{
	struct line line;
	struct buf scratch;
	json_t *told;

	buf_init(&scratch, value->max);
	if (change_put(eligibility, value, &scratch) == -1)
		abort();
	line = (struct line){ .text = value->data, .len = value->len, .bytes = value->len };
	if ((told = record_parse(&line, NULL)) == NULL)
		abort();
	json_decref(told);
	buf_free(&scratch);
}

static void
check(const struct window *w, const struct question *q)
{
	const struct answer answer = {
		.line = w->answers.data + q->answer_at,
		.len = q->answer_len,
		.asked_at = "2026-10-05T09:01:12+09:00",
		.route = "hub",
	};
	enum verdict verdict = VERDICT_UNKNOWN;
	struct buf value;
	struct line line;
	json_t *object;

	if (q->why.id != ERR_NONE)
		return;
	buf_init(&value, BODY_MAX * 2);
	if (answer_value(&answer, &value, &verdict) == -1)
		abort();
	line = (struct line){ .text = value.data, .len = value.len, .bytes = value.len };
	if ((object = record_parse(&line, NULL)) == NULL ||
	    record_text(object, ELIGIBILITY_STATUS) == NULL ||
	    strcmp(record_text(object, ELIGIBILITY_ROUTE), "hub") != 0)
		abort();
	check_change(object, &value);
	json_decref(object);
	buf_free(&value);
}

/* The same bytes as an answer about medical information: an object, with lists for what was asked. */
static void
check_medical(const uint8_t *data, size_t size)
{
	const struct line line = { .text = (const char *)data, .len = size, .bytes = size };
	json_t *own = json_pack(
	    "{s[ss] s[]}", MEDICAL_ASKED, MEDICAL_DRUGS, MEDICAL_CHECKUPS, MEDICAL_REFUSED);
	const struct answer answer = { .line = line.text,
		.len = size,
		.asked_at = "2026-10-05T09:01:12+09:00",
		.route = "hub",
		.own = own };
	json_t *parsed = record_parse(&line, NULL), *object;
	enum verdict verdict = VERDICT_YES;
	struct question q = { .ask = "" };
	struct why why;
	struct buf value;

	buf_init(&value, BODY_MAX * 4);
	if (parsed == NULL || query_read(parsed, &q, &why) == -1 || q.why.id != ERR_NONE)
		goto out;
	if (query_value(&answer, &value, &verdict) == -1)
		abort();
	object = json_loadb(value.data, value.len, JSON_ALLOW_NUL, NULL);
	if (json_object_get(object, MEDICAL_TREATMENTS) != NULL ||
	    strcmp(record_text(object, MEDICAL_ROUTE), "hub") != 0 ||
	    json_array_size(json_object_get(object, MEDICAL_DRUGS)) >
		json_array_size(
		    json_object_get(json_object_get(parsed, OBJECT_MEDICAL), MEDICAL_DRUGS)))
		abort();
	json_decref(object);
out:
	json_decref(own);
	json_decref(parsed);
	buf_free(&value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct window w;
	struct why why = { .id = ERR_NONE };
	int all = 1;

	if (size <= BODY_MAX)
		check_medical(data, size);
	window_init(&w, "verify", answer_read, BODY_MAX);
	ask(&w);
	if (size > BODY_MAX || buf_add(&w.answers, data, size) == -1)
		goto out;
	if (answers_match(&w, 0, QUESTIONS, 0, &why) == 0 && why.id != ERR_NONE)
		abort();
	for (size_t i = 0; i < QUESTIONS; i++) {
		all &= w.questions[i].answered;
		if (w.questions[i].answered)
			check(&w, &w.questions[i]);
	}
	if (!all && why.id == ERR_NONE)
		abort();
out:
	window_free(&w);
	return 0;
}
