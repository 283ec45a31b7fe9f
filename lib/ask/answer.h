/* What the other side said to one question, made into what goes into the record. */
#ifndef OQ_ASK_ANSWER_H
#define OQ_ASK_ANSWER_H

#include "ask/service.h"

/* An `error` of the other side: its code is ours if we know it, its words are kept as they came. */
void answer_explain(const json_t *error, struct why *);

/*
 * The reader of windows that verify: an `eligibility` with a status, whose verdict becomes the
 * note, or an `error`, which becomes the why.
 */
int answer_read(const json_t *answer, struct question *, struct why *);

/*
 * value becomes the JSON text of `eligibility`: the answer's own bytes with asked_at, route and
 * reused put in. 0, or -1 without memory.
 */
int answer_value(const struct answer *, struct buf *value, enum verdict *);

#endif
