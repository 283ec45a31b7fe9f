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
 * Foreign numbers of any size and \u0000 pass (DESIGN 7): what jansson refuses for these alone is
 * parsed again from a tamed copy (tame.h), so such a number is a real in the tree, which is never
 * printed; all other numbers stay what they are.
 * Returns the object (the caller's, json_decref) or NULL with why: blank-line not-json
 * not-an-object duplicate-member not-utf-8 line-too-long nested-too-deep (over 2,048) or
 * out-of-memory.
 */
json_t *record_parse(const struct line *, struct why *);

/*
 * Member of an object as text: NULL when absent, not a string, or with a NUL in it, which would
 * otherwise look like its end. Borrowed.
 */
const char *record_text(const json_t *object, const char *name);

/* Does the array (NULL: none) hold that text? */
int record_holds(const json_t *array, const char *text);

/*
 * Does the record carry an `error`, so that its line leaves as it came?
 * Returns 1 if so; 0 if not, or if retry_unknown is set, the error is tool's own and asking again
 * may help. The functions of output.h then take that error off.
 */
int record_stopped(const json_t *record, const char *tool, int retry_unknown);

/*
 * Ends the process with 7 when jansson finds no memory: a member that quietly stays away could be a
 * refusal. Call it before anything else.
 */
void record_memory_strict(void);

#endif
