/*
 * Published figures against themselves: every percentage that can be recomputed is, sums and order
 * are looked at, and tables that tell the same are compared. Nothing is smoothed; what rounding
 * explains is called so.
 */
#ifndef OQ_ADOPTION_CHECK_H
#define OQ_ADOPTION_CHECK_H

#include "adoption/published.h"
#include "pipe/tally.h"
#include "view/sheet.h"

/*
 * Looks at one table, or at all for PUBLISHED_TABLES, with the remarks that belong to it. Puts a
 * row for each finding, in the columns below, and counts it: ok and rounding yes, difference no.
 * 0, or -1 with why.
 */
int check_published(
    enum published, const char *directory, struct sheet *, struct tally *, struct why *);

/* One record a row. 0, or -1 without memory. */
int check_records(FILE *, const struct sheet *);

/* Members of adoption_check, in the order of the columns. */
#define CHECK_COLUMNS 7
void check_columns(struct column out[static CHECK_COLUMNS]);

#endif
