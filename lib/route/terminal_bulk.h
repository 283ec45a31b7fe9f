/*
 * The bulk half of terminal_message.h: OQSmuquc01 and 02, and for registrations OQSmuimm01 and 02, a file of
 * persons each (bulk.h).
 */
#ifndef OQ_ROUTE_TERMINAL_BULK_H
#define OQ_ROUTE_TERMINAL_BULK_H

#include "route/terminal_message.h"

#define TERMINAL_BULK		   "OQSmuquc01req"
#define TERMINAL_BULK_RESULT	   "OQSmuquc02req"
#define TERMINAL_REFERENCES	   "OQSmuimm01req"
#define TERMINAL_REFERENCES_RESULT "OQSmuimm02req"

/* The type of request that the question needs, or NULL: it is no bulk question. */
const char *terminal_bulk_type(const json_t *question);

/* As terminal_request() and terminal_answer(), for those types. */
int terminal_bulk_request(const struct terminal_asking *, const json_t *question,
    const struct terminal_part *, struct buf *out, struct why *);
enum terminal_answer terminal_bulk_answer(const struct terminal_asking *, const json_t *question,
    struct terminal_part *, const struct buf *response);

#endif
