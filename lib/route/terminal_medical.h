/* The medical half of terminal_message.h: messages of the groups YZK and TKK. */
#ifndef OQ_ROUTE_TERMINAL_MEDICAL_H
#define OQ_ROUTE_TERMINAL_MEDICAL_H

#include "route/terminal_message.h"

#define TERMINAL_DRUGS	  "YZKsiquc01req"
#define TERMINAL_CHECKUPS "TKKsiquc01req"

/* The types of request that a question about medical information needs; returns how many. */
size_t medical_types(const json_t *question, const char *types[static TERMINAL_PARTS]);

/* Makes the question the record of the request. 0, or -1 with why. */
int medical_complete(json_t *question, const char *type, struct why *why);

/* Is the record about another person than the one who was asked for? */
int medical_foreign(const json_t *record, const json_t *question);

/* The record's answer to this part of the question: the caller's, or NULL: there is none. */
json_t *medical_take(json_t *record, const json_t *question, const char *type);

/* Does it begin like a PDF? */
int medical_is_pdf(const struct buf *response);
/* The response is one, to be saved. As terminal_answer(). */
enum terminal_answer medical_save(const struct terminal_asking *, const json_t *question,
    struct terminal_part *, const struct buf *response);

/* `medical` from the parts: the caller's, or NULL without memory. */
json_t *medical_join(
    const struct terminal_asking *, const json_t *question, const struct terminal_part *, size_t n);

#endif
