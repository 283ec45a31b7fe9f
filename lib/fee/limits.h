/*
 * Which limits are used up: what was charged, by patient. A patient is a keyed hash, nothing else
 * of a person is kept. Memory goes with patients whose limits are open, not with lines: in a stream
 * that goes by days, limits that ended more than a month before its newest day are forgotten.
 */
#ifndef OQ_FEE_LIMITS_H
#define OQ_FEE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "fee/points.h"

#define LIMITS_KEY_SIZE 16
#define LIMITS_NONE	INT32_MIN /* no month, no day */

struct charge {
	uint64_t patient;
	int32_t day; /* since 1970-01-01; LIMITS_NONE: a free place */
	uint16_t group;
};

struct limits {
	unsigned char key[LIMITS_KEY_SIZE];
	struct charge *places; /* open addressing by patient; a power of two, or none */
	size_t room, used;
	/*
	 * Names and months of groups: the table's, in its order, then those that only a history
	 * knows, whose names are ours.
	 */
	struct group *groups;
	size_t n_groups, n_table_groups;
	int32_t newest; /* month of the newest day, as months_of() counts, but not after latest */
	int32_t latest; /* a month that nothing sensible is after: a wrong year is no new day */
	int32_t forgotten; /* of months before this one not all is known any more */
	int unordered;	   /* lines do not go by their days: nothing more is forgotten */
};

/* An empty one with a key of its own. 0, or -1 without memory. */
int limits_init(struct limits *, const struct points *);
void limits_free(struct limits *);

/* Months since year 0, for differences. */
int32_t months_of(int64_t day);

/* The patient of a text that tells one from another. */
uint64_t limits_patient(const struct limits *, const char *text, size_t n);

/*
 * Goes on to a line of that day. 1, or 0 where what was charged around its month is no longer
 * known.
 */
int limits_at(struct limits *, int64_t day);

/*
 * Is the limit of a rule used up for the patient on that day?
 * Returns NULL if not, else the reason (limit-reached, same-month) with the day it was.
 */
const char *limits_used(
    const struct limits *, const struct rule *, uint64_t patient, int64_t day, int64_t *used_on);

/* Remembers a charge. 0, or -1 without memory. */
int limits_use(struct limits *, size_t group, uint64_t patient, int64_t day);

/* The group of that name, which is added if it is new. SIZE_MAX without memory. */
size_t limits_group(struct limits *, const char *name);

/* Forgets what no line from the month before the newest on can meet. 0, or -1 without memory. */
int limits_forget(struct limits *);

#endif
