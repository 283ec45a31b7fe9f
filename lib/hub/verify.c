/*
 * POST /v1/verify: questions by number, one answer line each, in order. The writer may find that
 * some were asked before; then the reply is written again (verify_repeat()).
 */
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/services.h"

/* Looks up and answers one question. 0, or -1 with why when the store failed. */
static int
answer(struct request *r, struct job *j, struct job_line *l, const struct question *q,
    const char *answered_at, struct why *why)
{
	const struct insurer *insurer = NULL;
	struct cover_key key;
	struct judged judged;

	if (question_key(q, r->scratch, &key, why) == -1 ||
	    people_find(r->people, &key, r->candidates, why) == -1 ||
	    judge(r->people, q, j->facility, r->candidates, &judged, why) == -1)
		return -1;
	l->made = (struct made){ .slot = AUDIT_NO_COVER,
		.judgement = (uint8_t)judged.judgement,
		.format = ANSWER_FORMAT };
	l->result = judgement_rows[judged.judgement].status;
	if (judged.cover != NULL) {
		insurer = people_insurer(r->people, judged.cover->insurer);
		l->person = judged.cover->person;
		l->made.slot = judged.cover->slot;
	}
	return answer_write(&j->reply.bytes, q, &judged, insurer, answered_at);
}

static void
serve_line(
    struct request *r, struct job *j, struct job_line *l, int64_t now, const char *answered_at)
{
	const char *line = r->body + l->question;
	struct buf *out = &j->reply.bytes;
	struct question q;
	struct why why;

	l->from = out->len;
	if (!question_read(line, l->question_len, &q, &why) ||
	    answer(r, j, l, &q, answered_at, &why) == -1) {
		answer_refuse(out, q.ask, &why);
		l->result = why_code(&why);
	}
	memcpy(l->ask, q.ask, sizeof l->ask);
	l->to = out->len;
	l->made.answered_at = now;
	if (l->made.format != 0)
		l->made.digest = writer_digest(r->writer, line, l->question_len);
}

enum served
verify_serve(struct request *r, struct job *j)
{
	int64_t now = clock_now();
	char answered_at[TIME_SIZE];
	size_t at = 0;

	time_format(now, answered_at);
	while (at < r->body_len) {
		struct job_line *l = &j->lines[j->n++];
		const char *lf = memchr(r->body + at, '\n', r->body_len - at);

		l->question = at;
		l->question_len = lf == NULL ? r->body_len - at : (size_t)(lf - r->body) - at;
		serve_line(r, j, l, now, answered_at);
		at += l->question_len + 1;
	}
	return SERVED_LATER;
}

/* Answers from what the first answer was made from. 0, or -1 with why. */
static int
repeat(struct request *r, struct job *j, const struct job_line *l, struct buf *out, struct why *why)
{
	const struct cover *cover = NULL;
	const struct insurer *insurer = NULL;
	char answered_at[TIME_SIZE];
	struct judged judged;
	struct question q;

	if (!question_read(r->body + l->question, l->question_len, &q, why))
		return -1;
	if (l->made.slot != AUDIT_NO_COVER) {
		if (people_get(r->people, l->made.slot, r->candidates, why) != 1)
			return -1;
		cover = &r->candidates->covers[0];
		insurer = people_insurer(r->people, cover->insurer);
	}
	time_format(l->made.answered_at, answered_at);
	judged = judge_again((enum judgement)l->made.judgement, cover, &q, j->facility);
	return answer_write(out, &q, &judged, insurer, answered_at);
}

static int
repeat_line(
    struct request *r, struct job *j, const struct job_line *l, struct buf *out, struct why *why)
{
	switch (l->kind) {
	case LINE_NEW:
		return buf_add(out, j->reply.bytes.data + l->from, l->to - l->from);
	case LINE_REPLAY:
		return repeat(r, j, l, out, why);
	case LINE_REUSED:
		break;
	}
	why_set(why, ERR_ASK_REUSED, NULL, "this ask has been answered with another content");
	return answer_refuse(out, l->ask, why);
}

int
verify_repeat(struct request *r, struct job *j, struct why *why)
{
	struct reply again;
	int failed;

	if (people_begin(r->people, why) == -1)
		return -1;
	reply_begin(&again, j->reply.bytes.max);
	failed = 0;
	for (size_t i = 0; i < j->n && !failed; i++)
		failed = repeat_line(r, j, &j->lines[i], &again.bytes, why) == -1;
	people_end(r->people);
	if (failed) {
		reply_free(&again);
		return -1;
	}
	reply_free(&j->reply);
	j->reply = again;
	return 0;
}
