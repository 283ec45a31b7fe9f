#include <string.h>

#include "base/text.h"
#include "view/form.h"

static int
steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

const char *
view_next(const char *text, char out[static VIEW_CHARACTER])
{
	struct buf one;
	uint32_t c;
	size_t n;

	if (*text == '\0')
		return NULL;
	if ((n = utf8_next(text, strnlen(text, 4), &c)) == 0)
		n = 1, c = 0xfffd;
	if (c == '\n' || c == '\t')
		c = ' ';
	buf_over(&one, out, VIEW_CHARACTER);
	utf8_add(&one, steers(c) ? '?' : c);
	return text + n;
}

void
view_print(FILE *fp, const char *text)
{
	char c[VIEW_CHARACTER];

	while ((text = view_next(text, c)) != NULL)
		fputs(c, fp);
}

size_t
view_columns(const char *text)
{
	char c[VIEW_CHARACTER];
	size_t n = 0;

	while ((text = view_next(text, c)) != NULL)
		n += text_columns(c, strlen(c));
	return n;
}
