/*
 * The way out through the shared folder of a verification terminal. Each question is a file, or two
 * of them, its parts; a slot waits for their answers. A file of bulk questions is one question here.
 *
 * A request that may have been taken is never written again: what a question's file says of it
 * (oqs/folder.h) decides, not what we remember. When the terminal takes nothing any more it is
 * asleep: then one question at a time tries, briefly, and the others leave at once.
 */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "options/words.h"
#include "oqs/folder.h"
#include "oqs/raw.h"
#include "pipe/progress.h"
#include "route/scheme.h"
#include "route/terminal_message.h"

#define PROBE_EVERY 5000 /* milliseconds between two tries while the terminal sleeps */
#define SCAN_LEAST  50	 /* and between two scans */
#define FDS	    8
#define SLOTS_MAX   64
#define ANSWER_MAX  ((size_t)16 << 20)

enum stage {
	STAGE_FREE,
	STAGE_PREPARED, /* a file that nobody but us looks at */
	STAGE_WAITING,
	STAGE_DONE,
};

/* One request of a question. */
struct part {
	struct terminal_part message;
	struct oqs_reading reading;
	int done;	   /* it has its answer, or there is none */
	int open;	   /* none yet: the terminal may still give it */
	int on_its_way;	   /* it was handed over before: only wait */
	int taken;	   /* the terminal may have it */
	int consume;	   /* its response is done with once the answer is safe */
	int64_t judged;	   /* reading.since when it was judged: no need to do it again */
	int later;	   /* the response says that the answer is to come */
	struct why damage; /* of a response that is not whole */
};

struct slot {
	enum stage stage;
	struct window *window;
	struct part parts[TERMINAL_PARTS];
	size_t n;  /* parts */
	int probe; /* while the terminal sleeps: waits until it is taken */
	int64_t begun, deadline;
};

struct terminal {
	struct oqs_folder *folder;
	struct slot *slots;
	size_t jobs;
	char *facility, *pdf;
	char *command; /* who says what */
	int says;      /* that it takes long: somebody looks at a terminal */
	int64_t scan, note_after, give_up;
	int64_t scan_at;   /* not before this tick */
	int littered;	   /* that a response could not be cleared away: said once */
	struct why unseen; /* why the last scan failed; ERR_NONE: it did not */
	int noted;	   /* that it takes long: said once until it answers again */
	int64_t probe_at;
	struct why asleep; /* ERR_NONE: it takes what it is given */
	struct why stopped;
	int64_t stop_at;
	char **handed; /* responses whose answers have left us */
	size_t n_handed, room;
	uint64_t requests;
};

static struct question *
question_in(const struct slot *s)
{
	return &s->window->questions[0];
}

static struct terminal_asking
asking_of(const struct terminal *t, const struct window *w)
{
	return (struct terminal_asking){
		.window = w, .facility = t->facility, .pdf = t->pdf, .tool = t->command
	};
}

static void
part_free(struct part *p)
{
	json_decref(p->message.answer);
	oqs_reading_free(&p->reading);
	*p = (struct part){ 0 };
}

static void
slot_free(struct slot *s)
{
	for (size_t i = 0; i < TERMINAL_PARTS; i++)
		part_free(&s->parts[i]);
	s->stage = STAGE_FREE;
}

/* 0, or -1 with why. */
static int
check_options(const struct route_options *o, struct why *why)
{
	if (o->via[strlen(TERMINAL_PREFIX)] == '\0')
		why_set(why, ERR_ROUTE_UNUSABLE, NULL, "--via %s: it should look like terminal:DIR",
		    o->via);
	else if (o->facility == NULL)
		why_set(why, ERR_ROUTE_UNUSABLE, NULL,
		    "a terminal needs --facility, our 10-digit institution code");
	else if (o->keep && o->archive != NULL)
		why_set(why, ERR_ROUTE_UNUSABLE, NULL, "--keep or --archive, not both");
	else if (o->archive != NULL && access(o->archive, W_OK | X_OK) == -1)
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s", o->archive);
	else if (o->pdf != NULL && access(o->pdf, W_OK | X_OK) == -1)
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s", o->pdf);
	else
		return 0;
	return -1;
}

static void
terminal_close(void *impl)
{
	struct terminal *t = impl;

	for (size_t i = 0; t->slots != NULL && i < t->jobs; i++)
		slot_free(&t->slots[i]);
	for (size_t i = 0; i < t->n_handed; i++)
		free(t->handed[i]); /* not safe with us: they stay */
	oqs_folder_close(t->folder);
	free(t->handed);
	free(t->slots);
	free(t->facility);
	free(t->pdf);
	free(t->command);
	free(t);
}

static void *
terminal_open(const struct route_options *o, struct why *why)
{
	const struct oqs_folder_options fo = {
		.dir = o->via + strlen(TERMINAL_PREFIX),
		.archive = o->archive,
		.keep = o->keep,
		.owner = o->owner,
		.settle = o->settle,
	};
	struct terminal *t = NULL;

	if (check_options(o, why) == -1)
		return NULL;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", TERMINAL_NAME);
	if (text_ready() == -1 || (t = calloc(1, sizeof *t)) == NULL)
		return NULL;
	t->jobs = o->jobs > SLOTS_MAX ? SLOTS_MAX : (size_t)o->jobs;
	t->scan = o->scan < SCAN_LEAST ? SCAN_LEAST : o->scan;
	t->note_after = o->note_after;
	t->give_up = o->give_up;
	t->stop_at = INT64_MAX;
	t->slots = calloc(t->jobs, sizeof *t->slots);
	t->facility = strdup(o->facility);
	t->pdf = o->pdf == NULL ? NULL : strdup(o->pdf);
	t->command = strdup(o->tool);
	t->says = isatty(STDERR_FILENO);
	if (t->slots == NULL || t->facility == NULL || t->command == NULL ||
	    (o->pdf != NULL && t->pdf == NULL) || (t->folder = oqs_folder_open(&fo, why)) == NULL) {
		terminal_close(t);
		return NULL;
	}
	oqs_folder_fd(t->folder);
	return t;
}

static const char *
terminal_name(const void *impl)
{
	(void)impl;
	return TERMINAL_NAME;
}

static void
fail(struct part *p, const struct why *why)
{
	p->message.why = *why;
	p->done = 1;
}

/* Is anything of a question there? 1, 0, or -1: one cannot see it. */
static int
is_there(const struct terminal *t, const char *name)
{
	struct why why;
	int there = 0;

	for (const char *const *type = terminal_types; *type != NULL && there == 0; type++)
		switch (oqs_folder_where(t->folder, *type, name, &why)) {
		case OQS_NOWHERE:
			break;
		case -1:
			there = -1;
			break;
		default:
			there = 1;
		}
	return there;
}

/*
 * A question that was given up is asked under a new name, unless something of the old one is still
 * there: its answer may have come since, or the request may lie there yet.
 */
static void
terminal_label(void *impl, struct question *q)
{
	const struct terminal *t = impl;

	if (q->name[0] != '\0' && (q->earlier == EARLIER_SENT || is_there(t, q->name) != 0))
		return;
	q->earlier = EARLIER_NONE;
	oqs_folder_name(q->name);
}

/* Was it handed over before? 1, 0, or -1 with why: then it may have been. */
static int
on_its_way(
    const struct terminal *t, const struct question *q, const struct part *p, struct why *why)
{
	int where;

	if (q->earlier == EARLIER_NONE)
		return 0;
	progress_clear();
	where = oqs_folder_where(t->folder, p->message.type, q->name, why);
	return where == -1 ? -1 : where != OQS_PREPARED;
}

/* Writes the request under its temporary name. 0, or -1 with why. */
static int
write_request(const struct terminal *t, const struct slot *s, const struct part *p, struct why *why)
{
	const struct terminal_asking a = asking_of(t, s->window);
	struct buf text;
	int r;

	buf_init(&text, FOLDER_FILE_MAX);
	r = terminal_request(&a, &p->message, &text, why);
	if (r == 0)
		r = oqs_folder_prepare(
		    t->folder, p->message.type, p->reading.name, text.data, text.len, why);
	buf_free(&text);
	return r;
}

static int
is_asleep(const struct terminal *t)
{
	return t->asleep.id != ERR_NONE;
}

/* May requests be written for one more question? 1, or 0 with why. */
static int
may_ask(struct terminal *t, struct slot *s, struct why *why)
{
	int64_t now = clock_tick();

	if (t->stopped.id != ERR_NONE) {
		*why = t->stopped;
		return 0;
	}
	if (!is_asleep(t) || s->probe)
		return 1;
	*why = t->asleep;
	if (now < t->probe_at)
		return 0;
	t->probe_at = now + t->note_after + PROBE_EVERY;
	s->probe = 1;
	return 1;
}

static struct slot *
free_slot(struct terminal *t)
{
	for (struct slot *s = t->slots; s < t->slots + t->jobs; s++)
		if (s->stage == STAGE_FREE)
			return s;
	return NULL;
}

static void
prepare_part(struct terminal *t, struct slot *s, struct part *p)
{
	const struct question *q = question_in(s);
	struct why why = { .id = ERR_NONE };
	int before;

	p->reading.type = p->message.type;
	snprintf(p->reading.name, sizeof p->reading.name, "%s", q->name);
	if ((before = on_its_way(t, q, p, &why)) != 0) {
		p->open = before == 1 || q->earlier == EARLIER_SENT;
		p->on_its_way = p->taken = 1;
		if (before == -1)
			fail(p, &why);
	} else if (!may_ask(t, s, &why) || write_request(t, s, p, &why) == -1) {
		fail(p, &why);
	}
}

/* The answer goes into the window, for its reader to judge. */
static void
take_answer(struct slot *s, const struct buf *line)
{
	struct window *w = s->window;
	struct question *q = question_in(s);
	const size_t at = w->answers.len, len = line->len - 1;
	json_t *answer = json_loadb(line->data, len, JSON_ALLOW_NUL, NULL);

	if (buf_add(&w->answers, line->data, line->len) == -1) {
		why_set(&q->why, ERR_ANSWER_TOO_LARGE, NULL, "%s", q->name);
	} else if (w->read(answer, q, &q->why) == 0) {
		q->answered = 1;
		q->answer_at = at;
		q->answer_len = len;
	}
	json_decref(answer);
}

/* Puts the parts' answers together. */
static void
put_together(const struct terminal *t, struct slot *s)
{
	const struct terminal_asking a = asking_of(t, s->window);
	struct question *q = question_in(s);
	struct terminal_part parts[TERMINAL_PARTS];
	struct buf line;

	for (size_t i = 0; i < s->n; i++)
		parts[i] = s->parts[i].message;
	buf_init(&line, ANSWER_MAX);
	if (terminal_line(&a, parts, s->n, &line) == -1)
		why_set(&q->why, ERR_ANSWER_TOO_LARGE, NULL, "%s", q->name);
	else
		take_answer(s, &line);
	buf_free(&line);
}

/*
 * All parts are done, and so is the question: with what was answered. One of which a part may yet be
 * answered has no answer, so that the next run finds all of it.
 */
static void
finish(const struct terminal *t, struct slot *s)
{
	struct question *q = question_in(s);
	const struct part *open = NULL, *answered = NULL;

	for (const struct part *p = s->parts; p < s->parts + s->n; p++) {
		open = p->open ? p : open;
		q->taken |= p->taken;
		answered = p->message.answer != NULL ? p : answered;
	}
	q->open = open != NULL;
	if (open != NULL)
		q->why = open->message.why;
	else if (answered != NULL)
		put_together(t, s);
	else
		q->why = s->parts[0].message.why;
	s->stage = STAGE_DONE;
}

static int
all_done(const struct slot *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->parts[i].done)
			return 0;
	return 1;
}

static void
terminal_prepare(void *impl, struct window *w)
{
	struct terminal *t = impl;
	struct slot *s = free_slot(t);
	const struct terminal_asking a = asking_of(t, w);
	struct terminal_part parts[TERMINAL_PARTS];

	if (s == NULL)
		return;
	*s = (struct slot){ .stage = STAGE_PREPARED, .window = w };
	if ((s->n = terminal_parts(&a, parts, &question_in(s)->why)) == 0) {
		s->stage = STAGE_DONE;
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		s->parts[i].message = parts[i];
		prepare_part(t, s, &s->parts[i]);
	}
	if (all_done(s))
		finish(t, s);
}

/* Over a share a rename may have been done and still have failed. */
static void
fail_to_send(const struct terminal *t, struct part *p, const struct why *cause)
{
	struct why why;

	p->taken =
	    oqs_folder_where(t->folder, p->message.type, p->reading.name, &why) != OQS_PREPARED;
	fail(p, cause);
}

/* Hands the requests over, and waits from now on. */
static void
hand_over(struct terminal *t, struct slot *s)
{
	struct why why;

	for (struct part *p = s->parts; p < s->parts + s->n; p++) {
		if (p->done || p->on_its_way)
			continue;
		p->taken = 1;
		if (oqs_folder_send(t->folder, p->message.type, p->reading.name, &why) == 0)
			t->requests++;
		else
			fail_to_send(t, p, &why);
	}
	if (all_done(s)) {
		finish(t, s);
		return;
	}
	s->stage = STAGE_WAITING;
	s->begun = clock_tick();
	s->deadline =
	    s->begun + (s->probe && t->note_after < t->give_up ? t->note_after : t->give_up);
	t->scan_at = s->begun; /* its answer may be there from before */
}

static int
terminal_start(void *impl, struct window *w)
{
	struct terminal *t = impl;

	for (struct slot *s = t->slots; s < t->slots + t->jobs; s++)
		if (s->window == w && s->stage != STAGE_FREE) {
			if (s->stage == STAGE_PREPARED)
				hand_over(t, s);
			return 0;
		}
	return -1;
}

/* The terminal works: whoever thought that it sleeps was wrong. */
static void
awake(struct terminal *t)
{
	t->asleep.id = ERR_NONE;
	t->noted = 0;
}

/* Looks at a response whose bytes have settled. `last`: there is no more time to wait for another. */
static void
judge(struct terminal *t, struct slot *s, struct part *p, int last)
{
	const struct terminal_asking a = asking_of(t, s->window);
	enum terminal_answer answer = terminal_answer(&a, &p->message, &p->reading.bytes);

	awake(t);
	p->later = answer == TERMINAL_LATER;
	p->damage.id = ERR_NONE;
	p->judged = p->reading.since;
	switch (answer) {
	case TERMINAL_ANSWER:
	case TERMINAL_NONE:
		p->consume = p->done = 1;
		p->open = 0;
		break;
	case TERMINAL_LATER:
		p->consume = p->done = last;
		if (last && p->message.answer == NULL)
			why_set(&p->message.why, ERR_TERMINAL_SILENT, NULL,
			    "it only said that the answer is to come");
		break;
	case TERMINAL_BROKEN:
		p->damage = p->message.why;
		break;
	case TERMINAL_UNSAVED: /* what lies there is all that there is of it */
		p->done = p->open = 1;
		break;
	}
}

/*
 * It is left where it is, for it may become whole yet; but one that an earlier run has met as well
 * never will, and goes.
 */
static void
fail_damaged(struct part *p)
{
	p->consume = p->on_its_way;
	p->open = 0;
	fail(p, &p->damage);
}

/* Reads a response that is there. Returns when to look at it again. */
static int64_t
read_answer(struct terminal *t, struct slot *s, struct part *p, int64_t now)
{
	int64_t due;

	if (p->reading.file[0] == '\0')
		return INT64_MAX;
	if (!oqs_folder_read(t->folder, &p->reading, now, &due))
		return due;
	if (p->judged != p->reading.since)
		judge(t, s, p, 0);
	if (p->done || p->damage.id == ERR_NONE)
		return INT64_MAX;
	due = p->reading.since + t->note_after; /* somebody may still be writing it */
	if (now >= due)
		fail_damaged(p);
	return due;
}

/* The terminal has left the request where it was. */
static void
fall_asleep(struct terminal *t, const struct slot *s, struct part *p)
{
	why_set(&t->asleep, ERR_TERMINAL_ASLEEP, NULL, "the request lay in req for %lld s",
	    (long long)(clock_tick() - s->begun) / 1000);
	t->probe_at = clock_tick() + PROBE_EVERY;
	fail(p, &t->asleep);
}

/* The terminal has the request. When we were stopped its answer may still come, and be found. */
static void
stay_silent(struct terminal *t, struct slot *s, struct part *p)
{
	int stopped = t->stopped.id != ERR_NONE;
	struct why why;

	awake(t);
	if (s->probe && !stopped) {
		s->probe = 0;
		s->deadline = s->begun + t->give_up;
		return;
	}
	why_set(
	    &why, ERR_TERMINAL_SILENT, NULL, "%s", stopped ? "the run was stopped meanwhile" : "");
	p->open = stopped;
	fail(p, &why);
}

/* A request without an answer, and no more time. */
static void
end_wait(struct terminal *t, struct slot *s, struct part *p)
{
	struct why why;

	p->open = 0;
	if (p->later) {
		judge(t, s, p, 1);
		return;
	}
	if (p->damage.id == ERR_NONE && p->reading.file[0] != '\0' && p->reading.since == 0)
		why_set(&p->damage, ERR_TERMINAL_ANSWER_DAMAGED, NULL,
		    "%s lies in res and cannot be read", p->reading.name);
	if (p->damage.id != ERR_NONE) {
		fail_damaged(p);
		return;
	}
	why = t->unseen;
	switch (why.id != ERR_NONE
		    ? -1
		    : oqs_folder_withdraw(t->folder, p->message.type, p->reading.name, &why)) {
	case 1:
		p->taken = 0;
		if (t->stopped.id != ERR_NONE)
			fail(p, &t->stopped);
		else
			fall_asleep(t, s, p);
		break;
	case 0:
		stay_silent(t, s, p);
		break;
	default: /* it lies there yet, or we cannot see whether it does */
		p->open = 1;
		fail(p, &why);
	}
}

/* Says once that it takes long. */
static void
note(struct terminal *t, const struct part *p)
{
	struct why why;
	int where;

	if (!t->says || t->noted)
		return;
	t->noted = 1;
	where = oqs_folder_where(t->folder, p->message.type, p->reading.name, &why);
	if (where == OQS_REQUESTED)
		fprintf(stderr, _("%s: the terminal has not taken the request yet\n"), t->command);
	else if (where == -1)
		why_print(&why, t->command);
	else
		fprintf(stderr, _("%s: the terminal has the request, no answer yet\n"), t->command);
}

/* Moves one part on. Returns when to look at it again. */
static int64_t
move_part(struct terminal *t, struct slot *s, struct part *p, int64_t now)
{
	int64_t due = read_answer(t, s, p, now), note_at = s->begun + t->note_after;
	int64_t until = s->deadline < t->stop_at ? s->deadline : t->stop_at;

	if (p->done)
		return now;
	if (now >= until) {
		end_wait(t, s, p);
		return now;
	}
	if (now >= note_at && !s->probe)
		note(t, p);
	else if (note_at < due)
		due = note_at;
	return due < until ? due : until;
}

/* Moves one slot on. Returns when to look at it again. */
static int64_t
move_on(struct terminal *t, struct slot *s, int64_t now)
{
	int64_t wake = INT64_MAX;

	for (struct part *p = s->parts; p < s->parts + s->n; p++)
		if (!p->done) {
			int64_t due = move_part(t, s, p, now);

			wake = due < wake ? due : wake;
		}
	if (all_done(s))
		finish(t, s);
	return wake;
}

/* Sees which answers are there. */
static void
look(struct terminal *t, int64_t now)
{
	struct oqs_reading *readings[SLOTS_MAX * TERMINAL_PARTS];
	size_t n = 0;

	if (now < t->scan_at)
		return;
	for (struct slot *s = t->slots; s < t->slots + t->jobs; s++)
		for (size_t i = 0; s->stage == STAGE_WAITING && i < s->n; i++)
			if (!s->parts[i].done)
				readings[n++] = &s->parts[i].reading;
	t->scan_at = n == 0 ? INT64_MAX : now + t->scan;
	t->unseen.id = ERR_NONE;
	if (n > 0)
		oqs_folder_scan(t->folder, readings, n, &t->unseen);
}

/* Moves every slot on; returns when to look again though nothing happened. */
static int64_t
move_slots(struct terminal *t)
{
	int64_t now = clock_tick(), wake;

	look(t, now);
	wake = t->scan_at;
	for (struct slot *s = t->slots; s < t->slots + t->jobs; s++) {
		int64_t due = s->stage == STAGE_WAITING ? move_on(t, s, now) : INT64_MAX;

		wake = due < wake ? due : wake;
	}
	return wake;
}

/* Remembers a response that is done with as soon as its answer is safe. */
static void
remember(struct terminal *t, const struct part *p)
{
	char **more = t->handed;

	if (t->n_handed == t->room) {
		more = realloc(more, 2 * (t->room + 8) * sizeof *more);
		if (more == NULL)
			return; /* it stays there: nothing is lost */
		t->handed = more;
		t->room = 2 * (t->room + 8);
	}
	if ((t->handed[t->n_handed] = strdup(p->reading.file)) != NULL)
		t->n_handed++;
}

static struct window *
take_done(struct terminal *t)
{
	for (struct slot *s = t->slots; s < t->slots + t->jobs; s++)
		if (s->stage == STAGE_DONE) {
			for (size_t i = 0; i < s->n; i++)
				if (s->parts[i].consume && !question_in(s)->open)
					remember(t, &s->parts[i]);
			slot_free(s);
			return s->window;
		}
	return NULL;
}

/* A response could not be cleared away: that is said once. */
static void
litter(struct terminal *t, const struct why *why)
{
	if (!t->littered) {
		progress_clear();
		why_print(why, t->command);
	}
	t->littered = 1;
}

static void
terminal_handed(void *impl)
{
	struct terminal *t = impl;
	struct why why;

	for (size_t i = 0; i < t->n_handed; i++) {
		if (oqs_folder_finish(t->folder, t->handed[i], &why) == -1)
			litter(t, &why);
		free(t->handed[i]);
	}
	t->n_handed = 0;
}

static void
terminal_forget(void *impl, const char *name)
{
	struct terminal *t = impl;
	struct why why;

	for (const char *const *type = terminal_types; *type != NULL; type++)
		if (oqs_folder_clear(t->folder, *type, name, &why) == -1)
			litter(t, &why);
}

/* Waits until something happens in the folder, or to one of the descriptors: then 1. */
static int
wait_for(struct terminal *t, int64_t timeout, const int *fds, size_t n)
{
	struct pollfd p[FDS + 1] = { { .fd = oqs_folder_fd(t->folder), .events = POLLIN } };
	int any = 0;

	n = n > FDS ? FDS : n;
	for (size_t i = 0; i < n; i++)
		p[i + 1] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	if (timeout > INT_MAX)
		timeout = INT_MAX;
	if (poll(p, (nfds_t)n + 1, (int)timeout) <= 0)
		return 0;
	for (size_t i = 1; i <= n; i++)
		any |= p[i].revents != 0;
	if (p[0].revents != 0) {
		oqs_folder_drain(t->folder);
		t->scan_at = 0;
	}
	return any;
}

static struct window *
terminal_work(void *impl, int64_t timeout, const int *fds, size_t n)
{
	struct terminal *t = impl;
	int64_t until = timeout < 0 ? INT64_MAX : clock_tick() + timeout;
	int slept = is_asleep(t);

	for (;;) {
		int64_t wake = move_slots(t), now;
		struct window *w = take_done(t);

		if (w != NULL)
			return w;
		now = clock_tick();
		if (now >= until || (is_asleep(t) && !slept))
			return NULL;
		wake = wake < until ? wake : until;
		if (wait_for(t, wake == INT64_MAX ? -1 : wake > now ? wake - now : 0, fds, n))
			until = 0; /* one more round, then it is the caller's turn */
	}
}

static const struct why *
terminal_down(const void *impl)
{
	const struct terminal *t = impl;

	return is_asleep(t) ? &t->asleep : NULL;
}

static void
terminal_stop(void *impl, int64_t grace)
{
	struct terminal *t = impl;

	if (t->stopped.id == ERR_NONE)
		why_set(&t->stopped, ERR_NOT_ASKED_STOPPED, NULL, "%s", "");
	t->stop_at = clock_tick() + grace;
}

static uint64_t
terminal_count(const void *impl, const char *what)
{
	const struct terminal *t = impl;

	return strcmp(what, "requests") == 0 ? t->requests : 0;
}

const struct scheme_row terminal_scheme = {
	.prefix = TERMINAL_PREFIX,
	.can = CAN_NUMBER | CAN_BULK | CAN_MEDICAL | CAN_PDF | CAN_REFERENCE | CAN_FACE_CONSENT,
	.lines = 1,
	.directory = 1,
	.open = terminal_open,
	.close = terminal_close,
	.name = terminal_name,
	.label = terminal_label,
	.prepare = terminal_prepare,
	.handed = terminal_handed,
	.forget = terminal_forget,
	.start = terminal_start,
	.work = terminal_work,
	.down = terminal_down,
	.stop = terminal_stop,
	.count = terminal_count,
};
