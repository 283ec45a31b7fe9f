/*
 * A line of input, looked at once: is it one of ours, and what is to be done with it?
 */
#ifndef OQ_PIPE_RECORD_H
#define OQ_PIPE_RECORD_H

#include <jansson.h>

#include "base/error.h"
#include "pipe/lines.h"

/*
 * Parses strictly: one JSON object, no duplicate member at any depth, UTF-8, under the ceiling.
 * Foreign integers of any size and \u0000 pass (DESIGN 7, jansson's two tries); such a big
 * integer is then a real in the parsed tree, which is never printed.
 * Returns the object (the caller's, json_decref) or NULL with why.
 */
json_t *record_parse(const struct line *, struct why *);

/* Member of an object as text: NULL when absent or not a string. Borrowed. */
const char *record_text(const json_t *object, const char *name);

#endif
