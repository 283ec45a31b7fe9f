/*
 * The member `fees`: every addition considered for an encounter, with points or the reason why
 * not.
 */
#ifndef OQ_FEE_FEES_H
#define OQ_FEE_FEES_H

#include "fee/limits.h"
#include "fee/points.h"
#include "pipe/tally.h"

struct fees {
	struct points points;
	struct limits limits;
	struct ordinary ordinary;
	struct encounter encounter;
	struct considered *considered; /* one a family, scratch */
	int share;		       /* of the patient, in tenths; 0: not asked for */
	int begun;
};

/* Opens the rules (path NULL: the installed ones). 0, or -1 with why; fees_free() after both. */
int fees_open(struct fees *, const char *rules, struct why *);
/* As struct filter takes it: reads them, unless that is done. Before it there are no limits. */
int fees_begin(void *context, struct why *);
void fees_free(struct fees *);

/* As struct filter takes it: context is a struct fees. */
enum verdict fees_answer(void *context, const json_t *record, struct buf *value, struct why *);

/* What the patient pays for so many points, in yen, to the nearest ten (5 yen goes up). */
int64_t fees_share(int64_t points, int tenths);

#endif
