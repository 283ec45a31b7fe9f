#include <string.h>

#include "trust/base64.h"

#define COMMON "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static const char *const alphabets[] = {
	[BASE64_URL] = COMMON "-_",
	[BASE64_PADDED] = COMMON "+/",
};

int
base64_add(struct buf *out, enum base64 form, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	const char *alphabet = alphabets[form];

	for (; n > 0; p += 3, n = n > 3 ? n - 3 : 0) {
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) |
			     (n > 2 ? (unsigned)p[2] : 0);
		char four[4] = { alphabet[v >> 18], alphabet[v >> 12 & 63], alphabet[v >> 6 & 63],
			alphabet[v & 63] };
		size_t used = n > 2 ? 4 : n + 1;

		if (form == BASE64_PADDED && used < 4) {
			memset(four + used, '=', 4 - used);
			used = 4;
		}
		buf_add(out, four, used);
	}
	return buf_failed(out) ? -1 : 0;
}

/* The length without its padding, or (size_t)-1 if the padding is wrong. */
static size_t
unpadded(enum base64 form, const char *text, size_t len)
{
	size_t n = len;

	if (form == BASE64_URL)
		return len % 4 == 1 ? (size_t)-1 : len;
	while (n > 0 && len - n < 2 && text[n - 1] == '=')
		n--;
	return len % 4 != 0 || n % 4 == 1 ? (size_t)-1 : n;
}

int
base64_read(struct buf *out, enum base64 form, const char *text, size_t len)
{
	size_t n = unpadded(form, text, len);
	unsigned held = 0, bits = 0;
	char *to;

	if (n == (size_t)-1)
		return 0;
	if ((to = buf_room(out, n / 4 * 3 + 3)) == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *at = text[i] == '\0' ? NULL : strchr(alphabets[form], text[i]);

		if (at == NULL)
			return 0;
		held = held << 6 | (unsigned)(at - alphabets[form]);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = (char)(held >> bits & 0xff);
			held &= (1U << bits) - 1;
		}
	}
	if (held != 0)
		return 0;
	*to = '\0';
	out->len = (size_t)(to - out->data);
	return 1;
}
