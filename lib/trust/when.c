#include <time.h>

#include "trust/when.h"

int
when_read(const ASN1_TIME *t, int64_t *seconds)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;
	*seconds = timegm(&tm);
	return 1;
}
