#include <stdlib.h>
#include <string.h>

#include "ask/batch.h"

#define TEXT_ENOUGH  ((size_t)1 << 20) /* bytes of lines after which a batch is full */
#define KEEP_MOST    ((size_t)4 << 20) /* memory that is not kept after a run of huge lines */
#define QUESTION_MAX ((size_t)8 << 10) /* a question line is far shorter: its texts are checked */
#define BROKEN_KEPT  ((size_t)4 * RAW_CHARACTERS) /* what `raw` can need of a broken line */

struct batch *
batch_new(const char *service, answer_reader *read, size_t max_line, size_t max_answers)
{
	struct batch *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	buf_init(&b->text, max_line + TEXT_ENOUGH);
	window_init(&b->window, service, read, max_answers);
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	batch_reset(b);
	buf_free(&b->text);
	window_free(&b->window);
	free(b);
}

int
batch_full(const struct batch *b)
{
	return b->n == BATCH_ITEMS || b->window.n == WINDOW_LINES || b->text.len >= TEXT_ENOUGH ||
	       b->window.body.len + QUESTION_MAX > WINDOW_BYTES;
}

/* Puts the question line into the window. 0, or -1 without memory. */
static int
add_question(struct batch *b, const struct decision *d)
{
	struct question *q = window_next(&b->window);
	char day[DATE_SIZE];

	date_format(d->day, day);
	if (q == NULL || question_write(&b->window.body, q->ask, day, &d->insured) == -1)
		return -1;
	return window_added(&b->window);
}

int
batch_add(struct batch *b, const struct line *line, const struct decision *d)
{
	struct item *i = &b->items[b->n];
	struct why *why = NULL;

	*i = (struct item){ .way = d->way, .verdict = d->verdict, .recheck = d->recheck };
	i->line = *line;
	i->at = b->text.len;
	if (d->way == WAY_BROKEN && line->len > BROKEN_KEPT)
		i->line.len = BROKEN_KEPT;
	if (buf_add(&b->text, line->text, i->line.len) == -1)
		return -1;
	if (d->way == WAY_BROKEN || d->way == WAY_FAILED) {
		if ((why = malloc(sizeof *why)) == NULL)
			return -1;
		*why = d->why;
	} else if (d->way == WAY_ASK) {
		i->question = b->window.n;
		if (add_question(b, d) == -1)
			return -1;
	}
	i->why = why;
	b->n++;
	return 0;
}

struct item *
batch_item(struct batch *b, size_t n)
{
	struct item *i = &b->items[n];

	i->line.text = i->line.len == 0 ? "" : b->text.data + i->at;
	return i;
}

void
batch_reset(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		free((void *)(uintptr_t)b->items[i].why);
	b->n = 0;
	window_reset(&b->window);
	if (b->text.cap > KEEP_MOST)
		buf_free(&b->text);
	if (b->window.answers.cap > KEEP_MOST)
		buf_free(&b->window.answers);
	buf_reset(&b->text);
	b->state = BATCH_FREE;
}
