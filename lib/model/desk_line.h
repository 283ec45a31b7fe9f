/*
 * The one line that the desk sees (--say): 有効 架空健康保険協会 本人 3割* 限度額○ 2026-10-05. In
 * Japanese, whatever the language of the messages: it is said about a patient in Japan.
 */
#ifndef OQ_MODEL_DESK_LINE_H
#define OQ_MODEL_DESK_LINE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"

/* The policy that the line names: the first that covers the day, else the first. NULL: none. */
const json_t *desk_policy(const json_t *eligibility);

/*
 * Appends the line of an eligibility, without a line feed. derived: the share in percent to show,
 * marked with '*', where the answer does not hold one; -1: none. What would steer a terminal is
 * replaced. 0, or -1 when out has failed.
 */
int desk_line(struct buf *out, const json_t *eligibility, int derived);
/* Appends the line of a failure: what to do. */
int desk_line_failure(struct buf *out, const struct why *);

#endif
