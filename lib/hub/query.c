/*
 * POST /v1/query: medical information, with a consent or in a disaster. Nothing is given that was
 * not agreed to; where anything is wrong the line is an error and holds nothing medical.
 */
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/consent.h"
#include "hub/disaster.h"
#include "hub/inquire.h"
#include "hub/medical.h"
#include "hub/seek.h"
#include "model/insured.h"
#include "store/day.h"

/* How the audit says it was answered. */
#define ANSWERED	"answered"
#define ANSWERED_ORAL	"answered-oral"	  /* in a disaster, and the patient agreed */
#define ANSWERED_UNABLE "answered-unable" /* and could not be asked */

static int
refuse(struct why *why, enum error_id id, const char *pointer)
{
	why_set(why, id, pointer, NULL);
	return 0;
}

/* Adds {"ask","medical"} about a cover of the person. 1, or 0 with why. */
static int
write_line(
    struct request *r, const char *ask, const struct look *look, struct buf *out, struct why *why)
{
	size_t start = out->len;

	buf_addf(out, "{\"" QUESTION_ASK "\":\"%s\",\"" OBJECT_MEDICAL "\":", ask);
	if (medical_write(out, r->medical, look, why) == -1) {
		out->len = start;
		return 0;
	}
	buf_adds(out, "}\n");
	return 1;
}

/* The person's covers; the first says who it is. 1, or 0 with why. */
static int
find_cover(struct request *r, int64_t person, const struct redeemed *presence, struct why *why)
{
	int r2 = presence != NULL
		     ? people_slots(r->people, presence->slots, presence->n, r->candidates, why)
		     : people_of(r->people, person, r->candidates, why);

	if (r2 == -1)
		return 0;
	if (r->candidates->n == 0)
		return refuse(why, ERR_PERSON_NOT_FOUND, NULL);
	return 1;
}

/* What a consent gives of what is asked. 1, or 0 with why. */
static int
by_consent(struct request *r, struct job_line *l, const struct inquiry *q, struct look *look,
    struct why *why)
{
	struct taken taken;

	if (q->consent == NULL)
		return refuse(why, ERR_CONSENT_MISSING, "/" OBJECT_CONSENT);
	if (consent_take(
		r, q->consent, strlen(q->consent), NULL, look->as_of, &taken, &l->held, why) != 1)
		return 0;
	l->person = look->person = taken.presence.person;
	look->given = taken.consent.purposes.given;
	look->refused = taken.consent.purposes.refused;
	if ((look->asked & look->given) == 0)
		return refuse(why, ERR_CONSENT_NOT_GIVEN, "/" CONSENT_PURPOSES);
	l->result = ANSWERED;
	return find_cover(r, look->person, &taken.presence, why);
}

/* In an open window the keys suffice, and all that is asked is given. 1, or 0 with why. */
static int
by_disaster(struct request *r, struct job_line *l, const struct inquiry *q, struct look *look,
    struct window *window, struct why *why)
{
	uint32_t today = day_of(date_today());

	if (disaster_find(r->medical, r->credential.code, today, window, why) != 1 ||
	    seek_person(r->people, &q->keys, &look->person, why) != 1)
		return 0;
	l->person = look->person;
	look->given = look->asked;
	look->window = window;
	l->result = q->keys.unable ? ANSWERED_UNABLE : ANSWERED_ORAL;
	return find_cover(r, look->person, NULL, why);
}

static int
answer(
    struct request *r, struct job *j, struct job_line *l, const struct inquiry *q, struct why *why)
{
	struct look look = { .asker = j->facility,
		.asked = q->purposes,
		.months = q->months,
		.as_of = l->made.answered_at };
	struct window window = { .id = 0 };
	int ok;

	l->purposes = q->purposes;
	if (q->in_disaster) {
		l->audited = AUDIT_DISASTER;
		ok = by_disaster(r, l, q, &look, &window, why);
	} else {
		ok = by_consent(r, l, q, &look, why);
	}
	if (!ok)
		return 0;
	look.cover = &r->candidates->covers[0];
	l->purposes = look.asked & look.given;
	l->made.slot = query_slot(look.person, window.id);
	if (!write_line(r, q->ask, &look, &j->reply.bytes, why))
		return 0;
	line_remember(r, l, MEDICAL_FORMAT, r->body + l->question, l->question_len);
	return 1;
}

enum served
query_serve(struct request *r, struct job *j)
{
	return inquire(r, j, INQUIRY_QUERY, AUDIT_QUERY, answer);
}

/*
 * Again what was answered then: it was found good again just now, so consent and window still
 * hold, and person and moment are those of the first answer.
 */
int
query_repeat(
    struct request *r, struct job *j, const struct job_line *l, struct buf *out, struct why *why)
{
	struct look look = {
		.asker = j->facility, .as_of = l->made.answered_at, .person = query_person(&l->made)
	};
	struct window window = { .id = 0 };
	struct inquiry q;
	struct consent c;
	int ok = inquiry_read(INQUIRY_QUERY, r->body + l->question, l->question_len, &q, why);

	look.asked = q.purposes;
	look.months = q.months;
	look.given = q.purposes;
	if (ok && q.in_disaster) {
		look.window = &window;
		ok = disaster_get(r->medical, query_window(&l->made), &window, why) == 1 &&
		     find_cover(r, look.person, NULL, why);
	} else if (ok) {
		struct redeemed presence;

		ok = consent_read(q.consent, strlen(q.consent), &c, why) &&
		     redeemed_find(r->audit, c.presence, &presence, why) == 1 &&
		     find_cover(r, look.person, &presence, why);
		look.given = c.purposes.given;
		look.refused = c.purposes.refused;
	}
	look.cover = &r->candidates->covers[0];
	ok = ok && write_line(r, q.ask, &look, out, why);
	inquiry_free(&q);
	return ok ? 0 : -1;
}
