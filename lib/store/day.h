/*
 * A day in 24 bits: year << 9 | month << 5 | day. Numbers order as the days do, and nothing needs
 * to be divided to write one. 0 is no day.
 */
#ifndef OQ_STORE_DAY_H
#define OQ_STORE_DAY_H

#include <stdint.h>

#include "base/clock.h"

static inline uint32_t
day_of(struct date d)
{
	return (uint32_t)d.year << 9 | (uint32_t)d.month << 5 | (uint32_t)d.day;
}

static inline struct date
day_date(uint32_t day)
{
	return (struct date){ (int)(day >> 9), (int)(day >> 5 & 15), (int)(day & 31) };
}

/* Writes the ten characters of YYYY-MM-DD, without a NUL. */
static inline void
day_write(char *out, uint32_t day)
{
	uint32_t year = day >> 9, month = day >> 5 & 15, d = day & 31;

	out[0] = (char)('0' + year / 1000 % 10);
	out[1] = (char)('0' + year / 100 % 10);
	out[2] = (char)('0' + year / 10 % 10);
	out[3] = (char)('0' + year % 10);
	out[4] = '-';
	out[5] = (char)('0' + month / 10);
	out[6] = (char)('0' + month % 10);
	out[7] = '-';
	out[8] = (char)('0' + d / 10);
	out[9] = (char)('0' + d % 10);
}

#endif
