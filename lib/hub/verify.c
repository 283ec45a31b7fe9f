/*
 * POST /v1/verify: questions by number or by card, one answer line each, in order. The writer may
 * find that some were asked before; then the reply is written again (service_repeat()).
 */
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/card.h"
#include "hub/services.h"

/* So many questions are worked on together, so that memory is fetched for one meanwhile. */
#define TOGETHER 32

#define ANSWER_TYPICAL ((size_t)768) /* bytes of a line */

struct asked {
	struct question question;
	struct cover_key key;
	struct why why; /* where it cannot be answered */
	int refused;
};

/* Judges and writes one answer by number. 0, or -1 with why when the store failed. */
static int
by_number(
    struct request *r, struct job *j, struct job_line *l, struct asked *a, const char *answered_at)
{
	const struct insurer *insurer = NULL;
	struct judged judged;

	if (people_find(r->people, &a->key, r->candidates, &a->why) == -1 ||
	    judge(r->people, &a->question, j->facility, r->candidates, &judged, &a->why) == -1)
		return -1;
	l->made.slot = AUDIT_NO_COVER;
	l->made.judgement = (uint8_t)judged.judgement;
	l->result = judgement_status[judged.judgement];
	if (judged.cover != NULL) {
		insurer = people_insurer(r->people, judged.cover->insurer);
		l->person = judged.cover->person;
		l->made.slot = judged.cover->slot;
	}
	return answer_write(&j->reply.bytes, &a->question, &judged, insurer, answered_at);
}

static void
answer_line(struct request *r, struct job *j, struct job_line *l, struct asked *a, int64_t now,
    const char *answered_at)
{
	struct buf *out = &j->reply.bytes;

	l->from = (uint32_t)out->len;
	l->audited = AUDIT_VERIFY;
	l->made.answered_at = now;
	l->ask = a->question.packed;
	if (!a->refused && a->question.presence != NULL) {
		/* Also when it is refused now: a token that has expired may have been answered. */
		line_remember(r, l, ANSWER_FORMAT, r->body + l->question, l->question_len);
		a->refused = l->refused =
		    card_answer(r, j, l, &a->question, answered_at, &a->why) == -1;
	} else if (!a->refused) {
		a->refused = by_number(r, j, l, a, answered_at) == -1;
		if (a->refused)
			l->made.format = 0;
	}
	if (a->refused) {
		answer_refuse(out, a->question.ask, &a->why);
		l->result = why_code(&a->why);
	}
	l->to = (uint32_t)out->len;
}

/* Of a question by number. */
static void
remember(const struct request *r, struct job_line *l, const struct asked *a)
{
	unsigned char content[QUESTION_CONTENT_MAX];

	line_remember(
	    r, l, ANSWER_FORMAT, content, question_content(&a->question, a->key.slot, content));
}

static void
serve_together(struct request *r, struct job *j, struct job_line *lines, size_t n, int64_t now,
    const char *answered_at)
{
	struct asked asked[TOGETHER];
	size_t wanted[TOGETHER]; /* which of them are to be looked for */
	size_t n_wanted = 0;

	buf_reset(r->scratch);
	buf_room(r->scratch, TOGETHER * QUESTION_KEY_ROOM); /* else question_key() fails for each */
	for (size_t i = 0; i < n; i++) {
		struct asked *a = &asked[i];

		a->refused = !question_read(r->body + lines[i].question, lines[i].question_len,
				 &a->question, &a->why) ||
			     (a->question.presence == NULL &&
				 question_key(&a->question, r->scratch, &a->key, &a->why) == -1);
		if (!a->refused && a->question.presence == NULL) {
			people_locate(r->people, &a->key);
			wanted[n_wanted++] = i;
		}
	}
	for (size_t i = 0; i < n_wanted; i++)
		people_expect(r->people, &asked[wanted[i]].key);
	for (size_t i = 0; i < n_wanted; i++)
		people_expect_row(r->people, &asked[wanted[i]].key);
	for (size_t i = 0; i < n_wanted; i++) /* meanwhile the memory comes */
		remember(r, &lines[wanted[i]], &asked[wanted[i]]);
	for (size_t i = 0; i < n; i++)
		answer_line(r, j, &lines[i], &asked[i], now, answered_at);
}

enum served
verify_serve(struct request *r, struct job *j)
{
	int64_t now = clock_now();
	char answered_at[TIME_SIZE];

	time_format(now, answered_at);
	buf_room(&j->reply.bytes, j->n * ANSWER_TYPICAL); /* a guess that saves copies */
	for (size_t i = 0; i < j->n; i += TOGETHER)
		serve_together(r, j, &j->lines[i], j->n - i < TOGETHER ? j->n - i : TOGETHER, now,
		    answered_at);
	return SERVED_LATER;
}

/* Answers from what the first answer was made from. 0, or -1 with why. */
int
verify_repeat(
    struct request *r, struct job *j, const struct job_line *l, struct buf *out, struct why *why)
{
	const struct cover *cover = NULL;
	const struct insurer *insurer = NULL;
	char answered_at[TIME_SIZE];
	struct judged judged;
	struct question q;

	if (!question_read(r->body + l->question, l->question_len, &q, why))
		return -1;
	time_format(l->made.answered_at, answered_at);
	if (q.presence != NULL)
		return card_repeat(r, l, &q, j->facility, answered_at, out, why);
	if (l->made.slot != AUDIT_NO_COVER) {
		if (people_get(r->people, l->made.slot, r->candidates, why) != 1)
			return -1;
		cover = &r->candidates->covers[0];
		insurer = people_insurer(r->people, cover->insurer);
	}
	judged = judge_again((enum judgement)l->made.judgement, cover, &q, j->facility);
	return answer_write(out, &q, &judged, insurer, answered_at);
}
