/*
 * How long a card whose certificate has expired still serves to show the insurance, and how long
 * before its end people are told: dated rows with their source, in grace.csv.
 */
#ifndef OQ_MODEL_GRACE_H
#define OQ_MODEL_GRACE_H

#include <stdint.h>

#include "base/clock.h"
#include "table/table.h"

/*
 * Loads the table (period, from, to, months, days); path NULL: the installed one. NULL with why,
 * also where a row does not tell a period of months and days.
 */
struct table *grace_load(const char *path, struct why *);

/* Days from the certificate's last day in Japan to `day`; negative before it. */
int64_t grace_days_after(int64_t not_after, struct date day);

/* Does a certificate that ended at not_after still serve on that day? 1 or 0. */
int grace_covers(const struct table *, int64_t not_after, struct date day);

/* Is it so near its end that the holder should be told? 1 or 0. */
int grace_notice(const struct table *, int64_t not_after, struct date day);

#endif
