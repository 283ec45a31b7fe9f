#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/writer.h"

#define REPLY_MAX    ((size_t)64 << 20)
#define IDLE_SECONDS 30			/* between rounds of housekeeping when nobody asks */
#define LOG_IDLE     ((int64_t)4 << 20) /* a log so long is handed over when nobody waits */
#define LOG_MAX	     ((int64_t)256 << 20)

struct writer {
	struct audit *audit;
	uint64_t replays; /* this thread's own count */
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	struct job *first, **last;
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
	reply_free(&j->reply);
	free(j);
}

static int
note(struct writer *w, const struct job *j, const struct job_line *l, enum audit_kind kind,
    const char *result, int64_t now, struct why *why)
{
	struct audit_entry e = { .at = now,
		.kind = kind,
		.facility = { j->facility, strlen(j->facility) },
		.who = { j->who, strlen(j->who) },
		.person = l->person,
		.result = { result, strlen(result) } };

	return audit_note(w->audit, &e, why);
}

/*
 * Was this asked before? 1 and `out` holds what to answer instead, 0 if not, -1 with why. The
 * first answer stands, whatever has changed since.
 */
static int
settle_replay(struct writer *w, const struct job *j, struct job_line *l, int64_t now,
    struct buf *out, struct why *why)
{
	struct why reused;
	struct kept kept;
	int r = audit_kept(w->audit, j->facility, l->ask, now, &kept, why);

	if (r != 1)
		return r;
	if (memcmp(kept.digest, l->digest, sizeof kept.digest) == 0) {
		buf_add(out, kept.line.s, kept.line.n);
		r = note(w, j, l, AUDIT_REPLAY, l->result, now, why);
	} else {
		why_set(&reused, ERR_ASK_REUSED, "/" OBJECT_INSURED, "answered before otherwise");
		answer_refuse(out, l->ask, &reused);
		r = note(w, j, l, AUDIT_VERIFY, why_code(&reused), now, why);
	}
	return r == -1 ? -1 : 1;
}

static int
settle_line(struct writer *w, const struct job *j, struct job_line *l, int64_t now, struct why *why)
{
	struct kept kept = { .facility = { j->facility, strlen(j->facility) },
		.digest = { l->digest[0], l->digest[1] },
		.line = { j->reply.bytes.data + l->from, l->to - l->from } };

	memcpy(kept.ask, l->ask, sizeof kept.ask);
	if (note(w, j, l, AUDIT_VERIFY, l->result, now, why) == -1)
		return -1;
	return l->keep ? audit_keep(w->audit, &kept, now, why) : 0;
}

/* Puts another line where line l stands in the reply, and moves those after it. */
static int
replace_line(struct job *j, struct job_line *l, const struct buf *other)
{
	struct buf *bytes = &j->reply.bytes;
	size_t was = l->to - l->from, after = bytes->len - l->to;

	if (buf_failed(other) || buf_room(bytes, other->len) == NULL)
		return -1;
	memmove(bytes->data + l->from + other->len, bytes->data + l->to, after + 1);
	memcpy(bytes->data + l->from, other->data, other->len);
	bytes->len = bytes->len - was + other->len;
	for (struct job_line *k = l + 1; k < j->lines + j->n; k++) {
		k->from = k->from - was + other->len;
		k->to = k->to - was + other->len;
	}
	l->to = l->from + other->len;
	return 0;
}

static int
settle_job(struct writer *w, struct job *j, int64_t now, struct buf *other, struct why *why)
{
	for (struct job_line *l = j->lines; l < j->lines + j->n; l++) {
		int r = 0;

		buf_reset(other);
		if (l->keep && (r = settle_replay(w, j, l, now, other, why)) == 1) {
			w->replays++;
			if (replace_line(j, l, other) == -1)
				return -1;
		} else if (r == -1 || settle_line(w, j, l, now, why) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Takes jobs of at most AUDIT_GROUP lines from the queue. NULL when it is empty. */
static struct job *
take_group(struct writer *w, uint64_t *lines)
{
	struct job *first = w->first, **end = &w->first;

	*lines = 0;
	while (*end != NULL && *lines + (*end)->n <= AUDIT_GROUP) {
		*lines += (*end)->n;
		end = &(*end)->next;
	}
	if (end == &w->first)
		return NULL;
	w->first = *end;
	if (w->first == NULL)
		w->last = &w->first;
	*end = NULL;
	return first;
}

/* 0, or -1 when nothing of it became durable. */
static int
commit_group(struct writer *w, struct job *group, struct buf *other)
{
	int64_t now = clock_now();
	struct job *next;
	struct why why;
	int r = 0;

	for (struct job *j = group; j != NULL && r == 0; j = j->next)
		r = settle_job(w, j, now, other, &why);
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

/* Waits for something to do. 1, or 0 when a while has passed without. */
static int
wait_for_work(struct writer *w)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDLE_SECONDS;
	while (w->first == NULL && !w->stopping)
		if (pthread_cond_timedwait(&w->wake, &w->lock, &until) != 0)
			return 0;
	return 1;
}

/* Nobody waits, or the log has grown too long to wait for that. */
static void
keep_house(struct writer *w, int idle)
{
	int64_t log = audit_log_bytes(w->audit);

	if (idle || log > LOG_MAX || (w->first == NULL && log > LOG_IDLE)) {
		pthread_mutex_unlock(&w->lock);
		audit_idle(w->audit, clock_now());
		pthread_mutex_lock(&w->lock);
	}
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

static void *
run(void *arg)
{
	struct writer *w = arg;
	struct job *group;
	struct buf other;
	uint64_t lines;
	int failed;

	buf_init(&other, REPLY_MAX);
	pthread_mutex_lock(&w->lock);
	while (w->first != NULL || !w->stopping) {
		int idle = !wait_for_work(w);

		while ((group = take_group(w, &lines)) != NULL) {
			pthread_mutex_unlock(&w->lock);
			failed = commit_group(w, group, &other);
			pthread_mutex_lock(&w->lock);
			count(w, lines, failed);
			if (w->first != NULL)
				keep_house(w, 0);
		}
		keep_house(w, idle);
	}
	pthread_mutex_unlock(&w->lock);
	buf_free(&other);
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
	if ((w->audit = audit_open(dir, AUDIT_WRITE, why)) == NULL) {
		free(w);
		return NULL;
	}
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the writer's thread");
		audit_close(w->audit);
		free(w);
		return NULL;
	}
	return w;
}

void
writer_digest(const struct writer *w, const char *line, size_t n, uint64_t digest[static 2])
{
	audit_digest(w->audit, line, n, digest);
}

void
writer_push(struct writer *w, struct job *j)
{
	j->next = NULL;
	pthread_mutex_lock(&w->lock);
	*w->last = j;
	w->last = &j->next;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
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
	audit_close(w->audit);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
