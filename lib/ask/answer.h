/* What the other side said to one question, made into what goes into the record. */
#ifndef OQ_ASK_ANSWER_H
#define OQ_ASK_ANSWER_H

#include "base/buf.h"
#include "pipe/tally.h"
#include "route/route.h"

/*
 * value becomes the JSON text of `eligibility`: the answer's own bytes with asked_at and route put
 * in. 1 and the verdict, or 0 with why.
 */
int answer_read(const struct window *, const struct question *, const char *asked_at,
    const char *route, struct buf *value, enum verdict *, struct why *);

#endif
