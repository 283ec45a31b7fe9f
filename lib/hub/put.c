#include <string.h>

#include "base/clock.h"
#include "hub/put.h"
#include "store/day.h"

void
put_member(struct buf *out, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buf_addf(out, ",\"%s\":", name);
	buf_addjson(out, text, strlen(text));
}

void
put_text(struct buf *out, const char *name, const struct text *t)
{
	if (t->n == 0)
		return;
	buf_addf(out, ",\"%s\":", name);
	buf_addjson(out, t->s, t->n);
}

void
put_time(struct buf *out, const char *name, int64_t at)
{
	char text[TIME_SIZE];

	if (at == 0)
		return;
	time_format(at, text);
	put_member(out, name, text);
}

void
put_day(struct buf *out, const char *name, uint32_t day)
{
	char text[DATE_SIZE] = "";

	if (day == 0)
		return;
	day_write(text, day);
	put_member(out, name, text);
}
