/*
 * Answer lines, written by hand: no tree, no format strings, because a window has 256 of them.
 *
 * `eligibility` leaves here without asked_at and route, which only the asking side knows. What
 * depends on the day asked is worked out for that day: age groups, certificates that are reissued
 * every August, tickets of the month.
 */
#ifndef OQ_HUB_ANSWER_H
#define OQ_HUB_ANSWER_H

#include "base/buf.h"
#include "hub/judge.h"

/*
 * Of the text of answers: from 1, and one more with every change of a byte that answer_write()
 * makes of the same things, or of what question_content() takes. An ask of an older format is
 * answered anew (store/audit.h).
 */
#define ANSWER_FORMAT 2 /* since 2 by number the digest is of the content, not of the line */

/* Adds {"ask","eligibility"} and a line feed; answered_at as time_format() writes it. 0, or -1. */
int answer_write(struct buf *out, const struct question *, const struct judged *,
    const struct insurer *, const char *answered_at);

/* The same to a card; in_grace: its certificate was over. */
int answer_write_card(struct buf *out, const struct question *, const struct judged_card *,
    struct people *, int in_grace, const char *answered_at);

/* Adds {"ask","error"} and a line feed; ask "" becomes null. 0, or -1. */
int answer_refuse(struct buf *out, const char *ask, const struct why *);

#endif
