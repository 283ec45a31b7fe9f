/*
 * POST /v1/self: a person's own data and who looked, at a kiosk, for the card with its PIN.
 *
 * Nothing of it is remembered: within the presence's five minutes the same question is answered
 * anew, and what was shown lies nowhere.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/card.h"
#include "hub/inquire.h"
#include "hub/lists.h"
#include "hub/medical.h"
#include "hub/put.h"
#include "model/insured.h"
#include "model/query.h"
#include "store/day.h"
#include "store/looks.h"

#define LOOKS_MOST  1000
#define FOLLOW_ROWS 4096
#define OWN_PURPOSES                                                                               \
	(PURPOSE_SET(FOR_DRUGS) | PURPOSE_SET(FOR_TREATMENTS) | PURPOSE_SET(FOR_CHECKUPS))

static int
refuse(struct why *why, enum error_id id)
{
	why_set(why, id, "/" CARD_PRESENCE, NULL);
	return 0;
}

/* Somebody else may hold the card of one whose address is withheld (支援措置). 1, or 0 with why. */
static int
check_protected(const struct candidates *all, struct why *why)
{
	for (size_t i = 0; i < all->n; i++)
		if ((all->covers[i].flags & COVER_WITHHELD) != 0)
			return refuse(why, ERR_PERSON_PROTECTED);
	return 1;
}

static int
add_look(const struct audit_entry *e, void *arg)
{
	struct buf *out = arg;
	char at[TIME_SIZE];

	time_format(e->at, at);
	buf_addf(out, ",{\"" LOOK_AT "\":\"%s\"", at);
	put_member(out, LOOK_KIND, list_kind_word(e->kind));
	put_text(out, LOOK_FACILITY, &e->facility);
	put_text(out, LOOK_OPERATOR, &e->who);
	buf_addc(out, ',');
	purposes_write(out, LOOK_PURPOSES, e->purposes);
	put_text(out, LOOK_RESULT, &e->result);
	return buf_addc(out, '}');
}

/* Adds who looked, as far as it is durable. 1, or 0 with why. */
static int
add_looks(struct request *r, int64_t person, struct buf *out, struct why *why)
{
	size_t at;
	int more;

	do
		more = looks_follow(r->looks, FOLLOW_ROWS, why);
	while (more == 1);
	buf_adds(out, ",\"" ANSWER_LOOKS "\":");
	at = out->len;
	if (more == -1 || looks_each(r->looks, person, LOOKS_MOST, add_look, out, why) == -1)
		return 0;
	if (out->len == at)
		buf_addc(out, '[');
	else if (!buf_failed(out))
		out->data[at] = '[';
	buf_addc(out, ']');
	return 1;
}

static int
add_medical(struct request *r, struct job *j, const struct job_line *l, struct why *why)
{
	const struct look look = { .asker = j->facility,
		.asked = OWN_PURPOSES,
		.given = OWN_PURPOSES,
		.months = HISTORY_MONTHS,
		.as_of = l->made.answered_at,
		.person = l->person,
		.cover = &r->candidates->covers[0] };

	buf_adds(&j->reply.bytes, ",\"" OBJECT_MEDICAL "\":");
	return medical_write(&j->reply.bytes, r->medical, &look, why) == 0;
}

/* The line so far is that of a question by card; the rest goes before its end. 1, or 0 with why. */
static int
write_line(struct request *r, struct job *j, struct job_line *l, int in_grace, struct why *why)
{
	struct question q = { .visit_date = day_of(date_today()) };
	struct buf *out = &j->reply.bytes;
	char answered_at[TIME_SIZE];
	struct judged_card judged;

	ask_unpack(&l->ask, q.ask);
	time_format(l->made.answered_at, answered_at);
	judge_card(r->candidates, q.visit_date, j->facility, &judged);
	if (answer_write_card(out, &q, &judged, r->people, in_grace, answered_at) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "an answer");
		return 0;
	}
	out->len -= strlen("}\n");
	if (!add_medical(r, j, l, why) || !add_looks(r, l->person, out, why))
		return 0;
	buf_adds(out, "}\n");
	return 1;
}

static int
answer(
    struct request *r, struct job *j, struct job_line *l, const struct inquiry *q, struct why *why)
{
	struct shown_card shown;
	int found = card_identify(r, q->presence, strlen(q->presence), PRESENCE_FOR_SELF,
	    l->made.answered_at, &shown, why);

	l->person = shown.card.person;
	l->purposes = OWN_PURPOSES;
	l->result = "answered";
	if (found == -1)
		return 0;
	if (r->candidates->n == 0)
		return refuse(why, ERR_PERSON_NOT_FOUND);
	return check_protected(r->candidates, why) &&
	       card_keep(l, &shown, r->candidates, why) == 0 &&
	       write_line(r, j, l, shown.in_grace, why);
}

enum served
self_serve(struct request *r, struct job *j)
{
	return inquire(r, j, INQUIRY_SELF, AUDIT_SELF, answer);
}
