#include <string.h>

#include "gen/names.h"
#include "hub/judge.h"

const char *const judgement_status[] = {
	[JUDGED_VALID] = ELIGIBILITY_STATUS_VALID,
	[JUDGED_INVALID] = ELIGIBILITY_STATUS_INVALID,
	[JUDGED_INVALID_REPLACED] = ELIGIBILITY_STATUS_INVALID_REPLACED,
	[JUDGED_NOT_FOUND] = ELIGIBILITY_STATUS_NOT_FOUND,
	[JUDGED_AMBIGUOUS] = ELIGIBILITY_STATUS_AMBIGUOUS,
	[JUDGED_VALID_UNREGISTERED] = ELIGIBILITY_STATUS_VALID_UNREGISTERED,
};

/* The branch narrows; where the cover has none (late-stage) it says nothing. */
static int
branch_fits(const struct cover *c, const char *branch)
{
	size_t n = strlen(branch);

	return n == 0 || c->branch.n == 0 ||
	       (c->branch.n == n && memcmp(c->branch.s, branch, n) == 0);
}

static int
is_aid(const struct cover *c)
{
	return memcmp(c->card_class, "A1", sizeof c->card_class) == 0;
}

static const struct ticket *
ticket_for(const struct cover *c, const char *facility, uint32_t day)
{
	for (size_t i = 0; i < c->n_tickets; i++)
		if (c->tickets[i].from <= day &&
		    strlen(facility) == sizeof c->tickets[i].facility &&
		    memcmp(facility, c->tickets[i].facility, sizeof c->tickets[i].facility) == 0)
			return &c->tickets[i];
	return NULL;
}

/* One person: the cover of that day, else the last one begun. */
static const struct cover *
choose(const struct candidates *all, const struct question *q, int *several)
{
	const struct cover *chosen = NULL;

	*several = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct cover *c = &all->covers[i];

		if (!branch_fits(c, q->branch))
			continue;
		if (chosen != NULL && chosen->person != c->person)
			*several = 1;
		if (chosen == NULL ||
		    (!cover_includes(chosen, q->visit_date) &&
			(cover_includes(c, q->visit_date) || c->acquired_on > chosen->acquired_on)))
			chosen = c;
	}
	return chosen;
}

int
judge(struct people *people, const struct question *q, const char *facility,
    const struct candidates *all, struct judged *out, struct why *why)
{
	int several, elsewhere;

	*out = (struct judged){ .judgement = JUDGED_NOT_FOUND };
	out->cover = choose(all, q, &several);
	if (out->cover == NULL)
		return 0;
	if (several) {
		*out = (struct judged){ .judgement = JUDGED_AMBIGUOUS };
		return 0;
	}
	if (cover_includes(out->cover, q->visit_date)) {
		out->judgement = JUDGED_VALID;
		if (is_aid(out->cover)) {
			out->ticket = ticket_for(out->cover, facility, q->visit_date);
			if (out->ticket == NULL)
				out->judgement = JUDGED_VALID_UNREGISTERED;
		}
		return 0;
	}
	if ((elsewhere = people_covered(people, out->cover, q->visit_date, why)) == -1)
		return -1;
	out->judgement = elsewhere ? JUDGED_INVALID_REPLACED : JUDGED_INVALID;
	return 0;
}

struct judged
judge_again(enum judgement judgement, const struct cover *cover, const struct question *q,
    const char *facility)
{
	struct judged j = { .judgement = judgement, .cover = cover };

	if (judgement == JUDGED_VALID && is_aid(cover))
		j.ticket = ticket_for(cover, facility, q->visit_date);
	return j;
}

static void
show(struct judged_card *out, const struct cover *c, uint32_t day, const char *facility)
{
	out->covers[out->n] = c;
	out->tickets[out->n++] = is_aid(c) ? ticket_for(c, facility, day) : NULL;
}

/* The last one begun. NULL if there is none. */
static const struct cover *
last_begun(const struct candidates *all)
{
	const struct cover *last = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (last == NULL || all->covers[i].acquired_on > last->acquired_on)
			last = &all->covers[i];
	return last;
}

void
judge_card(
    const struct candidates *all, uint32_t day, const char *facility, struct judged_card *out)
{
	*out = (struct judged_card){ .judgement = JUDGED_VALID_UNREGISTERED };
	for (size_t i = 0; i < all->n; i++) {
		const struct cover *c = &all->covers[i];

		if (!cover_includes(c, day))
			continue;
		show(out, c, day, facility);
		if (!is_aid(c) || out->tickets[out->n - 1] != NULL)
			out->judgement = JUDGED_VALID;
	}
	out->n_covering = out->n;
	if (out->n > 0)
		return;
	out->judgement = all->n > 0 ? JUDGED_INVALID : JUDGED_NOT_FOUND;
	if (all->n > 0)
		show(out, last_begun(all), day, facility);
}
