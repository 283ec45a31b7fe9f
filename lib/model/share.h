/* The patient's share where the answer does not hold it: by age and day, from a dated table. */
#ifndef OQ_MODEL_SHARE_H
#define OQ_MODEL_SHARE_H

#include <jansson.h>

#include "base/clock.h"
#include "table/table.h"

/*
 * The share in percent of a policy on a day, by the table (shares.csv: age_from, age_to, percent);
 * -1 when the table does not tell, and for medical aid, whose share does not go by age. An answer
 * to show, never one to bill by: mark it.
 */
int share_by_age(const json_t *policy, struct date day, const struct table *);

#endif
