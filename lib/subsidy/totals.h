/* Sums over all facilities, by class, prefecture and regime. */
#ifndef OQ_SUBSIDY_TOTALS_H
#define OQ_SUBSIDY_TOTALS_H

#include "subsidy/assess.h"

struct totals;

/* NULL without memory. */
struct totals *totals_new(void);
void totals_free(struct totals *);
/* Adds one facility; `answer` is what assess() said. */
void totals_add(struct totals *, const struct project *, const struct assessment *, int answer);
/* Writes one JSON object, whole or not at all. 0, or -1 with why. */
int totals_write(const struct totals *, const char *path, struct why *);

#endif
