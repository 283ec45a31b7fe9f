/*
 * The way out to a hub. Each window has a slot; a slot sends what is left of its window, in one
 * request or, after a 413, in several, and does what the outcome of each says.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "route/answers.h"
#include "route/client.h"
#include "route/reach.h"
#include "route/scheme.h"

#define TRIES	     3	 /* of one request that is answered with something broken (tried_enough) */
#define BACKOFF	     200 /* milliseconds before the second try, doubled for each more */
#define BACKOFF_MOST 10000 /* and never longer than this */

struct slot {
	struct post post;
	struct window *window;		  /* NULL: free */
	size_t next;			  /* the first question not yet settled */
	size_t sent;			  /* questions in the request under way; 0: none */
	size_t limit;			  /* questions in one request */
	unsigned tries, waits;		  /* of this request: broken or unconnected, told to wait */
	int64_t due;			  /* not before this tick */
	int64_t busy_since, broken_since; /* 0: it is not */
};

struct https {
	struct client *client;
	struct reach reach;
	struct slot *slots;
	size_t jobs;
	int64_t patience;
	int64_t quiet_until; /* the hub wants us to wait: nothing is sent before */
	int64_t deadline;    /* of what is under way, once stopped */
	struct why stopped;  /* why nothing more is sent */
	uint64_t requests, retries;
};

static void *
https_open(const struct route_options *o, struct why *why)
{
	struct https *h = calloc(1, sizeof *h);

	if (h != NULL)
		h->slots = calloc((size_t)o->jobs, sizeof *h->slots);
	if (h == NULL || h->slots == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		free(h);
		return NULL;
	}
	h->jobs = (size_t)o->jobs;
	h->patience = o->retry_for;
	h->deadline = INT64_MAX;
	if ((h->client = client_open(o, why)) != NULL)
		return h;
	free(h->slots);
	free(h);
	return NULL;
}

static void
https_close(void *impl)
{
	struct https *h = impl;

	for (struct slot *s = h->slots; s < h->slots + h->jobs; s++) {
		if (s->sent > 0)
			client_cancel(h->client, &s->post);
		client_forget(&s->post);
	}
	client_close(h->client);
	free(h->slots);
	free(h);
}

static const char *
https_name(const void *impl)
{
	const struct https *h = impl;

	return client_name(h->client);
}

/* A wait that grows and that others do not keep step with: half to one and a half of it. */
static int64_t
backoff(unsigned tries)
{
	int64_t ms = BACKOFF;
	uint32_t dice;

	while (tries-- > 0 && ms < BACKOFF_MOST)
		ms *= 2;
	random_bytes(&dice, sizeof dice);
	return ms / 2 + (int64_t)(dice % (uint32_t)ms);
}

/* The next n questions are settled: those without an answer have this instead. */
static void
settle(struct slot *s, size_t n, const struct why *why)
{
	for (; n > 0; n--, s->next++)
		if (!s->window->questions[s->next].answered)
			s->window->questions[s->next].why = *why;
	s->tries = s->waits = 0;
	s->broken_since = 0;
}

static size_t
left(const struct slot *s)
{
	return s->window->n - s->next;
}

/* What the last request brought goes away; its questions will be asked again. */
static void
take_back(struct slot *s)
{
	struct buf *answers = &s->window->answers;

	answers_forget(s->window, s->next, s->sent);
	answers->len = s->post.answer_at;
	answers->error = 0;
}

/* Three tries of a hub that fails are enough for who waits for the answer, not for a night. */
static int
tried_enough(const struct https *h, const struct slot *s, int64_t now)
{
	return s->tries >= TRIES &&
	       (h->patience <= PATIENCE_SHORT || now - s->broken_since >= h->patience);
}

static void
course_again(struct https *h, struct slot *s, const struct outcome *o)
{
	int64_t now = clock_tick();

	s->tries++;
	if (s->broken_since == 0)
		s->broken_since = now;
	if (tried_enough(h, s, now)) {
		settle(s, s->sent, &o->why);
		return;
	}
	take_back(s);
	s->due = now + backoff(s->tries - 1);
	h->retries++;
}

static void
course_take(struct https *h, struct slot *s, const struct outcome *o)
{
	struct outcome broken = *o;

	if (answers_match(s->window, s->next, s->sent, s->post.answer_at, &broken.why) == -1)
		course_again(h, s, &broken);
	else
		settle(s, s->sent, &o->why);
}

static void
course_connect(struct https *h, struct slot *s, const struct outcome *o)
{
	int64_t now = clock_tick();

	take_back(s);
	reach_lost(&h->reach, now, &o->why);
	s->due = now + backoff(s->tries++);
	h->retries++;
}

static void
course_stop(struct https *h, struct slot *s, const struct outcome *o)
{
	take_back(s);
	h->stopped = o->why;
	settle(s, left(s), &o->why);
}

static void
course_halve(struct https *h, struct slot *s, const struct outcome *o)
{
	take_back(s);
	h->retries++;
	if (s->sent == 1)
		settle(s, 1, &o->why);
	else
		s->limit = (s->sent + 1) / 2;
}

/* Waits as long as the hub says, unless that is longer than anybody is willing to wait. */
static void
course_wait(struct https *h, struct slot *s, const struct outcome *o)
{
	int64_t now = clock_tick(), wait = o->wait >= 0 ? o->wait : backoff(s->waits);
	struct why why = o->why;

	take_back(s);
	if (s->waits++ == 0)
		s->busy_since = now;
	if (now + wait - s->busy_since > h->patience) {
		why_set(&why, why.id, NULL, "it wants us to wait for another %lld s",
		    (long long)(wait + 999) / 1000);
		why_upstream(&why, o->why.upstream_code, o->why.upstream_message);
		settle(s, left(s), &why);
		return;
	}
	h->retries++;
	h->quiet_until = now + wait;
}

static void (*const courses[])(struct https *, struct slot *, const struct outcome *) = {
	[COURSE_TAKE] = course_take,
	[COURSE_CONNECT] = course_connect,
	[COURSE_STOP] = course_stop,
	[COURSE_HALVE] = course_halve,
	[COURSE_WAIT] = course_wait,
	[COURSE_AGAIN] = course_again,
};

/* Takes in every post that is done. */
static void
collect(struct https *h)
{
	struct reply reply;
	struct outcome outcome;
	struct post *p;

	while ((p = client_done(h->client, &reply)) != NULL) {
		struct slot *s = p->owner;

		outcome_judge(&reply, &outcome);
		if (outcome.course != COURSE_CONNECT)
			reach_held(&h->reach);
		courses[outcome.course](h, s, &outcome);
		s->sent = 0;
	}
}

/* Sends the first questions that are left. */
static void
send_next(struct https *h, struct slot *s, int64_t now)
{
	struct window *w = s->window;
	const struct question *last;
	struct why why;
	size_t from = w->questions[s->next].at;

	s->sent = left(s) < s->limit ? left(s) : s->limit;
	last = &w->questions[s->next + s->sent - 1];
	s->post.service = w->service;
	s->post.body = w->body.data + from;
	s->post.len = last->at + last->len + 1 - from;
	s->post.answer = &w->answers;
	s->post.owner = s;
	if (client_post(h->client, &s->post, &why) == -1) {
		settle(s, left(s), &why);
		s->sent = 0;
		return;
	}
	reach_sent(&h->reach, now);
	h->requests++;
}

/* One slot that is not under way: sends, gives up, or says when to look again. */
static void
move_on(struct https *h, struct slot *s, int64_t now, int64_t *wake)
{
	int64_t due = s->due > h->quiet_until ? s->due : h->quiet_until;
	int64_t probe = 0, over_at = INT64_MAX;
	int may = reach_may(&h->reach, now, &probe), over;

	if (reach_down(&h->reach))
		due = probe; /* whoever comes first tries for all */
	may = may && now >= due;
	/* Even when it is over one that has not tried yet may be the probe. */
	over = reach_over(&h->reach, now, h->patience, &over_at) && !(may && s->tries == 0);
	if (h->stopped.id != ERR_NONE) {
		settle(s, left(s), &h->stopped);
	} else if (over) {
		settle(s, left(s), &h->reach.why);
	} else if (may) {
		send_next(h, s, now);
	} else {
		due = due < over_at ? due : over_at;
		*wake = due < *wake ? due : *wake;
	}
}

/* Once stopped, what is under way has until the deadline. */
static void
cut_off(struct https *h, struct slot *s, int64_t now, int64_t *wake)
{
	if (now < h->deadline) {
		if (h->deadline < *wake)
			*wake = h->deadline;
		return;
	}
	client_cancel(h->client, &s->post);
	take_back(s);
	s->sent = 0;
	settle(s, left(s), &h->stopped);
}

/* Moves every slot on; returns when to look again though nothing happened. */
static int64_t
move_slots(struct https *h)
{
	int64_t now = clock_tick(), wake = INT64_MAX;

	for (struct slot *s = h->slots; s < h->slots + h->jobs; s++) {
		if (s->window == NULL)
			continue;
		if (s->sent > 0)
			cut_off(h, s, now, &wake);
		else if (left(s) > 0)
			move_on(h, s, now, &wake);
	}
	return wake;
}

static struct window *
take_done(struct https *h)
{
	for (struct slot *s = h->slots; s < h->slots + h->jobs; s++) {
		struct window *w = s->window;

		if (w != NULL && s->sent == 0 && left(s) == 0) {
			s->window = NULL;
			return w;
		}
	}
	return NULL;
}

static int
https_start(void *impl, struct window *w)
{
	struct https *h = impl;

	for (struct slot *s = h->slots; s < h->slots + h->jobs; s++)
		if (s->window == NULL) {
			*s = (struct slot){ .post = s->post, .window = w, .limit = WINDOW_LINES };
			return 0;
		}
	return -1;
}

static struct window *
https_work(void *impl, int64_t timeout, const int *fds, size_t n)
{
	struct https *h = impl;
	int64_t until = timeout < 0 ? INT64_MAX : clock_tick() + timeout;
	int was_down = reach_down(&h->reach);

	for (;;) {
		int64_t wake, now;
		struct window *w;

		collect(h);
		wake = move_slots(h);
		if ((w = take_done(h)) != NULL)
			return w;
		now = clock_tick();
		if (now >= until || (reach_down(&h->reach) && !was_down))
			return NULL;
		if (until < wake)
			wake = until;
		if (client_wait(h->client, wake == INT64_MAX ? -1 : wake - now, fds, n))
			until = 0; /* one more round, then it is the caller's turn */
	}
}

static const struct why *
https_down(const void *impl)
{
	const struct https *h = impl;

	return reach_down(&h->reach) ? &h->reach.why : NULL;
}

static void
https_stop(void *impl, int64_t grace)
{
	struct https *h = impl;

	if (h->stopped.id == ERR_NONE)
		why_set(&h->stopped, ERR_NOT_ASKED_STOPPED, NULL, "%s", "");
	h->deadline = clock_tick() + grace;
}

static uint64_t
https_count(const void *impl, const char *what)
{
	const struct https *h = impl;

	if (strcmp(what, "connections") == 0)
		return client_connections(h->client);
	return strcmp(what, "retries") == 0 ? h->retries : h->requests;
}

const struct scheme_row https_scheme = {
	.prefix = "https:",
	.can = CAN_NUMBER | CAN_CARD | CAN_MEDICAL | CAN_RECEIPT | CAN_DISASTER | CAN_SELF,
	.lines = WINDOW_LINES,
	.open = https_open,
	.close = https_close,
	.name = https_name,
	.start = https_start,
	.work = https_work,
	.down = https_down,
	.stop = https_stop,
	.count = https_count,
};
