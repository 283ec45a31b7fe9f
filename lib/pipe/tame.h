/*
 * JSON that jansson's numbers and names cannot hold, made so that they can.
 *
 * A foreign number must not cost the record (DESIGN 3.2), but jansson has no integers beyond 64
 * bits, no reals beyond a double, and no name with a NUL in it.
 */
#ifndef OQ_PIPE_TAME_H
#define OQ_PIPE_TAME_H

#include "base/buf.h"

/*
 * out gets the text with these replaced: an integer of more than 18 digits becomes a real; a
 * number beyond a double becomes the nearest double; in names, NUL and U+FDD0 (which marks it)
 * become two characters each, so that different names stay different. What is not JSON stays so.
 * 0, or -1 when out has failed.
 */
int tame(struct buf *out, const char *text, size_t len);

#endif
