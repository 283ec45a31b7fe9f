/* The half of terminal_message.h that registers a reference number (照会番号): OQSsiimm01. */
#ifndef OQ_ROUTE_TERMINAL_REFERENCE_H
#define OQ_ROUTE_TERMINAL_REFERENCE_H

#include <jansson.h>

#include "base/error.h"

#define TERMINAL_REFERENCE "OQSsiimm01req"

/* Is it that what the question wants? */
int reference_asked(const json_t *question);

/* Makes the question the record of the request. */
void reference_complete(json_t *question);

/*
 * `registration` from the response's record: registered only where it says so and its echo is what was
 * asked, refused where it says no to this person. The caller's, or NULL: it says neither, and why
 * says why unless the record's own error does.
 */
json_t *reference_take(
    const json_t *record, const json_t *question, const char *name, struct why *);

/* The same of a unit of a bulk result, whose echo is looked at elsewhere. */
json_t *reference_unit(const json_t *record);

#endif
