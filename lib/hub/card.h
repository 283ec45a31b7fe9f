/*
 * A question by card (PROTOCOL 2): the presence is checked, its card looked up, and the answer made
 * of all that the person has. The writer redeems it with the audit entry (store/redeemed.h).
 */
#ifndef OQ_HUB_CARD_H
#define OQ_HUB_CARD_H

#include "hub/question.h"
#include "hub/services.h"
#include "trust/presence.h"

struct shown_card {
	struct presence presence;
	struct card card; /* person 0: none was found */
	int in_grace;	  /* its certificate is over, and still shows the insurance */
};

/*
 * Whose card is this presence of, for that scope? 0, and the person's covers are the request's
 * candidates; or -1 with why.
 */
int card_identify(struct request *, const char *token, size_t len, enum presence_scope, int64_t now,
    struct shown_card *, struct why *);

/* Has the writer redeem it for this line, with the covers that are shown. 0, or -1 with why. */
int card_keep(
    struct job_line *, const struct shown_card *, const struct candidates *, struct why *);

/*
 * Adds the answer to the reply and sets what the line is to redeem, and which consent to keep. What
 * the consent gives is noted in the question. 0, or -1 with why.
 */
int card_answer(struct request *, struct job *, struct job_line *, struct question *,
    const char *answered_at, struct why *);

/* Adds the answer as it was given first. 0, or -1 with why. */
int card_repeat(struct request *, const struct job_line *, struct question *, const char *facility,
    const char *answered_at, struct buf *out, struct why *);

#endif
