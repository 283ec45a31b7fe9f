#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask/before.h"
#include "ask/journal.h"
#include "ask/leave.h"
#include "ask/rest.h"
#include "ask/service.h"
#include "pipe/progress.h"

#define JOBS_MAX    16
#define ANSWERS_MAX ((size_t)16 << 20) /* bytes that answer one window, in all */
#define AT_A_TIME   1024	       /* lines read before the network has its turn */
#define REST_AFTER  1000	       /* milliseconds: then what is done makes room for more */

struct asking {
	const struct ask_options *options;
	struct lines *lines;
	int in;
	struct route *route; /* NULL: questions are only shown */
	struct leaving leaving;
	struct asked asked; /* with a journal */
	size_t jobs;
	struct pace pace;
	struct rests rests;
	struct batch *batches[JOBS_MAX + 1];
	struct batch *waking;  /* the next in order, when it has rested */
	struct batch *filling; /* NULL: none */
	size_t sealed, flying; /* batches about to leave; under way */
	size_t waiting;	       /* all that are not free */
	uint64_t begun, left;  /* batches, counted in order */
	int64_t left_at;       /* the tick since when the next one in order is that */
	int ended;	       /* no more lines are read */
	int failed;	       /* reading or memory failed: why */
	int stopped;
	int64_t last_tick; /* once stopped: no line is read after it */
	struct why *why;
};

static void
fail(struct asking *a, enum error_id id, const char *detail)
{
	why_set(a->why, id, NULL, "%s", detail);
	a->failed = a->ended = 1;
}

/* The batch that takes the next line, or NULL while there is none. */
static struct batch *
batch_to_fill(struct asking *a)
{
	if (a->filling != NULL)
		return batch_full(a->filling) ? NULL : a->filling;
	for (size_t i = 0; i <= a->jobs; i++)
		if (a->batches[i]->state == BATCH_FREE) {
			a->filling = a->batches[i];
			a->filling->state = BATCH_FILLING;
			a->filling->order = a->begun++;
			if (a->filling->order == a->left)
				a->left_at = clock_tick();
			a->waiting++;
			return a->filling;
		}
	return NULL;
}

static int
may_read(const struct asking *a)
{
	if (a->ended)
		return 0;
	return a->filling != NULL ? !batch_full(a->filling) : a->waiting <= a->jobs;
}

/* Writes the question as it would be sent, and nothing for other lines. */
static void
show(struct asking *a, const struct decision *d)
{
	struct buf *question = &a->leaving.value;
	char ask[ASK_SIZE];

	if (d->way != WAY_ASK) {
		tally_add(a->leaving.tally, d->way == WAY_AS_CAME ? d->verdict : VERDICT_UNKNOWN);
		return;
	}
	buf_reset(question);
	ask_new(ask);
	if (a->options->service->write(question, ask, d) == 0)
		output_record(a->leaving.output, question->data, question->len, VERDICT_NOT_ASKED);
}

/* A line that is not asked leaves at once where no order holds it back. */
static int
leaves_now(const struct asking *a, const struct decision *d)
{
	return d->way != WAY_ASK && d->way != WAY_SAME &&
	       (a->options->as_completed || a->waiting + a->rests.n == 0);
}

/* The batch's last question gets its name on the route, and is remembered. */
static void
name_question(struct asking *a, struct batch *b, const struct decision *d)
{
	struct question *q = &b->window.questions[b->window.n - 1];

	q->earlier = d->earlier;
	memcpy(q->name, d->name, sizeof q->name);
	route_label(a->route, q);
	if (a->asked.journal != NULL)
		asked_add(&a->asked, b);
}

/* Was the person answered before? Of a line that will be answered. */
static void
look_before(const struct asking *a, struct decision *d)
{
	const struct before *before = a->options->before;

	if (before != NULL && (d->way == WAY_ASK || d->way == WAY_SAME || d->way == WAY_KEPT))
		d->before = before_find(before, d, asked_key(&a->asked), asked_place(&a->asked, d));
}

static void
take_line(struct asking *a, const struct line *line)
{
	struct decision d;
	struct batch *b;

	a->leaving.tally->read++;
	line_decide(line, a->options, a->route, &d);
	if (d.way == WAY_ASK && a->asked.journal != NULL)
		asked_look(&a->asked, &d);
	look_before(a, &d);
	if (d.way == WAY_KEPT && d.name[0] != '\0')
		route_forget(a->route, d.name);
	if (a->route == NULL) {
		show(a, &d);
	} else if (leaves_now(a, &d)) {
		struct item i = { .way = d.way,
			.verdict = d.verdict,
			.recheck = d.recheck,
			.why = &d.why,
			.given = d.given,
			.own = d.own,
			.before = d.before,
			.line = *line };

		leave(&a->leaving, NULL, &i);
	} else if ((b = batch_to_fill(a)) == NULL || batch_add(b, line, &d) == -1) {
		fail(a, ERR_OUT_OF_MEMORY, "a line could not be kept");
	} else if (d.way == WAY_ASK) {
		name_question(a, b, &d);
	}
	decision_free(&d);
}

/* Reads what there is, as far as there is room for it. */
static void
read_lines(struct asking *a)
{
	struct line line;

	for (int n = 0; n < AT_A_TIME && may_read(a); n++) {
		int got = lines_try(a->lines, &line);

		if (got == LINES_LATER) {
			if (a->stopped)
				a->ended = 1;
			return;
		}
		if (got == 0)
			a->ended = 1;
		else if (got == -1)
			fail(a, ERR_INPUT_FAILED, strerror(errno));
		else
			take_line(a, &line);
	}
}

/* Everything of a batch has been said: so it has to lines elsewhere that are equal. */
static void
batch_done(struct asking *a, struct batch *b)
{
	b->state = BATCH_DONE;
	if (a->asked.journal == NULL)
		return;
	asked_done(&a->asked, b, a->batches, a->jobs + 1);
	if (a->asked.failed.id != ERR_NONE)
		report(&a->leaving, &a->asked.failed);
}

/* Closes the batch that fills, when it is full or nothing is there to fill it with. */
static void
seal_batch(struct asking *a)
{
	struct batch *b = a->filling;
	int64_t now;

	if (b == NULL || b->n == 0 || a->sealed + a->flying == a->jobs ||
	    (may_read(a) && !batch_full(b) && lines_waiting(a->lines)))
		return;
	if (b->window.n > 0 && pace_wait(&a->pace) > 0)
		return;
	a->filling = NULL;
	b->state = BATCH_DONE;
	if (b->window.n == 0)
		return;
	now = clock_now();
	time_format(now, b->asked_at);
	if (a->asked.failed.id == ERR_NONE)
		route_prepare(a->route, &b->window);
	if (a->asked.journal != NULL)
		asked_seal(&a->asked, b, now);
	b->state = BATCH_SEALED;
	a->sealed++;
	pace_sent(&a->pace, b->window.n);
}

/* What was answered is safe: the other side's copies of it may go. */
static void
commit(struct asking *a)
{
	asked_commit(&a->asked);
	if (a->asked.failed.id == ERR_NONE && a->route != NULL)
		route_handed(a->route);
}

/* Sends what is sealed, once it is remembered; if it cannot be, it may not leave. */
static void
send_sealed(struct asking *a)
{
	commit(a);
	for (size_t i = 0; i <= a->jobs; i++) {
		struct batch *b = a->batches[i];

		if (b->state != BATCH_SEALED)
			continue;
		a->sealed--;
		if (a->asked.failed.id != ERR_NONE) {
			asked_refuse(&a->asked, b);
			batch_done(a, b);
			continue;
		}
		b->state = BATCH_FLYING;
		a->flying++;
		route_start(a->route, &b->window);
	}
}

static void
leave_batch(struct asking *a, struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		leave(&a->leaving, b, batch_item(b, i));
	batch_reset(b);
	a->waiting--;
	a->left++;
	a->left_at = clock_tick();
}

/* Lets the next ones in order go that have rested. How many. */
static size_t
leave_rested(struct asking *a)
{
	size_t n = 0;

	while (rest_take(&a->rests, &a->asked, a->left, a->waking)) {
		a->waiting++;
		leave_batch(a, a->waking);
		n++;
	}
	return n;
}

/* Lets go what is done: in order, or all of it. Returns how many batches left. */
static size_t
leave_done(struct asking *a)
{
	size_t n = leave_rested(a);

	for (size_t i = 0; i <= a->jobs; i++) {
		struct batch *b = a->batches[i];

		if (b->state != BATCH_DONE || b->unsettled > 0 ||
		    (!a->options->as_completed && b->order != a->left))
			continue;
		leave_batch(a, b);
		n += 1 + leave_rested(a);
		i = (size_t)-1; /* the next in order may stand before it */
	}
	return n;
}

/*
 * When the next one in order makes all others wait, those that are done go to rest, and asking goes
 * on. Returns in how many milliseconds that will be so, or -1.
 */
static int64_t
make_room(struct asking *a)
{
	int64_t wait = a->left_at + REST_AFTER - clock_tick();

	if (a->ended || a->asked.journal == NULL || may_read(a) || a->filling != NULL)
		return -1;
	if (wait > 0)
		return wait;
	for (size_t i = 0; i <= a->jobs; i++)
		if (a->batches[i]->state == BATCH_DONE &&
		    rest_put(&a->rests, &a->asked, a->batches[i]))
			a->waiting--;
	return may_read(a) ? 0 : -1;
}

/* Says once that the hub does not answer, while there still is hope. */
static void
report_down(struct asking *a)
{
	const struct why *why = route_down(a->route);

	if (why != NULL)
		report(&a->leaving, why);
}

static struct batch *
batch_of(struct asking *a, const struct window *w)
{
	for (size_t i = 0; i <= a->jobs; i++)
		if (&a->batches[i]->window == w)
			return a->batches[i];
	return NULL;
}

/* Works on the network, or waits for input. 1 if a window is done, or 0. */
static int
work(struct asking *a, int64_t timeout)
{
	int fds[2] = { a->options->stop_fd, a->in };
	size_t n = may_read(a) ? 2 : 1;
	struct window *w;

	if (a->route == NULL) {
		struct pollfd both[2] = { { .fd = fds[0], .events = POLLIN },
			{ .fd = fds[1], .events = POLLIN } };

		poll(both, n, (int)timeout);
		return 0;
	}
	w = route_work(a->route, timeout, fds, n);
	if (w != NULL) {
		a->flying--;
		batch_done(a, batch_of(a, w));
	}
	report_down(a);
	return w != NULL;
}

/*
 * A signal ends the asking, and so does the hour of --until, but not the lines: each that was read
 * still leaves. A second signal hurries.
 */
static void
look_for_stop(struct asking *a, int64_t *wait)
{
	char info[256]; /* more than a struct signalfd_siginfo */
	int64_t grace = a->stopped ? 0 : STOP_GRACE;

	if (read(a->options->stop_fd, info, sizeof info) <= 0 &&
	    (a->stopped || !pace_over(&a->pace, wait)))
		return;
	a->stopped = 1;
	a->last_tick = clock_tick() + grace + (grace == 0 ? 0 : STOP_REST);
	if (a->route != NULL)
		route_stop(a->route, grace);
}

/* The sooner of two times to wait, where -1 is never. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return b == -1 || (a != -1 && a < b) ? a : b;
}

/* How long may work() sleep? Not longer than `most`. */
static int64_t
idle_time(struct asking *a, int64_t most)
{
	if (a->stopped && clock_tick() >= a->last_tick)
		a->ended = 1;
	if (may_read(a) && (a->stopped || lines_waiting(a->lines)))
		return 0;
	most = sooner(most, make_room(a));
	if (a->filling != NULL && a->pace.rate > 0)
		most = sooner(most, pace_wait(&a->pace));
	return sooner(most, a->stopped ? 100 : -1);
}

static int
finished(const struct asking *a)
{
	return a->ended && a->waiting + a->rests.n == 0;
}

/*
 * A commit costs as much for two windows as for one: so with a journal a sealed one waits for the
 * next, as long as room for it comes at once, from a window under way that is done already. Half of
 * them stay under way meanwhile.
 */
static int
waits_for_another(struct asking *a)
{
	return a->asked.journal != NULL && a->sealed < a->jobs / 2 && a->flying > 0 && work(a, 0);
}

static void
run(struct asking *a)
{
	int64_t timeout;

	while (!finished(a) && !output_failed(a->leaving.output)) {
		timeout = progress_tick();
		look_for_stop(a, &timeout);
		read_lines(a);
		seal_batch(a);
		if (a->sealed > 0 && !waits_for_another(a))
			send_sealed(a);
		if (leave_done(a) > 0 || finished(a))
			continue;
		if ((timeout = idle_time(a, timeout)) != 0) {
			output_flush(a->leaving.output);
			if (a->flying == 0)
				commit(a);
		}
		work(a, timeout);
	}
}

/* NULL without memory: then the run has failed. */
static struct batch *
new_batch(struct asking *a)
{
	const struct ask_options *o = a->options;
	struct batch *b = batch_new(o->service, o->max_line, ANSWERS_MAX);

	if (b == NULL) {
		fail(a, ERR_OUT_OF_MEMORY, "the batches");
		return NULL;
	}
	if (a->route != NULL && route_lines(a->route) < b->window.most)
		b->window.most = route_lines(a->route);
	b->window.most = pace_lines(&a->pace, b->window.most);
	return b;
}

enum ask_end
ask_run(struct lines *lines, int in, struct output *output, struct route *route,
    struct tally *tally, const struct ask_options *options, struct why *why)
{
	struct asking a = {
		.options = options, .lines = lines, .in = in, .route = route, .why = why
	};
	int failed;

	a.pace = options->pace;
	a.jobs = options->jobs > JOBS_MAX ? JOBS_MAX : (size_t)options->jobs;
	a.leaving = (struct leaving){ .options = options, .output = output, .tally = tally };
	a.leaving.route = route == NULL ? "" : route_name(route);
	leaving_init(&a.leaving);
	if (asked_open(&a.asked, options, a.leaving.route, why) == -1)
		a.failed = 1;
	for (size_t i = 0; i <= a.jobs; i++)
		a.batches[i] = new_batch(&a);
	a.waking = new_batch(&a);
	if (!a.failed)
		run(&a);
	for (size_t i = 0; i <= a.jobs; i++)
		batch_free(a.batches[i]);
	batch_free(a.waking);
	rest_free(&a.rests);
	commit(&a);
	if (a.asked.failed.id != ERR_NONE)
		report(&a.leaving, &a.asked.failed);
	failed = a.failed || a.asked.failed.id != ERR_NONE;
	asked_close(&a.asked);
	leaving_free(&a.leaving);
	if (failed || output_failed(output))
		return ASK_FAILED;
	return a.stopped ? ASK_STOPPED : ASK_WHOLE;
}
