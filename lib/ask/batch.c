#include <stdlib.h>
#include <string.h>

#include "ask/batch.h"

#define TEXT_ENOUGH ((size_t)1 << 20) /* bytes of lines after which a batch is full */
#define KEEP_MOST   ((size_t)4 << 20) /* memory that is not kept after a run of huge lines */
#define KEPT_MAX    ((size_t)64 << 20)
#define BROKEN_KEPT ((size_t)4 * RAW_CHARACTERS) /* what `raw` can need of a broken line */

struct batch *
batch_new(const struct service *service, size_t max_line, size_t max_answers)
{
	struct batch *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	b->service = service;
	buf_init(&b->text, max_line + TEXT_ENOUGH);
	buf_init(&b->kept, KEPT_MAX);
	window_init(&b->window, service->name, service->read, max_answers);
	b->window.most = service->lines;
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	batch_reset(b);
	buf_free(&b->text);
	buf_free(&b->kept);
	window_free(&b->window);
	free(b);
}

int
batch_full(const struct batch *b)
{
	return b->n == BATCH_ITEMS || b->window.n == b->window.most || b->text.len >= TEXT_ENOUGH ||
	       b->kept.len >= TEXT_ENOUGH ||
	       b->window.body.len + b->service->question_max > b->service->bytes;
}

/* The question line as it is written already, but for its ask. */
static int
add_written(struct batch *b, struct question *q, const struct decision *d)
{
	const size_t ask_at = sizeof "{\"" QUESTION_ASK "\":\"" - 1;

	if (buf_add(&b->window.body, d->text->data, d->text->len) == -1)
		return -1;
	memcpy(b->window.body.data + q->at + ask_at, q->ask, ASK_SIZE - 1);
	return window_added(&b->window);
}

/* Puts the question line into the window. 0, or -1 without memory. */
static int
add_question(struct batch *b, const struct decision *d)
{
	struct question *q = window_next(&b->window, d->ask);

	if (q == NULL)
		return -1;
	if (d->text != NULL)
		return add_written(b, q, d);
	if (b->service->write(&b->window.body, q->ask, d) == -1)
		return -1;
	return window_added(&b->window);
}

/* Takes a copy of an answer. 0, or -1 without memory. */
static int
keep(struct batch *b, struct item *i, const struct given *given)
{
	i->given = *given;
	i->place = b->kept.len;
	if (buf_add(&b->kept, given->line, given->len) == 0)
		return 0;
	b->kept.error = 0;
	return -1;
}

const struct why *
batch_why(const struct why *why)
{
	struct why *copy = malloc(sizeof *copy);

	if (copy != NULL)
		*copy = *why;
	return copy;
}

int
batch_add(struct batch *b, const struct line *line, const struct decision *d)
{
	struct item *i = &b->items[b->n];

	*i = (struct item){
		.way = d->way, .verdict = d->verdict, .recheck = d->recheck, .before = d->before
	};
	i->line = *line;
	i->at = b->text.len;
	if (d->way == WAY_BROKEN && line->len > BROKEN_KEPT)
		i->line.len = BROKEN_KEPT;
	if (buf_add(&b->text, line->text, i->line.len) == -1)
		return -1;
	if (d->way == WAY_BROKEN || d->way == WAY_FAILED) {
		if ((i->why = batch_why(&d->why)) == NULL)
			return -1;
	} else if (d->way == WAY_ASK) {
		i->question = b->window.n;
		if (add_question(b, d) == -1)
			return -1;
	} else if (d->way == WAY_KEPT && keep(b, i, &d->given) == -1) {
		return -1;
	} else if (d->way == WAY_SAME) {
		i->window = d->window;
		i->place = d->place;
		b->unsettled++;
	}
	i->own = json_incref(d->own);
	b->n++;
	return 0;
}

struct item *
batch_item(struct batch *b, size_t n)
{
	struct item *i = &b->items[n];

	i->line.text = i->line.len == 0 ? "" : b->text.data + i->at;
	if (i->way == WAY_KEPT)
		i->given.line = b->kept.data + i->place;
	return i;
}

void
batch_give(struct batch *b, struct item *i, const struct given *given, enum verdict verdict)
{
	i->way = keep(b, i, given) == 0 ? WAY_KEPT : WAY_STOPPED;
	i->verdict = verdict;
	b->unsettled--;
}

void
batch_stop(struct batch *b, struct item *i, const struct why *why)
{
	i->way = WAY_STOPPED;
	i->why = batch_why(why);
	b->unsettled--;
}

void
batch_reset(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free((void *)(uintptr_t)b->items[i].why);
		json_decref(b->items[i].own);
	}
	b->n = 0;
	window_reset(&b->window);
	if (b->text.cap > KEEP_MOST)
		buf_free(&b->text);
	if (b->window.answers.cap > KEEP_MOST)
		buf_free(&b->window.answers);
	buf_reset(&b->text);
	buf_reset(&b->kept);
	b->unsettled = 0;
	b->journal = 0;
	b->state = BATCH_FREE;
}
