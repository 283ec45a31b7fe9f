#include <string.h>

#include "model/digits.h"

#define WIDE_BLANK "\xe3\x80\x80" /* U+3000 */
#define WIDE_DIGIT "\xef\xbc"	  /* U+FF10 to U+FF19 are this and 0x90 to 0x99 */

static const char *
skip_blanks(const char *s)
{
	for (;;) {
		if (*s == ' ')
			s++;
		else if (strncmp(s, WIDE_BLANK, 3) == 0)
			s += 3;
		else
			return s;
	}
}

/* Reads one digit at *s: 1 and *s moves on, or 0 and it stays put. */
static int
digit_next(const char **s, char *out)
{
	const unsigned char *u = (const unsigned char *)*s;

	if (*u >= '0' && *u <= '9') {
		*out = (char)*u;
		*s += 1;
		return 1;
	}
	if (strncmp(*s, WIDE_DIGIT, 2) == 0 && u[2] >= 0x90 && u[2] <= 0x99) {
		*out = (char)('0' + u[2] - 0x90);
		*s += 3;
		return 1;
	}
	return 0;
}

size_t
digits_half(const char *s, char out[static DIGITS_SIZE])
{
	size_t n = 0;

	s = skip_blanks(s);
	while (n < DIGITS_SIZE - 1 && digit_next(&s, &out[n]))
		n++;
	out[n] = '\0';
	return *skip_blanks(s) == '\0' ? n : 0;
}
