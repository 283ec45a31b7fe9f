/*
 * Conditions of the fee table, as they stand in its columns `requires` and `also`:
 *
 *	claims_mode=online usage_rate_pct>=30|usage_rate_pct>=27+paediatric_special=true
 *
 * Terms with blanks between must all hold. A term is alternatives with | between, an alternative
 * comparisons with + between. A comparison is a fact, one of = != >= <= > <, and a value of that
 * fact; of a day also `day`, that of the encounter, or `month`, the first of its month. With a ?
 * behind it, it also holds where the fact is not known.
 */
#ifndef OQ_FEE_TERMS_H
#define OQ_FEE_TERMS_H

#include "fee/facts.h"

/* In this order: a whole is as true as its least part. */
enum truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_YES };

struct comparison;
struct terms {
	struct comparison *all;
	size_t n;
};

/* What the comparisons are made with. */
struct moment {
	int64_t day, month; /* days since 1970-01-01 */
	const int64_t *facts;
};

/* 1; 0 and *bad at what is no comparison; -1 without memory. */
int terms_read(struct terms *, const char *text, const char **bad);
void terms_free(struct terms *);

/*
 * Do they all hold? Without terms they do. Where not, *at counts the terms that held before the
 * first of those that decide, and *fact is the first there that does not hold, or is not known.
 */
enum truth terms_hold(const struct terms *, const struct moment *, size_t *at, enum fact *fact);

/* The reason that the first comparison's fact gives. There is one. */
const char *terms_reason(const struct terms *);

#endif
