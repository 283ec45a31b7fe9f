#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_free(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void
buf_over(struct buf *b, char *memory, size_t size)
{
	*b = (struct buf){ .data = memory, .cap = size, .max = size - 1 };
	memory[0] = '\0';
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->error = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_free(b);
}

int
buf_failed(const struct buf *b)
{
	return b->error;
}

char *
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap;
	char *p;

	if (b->error != 0)
		return NULL;
	if (n > b->max || b->len > b->max - n) {
		b->error = EFBIG;
		return NULL;
	}
	if (b->len + n < cap)
		return b->data + b->len;
	if (cap < 64)
		cap = 64;
	while (cap <= b->len + n)
		cap = cap > SIZE_MAX / 2 ? b->len + n + 1 : cap * 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if ((p = realloc(b->data, cap)) == NULL) {
		b->error = ENOMEM;
		return NULL;
	}
	b->data = p;
	b->cap = cap;
	b->data[b->len] = '\0';
	return b->data + b->len;
}

int
buf_add(struct buf *b, const void *bytes, size_t n)
{
	char *p = buf_room(b, n);

	if (p == NULL)
		return -1;
	if (n > 0)
		memcpy(p, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
	return 0;
}

int
buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int
buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int
buf_addu(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	return buf_add(b, digits + at, sizeof digits - at);
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = buf_room(b, (size_t)n)) == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

static void
add_escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char short_form[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char escape[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	for (size_t i = 0; i + 1 < sizeof short_form; i += 2)
		if ((unsigned char)short_form[i] == c) {
			escape[1] = short_form[i + 1];
			buf_add(b, escape, 2);
			return;
		}
	buf_add(b, escape, sizeof escape);
}

int
buf_addjson(struct buf *b, const char *s, size_t n)
{
	size_t plain = 0, i = 0, step;
	uint32_t c;

	buf_addc(b, '"');
	while (i < n) {
		unsigned char byte = (unsigned char)s[i];

		if (byte < 0x80 && byte >= 0x20 && byte != '"' && byte != '\\') {
			i++;
			continue;
		}
		if (byte >= 0x80 && (step = utf8_next(s + i, n - i, &c)) > 0) {
			i += step;
			continue;
		}
		buf_add(b, s + plain, i - plain);
		if (byte >= 0x80)
			buf_adds(b, "\xef\xbf\xbd"); /* U+FFFD */
		else
			add_escape(b, byte);
		plain = ++i;
	}
	buf_add(b, s + plain, n - plain);
	return buf_addc(b, '"');
}
