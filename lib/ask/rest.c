#include <stdlib.h>
#include <string.h>

#include "ask/rest.h"

/* A batch's items, and behind them in the same memory its lines and what it was given. */
struct resting {
	struct resting *next;
	uint64_t order;
	size_t n, text, kept, bytes;
	struct item items[];
};

/* Does the journal hold every answer? One that is still open may come, and then it must be here. */
static int
is_kept(const struct window *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->questions[i].open)
			return 0;
	return 1;
}

/* The window does not rest with its lines: takes from it why some have no answer. 1, or 0. */
static int
take_whys(struct batch *b)
{
	for (size_t n = 0; n < b->n; n++) {
		struct item *i = &b->items[n];

		if (i->way != WAY_ASK || b->window.questions[i->question].why.id == ERR_NONE)
			continue;
		if ((i->why = batch_why(&b->window.questions[i->question].why)) == NULL)
			return 0;
		i->way = WAY_STOPPED;
	}
	return 1;
}

/* And where the others find theirs. */
static void
take_places(struct batch *b)
{
	for (size_t n = 0; n < b->n; n++) {
		struct item *i = &b->items[n];

		if (i->way != WAY_ASK)
			continue;
		i->way = WAY_RESTING;
		i->verdict = (enum verdict)b->window.questions[i->question].note;
		i->window = b->journal;
		i->given.asked_at = b->asked;
	}
}

static void
pack(struct resting *r, const struct batch *b)
{
	char *behind = (char *)(r->items + b->n);

	memcpy(r->items, b->items, b->n * sizeof *r->items);
	if (b->text.len > 0)
		memcpy(behind, b->text.data, b->text.len);
	if (b->kept.len > 0)
		memcpy(behind + b->text.len, b->kept.data, b->kept.len);
	r->order = b->order;
	r->n = b->n;
	r->text = b->text.len;
	r->kept = b->kept.len;
}

int
rest_put(struct rests *rests, const struct asked *asked, struct batch *b)
{
	size_t bytes = sizeof *rests->first + b->n * sizeof *b->items + b->text.len + b->kept.len;
	struct resting *r, **at = &rests->first;

	if (asked->journal == NULL || asked->failed.id != ERR_NONE || b->unsettled > 0 ||
	    !is_kept(&b->window) || rests->bytes + bytes > REST_MOST || !take_whys(b) ||
	    (r = malloc(bytes)) == NULL)
		return 0;
	take_places(b);
	pack(r, b);
	r->bytes = bytes;
	while (*at != NULL && (*at)->order < r->order)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	rests->n++;
	rests->bytes += bytes;
	b->n = 0; /* what the items hold has gone with them */
	batch_reset(b);
	return 1;
}

/* Reads the answers back. */
static void
recall(struct asked *asked, struct batch *b)
{
	for (size_t n = 0; n < b->n; n++)
		b->unsettled += b->items[n].way == WAY_RESTING;
	for (size_t n = 0; n < b->n; n++) {
		struct item *i = &b->items[n];
		struct given given = i->given;

		if (i->way != WAY_RESTING)
			continue;
		if (asked_recall(asked, i->window, i->question, &given) == 0)
			batch_give(b, i, &given, i->verdict);
		else
			batch_stop(b, i, &asked->failed);
	}
}

int
rest_take(struct rests *rests, struct asked *asked, uint64_t order, struct batch *into)
{
	struct resting *r = rests->first;
	const char *behind;

	if (r == NULL || r->order != order)
		return 0;
	behind = (const char *)(r->items + r->n);
	if (buf_add(&into->text, behind, r->text) == -1 ||
	    buf_add(&into->kept, behind + r->text, r->kept) == -1)
		return -1;
	memcpy(into->items, r->items, r->n * sizeof *r->items);
	into->n = r->n;
	into->order = order;
	into->state = BATCH_DONE;
	recall(asked, into);
	rests->first = r->next;
	rests->n--;
	rests->bytes -= r->bytes;
	free(r);
	return 1;
}

static void
forget(struct resting *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free((void *)(uintptr_t)r->items[i].why);
		json_decref(r->items[i].own);
	}
	free(r);
}

void
rest_free(struct rests *rests)
{
	struct resting *next;

	for (struct resting *r = rests->first; r != NULL; r = next) {
		next = r->next;
		forget(r);
	}
	*rests = (struct rests){ 0 };
}
