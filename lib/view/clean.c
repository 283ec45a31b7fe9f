#include <string.h>

#include "base/text.h"
#include "view/form.h"

static int
steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

int
view_clean(struct buf *out, const char *s)
{
	size_t n = strlen(s), step;
	uint32_t c;

	for (; n > 0; s += step, n -= step) {
		step = utf8_next(s, n, &c);
		if (step == 0)
			step = 1, c = 0xfffd;
		if (c == '\n' || c == '\t')
			c = ' ';
		utf8_add(out, steers(c) ? '?' : c);
	}
	return buf_failed(out) ? -1 : 0;
}
