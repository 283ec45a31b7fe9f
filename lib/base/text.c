#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "base/eight.h"
#include "base/text.h"

size_t
utf8_next(const char *s, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	size_t len;
	uint32_t v;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n < len)
		return 0;
	v = p[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fU);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*c = v;
	return len;
}

int
utf8_add(struct buf *b, uint32_t c)
{
	char s[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(lead[n] | c);
	return buf_add(b, s, n);
}

/* How many bytes of ASCII it begins with. */
static size_t
ascii(const char *s, size_t n)
{
	uint64_t others;
	size_t i = 0;

	for (; n - i >= 8; i += 8)
		if ((others = eight_load(s + i) & EIGHT_HIGH) != 0)
			return i + eight_first(others);
	while (i < n && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}

/* Most of what Japanese is written in: with these first bytes no character of three is refused. */
static int
is_common(const unsigned char *p, size_t n)
{
	return n >= 3 && p[0] >= 0xe1 && p[0] <= 0xec && (p[1] & 0xc0) == 0x80 &&
	       (p[2] & 0xc0) == 0x80;
}

int
utf8_valid(const char *s, size_t n, size_t *offset)
{
	size_t i, step;
	uint32_t c;

	for (i = 0; i < n; i += step) {
		if (is_common((const unsigned char *)s + i, n - i))
			step = 3;
		else if ((unsigned char)s[i] < 0x80)
			step = ascii(s + i, n - i);
		else if ((step = utf8_next(s + i, n - i, &c)) == 0)
			break;
	}
	if (i < n && offset != NULL)
		*offset = i;
	return i == n;
}

static const struct {
	const char *name;
	enum encoding encoding;
} encodings[] = {
	{ "utf-8", ENCODING_UTF8 },
	{ "utf8", ENCODING_UTF8 },
	{ "cp932", ENCODING_CP932 },
	{ "shift_jis", ENCODING_CP932 }, /* in these files it always means code page 932 */
	{ "shift-jis", ENCODING_CP932 },
	{ "sjis", ENCODING_CP932 },
	{ "ms932", ENCODING_CP932 },
	{ "windows-31j", ENCODING_CP932 },
};

enum encoding
encoding_find(const char *name)
{
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		if (strcasecmp(encodings[i].name, name) == 0)
			return encodings[i].encoding;
	return ENCODING_UNKNOWN;
}

const char *
encoding_name(enum encoding e)
{
	for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
		if (encodings[i].encoding == e)
			return encodings[i].name;
	return "unknown";
}

/* wcwidth(3) knows the widths, but only in a locale; the process itself stays in "C". */
static locale_t utf8; /* made once and kept; 0 where the system has none */

static void
make_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

size_t
text_columns(const char *s, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	locale_t before = (locale_t)0;
	size_t columns, i = 0, step;
	uint32_t c;
	int width;

	while (i < n && s[i] >= ' ' && s[i] <= '~')
		i++;
	if ((columns = i) == n)
		return columns; /* making a locale opens five files */
	pthread_once(&once, make_locale);
	if (utf8 != (locale_t)0)
		before = uselocale(utf8);
	while (i < n) {
		if ((step = utf8_next(s + i, n - i, &c)) == 0)
			step = 1, c = 0xfffd;
		width = utf8 != (locale_t)0 ? wcwidth((wchar_t)c) : c < 0x1100 ? 1 : 2;
		columns += width < 0 ? 0 : (size_t)width;
		i += step;
	}
	if (utf8 != (locale_t)0)
		uselocale(before);
	return columns;
}
