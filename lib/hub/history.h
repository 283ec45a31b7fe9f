/*
 * Invented histories: drugs, treatments and checkups of a synthetic person. They are worked out
 * from seed and person whenever somebody asks, never stored: a million people cost nothing until
 * one of them is looked at, and a day later the same question has the same past.
 *
 * What happens on a day is known from the next day on; a claim from the 11th of the next month on.
 */
#ifndef OQ_HUB_HISTORY_H
#define OQ_HUB_HISTORY_H

#include <stdint.h>

#include "base/buf.h"

struct patient {
	uint64_t seed;
	int64_t person;
	uint32_t birth_date; /* day.h */
	int woman;
};

#define HISTORY_MONTHS 36 /* drugs and treatments go back so far, */
#define HISTORY_YEARS  5  /* checkups so far */

/*
 * Each adds objects of records.csv, newest first, each with a comma before it: as of that day,
 * the month of the day and months - 1 before it. asker: the code of the facility that asks, which
 * knows its own. 0, or -1 when out has failed.
 */
int history_drugs(
    struct buf *out, const struct patient *, uint32_t today, int months, const char *asker);
int history_treatments(
    struct buf *out, const struct patient *, uint32_t today, int months, const char *asker);
int history_checkups(struct buf *out, const struct patient *, uint32_t today);

#endif
