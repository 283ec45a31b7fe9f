/* Folding for comparing: the rules of oqs-interface.md 3.4, as programs in the field practise. */
#include "base/text.h"

/* Half-width katakana U+FF61 to U+FF9F in full width. */
static const uint16_t full_kana[] = {
	0x3002,
	0x300c,
	0x300d,
	0x3001,
	0x30fb,
	0x30f2,
	0x30a1,
	0x30a3,
	0x30a5,
	0x30a7,
	0x30a9,
	0x30e3,
	0x30e5,
	0x30e7,
	0x30c3,
	0x30fc,
	0x30a2,
	0x30a4,
	0x30a6,
	0x30a8,
	0x30aa,
	0x30ab,
	0x30ad,
	0x30af,
	0x30b1,
	0x30b3,
	0x30b5,
	0x30b7,
	0x30b9,
	0x30bb,
	0x30bd,
	0x30bf,
	0x30c1,
	0x30c4,
	0x30c6,
	0x30c8,
	0x30ca,
	0x30cb,
	0x30cc,
	0x30cd,
	0x30ce,
	0x30cf,
	0x30d2,
	0x30d5,
	0x30d8,
	0x30db,
	0x30de,
	0x30df,
	0x30e0,
	0x30e1,
	0x30e2,
	0x30e4,
	0x30e6,
	0x30e8,
	0x30e9,
	0x30ea,
	0x30eb,
	0x30ec,
	0x30ed,
	0x30ef,
	0x30f3,
	0x309b,
	0x309c,
};

static int
is_hyphen(uint32_t c)
{
	static const uint32_t hyphens[] = { 0x00ad, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015,
		0x2212, 0x2043, 0xfe63, 0xff0d, 0x2500 };

	for (size_t i = 0; i < sizeof hyphens / sizeof *hyphens; i++)
		if (hyphens[i] == c)
			return 1;
	return 0;
}

/* A full-width katakana with the voicing mark that follows joined to it, or 0 if it takes none. */
static uint32_t
voiced(uint32_t kana, uint32_t mark)
{
	int h_row = kana >= 0x30cf && kana <= 0x30db && (kana - 0x30cf) % 3 == 0;
	int k_to_t = (kana >= 0x30ab && kana <= 0x30c1 && (kana - 0x30ab) % 2 == 0) ||
		     kana == 0x30c4 || kana == 0x30c6 || kana == 0x30c8;

	if (mark == 0xff9e && kana == 0x30a6)
		return 0x30f4; /* ヴ */
	if (mark == 0xff9e && (k_to_t || h_row))
		return kana + 1;
	if (mark == 0xff9f && h_row)
		return kana + 2;
	return 0;
}

/* Kana and kanji: most of what comes. */
static int
stays(uint32_t c)
{
	return c > 0x3000 && c < 0xfe63;
}

/* One character folded, as far as it stands alone. */
static uint32_t
fold_one(uint32_t c)
{
	if (stays(c))
		return c;
	if (is_hyphen(c))
		return '-';
	if (c == 0x3000)
		return ' ';
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 'A';
	if (c >= 0xff61 && c <= 0xff9f)
		return full_kana[c - 0xff61];
	return c;
}

/* How many bytes there are that stay as they are and join nothing: ASCII but small letters. */
static size_t
unchanged(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (signed char)s[i] >= 0 && !(s[i] >= 'a' && s[i] <= 'z'))
		i++;
	return i;
}

int
text_folded(const char *s, size_t n)
{
	size_t i = 0, step;
	uint32_t c;

	while ((i += unchanged(s + i, n - i)) < n) {
		if ((step = utf8_next(s + i, n - i, &c)) == 0 || !stays(c))
			return 0;
		i += step;
	}
	return 1;
}

int
text_fold(struct buf *out, const char *s, size_t n)
{
	size_t i = 0, step;
	uint32_t c, mark, joined;

	while (i < n) {
		if ((step = unchanged(s + i, n - i)) > 0) {
			buf_add(out, s + i, step);
			i += step;
			continue;
		}
		if ((step = utf8_next(s + i, n - i, &c)) == 0) {
			buf_addc(out, s[i++]);
			continue;
		}
		i += step;
		c = fold_one(c);
		if (c >= 0x30a6 && c <= 0x30db && (step = utf8_next(s + i, n - i, &mark)) > 0 &&
		    (joined = voiced(c, mark)) != 0) {
			c = joined;
			i += step;
		}
		utf8_add(out, c);
	}
	return buf_failed(out) ? -1 : 0;
}
