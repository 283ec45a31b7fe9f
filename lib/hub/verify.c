/* POST /v1/verify: questions by number, one answer line each, in order. */
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
	if (judged.cover != NULL) {
		insurer = people_insurer(r->people, judged.cover->insurer);
		l->person = judged.cover->person;
	}
	l->result = judgement_rows[judged.judgement].status;
	l->keep = 1;
	return answer_write(&j->reply.bytes, q, &judged, insurer, answered_at);
}

static void
serve_line(struct request *r, struct job *j, struct job_line *l, const char *line, size_t n,
    const char *answered_at)
{
	struct buf *out = &j->reply.bytes;
	struct question q;
	struct why why;

	l->from = out->len;
	if (!question_read(line, n, &q, &why) || answer(r, j, l, &q, answered_at, &why) == -1) {
		answer_refuse(out, q.ask, &why);
		l->result = why_code(&why);
	}
	memcpy(l->ask, q.ask, sizeof l->ask);
	l->to = out->len;
	if (l->keep)
		writer_digest(r->writer, line, n, l->digest);
}

enum served
verify_serve(struct request *r, struct job *j)
{
	const char *p = r->body, *end = r->body + r->body_len;
	char answered_at[TIME_SIZE];

	time_format(clock_now(), answered_at);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf == NULL ? end : lf) - p);

		serve_line(r, j, &j->lines[j->n++], p, n, answered_at);
		p += n + 1;
	}
	return SERVED_LATER;
}
