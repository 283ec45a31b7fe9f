#include <stdlib.h>
#include <string.h>

#include "ask/rest.h"

/* A batch's items, its lines, and what it was given. */
struct resting {
	struct resting *next;
	uint64_t order;
	size_t n, bytes;
	struct buf text, kept;
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

/* The memory itself goes over: there may be none for a copy when it is the lines' turn. */
static void
move(struct buf *to, struct buf *from)
{
	size_t max = from->max;

	buf_free(to);
	*to = *from;
	buf_init(from, max);
}

/* What it takes while it rests. */
static size_t
size_of(const struct batch *b)
{
	size_t n = sizeof(struct resting) + b->n * sizeof *b->items + b->text.cap + b->kept.cap;

	for (size_t i = 0; i < b->n; i++)
		n += b->items[i].why == NULL ? 0 : sizeof(struct why);
	return n;
}

int
rest_put(struct rests *rests, const struct asked *asked, struct batch *b)
{
	size_t items = b->n * sizeof *b->items;
	struct resting *r, **at = &rests->first;

	if (asked->journal == NULL || asked->failed.id != ERR_NONE || b->unsettled > 0 ||
	    !is_kept(&b->window) || !take_whys(b) || rests->bytes + size_of(b) > REST_MOST ||
	    (r = malloc(sizeof *r + items)) == NULL)
		return 0;
	take_places(b);
	*r = (struct resting){ .order = b->order, .n = b->n, .bytes = size_of(b) };
	memcpy(r->items, b->items, items);
	move(&r->text, &b->text);
	move(&r->kept, &b->kept);
	while (*at != NULL && (*at)->order < r->order)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	rests->n++;
	rests->bytes += r->bytes;
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

	if (r == NULL || r->order != order)
		return 0;
	move(&into->text, &r->text);
	move(&into->kept, &r->kept);
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
	buf_free(&r->text);
	buf_free(&r->kept);
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
