#include <string.h>

#include "model/insured.h"
#include "pipe/record.h"
#include "route/answers.h"

void
answers_forget(struct window *w, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		json_decref(w->questions[i].answer);
		w->questions[i].answer = NULL;
	}
}

/* The question with this ask. A good hub keeps the order, so `guess` is right nearly always. */
static struct question *
find(struct window *w, size_t first, size_t n, size_t guess, const char *ask)
{
	if (guess < n && strcmp(w->questions[first + guess].ask, ask) == 0)
		return &w->questions[first + guess];
	for (size_t i = first; i < first + n; i++)
		if (strcmp(w->questions[i].ask, ask) == 0)
			return &w->questions[i];
	return NULL;
}

static int
same_line(const struct window *w, const struct question *q, const char *text, size_t len)
{
	return q->answer_len == len && memcmp(w->answers.data + q->answer_at, text, len) == 0;
}

/* One line for one question. 0, or -1 with why. */
static int
take_line(struct window *w, struct question *q, json_t *answer, const char *text, size_t len,
    struct why *why)
{
	if (q->answer != NULL) {
		json_decref(answer);
		if (same_line(w, q, text, len))
			return 0;
		why_set(why, ERR_HUB_FAILED, NULL, "two different answers to one question");
		return -1;
	}
	q->answer = answer;
	q->answer_at = (size_t)(text - w->answers.data);
	q->answer_len = len;
	return 0;
}

static int
match_line(struct window *w, size_t first, size_t n, size_t guess, const struct line *line,
    struct why *why)
{
	struct why broken;
	json_t *answer = record_parse(line, &broken);
	const char *ask;
	struct question *q;

	if (answer == NULL) {
		why_set(why, ERR_HUB_FAILED, NULL, "line %llu of the answer is broken: %s",
		    (unsigned long long)line->number, error_rows[broken.id].title);
		return -1;
	}
	ask = record_text(answer, QUESTION_ASK);
	if (ask == NULL || (q = find(w, first, n, guess, ask)) == NULL) {
		json_decref(answer);
		why_set(why, ERR_HUB_FAILED, NULL,
		    "line %llu of the answer answers nothing that was asked",
		    (unsigned long long)line->number);
		return -1;
	}
	return take_line(w, q, answer, line->text, line->len, why);
}

int
answers_match(struct window *w, size_t first, size_t n, size_t at, struct why *why)
{
	const char *p = w->answers.data, *end, *lf;
	struct line line = { .number = 0 };
	struct why lost;
	size_t answered = 0;
	int failed = 0;

	end = p == NULL ? NULL : p + w->answers.len;
	for (p = p == NULL ? NULL : p + at; p < end; p = lf + 1) {
		if ((lf = memchr(p, '\n', (size_t)(end - p))) == NULL)
			lf = end;
		line.text = p;
		line.len = (size_t)(lf - p);
		line.bytes = line.len;
		line.number++;
		if (match_line(w, first, n, (size_t)line.number - 1, &line, failed ? &lost : why) ==
		    -1)
			failed = 1;
	}
	for (size_t i = first; i < first + n; i++)
		answered += w->questions[i].answer != NULL;
	if (!failed && answered < n) {
		why_set(why, ERR_HUB_FAILED, NULL, "%zu answers for %zu questions", answered, n);
		failed = 1;
	}
	return failed ? -1 : 0;
}
