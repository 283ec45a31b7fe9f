/*
 * Code page 932 through the system's iconv. Its name matters: "SHIFT_JIS" there is another table,
 * without 髙 ① ㈱, and changes backslash and tilde.
 */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define CLOSED ((iconv_t)-1)

/* A converter keeps no state between calls, but glibc loads a file to open one: keep it. */
static _Thread_local iconv_t from_cp932, to_cp932;
static _Thread_local int opened;

int
text_ready(void)
{
	if (opened)
		return 0;
	from_cp932 = iconv_open("UTF-8", "CP932");
	to_cp932 = iconv_open("CP932", "UTF-8");
	if (from_cp932 == CLOSED || to_cp932 == CLOSED)
		return -1;
	opened = 1;
	return 0;
}

/*
 * iconv takes a few single bytes that are no characters of the code page; length of the whole
 * characters at s before the first such byte or cut character.
 */
static size_t
cp932_span(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		unsigned char c = (unsigned char)s[i];
		int two = (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);

		if (c == 0x80 || c == 0xa0 || c > 0xfc || (two && n - i < 2))
			break;
		i += two ? 2 : 1;
	}
	return i;
}

/* Converts n bytes; returns how many were taken before the first that could not be. */
static size_t
convert(struct buf *out, iconv_t cd, const char *s, size_t n)
{
	char *in = (char *)(uintptr_t)s; /* iconv(3) does not write there */
	size_t left = n;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (left > 0) {
		size_t want = left * 3 + 16, room = want;
		char *start = buf_room(out, want), *to = start;

		if (start == NULL)
			break;
		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
			out->len += want - room;
			break;
		}
		out->len += want - room;
	}
	if (out->data != NULL)
		out->data[out->len] = '\0';
	return n - left;
}

int
text_to_utf8(struct buf *out, const char *s, size_t n, enum encoding e, size_t *offset)
{
	size_t before = out->len, taken;

	if (e == ENCODING_UTF8) {
		if (!utf8_valid(s, n, offset))
			return -1;
		return buf_add(out, s, n);
	}
	if (e != ENCODING_CP932 || text_ready() == -1) {
		*offset = 0;
		return -1;
	}
	if ((taken = convert(out, from_cp932, s, cp932_span(s, n))) == n)
		return 0;
	*offset = taken;
	out->len = before;
	if (out->data != NULL)
		out->data[before] = '\0';
	return -1;
}

int
text_to_cp932(struct buf *out, const char *s, size_t n, size_t *offset)
{
	size_t before = out->len, taken = 0;

	if (text_ready() == 0 && (taken = convert(out, to_cp932, s, n)) == n)
		return 0;
	*offset = taken;
	out->len = before;
	if (out->data != NULL)
		out->data[before] = '\0';
	return -1;
}

enum encoding
encoding_detect(const char *s, size_t n)
{
	struct buf scratch;
	size_t offset;
	enum encoding e = ENCODING_UNKNOWN;

	if (utf8_valid(s, n, NULL))
		return ENCODING_UTF8;
	buf_init(&scratch, n * 3 + 64);
	if (text_to_utf8(&scratch, s, n, ENCODING_CP932, &offset) == 0)
		e = ENCODING_CP932;
	buf_free(&scratch);
	return e;
}
