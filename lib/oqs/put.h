/* A record as text. */
#ifndef OQ_OQS_PUT_H
#define OQ_OQS_PUT_H

#include <jansson.h>

#include "base/buf.h"

/*
 * Appends the value as compact JSON, members in the order in which they were set. Bulk results have
 * tens of thousands of records, and jansson's own printer takes as long as reading them.
 * 0, or -1 when out has failed.
 */
int oqs_put(struct buf *out, const json_t *);

#endif
