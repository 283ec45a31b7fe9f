/*
 * A question by card (PROTOCOL 2): the presence is checked, its card looked up, and the answer made
 * of all that the person has. The writer redeems it with the audit entry (store/redeemed.h).
 */
#ifndef OQ_HUB_CARD_H
#define OQ_HUB_CARD_H

#include "hub/question.h"
#include "hub/services.h"

/* Adds the answer to the reply and sets what the line is to redeem. 0, or -1 with why. */
int card_answer(struct request *, struct job *, struct job_line *, const struct question *,
    const char *answered_at, struct why *);

/* Adds the answer as it was given first. 0, or -1 with why. */
int card_repeat(struct request *, const struct job_line *, const struct question *,
    const char *facility, const char *answered_at, struct buf *out, struct why *);

#endif
