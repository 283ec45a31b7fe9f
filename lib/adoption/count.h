/*
 * Facilities, line by line, counted by stage, kind and place, as of some days. What is kept are
 * counters; it grows with the places that are told apart, never with lines.
 */
#ifndef OQ_ADOPTION_COUNT_H
#define OQ_ADOPTION_COUNT_H

#include <jansson.h>

#include "adoption/published.h"
#include "base/clock.h"
#include "base/error.h"

#define COUNT_DAYS_MAX	 64
#define COUNT_PLACES_MAX 4096 /* there are 1,741 municipalities, and wards of cities */

enum count_by { COUNT_BY_TYPE, COUNT_BY_PREFECTURE, COUNT_BY_MUNICIPALITY };

struct counting;

/* Days in order. NULL without memory; the caller frees it. */
struct counting *counting_new(enum count_by, const struct date *days, size_t n_days);
void counting_free(struct counting *);

/*
 * Counts the facility of one line. A stage is reached on its own day or on that of a later one.
 * Returns 1; 0 when it is counted, but the days of its stages are not in their order; or -1 with
 * why and it is not counted: facility-type-missing, member-malformed, out-of-memory.
 */
int counting_add(struct counting *, const json_t *facility, struct why *);

/*
 * What was counted, of those kinds, stages and prefectures: by day, kind, stage and, among places,
 * by rate. 0, or -1 without memory.
 */
int counting_figures(const struct counting *, const struct wanted *, struct figures *);

#endif
