#include <string.h>

#include "csv/pair.h"

/* What may stand between symbol and number, the surest first. */
static const char *const dots[] = { "・", "･", "·", "•", NULL };
static const char *const strokes[] = { "/", "／", ":", "：", "、", "，", ",", NULL };
static const char *const blanks[] = { " ", "\t", "\xe3\x80\x80", NULL };
static const char *const *const gaps[] = { dots, strokes, blanks };

static size_t
mark_at(const char *s, const char *const *marks)
{
	for (; *marks != NULL; marks++)
		if (strncmp(s, *marks, strlen(*marks)) == 0)
			return strlen(*marks);
	return 0;
}

/* Finds the first run of marks; returns how many runs there are. */
static int
find_runs(const char *s, const char *const *marks, const char **at, size_t *n)
{
	const char *end = NULL; /* of the last run */
	int runs = 0;

	while (*s != '\0') {
		size_t step = mark_at(s, marks);

		if (step > 0 && s != end && runs++ == 0) {
			*at = s;
			*n = 0;
		}
		if (step > 0 && runs == 1)
			*n += step;
		s += step > 0 ? step : 1;
		if (step > 0)
			end = s;
	}
	return runs;
}

/* The one place to split at. 1, or 0 when there is none or more than one. */
static int
find_gap(const char *s, const char **at, size_t *n)
{
	for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
		int runs = find_runs(s, gaps[i], at, n);

		if (runs > 0)
			return runs == 1;
	}
	return 0;
}

int
pair_split(const char *s, struct cell *symbol, struct cell *number)
{
	const char *at = NULL;
	size_t n = 0;

	if (!find_gap(s, &at, &n))
		return 0;
	*symbol = (struct cell){ s, (size_t)(at - s) };
	*number = (struct cell){ at + n, strlen(at + n) };
	cell_trim(symbol);
	cell_trim(number);
	return symbol->len > 0 && number->len > 0;
}
