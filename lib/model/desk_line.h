/*
 * The one line that the desk sees (--say): 有効 架空健康保険協会 本人 3割* 限度額○ 2026-10-05. In
 * Japanese, whatever the language of the messages: it is said about a patient in Japan.
 */
#ifndef OQ_MODEL_DESK_LINE_H
#define OQ_MODEL_DESK_LINE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "table/table.h"

/*
 * Appends the line of an eligibility, without a line feed. shares: the table of shares by age
 * (shares.csv), or NULL: a share that the answer does not hold is then left out. A derived share
 * is marked with '*'. 0, or -1 when out has failed.
 */
int desk_line(struct buf *out, const json_t *eligibility, const struct table *shares);
/* Appends the line of a failure: what to do. */
int desk_line_failure(struct buf *out, const struct why *);

/*
 * The patient's share in percent: what the answer says, else by age and day. 1 and *percent, with
 * *derived when the table gave it; 0 when neither tells.
 */
int share_percent(
    const json_t *policy, struct date day, const struct table *shares, int *percent, int *derived);

#endif
