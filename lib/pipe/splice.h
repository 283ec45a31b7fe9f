/*
 * The caller's bytes are spliced, never re-printed.
 *
 * Both take the text of a JSON object that record_parse() accepted, and work at depth 1 on
 * decoded member names. Everything that is not ours keeps its bytes.
 */
#ifndef OQ_PIPE_SPLICE_H
#define OQ_PIPE_SPLICE_H

#include "base/buf.h"

/*
 * out gets the object with member `name` set to the JSON text `value`: replaced where it stands,
 * else appended. 0, or -1 when out has failed.
 */
int splice_put(struct buf *out, const char *object, size_t len, const char *name, const char *value,
    size_t value_len);

/* out gets the object without member `name` and its comma. 0, or -1 when out has failed. */
int splice_drop(struct buf *out, const char *object, size_t len, const char *name);

/*
 * Where the value of member `name` stands. 1 with *at and *n, or 0 if there is none.
 */
int splice_find(const char *object, size_t len, const char *name, size_t *at, size_t *n);

#endif
