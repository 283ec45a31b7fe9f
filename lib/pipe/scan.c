#include <string.h>

#include "base/text.h"
#include "pipe/scan.h"

const char *
scan_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

const char *
scan_string(const char *p, const char *end)
{
	const char *inside = p + 1, *slash;

	for (p = inside; p < end && (p = memchr(p, '"', (size_t)(end - p))) != NULL; p++) {
		for (slash = p; slash > inside && slash[-1] == '\\';)
			slash--;
		if ((p - slash) % 2 == 0)
			return p + 1;
	}
	return end;
}

/* p stands on an opening bracket: returns what follows the closing one, or end. */
static const char *
scan_nested(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = scan_string(p, end);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if ((*p == '}' || *p == ']') && --depth == 0)
			return p + 1;
		p++;
	}
	return end;
}

const char *
scan_value(const char *p, const char *end)
{
	if (p == end)
		return end;
	if (*p == '"')
		return scan_string(p, end);
	if (*p == '{' || *p == '[')
		return scan_nested(p, end);
	while (p < end && strchr(",]} \t\r\n", *p) == NULL)
		p++;
	return p;
}

/* Four hexadecimal digits at p, or -1. */
static int32_t
hex4(const char *p, const char *end)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	int32_t v = 0, digit;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *at = memchr(digits, p[i], sizeof digits - 1);

		if (at == NULL)
			return -1;
		digit = (int32_t)(at - digits);
		v = v << 4 | (digit < 16 ? digit : digit - 6);
	}
	return v;
}

/* p stands behind "\u". */
static const char *
scan_unicode(const char *p, const char *end, int32_t *c)
{
	int32_t low;

	*c = hex4(p, end);
	if (*c == -1)
		return end;
	p += 4;
	if (*c < 0xd800 || *c > 0xdfff)
		return p;
	low = end - p > 2 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2, end) : -1;
	if (*c > 0xdbff || low < 0xdc00 || low > 0xdfff) {
		*c = -1;
		return p;
	}
	*c = 0x10000 + (*c - 0xd800) * 0x400 + (low - 0xdc00);
	return p + 6;
}

const char *
scan_character(const char *p, const char *end, int32_t *c)
{
	static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	uint32_t plain;
	size_t n;

	*c = -1;
	if (*p != '\\') {
		if ((n = utf8_next(p, (size_t)(end - p), &plain)) == 0)
			return p + 1;
		*c = (int32_t)plain;
		return p + n;
	}
	if (end - p < 2)
		return end;
	if (p[1] == 'u')
		return scan_unicode(p + 2, end, c);
	for (size_t i = 0; i + 1 < sizeof escapes; i += 2)
		if (escapes[i] == p[1])
			*c = (unsigned char)escapes[i + 1];
	return p + 2;
}
