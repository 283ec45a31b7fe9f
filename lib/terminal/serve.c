#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "terminal/bulk.h"
#include "terminal/consents.h"
#include "terminal/faults.h"
#include "terminal/message.h"
#include "terminal/references.h"
#include "terminal/serve.h"

#define FLIGHTS	     4	  /* windows of each service */
#define INQUIRIES    2	  /* bulk results in the making */
#define PATIENCE     3000 /* a damaged request that stays as it is, is answered with an error */
#define RETRY	     1000 /* after a write that failed */
#define STEPS	     5
#define RESPONSE_MAX ((size_t)16 << 20)

/* What is done for a request that has its response, one after the other. */
enum act { ACT_KEEP, ACT_PENDING, ACT_HALF, ACT_ANSWER, ACT_DROP, ACT_AGAIN };

struct step {
	enum act act;
	int64_t after; /* milliseconds after the one before */
};

struct request {
	struct request *next;
	char name[NAME_MAX + 1];
	uint64_t number;
	json_t *asked;	/* NULL: it could not be read */
	json_t *person; /* of a medical request with a consent */
	struct plan plan;
	struct buf response, pending;
	int refused; /* the response is an error */
	struct step steps[STEPS];
	size_t n_steps, step; /* none: not answered yet */
	int64_t due;
};

/* What the hub is asked, by request_kind(). */
static const struct service {
	const char *name, *member;
	size_t lines;
} services[] = {
	[REQUEST_INSURANCE] = { "verify", OBJECT_ELIGIBILITY, WINDOW_LINES },
	[REQUEST_MEDICAL] = { "query", OBJECT_MEDICAL, 16 },
};
#define SERVICES (sizeof services / sizeof *services)

struct flight {
	int busy;
	struct window window;
	struct request *asked[WINDOW_LINES];
};

/* A bulk result for a request; NULL: none is made. */
struct making {
	struct request *request;
	struct inquiry inquiry;
};

struct serving {
	const struct serve_options *o;
	struct spool *spool;
	struct route *route;
	struct tally *tally;
	struct request *requests; /* in the order in which they were taken */
	uint64_t taken;
	int64_t scan_at;
	enum error_id failing; /* of the folder, already reported */
	struct flight flights[SERVICES][FLIGHTS];
	struct making makings[INQUIRIES];
};

/* Says what the folder has, once. */
static void
report(struct serving *s, const struct why *why)
{
	if (s->failing != why->id)
		why_print(why, s->o->tool);
	s->failing = why->id;
}

static void
request_free(struct request *r)
{
	json_decref(r->asked);
	json_decref(r->person);
	buf_free(&r->response);
	buf_free(&r->pending);
	free(r);
}

static void
add_step(struct request *r, enum act act, int64_t after)
{
	r->steps[r->n_steps++] = (struct step){ act, after };
}

static void
plan_steps(struct request *r)
{
	const struct plan *p = &r->plan;
	int64_t wait = p->slow > 0 ? p->slow : 0;

	add_step(r, ACT_KEEP, 0);
	if (p->pending >= 0) {
		add_step(r, ACT_PENDING, wait);
		wait = p->pending;
	}
	if (p->half >= 0) {
		add_step(r, ACT_HALF, wait);
		wait = p->half;
	}
	add_step(r, p->half == 0 ? ACT_DROP : ACT_ANSWER, wait);
	if (p->twice >= 0 && p->half != 0)
		add_step(r, ACT_AGAIN, p->twice);
	r->due = clock_tick();
}

/* The response is there: whatever is to be wrong with it is made so, and its steps begin. */
static void
settle(struct serving *s, struct request *r)
{
	struct why why;

	if (r->plan.error[0] != '\0') {
		buf_reset(&r->response);
		r->refused = 1;
		response_error(
		    r->name, r->asked, r->plan.error, s->o->encoding, &r->response, &why);
	}
	if (r->plan.pending >= 0)
		response_pending(r->name, r->asked, s->o->encoding, &r->pending, &why);
	if (r->plan.encoding)
		response_misdeclare(&r->response);
	if (r->response.len > 0) /* there was memory for it; else the next run answers */
		plan_steps(r);
}

static void
refuse(struct serving *s, struct request *r, enum refusal refusal, const struct why *cause,
    int of_person)
{
	struct why why;

	r->refused = 1;
	buf_reset(&r->response);
	if (response_refusal(r->name, r->asked, refusal, cause, of_person, s->o->encoding,
		&r->response, &why) == -1)
		why_print(&why, s->o->tool);
	settle(s, r);
}

/* Answers to requests that came before this one may have waited for it. */
static void
let_go(struct serving *s, const struct request *later)
{
	for (struct request *r = s->requests; r != NULL; r = r->next)
		if (r->number < later->number && r->plan.order > 0)
			r->plan.order--;
}

static int
act(struct serving *s, struct request *r, enum act what, struct why *why)
{
	const struct buf *b = &r->response;

	switch (what) {
	case ACT_KEEP:
		return spool_ready(s->spool, r->name, b, why);
	case ACT_PENDING:
		return spool_instead(s->spool, r->name, r->pending.data, r->pending.len, 1, why);
	case ACT_HALF:
		return spool_instead(s->spool, r->name, b->data, b->len / 2, 0, why);
	case ACT_ANSWER:
		if (spool_answer(s->spool, r->name, why) == -1)
			return -1;
		tally_add(s->tally, r->refused ? VERDICT_UNKNOWN : VERDICT_YES);
		let_go(s, r);
		return 0;
	case ACT_DROP:
		tally_add(s->tally, VERDICT_UNKNOWN);
		return spool_forget(s->spool, r->name, why);
	case ACT_AGAIN:
		return spool_instead(s->spool, r->name, b->data, b->len, 1, why);
	}
	return 0;
}

/* Is it time for the next step? Until its turn has come, only its response is kept. */
static int
is_due(const struct request *r, int64_t now)
{
	return r->step < r->n_steps && now >= r->due && (r->step != 1 || r->plan.order <= 0);
}

static void
advance(struct serving *s, struct request *r)
{
	int64_t now = clock_tick();
	struct why why;

	while (is_due(r, now)) {
		if (act(s, r, r->steps[r->step].act, &why) == -1) {
			report(s, &why);
			r->due = now + RETRY;
			return;
		}
		if (++r->step < r->n_steps)
			r->due = now + r->steps[r->step].after;
	}
}

static void
advance_all(struct serving *s)
{
	struct request **at = &s->requests, *r;

	for (r = s->requests; r != NULL; r = r->next)
		advance(s, r);
	while ((r = *at) != NULL) {
		if (r->n_steps == 0 || r->step < r->n_steps) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		request_free(r);
	}
}

static int
is_under_way(const struct serving *s, const char *name)
{
	for (const struct request *r = s->requests; r != NULL; r = r->next)
		if (strcmp(r->name, name) == 0)
			return 1;
	return 0;
}

static void
append(struct serving *s, struct request *r)
{
	struct request **at = &s->requests;

	while (*at != NULL)
		at = &(*at)->next;
	*at = r;
}

/* The question line of a request. 0, or -1 with why and which refusal it is. */
static int
write_question(struct serving *s, struct request *r, const char *ask, struct buf *out,
    enum refusal *refusal, struct why *why)
{
	struct kept_consent consent;
	int found;

	if (request_kind(r->name) == REQUEST_INSURANCE)
		return request_question(r->asked, ask, s->o->facility, out, refusal, why);
	found = consents_find(s->spool, json_object_get(r->asked, OBJECT_INSURED), &consent, why);
	if (found != -1)
		found = request_query(
		    r->asked, ask, s->o->facility, consent.receipt, out, refusal, why);
	free(consent.receipt);
	r->person = consent.person;
	return found;
}

/* Puts the question of a request into the window, or refuses it. */
static void
ask(struct serving *s, struct flight *f, struct request *r, const struct buf *bytes)
{
	struct question *q = window_next(&f->window, NULL);
	struct why why = { .id = ERR_NONE };
	enum refusal refusal = REFUSAL_CENTRE;

	if (spool_identity(s->spool, r->name, bytes, q->ask, &why) == -1) {
		refuse(s, r, REFUSAL_CENTRE, &why, 0);
	} else if (write_question(s, r, q->ask, &f->window.body, &refusal, &why) == -1 ||
		   window_added(&f->window) == -1) {
		f->window.body.len = q->at;
		refuse(s, r, refusal, &why, refusal == REFUSAL_KEYS);
	} else {
		f->asked[f->window.n - 1] = r;
	}
}

/* A reference number is registered here: the hub knows none. */
static void
take_reference(struct serving *s, struct request *r)
{
	enum refusal refusal;
	struct why why = { .id = ERR_NONE };

	if (references_register(s->spool, r->asked, s->o->facility, &refusal, &why) == -1)
		refuse(s, r, refusal, &why, refusal == REFUSAL_KEYS);
	else if (response_registered(
		     r->name, r->asked, r->plan.echo, s->o->encoding, &r->response, &why) == -1)
		refuse(s, r, REFUSAL_WRITING, &why, 0);
	else
		settle(s, r);
}

/* A bulk request is accepted, and answered later. */
static void
accept_bulk(struct serving *s, struct request *r, const struct buf *bytes)
{
	enum refusal refusal;
	struct why why = { .id = ERR_NONE };
	int64_t ready_after = r->plan.pending > 0 ? r->plan.pending : 0;

	r->plan.pending = -1; /* the result has to wait, not the acceptance */
	if (job_accept(s->spool, r->name, bytes, s->o->facility, ready_after, s->o->encoding,
		&r->response, &refusal, &why) == -1)
		refuse(s, r, refusal, &why, 0);
	else
		settle(s, r);
}

static void
put_off(struct serving *s, struct request *r, const json_t *job)
{
	struct why why = { .id = ERR_NONE };

	r->plan.pending = -1;
	if (job_pending(r->name, job, r->asked, s->o->encoding, &r->response, &why) == -1)
		refuse(s, r, REFUSAL_WRITING, &why, 0);
	else
		settle(s, r);
}

static struct making *
free_making(struct serving *s)
{
	for (size_t i = 0; i < INQUIRIES; i++)
		if (s->makings[i].request == NULL)
			return &s->makings[i];
	return NULL;
}

/* Asks for the next persons; when there are none, that is the result. */
static void
go_on(struct serving *s, struct making *m)
{
	struct request *r = m->request;
	struct why why = { .id = ERR_NONE };

	if (!m->inquiry.lost && inquiry_ask(&m->inquiry) > 0 &&
	    route_start(s->route, &m->inquiry.window) == 0)
		return;
	m->request = NULL;
	if (m->inquiry.lost) /* the centre is at work, as far as anybody can tell */
		put_off(s, r, m->inquiry.job);
	else if (inquiry_result(&m->inquiry, r->name, r->asked, &r->plan, s->o->encoding,
		     &r->response, &why) == -1)
		refuse(s, r, REFUSAL_WRITING, &why, 0);
	else
		settle(s, r);
	inquiry_end(&m->inquiry);
}

/* Somebody fetches a result. */
static void
fetch(struct serving *s, struct request *r)
{
	struct making *m = free_making(s);
	enum refusal refusal;
	struct why why = { .id = ERR_NONE };
	json_t *job;
	int ready = job_find(s->spool, r->asked, s->o->facility, &job, &refusal, &why);

	if (ready == -1) {
		refuse(s, r, refusal, &why, 0);
	} else if (ready == 0 || r->plan.pending >= 0 || m == NULL) {
		put_off(s, r, job);
		json_decref(job);
	} else {
		m->request = r;
		inquiry_begin(&m->inquiry, job);
		inquiry_register(&m->inquiry, s->spool);
		go_on(s, m);
	}
}

/* Is it about a day to come? */
static int
is_future(const json_t *asked)
{
	const char *day = record_text(asked, RECORD_VISIT_DATE);
	struct date date;

	return day != NULL && date_parse(day, &date) && date_days(date) > date_days(date_today());
}

/* A request that was taken: it is asked, or has its response at once. 0, or -1 with why. */
static int
begin(struct serving *s, struct flight *f, const char *name, json_t *asked, const struct buf *bytes,
    const struct why *damage)
{
	struct request *r = calloc(1, sizeof *r);
	struct why why = { .id = ERR_NONE };

	if (r == NULL) {
		json_decref(asked);
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		report(s, &why);
		return -1;
	}
	snprintf(r->name, sizeof r->name, "%s", name);
	r->asked = asked;
	r->number = ++s->taken;
	s->tally->read++;
	buf_init(&r->response, RESPONSE_MAX);
	buf_init(&r->pending, RESPONSE_MAX);
	plan_make(s->o->faults, r->number, &r->plan);
	append(s, r);
	if (r->plan.never) {
		r->due = clock_tick();
		add_step(r, ACT_DROP, 0);
	} else if (request_kind(name) == REQUEST_OTHER) {
		fprintf(stderr, "%s: %.13s: such requests are not served\n", s->o->tool, name);
		refuse(s, r, REFUSAL_KIND, &why, 0);
	} else if (asked == NULL) {
		refuse(s, r, REFUSAL_FORM, damage, 0);
	} else if (r->plan.future && is_future(asked)) {
		refuse(s, r, REFUSAL_DAY, &why, 0);
	} else if (request_kind(name) == REQUEST_REFERENCE) {
		take_reference(s, r);
	} else if (request_kind(name) == REQUEST_BULK) {
		accept_bulk(s, r, bytes);
	} else if (request_kind(name) == REQUEST_RESULT) {
		fetch(s, r);
	} else {
		ask(s, f, r, bytes);
	}
	return 0;
}

/* The windows that take questions at present, by service; NULL: none is free. */
struct filling {
	struct flight *flights[SERVICES];
};

/* The window for the request; what none is needed for may use any. NULL: it has to wait. */
static struct flight *
flight_for(const struct filling *f, const char *name)
{
	enum request_kind kind = request_kind(name);
	struct flight *flight = f->flights[kind < SERVICES ? kind : REQUEST_INSURANCE];

	return flight != NULL && flight->window.n < flight->window.most ? flight : NULL;
}

/* One request in req or, taken, from a run before. */
static void
take(struct serving *s, const struct filling *f, const char *name, int taken, int64_t since)
{
	struct flight *flight = flight_for(f, name);
	struct why why = { .id = ERR_NONE };
	struct buf bytes;
	json_t *asked = NULL;
	int r;

	if (flight == NULL)
		return;
	buf_init(&bytes, SPOOL_FILE_MAX);
	if (spool_read(s->spool, name, taken, &bytes, &why) == -1)
		goto out; /* it may be held by its writer, or taken back */
	asked = request_read(name, &bytes, &why);
	if (asked == NULL && !taken && why.id != ERR_OQS_TYPE_UNKNOWN &&
	    clock_tick() - since < PATIENCE)
		goto out;
	r = taken ? 1 : spool_take(s->spool, name, &why);
	if (r == -1)
		report(s, &why);
	if (r == 1) {
		begin(s, flight, name, asked, &bytes, &why);
		asked = NULL;
	}
out:
	json_decref(asked);
	buf_free(&bytes);
}

static struct flight *
free_flight(struct serving *s, size_t service)
{
	for (size_t i = 0; i < FLIGHTS; i++)
		if (!s->flights[service][i].busy) {
			window_reset(&s->flights[service][i].window);
			return &s->flights[service][i];
		}
	return NULL;
}

/* What a run before left is taken first, as long as there is room for all that may be next. */
static int
has_room(const struct filling *f)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (f->flights[i] == NULL || f->flights[i]->window.n == f->flights[i]->window.most)
			return 0;
	return 1;
}

/* Looks for requests, when it is time to, and sends their questions off. */
static void
take_all(struct serving *s)
{
	struct filling f;
	char name[NAME_MAX + 1];
	struct why why = { .id = ERR_NONE };
	int64_t since;

	if (clock_tick() < s->scan_at)
		return;
	s->scan_at = clock_tick() + s->o->scan;
	for (size_t i = 0; i < SERVICES; i++)
		f.flights[i] = free_flight(s, i);
	while (has_room(&f) && spool_left(s->spool, name))
		take(s, &f, name, 1, 0);
	if (spool_scan(s->spool, &why) == -1)
		report(s, &why);
	else
		s->failing = ERR_NONE;
	while (spool_next(s->spool, name, &since))
		if (!is_under_way(s, name))
			take(s, &f, name, 0, since);
	for (size_t i = 0; i < SERVICES; i++)
		if (f.flights[i] != NULL)
			f.flights[i]->busy = f.flights[i]->window.n > 0 &&
					     route_start(s->route, &f.flights[i]->window) == 0;
}

/* Does the hub's error say that the consent is not good, or what it stands on? */
static int
is_consent(const char *code)
{
	static const char *const kinds[] = { "consent-", "presence-" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strncmp(code, kinds[i], strlen(kinds[i])) == 0)
			return 1;
	return 0;
}

/* The response to an answer. 0, or -1 with why and which refusal it is. */
static int
respond(const struct serving *s, struct request *r, json_t *answer, enum refusal *refusal,
    struct why *why)
{
	*refusal = REFUSAL_WRITING;
	if (request_kind(r->name) == REQUEST_INSURANCE)
		return response_answer(
		    r->name, r->asked, answer, s->o->encoding, &r->response, why);
	if (json_array_size(json_object_get(answer, MEDICAL_REFUSED)) > 0) {
		*refusal = REFUSAL_CONSENT;
		return -1;
	}
	return response_medical(
	    r->name, r->asked, answer, r->person, s->o->encoding, &r->response, why);
}

/* A window is back: its requests have their responses. */
static void
hear(struct serving *s, struct flight *f, const char *member)
{
	f->busy = 0;
	for (size_t i = 0; i < f->window.n; i++) {
		struct request *r = f->asked[i];
		struct why why = { .id = ERR_NONE };
		enum refusal refusal;
		int of_person;
		json_t *answer =
		    terminal_heard(&f->window, &f->window.questions[i], member, &of_person, &why);

		if (answer == NULL)
			refuse(s, r,
			    is_consent(why.upstream_code) ? REFUSAL_CONSENT
			    : of_person			  ? REFUSAL_KEYS
							  : REFUSAL_CENTRE,
			    &why, of_person);
		else if (respond(s, r, answer, &refusal, &why) == -1)
			refuse(s, r, refusal, &why, 0);
		else
			settle(s, r);
		json_decref(answer);
	}
}

/* Gives a window that is back to its service. */
static void
hear_window(struct serving *s, const struct window *done)
{
	for (size_t k = 0; k < SERVICES; k++)
		for (size_t i = 0; i < FLIGHTS; i++)
			if (done == &s->flights[k][i].window)
				hear(s, &s->flights[k][i], services[k].member);
	for (size_t i = 0; i < INQUIRIES; i++)
		if (done == &s->makings[i].inquiry.window) {
			inquiry_hear(&s->makings[i].inquiry, s->spool);
			go_on(s, &s->makings[i]);
		}
}

/* Until when nothing is to be done, as long as nothing comes in. */
static int64_t
rest(const struct serving *s)
{
	int64_t until = s->scan_at, now = clock_tick();

	for (const struct request *r = s->requests; r != NULL; r = r->next)
		if (r->step < r->n_steps && r->due < until && !(r->step == 1 && r->plan.order > 0))
			until = r->due;
	return until > now ? until - now : 0;
}

static int
is_told_to_stop(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void
serving_free(struct serving *s)
{
	struct request *next;

	for (struct request *r = s->requests; r != NULL; r = next) {
		next = r->next;
		request_free(r);
	}
	for (size_t i = 0; i < SERVICES * FLIGHTS; i++)
		window_free(&s->flights[i / FLIGHTS][i % FLIGHTS].window);
	for (size_t i = 0; i < INQUIRIES; i++) {
		inquiry_end(&s->makings[i].inquiry);
		window_free(&s->makings[i].inquiry.window);
	}
	free(s);
}

int
terminal_serve(struct spool *spool, struct route *route, const struct serve_options *o,
    struct tally *tally, struct why *why)
{
	struct serving *s = calloc(1, sizeof *s);
	struct window *done;

	if (s == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	s->o = o;
	s->spool = spool;
	s->route = route;
	s->tally = tally;
	s->scan_at = clock_tick();
	for (size_t i = 0; i < SERVICES * FLIGHTS; i++) {
		const struct service *service = &services[i / FLIGHTS];
		struct window *w = &s->flights[i / FLIGHTS][i % FLIGHTS].window;

		window_init(w, service->name, terminal_reads, TERMINAL_ANSWER_MAX);
		w->most = service->lines;
	}
	for (size_t i = 0; i < INQUIRIES; i++)
		window_init(&s->makings[i].inquiry.window, services[REQUEST_INSURANCE].name,
		    terminal_reads, TERMINAL_ANSWER_MAX);
	while (!is_told_to_stop(o->stop_fd)) {
		take_all(s);
		advance_all(s);
		done = route_work(route, rest(s), &o->stop_fd, 1);
		if (done != NULL)
			hear_window(s, done);
	}
	route_stop(route, 0);
	while (route_work(route, 0, NULL, 0) != NULL)
		;
	serving_free(s);
	return 0;
}
