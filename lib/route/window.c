#include <string.h>

#include "route/route.h"

void
window_init(struct window *w, const char *service, answer_reader *read, size_t max_answers)
{
	w->service = service;
	w->read = read;
	w->n = 0;
	w->most = WINDOW_LINES;
	buf_init(&w->body, WINDOW_BYTES);
	buf_init(&w->answers, max_answers);
}

void
window_reset(struct window *w)
{
	w->n = 0;
	buf_reset(&w->body);
	buf_reset(&w->answers);
}

void
window_free(struct window *w)
{
	window_reset(w);
	buf_free(&w->body);
	buf_free(&w->answers);
}

struct question *
window_next(struct window *w, const char *ask)
{
	struct question *q;

	if (w->n == w->most)
		return NULL;
	q = &w->questions[w->n];
	if (ask == NULL)
		ask_new(q->ask);
	else
		memcpy(q->ask, ask, ASK_SIZE);
	q->at = w->body.len;
	q->name[0] = '\0';
	q->earlier = EARLIER_NONE;
	q->answered = q->open = q->taken = 0;
	q->why.id = ERR_NONE;
	return q;
}

int
window_added(struct window *w)
{
	struct question *q = &w->questions[w->n];

	q->len = w->body.len - q->at;
	if (buf_addc(&w->body, '\n') == 0) {
		w->n++;
		return 0;
	}
	w->body.error = 0;
	w->body.len = q->at;
	return -1;
}
