/*
 * Synthetic people, household by household. The same seed gives the same people, on every
 * machine and every day: they are dated from 2026-04-01, and what changes with time (age groups,
 * yearly certificates, monthly tickets) is worked out for the day asked (hub/answer.c).
 */
#ifndef OQ_HUB_POPULATION_H
#define OQ_HUB_POPULATION_H

#include <stdint.h>

#include "base/error.h"
#include "store/people.h"

/*
 * Fills an empty store with n people. `facility` is the code for which tickets of the medical
 * aid are issued (some are for another). 0, or -1 with why.
 */
int population_make(struct people *, int64_t n, uint64_t seed, const char *facility, struct why *);

#endif
