/* What the hub answers to a question by number (PROTOCOL 5), and by card. */
#ifndef OQ_HUB_JUDGE_H
#define OQ_HUB_JUDGE_H

#include "hub/question.h"
#include "store/people.h"

enum judgement {
	JUDGED_VALID,
	JUDGED_INVALID,
	JUDGED_INVALID_REPLACED,
	JUDGED_NOT_FOUND,
	JUDGED_AMBIGUOUS,
	JUDGED_VALID_UNREGISTERED,
	JUDGEMENTS,
};

struct judged {
	enum judgement judgement;
	const struct cover *cover; /* the one to show, NULL where there is none or more than one */
	const struct ticket *ticket; /* of the medical aid for the facility that asks, or NULL */
};

/*
 * Judges the candidates of the question's key for the facility that asks. 0, or -1 with why when
 * the store could not be read.
 */
int judge(struct people *, const struct question *, const char *facility, const struct candidates *,
    struct judged *, struct why *);

/*
 * The same judgement again, of the cover that was shown then (NULL: none): for a question that is
 * repeated.
 */
struct judged judge_again(
    enum judgement, const struct cover *, const struct question *, const char *facility);

/*
 * To a card: every cover of that day, or if there is none the last one begun.
 */
struct judged_card {
	enum judgement judgement;
	size_t n, n_covering; /* n_covering: n, or 0 where no cover is of that day */
	const struct cover *covers[CANDIDATES_MAX];
	const struct ticket *tickets[CANDIDATES_MAX];
};

/* Judges all covers of one person: always the same for the same covers, day and facility. */
void judge_card(
    const struct candidates *, uint32_t day, const char *facility, struct judged_card *);

extern const char *const judgement_status[]; /* words, indexed by enum judgement */

#endif
