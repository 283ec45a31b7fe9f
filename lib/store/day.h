/*
 * A day in 24 bits: year << 9 | month << 5 | day. Numbers order as the days do, and nothing needs
 * to be divided to write one. 0 is no day.
 */
#ifndef OQ_STORE_DAY_H
#define OQ_STORE_DAY_H

#include <stdint.h>
#include <string.h>

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

/* Two digits of a number below 100. */
static inline void
day_write_pair(char *out, uint32_t n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	memcpy(out, pairs + 2 * (size_t)n, 2);
}

/* Writes the ten characters of YYYY-MM-DD, without a NUL. */
static inline void
day_write(char *out, uint32_t day)
{
	uint32_t year = day >> 9;

	day_write_pair(out, year / 100 % 100);
	day_write_pair(out + 2, year % 100);
	out[4] = '-';
	day_write_pair(out + 5, day >> 5 & 15);
	out[7] = '-';
	day_write_pair(out + 8, day & 31);
}

#endif
