#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipe/scan.h"
#include "pipe/tame.h"

#define INT64_DIGITS 18 /* that many always fit */
#define MARK	     0xfdd0
#define MARK_UTF8    "\xef\xb7\x90"

static const char *
skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/*
 * RFC 8259, section 6. p stands on '-' or a digit: 1 with *end behind the number and *integer its
 * digits (0 if it has a fraction or an exponent), or 0 if this is no number of JSON.
 */
static int
read_number(const char *p, const char **end, size_t *integer)
{
	const char *whole = p + (*p == '-'), *q = skip_digits(whole, *end), *digits = whole;

	if (q - whole > 1 && *whole == '0')
		return 0;
	*integer = (size_t)(q - whole);
	if (q > digits && q < *end && *q == '.') {
		*integer = 0;
		digits = q + 1;
		q = skip_digits(digits, *end);
	}
	if (q > digits && q < *end && (*q == 'e' || *q == 'E')) {
		*integer = 0;
		digits = q + 1;
		if (digits < *end && (*digits == '+' || *digits == '-'))
			digits++;
		q = skip_digits(digits, *end);
	}
	*end = q;
	return q > digits; /* digits where digits must be */
}

static const char *
tame_number(struct buf *out, const char *p, const char *end)
{
	const char *stop = end;
	size_t integer, at = out->len;

	if (!read_number(p, &stop, &integer)) {
		buf_addc(out, *p);
		return p + 1;
	}
	buf_add(out, p, (size_t)(stop - p));
	if (integer > INT64_DIGITS)
		buf_adds(out, ".0");
	if ((integer == 0 || integer > INT64_DIGITS) && !buf_failed(out) &&
	    isinf(strtod(out->data + at, NULL))) {
		out->len = at;
		buf_adds(out, *p == '-' ? "-1.7976931348623157e308" : "1.7976931348623157e308");
	}
	return stop;
}

/* The string [p, end) is a name. */
static void
tame_name(struct buf *out, const char *p, const char *end)
{
	const char *next;
	int32_t c;

	for (; p < end; p = next) {
		next = scan_character(p, end, &c);
		if (c == MARK)
			buf_adds(out, MARK_UTF8 "1");
		else if (c == 0 && *p == '\\')
			buf_adds(out, MARK_UTF8 "0");
		else
			buf_add(out, p, (size_t)(next - p));
	}
}

static const char *
tame_string(struct buf *out, const char *p, const char *end)
{
	const char *stop = scan_string(p, end), *after = scan_blank(stop, end);

	if (after < end && *after == ':')
		tame_name(out, p, stop);
	else
		buf_add(out, p, (size_t)(stop - p));
	return stop;
}

int
tame(struct buf *out, const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		if (*p == '"')
			p = tame_string(out, p, end);
		else if (*p == '-' || (*p >= '0' && *p <= '9'))
			p = tame_number(out, p, end);
		else
			buf_addc(out, *p++);
	}
	return buf_failed(out) ? -1 : 0;
}
