/* A bulk result, shared out among the questions that it answers. */
#ifndef OQ_ASK_RESULT_H
#define OQ_ASK_RESULT_H

#include <jansson.h>

#include "ask/ask.h"
#include "store/bulk.h"

/*
 * Gives each question of the file its answer; what nobody has asked for goes to nobody. Says on
 * stderr what does not fit. 1; 0 when every person was refused, with why, and no answer was taken;
 * or -1 with why: the journal.
 */
int result_take(struct journal *, const struct bulk_file *, const json_t *bulk,
    const struct ask_options *, struct why *);

/* The answer to a question is that there is none, for this reason. 0, or -1 with why. */
int result_error(struct journal *, int64_t question, const char *ask, const struct why *cause,
    const char *tool, struct why *);

/* Why a kept answer is none. */
void result_explain(const json_t *error, struct why *);

#endif
