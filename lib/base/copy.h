/*
 * Copying texts that are mostly short. memcpy() of a length that only the run knows is a call, or
 * `rep movs`, which takes longer to begin than such a text takes to copy.
 */
#ifndef OQ_BASE_COPY_H
#define OQ_BASE_COPY_H

#include <stddef.h>
#include <string.h>

/* Copies n bytes that do not overlap: two moves do, which may. Returns where the next byte goes. */
static inline char *
copy_short(char *to, const char *from, size_t n)
{
	if (n > 32) {
		memcpy(to, from, n);
	} else if (n >= 16) {
		memcpy(to, from, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	} else if (n >= 8) {
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	} else if (n >= 4) {
		memcpy(to, from, 4);
		memcpy(to + n - 4, from + n - 4, 4);
	} else if (n > 0) {
		to[0] = from[0];
		to[n / 2] = from[n / 2];
		to[n - 1] = from[n - 1];
	}
	return to + n;
}

#endif
