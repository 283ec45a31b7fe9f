#include <string.h>

#include "options/rows.h"

#define NAME_MAX_LEN 40 /* what is longer is no slip of the fingers */

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* How many letters must be put in, taken out or changed (Levenshtein), row by row. */
static size_t
distance(const char *a, size_t n, const char *b)
{
	size_t m = strlen(b), row[NAME_MAX_LEN + 1], diagonal, above;

	if (n > NAME_MAX_LEN)
		n = NAME_MAX_LEN;
	if (m > NAME_MAX_LEN)
		m = NAME_MAX_LEN;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			above = row[j];
			row[j] =
			    least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

void
nearest_try(struct nearest *best, const char *wanted, size_t wanted_len, const char *name)
{
	size_t d = distance(wanted, wanted_len, name);

	if (best->best == NULL || d < best->distance)
		*best = (struct nearest){ .best = name, .distance = d };
}
