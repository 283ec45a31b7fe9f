/*
 * What differs between two answers about one person, as somebody who bills by them has to know it:
 * insurer, number, branch, share, limit class and validity.
 *
 * Absent is never a change: an answer that leaves something out (a limit class without consent)
 * says nothing about it. Harmless are differences of writing (width, padding, hyphens), a longer
 * validity of the same insurance, and an insurance that holds now and did not before.
 */
#ifndef OQ_ASK_CHANGE_H
#define OQ_ASK_CHANGE_H

#include <jansson.h>

#include "base/buf.h"

/*
 * value, the JSON text of an `eligibility`, gets the member `changed`: an array, empty when nothing
 * differs. Where one of the answers is neither yes nor no it gets none. scratch is another buffer.
 * 0, or -1 without memory.
 */
int change_put(const json_t *was, struct buf *value, struct buf *scratch);

#endif
