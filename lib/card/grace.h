/*
 * How long a card whose certificate has expired still serves to show the insurance, and how long
 * before its end people are told. Dated rows with their source, in grace.c.
 */
#ifndef OQ_CARD_GRACE_H
#define OQ_CARD_GRACE_H

#include <stdint.h>

#include "base/clock.h"

/* Days from the certificate's last day in Japan to `day`; negative before it. */
int64_t grace_days_after(int64_t not_after, struct date day);

/* Does a certificate that ended at not_after still serve on that day? 1 or 0. */
int grace_covers(int64_t not_after, struct date day);

/* Is it so near its end that the holder should be told? 1 or 0. */
int grace_notice(int64_t not_after, struct date day);

#endif
