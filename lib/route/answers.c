#include <string.h>

#include "model/insured.h"
#include "pipe/record.h"
#include "route/answers.h"

void
answers_forget(struct window *w, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		w->questions[i].answered = 0;
		w->questions[i].why.id = ERR_NONE;
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

/* One line, parsed, for one question. 0, or -1 with why. */
static int
take_line(struct window *w, struct question *q, const json_t *answer, const struct line *line,
    struct why *why)
{
	if (q->answered) {
		if (same_line(w, q, line->text, line->len))
			return 0;
		why_set(why, ERR_HUB_FAILED, NULL, "two different answers to one question");
		return -1;
	}
	if (w->read(answer, q, why) == -1)
		return -1;
	q->answered = 1;
	q->answer_at = (size_t)(line->text - w->answers.data);
	q->answer_len = line->len;
	return 0;
}

static int
match_line(struct window *w, size_t first, size_t n, size_t guess, const struct line *line,
    struct why *why)
{
	struct why broken;
	json_t *answer = record_parse(line, &broken);
	const char *ask = record_text(answer, QUESTION_ASK);
	struct question *q = ask == NULL ? NULL : find(w, first, n, guess, ask);
	int taken = -1;

	if (answer == NULL)
		why_set(why, ERR_HUB_FAILED, NULL, "line %llu of the answer is broken: %s",
		    (unsigned long long)line->number, error_rows[broken.id].title);
	else if (q == NULL)
		why_set(why, ERR_HUB_FAILED, NULL,
		    "line %llu of the answer answers nothing that was asked",
		    (unsigned long long)line->number);
	else
		taken = take_line(w, q, answer, line, why);
	json_decref(answer);
	return taken;
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
		answered += w->questions[i].answered != 0;
	if (!failed && answered < n) {
		why_set(why, ERR_HUB_FAILED, NULL, "%zu answers for %zu questions", answered, n);
		failed = 1;
	}
	return failed ? -1 : 0;
}
