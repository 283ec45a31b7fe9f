/* Decimals of a source, in integers: what was published rounded is compared with nothing lost. */
#ifndef OQ_ADOPTION_DECIMAL_H
#define OQ_ADOPTION_DECIMAL_H

#include <stdint.h>

#define DECIMAL_SIZE   32
#define DECIMAL_MAX    INT64_C(1000000000000) /* of a count, and of the digits of a decimal */
#define DECIMAL_PLACES 3		      /* at most, behind the point */

struct decimal {
	int64_t digits; /* 28.3 is 283 */
	int places;	/* and 1 */
};

/* 1, or 0 if it is not digits, at most one point with digits on both sides, in those bounds. */
int decimal_read(const char *, struct decimal *);
void decimal_format(struct decimal, char out[static DECIMAL_SIZE]);

/* 10 to that power, at most DECIMAL_PLACES. */
int64_t decimal_unit(int places);

/* part of whole (over 0) in percent, half a unit of the last place rounded up. */
struct decimal decimal_percent(int64_t part, int64_t whole, int places);

#endif
