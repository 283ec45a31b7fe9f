/* Which policies cover a day (PROTOCOL 5: acquired_on <= day < lost_on). */
#ifndef OQ_MODEL_COVERING_H
#define OQ_MODEL_COVERING_H

#include <jansson.h>

#include "base/clock.h"

/*
 * Does the policy cover the day? A bound that the answer does not give is open. 1 yes, 0 no, -1 if
 * a bound is there and cannot be read.
 */
int policy_covers(const json_t *policy, struct date day);

/*
 * Writes `covering` of an eligibility: the indexes of the policies that cover the day. Only an
 * answer that says valid has any: for the others the dates are not what counts, and an ambiguous
 * answer may speak of several people. 1, 0 when it could not be told of some policy (left out),
 * -1 without memory.
 */
int covering_write(json_t *eligibility, struct date day);

#endif
