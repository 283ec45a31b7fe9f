#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/judge.h"
#include "hub/writer.h"
#include "model/purposes.h"
#include "store/looks.h"

#define REPLY_MAX      ((size_t)64 << 20)
#define FORGET_SECONDS 3600 /* between two times that presences are forgotten */
#define QUIET	       1000 /* milliseconds without a question: time to keep house */
#define QUIET_BEHIND   50   /* where there is much to do */
#define FOLLOW_ROWS    4 /* of the audit, each of at most AUDIT_GROUP entries: some milliseconds */
#define LOG_MAX	       ((int64_t)64 << 20) /* or when the log is so long */
#define AHEAD	       8		   /* lines whose memory is being fetched */

struct queue {
	struct job *first, **last;
};

struct writer {
	struct audit *audit;
	struct looks *looks;
	uint64_t replays;  /* this thread's own count, */
	int64_t forgot_at; /* when it last forgot presences, */
	int behind;	   /* and whether there are looks that it has not followed yet */
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	struct queue desk, batch;
	int stopping;
	struct writer_counts counts;
};

struct job *
job_new(size_t n)
{
	struct job *j = calloc(1, sizeof *j + n * sizeof *j->lines);

	if (j != NULL)
		reply_begin(&j->reply, REPLY_MAX);
	return j;
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->n; i++) {
		free(j->lines[i].redeemed);
		free(j->lines[i].held);
	}
	reply_free(&j->reply);
	free(j);
}

static void
refuse_line(struct job *j, struct job_line *l, enum error_id refusal)
{
	l->kind = LINE_REFUSED;
	l->result = error_rows[refusal].code;
	j->repeats++;
}

/*
 * Was this asked before? The first answer stands, whatever has changed since. 0, or -1 with why.
 */
static int
look_back(struct writer *w, struct job *j, struct job_line *l, const struct audit_entry *e,
    struct why *why)
{
	struct audit_entry before;
	int r;

	if (l->made.format == 0 || (r = audit_made(w->audit, l->ask_hash, &e->facility, &l->ask,
					e->at, &before, why)) == 0)
		return 0;
	if (r == -1)
		return -1;
	if (before.kind == l->audited && before.made.format != l->made.format)
		return 0; /* answered by another version: anew */
	if (before.made.digest != l->made.digest) {
		refuse_line(j, l, ERR_ASK_REUSED);
		return 0;
	}
	l->kind = LINE_REPLAY;
	l->made = before.made;
	l->person = before.person;
	if (l->audited == AUDIT_VERIFY)
		l->result = judgement_status[before.made.judgement];
	w->replays++;
	j->repeats++;
	return 0;
}

/* A presence answers one question. 0, or -1 with why. */
static int
redeem_line(struct writer *w, struct job *j, struct job_line *l, struct why *why)
{
	int r = redeem(w->audit, l->redeemed, why);

	if (r == 0)
		refuse_line(j, l, ERR_PRESENCE_USED);
	l->made.slot = l->redeemed->id;
	return r == -1 ? -1 : 0;
}

/* Who is registered now was not before: an entry of its own. 0, or -1 with why. */
static int
note_registration(
    struct writer *w, const struct job *j, const struct job_line *l, int64_t now, struct why *why)
{
	static const char registered[] = "registered";
	struct audit_entry e = { .at = now,
		.kind = AUDIT_CONSENT,
		.facility = { j->facility, strlen(j->facility) },
		.who = { j->who, strlen(j->who) },
		.person = l->held->person,
		.purposes = PURPOSE_SET(FOR_INSURANCE_USE),
		.result = { registered, sizeof registered - 1 } };

	return audit_note(w->audit, &e, why);
}

/*
 * A consent is stored where it is used first, and a withdrawal noted. One that was withdrawn since
 * the worker looked forbids the answer, also one that is repeated (but what was said of the
 * insurance stands). 0, or -1 with why.
 */
static int
keep_line(struct writer *w, struct job *j, struct job_line *l, int64_t now, struct why *why)
{
	struct held *h = l->held;
	int r = l->withdraws ? consent_withdraw(w->audit, h, now, why)
			     : consent_keep(w->audit, h, now, why);

	if (r == -1)
		return -1;
	if (r == 0)
		refuse_line(j, l, l->withdraws ? ERR_TOKEN_ISSUER_OTHER : ERR_CONSENT_CHANGED);
	else if (!l->withdraws && h->withdrawn_at != 0)
		refuse_line(j, l, ERR_CONSENT_WITHDRAWN);
	else if (l->told_after)
		j->repeats++;
	if (l->withdraws && l->kind != LINE_REFUSED)
		l->person = h->person;
	return h->registers ? note_registration(w, j, l, now, why) : 0;
}

/* e is of the job: when, and who asks. What it says besides is of the line before. */
static int
settle_line(
    struct writer *w, struct job *j, struct job_line *l, struct audit_entry *e, struct why *why)
{
	if (look_back(w, j, l, e, why) == -1 ||
	    (l->redeemed != NULL && l->kind == LINE_NEW && !l->refused &&
		redeem_line(w, j, l, why) == -1) ||
	    (l->held != NULL && !l->refused &&
		(l->kind == LINE_NEW || (l->kind == LINE_REPLAY && l->audited != AUDIT_VERIFY)) &&
		keep_line(w, j, l, e->at, why) == -1))
		return -1;
	e->kind = l->kind == LINE_REPLAY ? AUDIT_REPLAY : (enum audit_kind)l->audited;
	e->ask_hash = l->ask_hash;
	e->ask = l->ask;
	e->result = (struct text){ l->result, strlen(l->result) };
	e->made = l->made;
	e->person = l->person;
	e->purposes = l->purposes;
	if (l->kind != LINE_NEW || l->refused)
		e->made.format = 0; /* the first entry is the one to find */
	return audit_note(w->audit, e, why);
}

/* Has the memory fetched where the asks of the next lines may stand. */
static void
expect_lines(const struct writer *w, const struct job_line *l, size_t n)
{
	for (size_t i = 0; i < n && i < AHEAD; i++)
		audit_expect(w->audit, l[i].ask_hash);
}

/* A few lines ahead: all at once would wait for one another, as memory fetches only so many. */
static int
settle_job(struct writer *w, struct job *j, int64_t now, struct why *why)
{
	struct audit_entry e = { .at = now,
		.facility = { j->facility, strlen(j->facility) },
		.who = { j->who, strlen(j->who) } };

	expect_lines(w, j->lines, j->n);
	for (size_t i = 0; i < j->n; i++) {
		if (i % AHEAD == 0 && j->n - i > AHEAD)
			expect_lines(w, &j->lines[i + AHEAD], j->n - i - AHEAD);
		if (settle_line(w, j, &j->lines[i], &e, why) == -1)
			return -1;
	}
	return 0;
}

/* Takes jobs of at most AUDIT_BATCH lines, the desk's first. NULL when there are none. */
static struct job *
take_group(struct writer *w, uint64_t *lines)
{
	struct queue *q = w->desk.first != NULL ? &w->desk : &w->batch;
	struct job *first = q->first, **end = &q->first;

	*lines = 0;
	while (*end != NULL && *lines + (*end)->n <= AUDIT_BATCH) {
		*lines += (*end)->n;
		end = &(*end)->next;
	}
	if (end == &q->first)
		return NULL;
	q->first = *end;
	if (q->first == NULL)
		q->last = &q->first;
	*end = NULL;
	return first;
}

/* 0, or -1 when nothing of it became durable. */
static int
commit_group(struct writer *w, struct job *group)
{
	int64_t now = clock_now();
	struct job *next;
	struct why why;
	int r = 0;

	for (struct job *j = group; j != NULL && r == 0; j = j->next)
		r = settle_job(w, j, now, &why);
	if (r == -1)
		audit_abandon(w->audit);
	else
		r = audit_commit(w->audit, &why);
	if (r == -1)
		why_print(&why, "oq-hub");
	for (struct job *j = group; j != NULL; j = next) {
		next = j->next;
		j->failed = r == -1;
		j->done(j);
	}
	return r;
}

static int
has_work(const struct writer *w)
{
	return w->desk.first != NULL || w->batch.first != NULL;
}

static void
add_ms(struct timespec *t, int ms)
{
	t->tv_nsec += (long)ms % 1000 * 1000000;
	t->tv_sec += ms / 1000 + t->tv_nsec / 1000000000;
	t->tv_nsec %= 1000000000;
}

/* Waits for something to do. 1, or 0 when a while has passed without. */
static int
wait_for_work(struct writer *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	add_ms(&until, w->behind ? QUIET_BEHIND : QUIET);
	while (!has_work(w) && !w->stopping)
		if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != 0)
			return 0;
	return 1;
}

static void
count(struct writer *w, uint64_t lines, int failed)
{
	if (failed) {
		w->counts.failures++;
		return;
	}
	w->counts.commits++;
	w->counts.lines += lines;
	w->counts.replays = w->replays;
}

/* Where it fails they stay a while longer: nothing is answered by them. */
static void
forget_presences(struct writer *w)
{
	int64_t now = clock_now();

	if (now - w->forgot_at < FORGET_SECONDS)
		return;
	w->forgot_at = now;
	redeemed_forget(w->audit, now, NULL);
}

/*
 * Who looked at whom is built behind, in short steps: whoever asks meanwhile, with a patient
 * waiting, waits for one of them and not for a night's questions. Where a step fails: next time.
 */
static void
follow(struct writer *w)
{
	do {
		pthread_mutex_unlock(&w->lock);
		w->behind = looks_follow(w->looks, FOLLOW_ROWS, NULL) == 1;
		pthread_mutex_lock(&w->lock);
	} while (w->behind && !has_work(w) && !w->stopping);
}

/* Nobody has asked for a while, or the log has grown too long to wait for that. */
static void
keep_house(struct writer *w, int quiet)
{
	int64_t log = audit_log_bytes(w->audit);

	if (quiet) {
		pthread_mutex_unlock(&w->lock);
		forget_presences(w);
		pthread_mutex_lock(&w->lock);
		follow(w);
	}
	if (log > LOG_MAX || (quiet && log > 0)) {
		pthread_mutex_unlock(&w->lock);
		audit_checkpoint(w->audit, log > LOG_MAX);
		pthread_mutex_lock(&w->lock);
	}
}

static void *
run(void *arg)
{
	struct writer *w = arg;
	struct job *group;
	uint64_t lines;
	int failed;

	pthread_mutex_lock(&w->lock);
	while (has_work(w) || !w->stopping) {
		int quiet = !wait_for_work(w);

		if ((group = take_group(w, &lines)) != NULL) {
			pthread_mutex_unlock(&w->lock);
			failed = commit_group(w, group);
			pthread_mutex_lock(&w->lock);
			count(w, lines, failed);
		}
		keep_house(w, quiet);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct writer *
writer_start(const char *dir, struct why *why)
{
	struct writer *w = calloc(1, sizeof *w);
	pthread_condattr_t attr;

	if (w == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the writer");
		return NULL;
	}
	if ((w->audit = audit_open(dir, AUDIT_WRITE, why)) == NULL ||
	    (w->looks = looks_open(dir, why)) == NULL) {
		audit_close(w->audit);
		free(w);
		return NULL;
	}
	w->desk.last = &w->desk.first;
	w->batch.last = &w->batch.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the writer's thread");
		looks_close(w->looks);
		audit_close(w->audit);
		free(w);
		return NULL;
	}
	return w;
}

uint64_t
writer_digest(const struct writer *w, const void *content, size_t n)
{
	return audit_digest(w->audit, content, n);
}

void
writer_prepare(const struct writer *w, struct job *j)
{
	const struct text facility = { j->facility, strlen(j->facility) };
	uint64_t asker = audit_asker(w->audit, &facility);

	for (size_t i = 0; i < j->n; i++)
		j->lines[i].ask_hash = audit_hash(w->audit, asker, &j->lines[i].ask);
}

void
writer_push(struct writer *w, struct job *first, struct job *last)
{
	struct job *next;

	last->next = NULL;
	pthread_mutex_lock(&w->lock);
	for (struct job *j = first; j != NULL; j = next) {
		struct queue *q = j->batch ? &w->batch : &w->desk;

		next = j->next;
		j->next = NULL;
		*q->last = j;
		q->last = &j->next;
	}
	pthread_mutex_unlock(&w->lock);
	pthread_cond_signal(&w->wake); /* afterwards: who wakes takes the lock at once */
}

struct writer_counts
writer_counts(struct writer *w)
{
	struct writer_counts counts;

	pthread_mutex_lock(&w->lock);
	counts = w->counts;
	pthread_mutex_unlock(&w->lock);
	return counts;
}

void
writer_stop(struct writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = 1;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	looks_close(w->looks);
	audit_close(w->audit);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
