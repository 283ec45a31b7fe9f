#include <stdio.h>

#include "adoption/decimal.h"

int
decimal_read(const char *s, struct decimal *d)
{
	int point = 0, before = 0;

	*d = (struct decimal){ 0 };
	for (; *s != '\0'; s++) {
		if (*s == '.' && !point && before) {
			point = 1;
			continue;
		}
		if (*s < '0' || *s > '9' || d->places == DECIMAL_PLACES)
			return 0;
		d->digits = d->digits * 10 + (*s - '0');
		d->places += point;
		before = 1;
		if (d->digits > DECIMAL_MAX)
			return 0;
	}
	return before && (!point || d->places > 0);
}

int64_t
decimal_unit(int places)
{
	int64_t unit = 1;

	while (places-- > 0)
		unit *= 10;
	return unit;
}

void
decimal_format(struct decimal d, char out[static DECIMAL_SIZE])
{
	const int64_t unit = decimal_unit(d.places);

	if (d.places == 0)
		snprintf(out, DECIMAL_SIZE, "%lld", (long long)d.digits);
	else
		snprintf(out, DECIMAL_SIZE, "%lld.%0*lld", (long long)(d.digits / unit), d.places,
		    (long long)(d.digits % unit));
}

struct decimal
decimal_percent(int64_t part, int64_t whole, int places)
{
	const int64_t hundred = 100 * decimal_unit(places);

	return (struct decimal){ (2 * part * hundred + whole) / (2 * whole), places };
}
