#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/checks.h"
#include "oqs/disguise.h"

#define VALUE_MAX    ((size_t)4 << 20)
#define NUMBER_MAX   16
#define PREFECTURES  47
#define PAST_DAYS    20
#define FACE_TIME    14 /* digits of the time in a face result's name */
#define BYTE(p, i)   ((uint64_t)(p)[i] << (8 * (i)))
#define ROTATE(x, b) ((x) << (b) | (x) >> (64 - (b)))

static uint64_t
load(const unsigned char *p)
{
	return BYTE(p, 0) | BYTE(p, 1) | BYTE(p, 2) | BYTE(p, 3) | BYTE(p, 4) | BYTE(p, 5) |
	       BYTE(p, 6) | BYTE(p, 7);
}

static void
sip_round(uint64_t v[static 4])
{
	v[0] += v[1], v[1] = ROTATE(v[1], 13) ^ v[0], v[0] = ROTATE(v[0], 32);
	v[2] += v[3], v[3] = ROTATE(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = ROTATE(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = ROTATE(v[1], 17) ^ v[2], v[2] = ROTATE(v[2], 32);
}

/* SipHash-2-4 (Aumasson, Bernstein): without the key nobody can go through all names. */
static uint64_t
keyed_hash(const unsigned char *key, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned char rest[8] = { 0 };
	uint64_t k0 = load(key), k1 = load(key + 8), m;
	uint64_t v[4] = { k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU,
		k0 ^ 0x6c7967656e657261U, k1 ^ 0x7465646279746573U };

	rest[7] = (unsigned char)n;
	for (;; n -= 8, p += 8) {
		if (n < 8)
			memcpy(rest, p, n);
		m = load(n < 8 ? rest : p);
		v[3] ^= m;
		sip_round(v);
		sip_round(v);
		v[0] ^= m;
		if (n < 8)
			break;
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Numbers that depend on key and value only. */
struct dice {
	const unsigned char *key;
	uint64_t state, n;
};

static uint32_t
roll(struct dice *d, uint32_t sides)
{
	uint64_t block[2] = { d->state, d->n++ };

	return (uint32_t)(keyed_hash(d->key, (const char *)block, sizeof block) % sides);
}

/* Kanji that anybody may bear, all of JIS level 1; ones that only code page 932 has; ones it has not. */
static const uint32_t plain[] = { 0x4e00, 0x4e09, 0x4e0a, 0x4e0b, 0x4e2d, 0x4e95, 0x4eca, 0x4f50,
	0x5149, 0x539f, 0x53e3, 0x53e4, 0x5409, 0x548c, 0x571f, 0x5800, 0x5897, 0x590f, 0x5927,
	0x5b50, 0x5c0f, 0x5c71, 0x5ca1, 0x5cf6, 0x5ddd, 0x5e73, 0x5e83, 0x660e, 0x6625, 0x6728,
	0x672c, 0x6751, 0x6771, 0x677e, 0x6797, 0x68ee, 0x6a0b, 0x6c60, 0x6cb3, 0x6cc9, 0x6d77,
	0x6e05, 0x7530, 0x77f3, 0x79cb, 0x7af9, 0x897f, 0x8c37, 0x91ce, 0x9577, 0x9752, 0x9ad8 };
static const uint32_t extended[] = { 0x9ad9, 0xfa11, 0x5fb7, 0x6ff5, 0x7028 };
static const uint32_t outside[] = { 0x20bb7, 0x2000b, 0x2123d, 0x2131b };

static uint32_t
pick(struct dice *d, const uint32_t *from, size_t n)
{
	return from[roll(d, (uint32_t)n)];
}
#define PICK(d, list) pick(d, list, sizeof(list) / sizeof *(list))

static uint32_t
other_kanji(struct dice *d, uint32_t c)
{
	struct buf utf8, sjis;
	size_t bad;
	uint32_t r = 0;

	buf_init(&utf8, 64);
	buf_init(&sjis, 64);
	utf8_add(&utf8, c);
	if (text_to_cp932(&sjis, utf8.data, utf8.len, &bad) == -1)
		r = PICK(d, outside);
	else
		r = (unsigned char)sjis.data[0] >= 0xed ? PICK(d, extended) : PICK(d, plain);
	buf_free(&utf8);
	buf_free(&sjis);
	return r;
}

/* Runs of characters of one kind, exchanged among themselves. */
static const struct {
	uint32_t from, to;
} kinds[] = {
	{ '0', '9' }, { 'A', 'Z' }, { 'a', 'z' }, { 0xff10, 0xff19 }, /* full width */
	{ 0xff21, 0xff3a }, { 0xff41, 0xff5a }, { 0x304b, 0x3062 },   /* hiragana */
	{ 0x30ab, 0x30c2 },					      /* katakana */
	{ 0xff71, 0xff9c },					      /* katakana, half width */
	{ 0xe000, 0xe757 }, /* user-defined, as far as code page 932 has places */
};

static int
is_kanji(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || c >= 0x20000;
}

/* Blanks, hyphens, marks, voicing: what is no letter stays. */
static uint32_t
other(struct dice *d, uint32_t c)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (c >= kinds[i].from && c <= kinds[i].to)
			return kinds[i].from + roll(d, kinds[i].to - kinds[i].from + 1);
	if (c >= 0x3041 && c <= 0x3096)
		return 0x304b + roll(d, 0x18);
	if (c >= 0x30a1 && c <= 0x30fa)
		return 0x30ab + roll(d, 0x18);
	return is_kanji(c) ? other_kanji(d, c) : c;
}

static int
disguise_text(struct buf *out, struct dice *d, const char *s)
{
	size_t n = strlen(s), i = 0, step;
	uint32_t c;

	for (; i < n; i += step) {
		if ((step = utf8_next(s + i, n - i, &c)) == 0)
			return -1;
		utf8_add(out, other(d, c));
	}
	return buf_failed(out) ? -1 : 0;
}

/* Two digits of a prefecture. */
static void
other_prefecture(struct dice *d, char *at)
{
	unsigned p = 1 + roll(d, PREFECTURES);

	at[0] = (char)('0' + p / 10);
	at[1] = (char)('0' + p % 10);
}

/* n digits with the parts kept that say of what kind they are, and a right check digit if it was. */
static void
disguise_number(struct dice *d, enum oqs_disguise how, char *s, size_t n)
{
	int right = n >= 6 && s[n - 1] - '0' == check_digit(s, n - 1);
	char law[2] = { s[0], s[1] }, table = n > 2 ? s[2] : '\0';

	for (size_t i = 0; i < n; i++)
		s[i] = (char)('0' + roll(d, 10));
	if (how == DISGUISE_INSURER && n == 8) {
		memcpy(s, law, 2);
		other_prefecture(d, s + 2);
	} else if (how == DISGUISE_INSURER && n == 6) {
		other_prefecture(d, s);
	} else if (how == DISGUISE_FACILITY && n == 10) {
		other_prefecture(d, s);
		s[2] = table;
	}
	if (right)
		s[n - 1] = (char)('0' + check_digit(s, n - 1));
}

/* 1 if the text was a number, blanks before it allowed; else 0. */
static int
try_number(struct buf *out, struct dice *d, enum oqs_disguise how, const char *s)
{
	char number[NUMBER_MAX];
	size_t blanks = strspn(s, " "), n = strlen(s + blanks);

	if (n < 6 || n >= sizeof number || strspn(s + blanks, "0123456789") != n)
		return 0;
	memcpy(number, s + blanks, n);
	disguise_number(d, how, number, n);
	buf_add(out, s, blanks);
	buf_add(out, number, n);
	return 1;
}

/* YYYYMMDD to another day. 1, or 0 when it is no date. */
static int
try_date(struct buf *out, struct dice *d, enum oqs_disguise how, const char *s)
{
	struct dice past = { .key = d->key };
	struct date day;

	if (strlen(s) != 8 || date_read(s, &day) != 1)
		return 0;
	if (how == DISGUISE_BIRTH) {
		day.month = 1 + (int)roll(d, 12);
		day.day = 1 + (int)roll(d, 28);
	} else { /* all by the same: what came first still does */
		day = date_of_days(date_days(day) - 1 - roll(&past, PAST_DAYS));
	}
	buf_addf(out, "%04d%02d%02d", day.year, day.month, day.day);
	return 1;
}

int
oqs_disguise(struct buf *out, const unsigned char key[static DISGUISE_KEY], enum oqs_disguise how,
    const char *s)
{
	struct dice d = { .key = key, .state = keyed_hash(key, s, strlen(s)) };

	if (how == DISGUISE_KEEP)
		return buf_adds(out, s);
	if ((how == DISGUISE_BIRTH || how == DISGUISE_PAST) && try_date(out, &d, how, s))
		return buf_failed(out) ? -1 : 0;
	if (try_number(out, &d, how, s))
		return buf_failed(out) ? -1 : 0;
	return disguise_text(out, &d, s);
}

/* Institution code and unique part of a face result's name; its time stays. */
static void
disguise_face(struct buf *out, const unsigned char *key, const char *part, size_t n)
{
	char code[11] = "", rest[128];

	if (n >= 10 && n < sizeof rest && strspn(part, "0123456789") >= 10) {
		memcpy(code, part, 10);
		oqs_disguise(out, key, DISGUISE_FACILITY, code);
		part += 10;
		n -= 10;
	}
	snprintf(rest, sizeof rest, "%.*s", (int)n, part);
	oqs_disguise(out, key, DISGUISE_TEXT, rest);
}

int
oqs_disguise_name(struct buf *out, const unsigned char key[static DISGUISE_KEY], const char *name)
{
	static const char face[] = "face_";
	const struct oqs_message *message = oqs_message_find(name);
	const char *dot = strrchr(name, '.'), *part, *end, *last;
	char free_part[128];

	part = name + (message == NULL ? 0 : strlen(message->type));
	end = dot == NULL || dot < part ? name + strlen(name) : dot;
	buf_add(out, name, (size_t)(part - name));
	if (*part == '_')
		buf_addc(out, *part++);
	if (strncmp(part, face, strlen(face)) == 0) {
		buf_adds(out, face);
		part += strlen(face);
		last = end - FACE_TIME - 1;
		if (last > part) {
			disguise_face(out, key, part, (size_t)(last - part));
			part = last;
		}
		buf_add(out, part, (size_t)(end - part));
	} else {
		snprintf(free_part, sizeof free_part, "%.*s", (int)(end - part), part);
		oqs_disguise(out, key, DISGUISE_TEXT, free_part);
	}
	return buf_adds(out, end);
}
