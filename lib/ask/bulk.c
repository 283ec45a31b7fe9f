#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "ask/answer.h"
#include "ask/before.h"
#include "ask/journal.h"
#include "ask/leave.h"
#include "ask/post.h"
#include "ask/reference.h"
#include "ask/result.h"
#include "gen/names.h"
#include "model/status.h"
#include "pipe/record.h"
#include "route/bulk.h"

#define LOAD_LINES  32768			 /* of one load, at most */
#define LOAD_BYTES  ((size_t)16 << 20)		 /* after which no more lines are taken into it */
#define BROKEN_KEPT ((size_t)4 * RAW_CHARACTERS) /* what `raw` can need of a broken line */
#define ANSWER_MAX  ((size_t)16 << 20)

/* A line of the load. */
struct entry {
	enum way way;
	enum verdict verdict; /* WAY_AS_CAME */
	int recheck;
	int again;     /* an earlier line asks the same */
	size_t before; /* from before_find() */
	struct line line;
	size_t at;	       /* of its text */
	struct why *why;       /* WAY_BROKEN, WAY_FAILED */
	json_t *own;	       /* the service's, to be put into the answer */
	int64_t question;      /* WAY_ASK */
	struct parcel *parcel; /* and the file that it is in */
};

struct bulk {
	const struct ask_options *options;
	struct lines *lines;
	int in;
	struct leaving leaving;
	struct asked asked;
	struct post post;
	struct entry *entries;
	size_t n;
	struct buf text, answer;
	int64_t last_tick; /* once stopped: no line is read after it */
	int ended, failed; /* no more lines; reading or memory failed: why */
	struct why *why;
};

/* --- what is asked */

/* The status that the record holds, when it is one that stands for an answer. */
static const char *
answered_with(const struct bulk_kind *kind, const struct decision *d)
{
	const char *status =
	    record_text(json_object_get(d->record, kind->single->member), ELIGIBILITY_STATUS);

	return status == NULL || strcmp(status, ELIGIBILITY_STATUS_PENDING) == 0 ? NULL : status;
}

/* A line without a date was submitted for the day that its pending answer names. */
static void
keep_day(struct decision *d)
{
	const json_t *day = json_object_get(d->record, RECORD_VISIT_DATE);
	const json_t *eligibility = json_object_get(d->record, OBJECT_ELIGIBILITY);
	const char *as_of = record_text(eligibility, ELIGIBILITY_AS_OF);

	if ((day == NULL || json_is_null(day)) && as_of != NULL &&
	    answered_with(&bulk_eligibility, d) == NULL)
		date_parse(as_of, &d->day);
}

static enum verdict
known(const struct ask_options *o, const json_t *record)
{
	return o->bulk->kind->single->known(o, record);
}

/* Fetching is for what waits: a line that has its answer keeps it. */
static enum way
decide(const struct ask_options *o, const struct route *route, struct decision *d)
{
	const struct bulk_kind *kind = o->bulk->kind;
	enum way way = kind->single->decide(o, route, d);
	const char *status;

	if (way != WAY_ASK)
		return way;
	if (route != NULL && !route_may(route, CAN_BULK, &d->why))
		return WAY_FAILED;
	status = answered_with(kind, d);
	if (!o->bulk->submit && !d->recheck && status != NULL) {
		d->verdict = kind->verdict(status);
		return WAY_AS_CAME;
	}
	if (!kind->registers)
		keep_day(d);
	return WAY_ASK;
}

static int
write_question(struct buf *out, const char *ask, const struct decision *d)
{
	return service_verify.write(out, ask, d);
}

static int
write_registration(struct buf *out, const char *ask, const struct decision *d)
{
	return service_reference.write(out, ask, d);
}

const struct service service_bulk = {
	.name = BULK_SERVICE,
	.member = OBJECT_ELIGIBILITY,
	.known = known,
	.decide = decide,
	.write = write_question,
	.value = answer_value,
};

const struct service service_bulk_reference = {
	.name = BULK_REFERENCE_SERVICE,
	.member = OBJECT_REGISTRATION,
	.known = known,
	.decide = decide,
	.write = write_registration,
	.value = reference_value,
};

struct bulk_options
bulk_options_of(const struct bulk_asker *o, const struct bulk_kind *kind)
{
	return (struct bulk_options){
		.kind = kind,
		.submit = o->step == NULL || strcmp(o->step, "fetch") != 0,
		.fetch = o->step == NULL || strcmp(o->step, "submit") != 0,
		.wait = o->wait,
		.poll = o->poll,
		.size = o->size,
	};
}

/* --- a line comes in */

/* Reads the answer that stands in the journal: the verdict, or why it is none. */
static void
judge(const struct bulk_kind *kind, const struct buf *answer, struct item *i, struct why *why)
{
	const struct line line = { .text = answer->data, .len = answer->len };
	json_t *record = record_parse(&line, why);
	const json_t *error = json_object_get(record, RECORD_ERROR);
	const char *status =
	    record_text(json_object_get(record, kind->single->member), ELIGIBILITY_STATUS);

	i->way = WAY_STOPPED;
	i->why = why;
	if (record != NULL && error != NULL) {
		result_explain(error, why);
	} else if (record != NULL && status != NULL) {
		i->way = WAY_KEPT;
		i->verdict = kind->verdict(status);
	} else {
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "a kept answer is none");
	}
	json_decref(record);
}

/* A yes or a no that is young enough is taken once more. 1, 0, or -1 with why. */
static int
may_reuse(struct bulk *b, const struct bulk_question *q, struct why *why)
{
	struct item i = { .verdict = VERDICT_UNKNOWN };
	struct why none;

	if (!q->young)
		return 0;
	buf_reset(&b->answer);
	if (bulk_answer_of(b->options->journal, q->id, &b->answer, why) == -1)
		return -1;
	judge(b->options->bulk->kind, &b->answer, &i, &none);
	return i.way == WAY_KEPT && (i.verdict == VERDICT_YES || i.verdict == VERDICT_NO);
}

/* May the question be asked anew? Only where nothing that was asked is still to come. */
static int
is_new(const struct bulk *b, int found, const struct bulk_question *q)
{
	return b->options->bulk->submit && (!found || q->over);
}

/* Puts it into a file, unless it is in one. NULL when the journal has failed. */
static struct parcel *
parcel_of(struct bulk *b, const struct decision *d, struct bulk_question *q)
{
	struct parcel *one;
	struct why why;
	struct date day = d->day;

	if (q->file != 0)
		return post_find(&b->post, q->file);
	if (q->today || b->options->bulk->today)
		day = post_no_later(day);
	if ((one = post_for(&b->post, day)) == NULL ||
	    bulk_join(b->options->journal, q, &one->file, &why) == 0)
		return one;
	post_fail(&b->post, &why);
	return NULL;
}

/* Finds the question in the journal or puts it there. 1, 0: it was not submitted, -1 with why. */
static int
look_up(struct bulk *b, const struct decision *d, struct bulk_question *q, struct why *why)
{
	struct journal *j = b->options->journal;
	const struct buf *text = &b->asked.question;
	int found, reused;

	if (asked_question(&b->asked, d, why) == -1 ||
	    (found = bulk_find(j, b->asked.entry.key, q, why)) == -1 ||
	    (reused = found ? may_reuse(b, q, why) : 0) == -1)
		return -1;
	if (reused) { /* it is over all the same, and stays so for the next run */
		q->again = 1;
		return 1;
	}
	if (is_new(b, found, q)) {
		if (bulk_add(j, b->asked.entry.key, d->day, text->data, text->len, q, why) == -1)
			return -1;
	} else if (!found || (q->file == 0 && !b->options->bulk->submit)) {
		return 0;
	}
	return bulk_meet(j, q, why) == -1 ? -1 : 1;
}

/* What is asked gets its file, or the line fails. */
static void
look(struct bulk *b, struct decision *d, struct entry *e)
{
	struct bulk_question q = { .id = 0 };
	struct why why;
	int known = b->post.failed.id == ERR_NONE ? look_up(b, d, &q, &why) : 0;

	if (known == -1)
		post_fail(&b->post, &why);
	if (known == 1)
		e->parcel = parcel_of(b, d, &q);
	e->question = q.id;
	e->again = q.again;
	if (e->parcel != NULL)
		return;
	d->way = WAY_FAILED;
	if (b->post.failed.id != ERR_NONE)
		d->why = b->post.failed;
	else
		why_set(&d->why, ERR_BULK_NOT_SUBMITTED, NULL, "%s", "");
}

static void
fail(struct bulk *b, enum error_id id, const char *detail)
{
	why_set(b->why, id, NULL, "%s", detail);
	b->failed = b->ended = 1;
}

static void
entry_free(struct entry *e)
{
	free(e->why);
	json_decref(e->own);
}

/* Keeps the line as it was decided. 0, or -1 without memory. */
static int
add(struct bulk *b, const struct line *line, const struct decision *d, struct entry *e)
{
	e->way = d->way;
	e->verdict = d->verdict;
	e->recheck = d->recheck;
	e->line = *line;
	e->at = b->text.len;
	if (e->way == WAY_BROKEN && line->len > BROKEN_KEPT)
		e->line.len = BROKEN_KEPT;
	if (d->why.id != ERR_NONE && (e->why = malloc(sizeof *e->why)) == NULL)
		return -1;
	if (e->why != NULL)
		*e->why = d->why;
	e->own = json_incref(d->own);
	return buf_add(&b->text, line->text, e->line.len);
}

static void
take_line(struct bulk *b, const struct line *line)
{
	struct entry *e = &b->entries[b->n++];
	struct decision d;

	*e = (struct entry){ .why = NULL };
	b->leaving.tally->read++;
	line_decide(line, b->options, b->post.route, &d);
	if (d.way == WAY_ASK)
		look(b, &d, e);
	if (d.way == WAY_ASK && b->options->before != NULL)
		e->before = before_find(b->options->before, &d, asked_key(&b->asked), 0);
	if (add(b, line, &d, e) == -1) {
		b->n--;
		entry_free(e);
		fail(b, ERR_OUT_OF_MEMORY, "a line could not be kept");
	}
	decision_free(&d);
}

/* Waits for a line, or the signal to stop: then only what is there already is taken. */
static int
next_line(struct bulk *b, struct line *line)
{
	struct pollfd fds[2] = { { .fd = b->options->stop_fd, .events = POLLIN },
		{ .fd = b->in, .events = POLLIN } };
	int got;

	while ((got = lines_try(b->lines, line)) == LINES_LATER && !b->post.stopped) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			return -1;
		if (fds[0].revents != 0) {
			post_stop(&b->post);
			b->last_tick = clock_tick() + STOP_REST;
		}
	}
	if (b->post.stopped && clock_tick() >= b->last_tick)
		return 0;
	return got == LINES_LATER ? 0 : got;
}

static void
read_load(struct bulk *b)
{
	struct line line;

	while (!b->ended && b->n < LOAD_LINES && b->text.len < LOAD_BYTES) {
		int got = next_line(b, &line);

		if (got == 1)
			take_line(b, &line);
		else if (got == -1)
			fail(b, ERR_INPUT_FAILED, strerror(errno));
		else
			b->ended = 1;
	}
}

/* --- a line leaves */

/* Where the question is now: a file that was refused for its day has another's place. */
static const struct parcel *
current(const struct parcel *one)
{
	while (one->moved != NULL)
		one = one->moved;
	return one;
}

/* `pending`, as the terminal would say it. */
static void
write_pending(struct buf *out, const struct bulk_file *f, const char *route)
{
	char day[DATE_SIZE], at[TIME_SIZE];
	const char *actor, *next;

	date_format(f->day, day);
	time_format(f->accepted_at, at);
	buf_addf(out,
	    "{\"" OBJECT_ELIGIBILITY "\":{\"" ELIGIBILITY_STATUS "\":\"" ELIGIBILITY_STATUS_PENDING
	    "\",\"" ELIGIBILITY_RECEPTION_NUMBER "\":");
	buf_addjson(out, f->reception, strlen(f->reception));
	buf_addf(out,
	    ",\"" ELIGIBILITY_AS_OF "\":\"%s\",\"" ELIGIBILITY_ANSWERED_AT
	    "\":\"%s\",\"" ELIGIBILITY_SOURCE "\":\"" ELIGIBILITY_SOURCE_NUMBER
	    "\",\"" ELIGIBILITY_NOTICES "\":[],\"" ELIGIBILITY_COVERING
	    "\":[],\"" ELIGIBILITY_POLICIES "\":[],\"" ELIGIBILITY_CONSENTS
	    "\":{},\"" ELIGIBILITY_REFERENCE_NUMBERS "\":[],\"" ELIGIBILITY_FLAGS "\":[]",
	    day, at);
	if (status_advice(
		ELIGIBILITY_STATUS_PENDING, route, ELIGIBILITY_SOURCE_NUMBER, &actor, &next))
		buf_addf(out, ",\"" ELIGIBILITY_ACTOR "\":\"%s\",\"" ELIGIBILITY_NEXT "\":\"%s\"",
		    actor, next);
	buf_adds(out, "}}");
}

static void
write_pending_registration(struct buf *out, const struct bulk_file *f, const char *route)
{
	char at[TIME_SIZE];

	(void)route;
	time_format(f->accepted_at, at);
	buf_addf(out,
	    "{\"" OBJECT_REGISTRATION "\":{\"" REGISTRATION_STATUS
	    "\":\"" REGISTRATION_STATUS_PENDING "\",\"" REGISTRATION_RECEPTION_NUMBER "\":");
	buf_addjson(out, f->reception, strlen(f->reception));
	buf_addf(
	    out, ",\"" REGISTRATION_ANSWERED_AT "\":\"%s\",\"" REGISTRATION_NOTICES "\":[]}}", at);
}

const struct bulk_kind bulk_eligibility = {
	.single = &service_verify,
	.verdict = status_verdict,
	.pending = write_pending,
};

const struct bulk_kind bulk_reference = {
	.single = &service_reference,
	.registers = 1,
	.verdict = reference_verdict,
	.pending = write_pending_registration,
};

/* What is known of the question makes the item that leaves. */
static void
settle(struct bulk *b, const struct entry *e, struct item *i, struct why *why)
{
	const struct parcel *one = current(e->parcel);
	struct buf *answer = &b->answer;
	int known;

	buf_reset(answer);
	i->way = WAY_STOPPED;
	i->why = why;
	known = b->post.failed.id != ERR_NONE
		    ? 0
		    : bulk_answer_of(b->options->journal, e->question, answer, why);
	if (known == -1)
		post_fail(&b->post, why);
	if (known == 0 && one->file.state == BULK_ACCEPTED && one->why.id == ERR_NONE)
		b->options->bulk->kind->pending(answer, &one->file, b->leaving.route);
	if (answer->len > 0 && !buf_failed(answer)) {
		judge(b->options->bulk->kind, answer, i, why);
		i->given = (struct given){ answer->data, answer->len, one->file.sent_at, e->again };
	} else if (b->post.failed.id != ERR_NONE) {
		*why = b->post.failed;
	} else if (one->why.id != ERR_NONE) {
		*why = one->why;
	} else {
		why_set(why, ERR_NOT_ASKED_STOPPED, NULL, "%s", "");
	}
}

static void
leave_load(struct bulk *b)
{
	for (size_t k = 0; k < b->n; k++) {
		struct entry *e = &b->entries[k];
		struct item i = { .way = e->way,
			.verdict = e->verdict,
			.recheck = e->recheck,
			.why = e->why,
			.before = e->before,
			.own = e->own,
			.line = e->line };
		struct why why;

		i.line.text = i.line.len == 0 ? "" : b->text.data + e->at;
		if (e->way == WAY_ASK)
			settle(b, e, &i, &why);
		leave(&b->leaving, NULL, &i);
		entry_free(e);
	}
	b->n = 0;
	buf_reset(&b->text);
	output_flush(b->leaving.output);
}

/* --- all of it */

static void
run(struct bulk *b)
{
	while (!b->ended && !output_failed(b->leaving.output)) {
		read_load(b);
		if (b->post.parcels != NULL)
			post_work(&b->post);
		if (b->post.failed.id != ERR_NONE)
			report(&b->leaving, &b->post.failed);
		leave_load(b);
		post_reset(&b->post);
	}
}

/* 0, or -1 with why. */
static int
open_all(struct bulk *b, struct route *route, struct why *why)
{
	buf_init(&b->text, b->options->max_line + LOAD_BYTES);
	buf_init(&b->answer, ANSWER_MAX);
	if ((b->entries = calloc(LOAD_LINES, sizeof *b->entries)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a load of lines");
		return -1;
	}
	return asked_open(&b->asked, b->options, b->leaving.route, why) == -1 ||
		       post_open(&b->post, b->options, route, why) == -1
		   ? -1
		   : 0;
}

enum ask_end
bulk_run(struct lines *lines, int in, struct output *output, struct route *route,
    struct tally *tally, const struct ask_options *options, struct why *why)
{
	struct bulk b = { .options = options, .lines = lines, .in = in, .why = why };
	int failed, stopped;

	b.leaving = (struct leaving){ .options = options, .output = output, .tally = tally };
	b.leaving.route = route_name(route);
	leaving_init(&b.leaving);
	b.failed = open_all(&b, route, why) == -1;
	if (!b.failed)
		run(&b);
	failed = b.failed || b.post.failed.id != ERR_NONE || output_failed(output);
	stopped = b.post.stopped;
	post_close(&b.post);
	asked_close(&b.asked);
	leaving_free(&b.leaving);
	buf_free(&b.text);
	buf_free(&b.answer);
	free(b.entries);
	return failed ? ASK_FAILED : stopped ? ASK_STOPPED : ASK_WHOLE;
}
