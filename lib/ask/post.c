#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/post.h"
#include "ask/result.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "pipe/splice.h"
#include "route/bulk.h"

#define ANSWER_MAX ((size_t)16 << 20)

static int
reads(const json_t *answer, struct question *q, struct why *why)
{
	(void)q;
	if (json_is_object(json_object_get(answer, BULK_MEMBER)))
		return 0;
	why_set(why, ERR_OQS_ANSWER_INCOMPLETE, NULL, "%s", "");
	return -1;
}

void
post_fail(struct post *p, const struct why *why)
{
	if (p->failed.id != ERR_NONE)
		return;
	why_set(
	    &p->failed, ERR_JOURNAL_FAILED, NULL, "%s: %s", error_rows[why->id].title, why->detail);
	route_stop(p->route, 0);
}

/* Writes the file's row, durably. 0, or -1 when post->failed. */
static int
save(struct post *p, const struct bulk_file *f)
{
	struct why why;

	if (p->failed.id == ERR_NONE && bulk_file_put(p->journal, f, &why) == 0 &&
	    journal_commit(p->journal, &why) == 0)
		return 0;
	post_fail(p, &why);
	return -1;
}

/* What was said under a file's names is done with, and safe. */
static int
clear_up(struct post *p, struct bulk_file *f, struct why *why)
{
	route_forget(p->route, f->name);
	if (f->fetch[0] != '\0' && !f->fetching) {
		route_forget(p->route, f->fetch);
		f->fetch[0] = '\0';
	}
	f->litter = 0;
	return bulk_file_put(p->journal, f, why);
}

int
post_open(struct post *p, const struct ask_options *o, struct route *route, struct why *why)
{
	struct bulk_file f;
	int r = -1;

	*p = (struct post){ .options = o, .route = route, .journal = o->journal };
	p->jobs = o->jobs > POST_FLIGHTS ? POST_FLIGHTS : (size_t)o->jobs;
	for (size_t i = 0; i < p->jobs; i++) {
		window_init(&p->flights[i].window, BULK_SERVICE, reads, ANSWER_MAX);
		buf_init(&p->flights[i].window.body, BULK_LINE_MAX);
	}
	if (p->journal == NULL)
		return 0;
	if (bulk_open(p->journal, why) == 0)
		while ((r = bulk_litter(p->journal, &f, why)) == 1)
			if (clear_up(p, &f, why) == -1)
				return -1;
	return r;
}

void
post_close(struct post *p)
{
	post_reset(p);
	for (size_t i = 0; i < p->jobs; i++)
		window_free(&p->flights[i].window);
}

void
post_reset(struct post *p)
{
	struct parcel *next;

	for (struct parcel *one = p->parcels; one != NULL; one = next) {
		next = one->next;
		free(one);
	}
	p->parcels = NULL;
}

/* Puts a new one into the list. NULL when post->failed. */
static struct parcel *
parcel_new(struct post *p)
{
	struct parcel *one = calloc(1, sizeof *one);
	struct why why;

	if (one == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		post_fail(p, &why);
		return NULL;
	}
	one->next = p->parcels;
	p->parcels = one;
	return one;
}

struct parcel *
post_find(struct post *p, int64_t file)
{
	struct parcel *one = p->parcels;
	struct why why;

	while (one != NULL && one->file.id != file)
		one = one->next;
	if (one != NULL || (one = parcel_new(p)) == NULL)
		return one;
	if (bulk_file_get(p->journal, file, &one->file, &why) == 0)
		return one;
	post_fail(p, &why);
	return NULL;
}

struct date
post_no_later(struct date day)
{
	struct date today = date_today();

	return date_days(day) > date_days(today) ? today : day;
}

/* A planned file of its own, as of the day. NULL when post->failed. */
static struct parcel *
plan(struct post *p, struct date day)
{
	struct parcel *one = parcel_new(p);
	struct why why;

	if (one == NULL || bulk_file_new(p->journal, day, &one->file, &why) == 0)
		return one;
	post_fail(p, &why);
	return NULL;
}

struct parcel *
post_for(struct post *p, struct date day)
{
	for (struct parcel *one = p->parcels; one != NULL; one = one->next)
		if (one->file.state == BULK_PLANNED && one->file.name[0] == '\0' &&
		    date_days(one->file.day) == date_days(day) &&
		    one->file.n < (size_t)p->options->bulk->size)
			return one;
	return plan(p, day);
}

/* The question line of a file, but for its end. */
static void
begin_line(const struct post *p, struct buf *out, const struct bulk_file *f)
{
	char day[DATE_SIZE];

	date_format(f->day, day);
	buf_addf(
	    out, "{\"" QUESTION_ASK "\":\"%s\",\"" RECORD_VISIT_DATE "\":\"%s\",", f->ask, day);
	if (p->options->bulk->kind->registers)
		buf_adds(out, "\"" BULK_REGISTERS "\":true,");
}

static int
add_person(void *arg, int64_t id, const char *ask, const char *text, struct why *why)
{
	struct buf *out = arg;
	size_t at, len;

	(void)id;
	if (!splice_find(text, strlen(text), OBJECT_INSURED, &at, &len)) {
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "a kept question is none");
		return -1;
	}
	if (out->data[out->len - 1] != '[')
		buf_addc(out, ',');
	buf_addf(
	    out, "{\"" BULK_ITEM "\":\"%.*s\",\"" OBJECT_INSURED "\":", BULK_ITEM_SIZE - 1, ask);
	buf_add(out, text + at, len);
	return buf_addc(out, '}');
}

/* Each writes the window's one question. 0, or -1 with why. */
static int
write_submit(struct post *p, const struct bulk_file *f, struct buf *out, struct why *why)
{
	begin_line(p, out, f);
	buf_adds(out, "\"" BULK_PERSONS "\":[");
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "a file of %zu questions", f->n);
	if (bulk_questions(p->journal, f->id, add_person, out, why) == -1)
		return -1;
	return buf_adds(out, "]}");
}

static int
write_fetch(struct post *p, const struct bulk_file *f, struct buf *out, struct why *why)
{
	begin_line(p, out, f);
	buf_adds(out, "\"" BULK_RECEPTION "\":");
	buf_addjson(out, f->reception, strlen(f->reception));
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return buf_addc(out, '}');
}

/* What is known of the request from before, and its name. */
static void
recall(const struct bulk_file *f, int fetch, struct question *q)
{
	if (!fetch) {
		memcpy(q->name, f->name, sizeof q->name);
		q->earlier = f->state == BULK_SENT ? EARLIER_SENT : EARLIER_NONE;
		return;
	}
	memcpy(q->name, f->fetch, sizeof q->name);
	q->earlier = f->fetching	   ? EARLIER_SENT
		     : f->fetch[0] != '\0' ? EARLIER_GIVEN_UP
					   : EARLIER_NONE;
}

/* It is about to leave under this name: from here on the other side may have it. */
static void
note_sent(struct bulk_file *f, int fetch, const struct question *q)
{
	if (fetch) {
		memcpy(f->fetch, q->name, sizeof f->fetch);
		f->fetching = 1;
		return;
	}
	memcpy(f->name, q->name, sizeof f->name);
	if (f->state == BULK_PLANNED)
		f->sent_at = clock_now();
	f->state = BULK_SENT;
}

/* Sends the parcel's request off. What fails stops the parcel. */
static void
start(struct post *p, struct flight *fl, struct parcel *one, int fetch)
{
	struct window *w = &fl->window;
	struct question *q;
	struct why why;

	window_reset(w);
	q = window_next(w, one->file.ask);
	if ((fetch ? write_fetch : write_submit)(p, &one->file, &w->body, &why) == -1 ||
	    window_added(w) == -1) {
		one->why = why;
		return;
	}
	recall(&one->file, fetch, q);
	route_label(p->route, q);
	route_prepare(p->route, w);
	fl->unsent = q->why.id != ERR_NONE && !q->taken;
	if (!fl->unsent) {
		note_sent(&one->file, fetch, q);
		if (save(p, &one->file) == -1)
			return;
	}
	fl->parcel = one;
	fl->fetch = fetch;
	one->flying = 1;
	route_start(p->route, w);
}

/* All questions of a file that was refused get the reason. */
struct refusal {
	struct post *post;
	const struct why *cause;
};

static int
answer_with_error(void *arg, int64_t id, const char *ask, const char *text, struct why *why)
{
	const struct refusal *r = arg;

	(void)text;
	return result_error(r->post->journal, id, ask, r->cause, r->post->options->tool, why);
}

/*
 * The file, or every person in it, was refused. Whether a day to come may be asked about is known
 * nowhere, so if it is one the question is asked as of today. Else this is the answer.
 */
static void
refuse(struct post *p, struct parcel *one, const struct why *cause)
{
	struct refusal r = { p, cause };
	struct why why;
	struct date day = post_no_later(one->file.day);

	if (cause->id == ERR_OQS_REFUSED && date_days(day) < date_days(one->file.day)) {
		if ((one->moved = plan(p, day)) != NULL &&
		    bulk_move(p->journal, &one->file, &one->moved->file, &why) == -1)
			post_fail(p, &why);
	} else if (bulk_questions(p->journal, one->file.id, answer_with_error, &r, &why) == -1) {
		post_fail(p, &why);
	}
	one->file.state = BULK_DONE;
}

static void
take_acceptance(struct post *p, struct parcel *one, const struct question *q, const json_t *bulk)
{
	struct bulk_file *f = &one->file;
	const char *reception = record_text(bulk, BULK_RECEPTION);
	struct why why = q->why;

	if (reception != NULL && strlen(reception) >= sizeof f->reception) {
		why_set(&why, ERR_OQS_ANSWER_INCOMPLETE, NULL, "the reception number is too long");
		reception = NULL;
	}
	f->litter = reception != NULL || why.id == ERR_OQS_REFUSED;
	if (why.id == ERR_OQS_REFUSED) {
		refuse(p, one, &why);
	} else if (reception != NULL) {
		memcpy(f->reception, reception, strlen(reception) + 1);
		f->accepted_at = clock_now();
		f->state = BULK_ACCEPTED;
	} else {
		one->why = why;
		if (!q->taken) {
			f->state = BULK_PLANNED;
			f->name[0] = '\0';
		}
	}
}

/* Not ready: it is asked for again as long as there is time. */
static void
put_off(struct post *p, struct parcel *one)
{
	one->due = clock_tick() + p->options->bulk->poll;
	one->late = p->stopped || one->due > p->deadline;
}

static int
is(const char *word, const char *other)
{
	return word != NULL && strcmp(word, other) == 0;
}

static void
take_fetched(struct post *p, struct parcel *one, const struct question *q, const json_t *bulk)
{
	struct bulk_file *f = &one->file;
	const char *status = record_text(bulk, BULK_STATUS);
	struct why why = q->why;
	int taken =
	    is(status, BULK_DONE_STATUS) ? result_take(p->journal, f, bulk, p->options, &why) : 0;
	int refused = why.id == ERR_OQS_REFUSED || (is(status, BULK_DONE_STATUS) && taken == 0);

	f->fetching = status == NULL && !refused && q->open;
	f->litter = status != NULL || refused;
	if (taken == -1)
		post_fail(p, &why);
	else if (taken == 1)
		f->state = BULK_DONE;
	else if (refused)
		refuse(p, one, &why);
	else if (is(status, BULK_PENDING))
		put_off(p, one);
	else
		one->why = why;
}

/* What the request was answered moves its file on, durably; then the response may go. */
static void
take(struct post *p, struct parcel *one, const struct flight *fl)
{
	const struct question *q = &fl->window.questions[0];
	const char *text = fl->window.answers.data + q->answer_at;
	json_t *answer = q->answered ? json_loadb(text, q->answer_len, JSON_ALLOW_NUL, NULL) : NULL;
	struct why why;

	if (q->answered && answer == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "an answer");
		post_fail(p, &why);
		return;
	}
	(fl->fetch ? take_fetched : take_acceptance)(
	    p, one, q, json_object_get(answer, BULK_MEMBER));
	json_decref(answer);
	if (save(p, &one->file) == -1)
		return;
	route_handed(p->route);
	if (one->file.litter && clear_up(p, &one->file, &why) == -1)
		post_fail(p, &why);
}

/* A request is done with. */
static void
land(struct post *p, struct flight *fl)
{
	struct parcel *one = fl->parcel;

	fl->parcel = NULL;
	one->flying = 0;
	if (fl->unsent)
		one->why = fl->window.questions[0].why;
	else if (p->failed.id == ERR_NONE)
		take(p, one, fl);
}

enum want { NOTHING, SUBMIT, FETCH };

static enum want
wanted(const struct post *p, const struct parcel *one)
{
	if (one->flying || one->why.id != ERR_NONE || p->failed.id != ERR_NONE)
		return NOTHING;
	switch (one->file.state) {
	case BULK_PLANNED:
	case BULK_SENT:
		return SUBMIT;
	case BULK_ACCEPTED:
		return p->options->bulk->fetch && !one->late && !p->stopped ? FETCH : NOTHING;
	case BULK_DONE:
		break;
	}
	return NOTHING;
}

static struct flight *
free_flight(struct post *p)
{
	for (size_t i = 0; i < p->jobs; i++)
		if (p->flights[i].parcel == NULL)
			return &p->flights[i];
	return NULL;
}

/* Starts what is due. Returns when the next will be, or INT64_MAX: none waits for a time. */
static int64_t
start_due(struct post *p)
{
	int64_t now = clock_tick(), next = INT64_MAX;
	struct flight *fl;

	for (struct parcel *one = p->parcels; one != NULL; one = one->next) {
		enum want want = wanted(p, one);

		if (want == FETCH && one->due > now)
			next = one->due < next ? one->due : next;
		else if (want != NOTHING && (fl = free_flight(p)) != NULL) {
			if (want == FETCH && p->deadline == 0)
				p->deadline = now + p->options->bulk->wait;
			start(p, fl, one, want == FETCH);
		}
	}
	return next;
}

static int
is_flying(const struct post *p)
{
	for (size_t i = 0; i < p->jobs; i++)
		if (p->flights[i].parcel != NULL)
			return 1;
	return 0;
}

static int
is_wanted(const struct post *p)
{
	for (const struct parcel *one = p->parcels; one != NULL; one = one->next)
		if (wanted(p, one) != NOTHING)
			return 1;
	return 0;
}

void
post_stop(struct post *p)
{
	char info[256]; /* more than a struct signalfd_siginfo */

	if (read(p->options->stop_fd, info, sizeof info) <= 0)
		return;
	route_stop(p->route, p->stopped ? 0 : STOP_GRACE);
	p->stopped = 1;
}

void
post_work(struct post *p)
{
	for (;;) {
		int64_t due, now;
		struct window *w;

		post_stop(p);
		due = start_due(p);
		if (!is_flying(p) && !is_wanted(p))
			return;
		now = clock_tick();
		w = route_work(p->route,
		    due == INT64_MAX ? (is_flying(p) ? -1 : 0)
		    : due > now	     ? due - now
				     : 0,
		    &p->options->stop_fd, 1);
		for (size_t i = 0; w != NULL && i < p->jobs; i++)
			if (w == &p->flights[i].window)
				land(p, &p->flights[i]);
	}
}
