/* What a mistyped insurer number may have been meant to be. Never put right silently. */
#ifndef OQ_MODEL_SLIPS_H
#define OQ_MODEL_SLIPS_H

#include <stddef.h>

struct slip {
	char number[9]; /* six or eight digits, with a right check digit */
	int at;		/* from 0: the first digit that differs from what was typed */
	int changed;	/* 1: a wrong or missing digit; 2: two neighbours the wrong way round */
};

/*
 * Numbers one slip away from `typed` (half or full width), neighbours swapped first, that have a
 * right check digit, a law number the table knows and a prefecture (01 to 47). Five and seven
 * digits may have lost a zero in front. Returns how many were written, at most max.
 */
size_t insurer_number_slips(const char *typed, struct slip *out, size_t max);

#endif
