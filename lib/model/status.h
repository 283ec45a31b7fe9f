/* What an eligibility status means: yes, no, don't know, or not asked. */
#ifndef OQ_MODEL_STATUS_H
#define OQ_MODEL_STATUS_H

#include "pipe/tally.h"

/* A word this version does not know is VERDICT_UNKNOWN (DESIGN 3.9). NULL too. */
enum verdict status_verdict(const char *status);

struct advice_words { /* generated from next.csv; "" stands for all */
	const char *status, *route, *source, *actor, *next;
};
extern const struct advice_words advice_words[]; /* ends with a NULL status */

/*
 * Who has to act on a status other than valid, and what to do, at the desk: words for a record. The
 * route and source (words of eligibility; NULL: not known) choose among rows. 1, or 0 when nobody
 * has to, or it is a word this version does not know.
 */
int status_advice(const char *status, const char *route, const char *source, const char **actor,
    const char **next);

#endif
