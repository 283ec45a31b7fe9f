/*
 * splice [SEED [COUNT]]: the property of splicing over generated JSON objects. What comes out,
 * parsed, equals what went in but for our member, and every other byte is where it was. Prints the
 * number of cases and exits 0, or prints the case and its seed and exits 1.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "pipe/splice.h"
#include "pipe/tame.h"

#define MEMBERS 9

/* What the generator knows of the members that it wrote at depth 1. */
struct known {
	char name[64]; /* decoded; a NUL in it shows as "<NUL>" */
	size_t comma, at, value,
	    end; /* offsets of the comma before it, name, value, what follows */
};

struct object {
	struct buf text;
	struct known members[MEMBERS];
	size_t n, close; /* close: where the blanks before the brace begin */
};

static uint64_t state;

/* xorshift64*: the same cases on every machine. */
static uint32_t
dice(uint32_t sides)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 33) % sides;
}

static void
blanks(struct buf *out)
{
	static const char *const kinds[] = { "", "", "", " ", "\t", "  ", " \r", "\n" };

	buf_adds(out, kinds[dice(sizeof kinds / sizeof *kinds)]);
}

static void
escape(struct buf *out, uint32_t c)
{
	const char *fmt = dice(2) ? "\\u%04x" : "\\u%04X";

	if (c < 0x10000) {
		buf_addf(out, fmt, c);
	} else {
		buf_addf(out, fmt, 0xd800 + ((c - 0x10000) >> 10));
		buf_addf(out, fmt, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

/* One character inside a string, as itself or as one of its escapes. */
static void
character(struct buf *out, uint32_t c)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt//";

	for (size_t i = 0; i + 1 < sizeof short_forms; i += 2)
		if ((uint32_t)short_forms[i] == c && dice(2)) {
			buf_addf(out, "\\%c", short_forms[i + 1]);
			return;
		}
	if (c < 0x20 || c == '"' || c == '\\' || dice(6) == 0)
		escape(out, c);
	else
		utf8_add(out, c);
}

static uint32_t
any_character(void)
{
	static const uint32_t odd[] = { 0, '"', '\\', '/', '\n', '\t', '{', '}', '[', ']', ',', ':',
		0x7f, 0xe9, 0x3042, 0x9ad9, 0xfdd0, 0xffff, 0x20bb7, 0x10ffff };

	return dice(2) ? odd[dice(sizeof odd / sizeof *odd)] : 'a' + dice(26);
}

static void
string(struct buf *out)
{
	buf_addc(out, '"');
	for (uint32_t n = dice(9); n > 0; n--)
		character(out, any_character());
	buf_addc(out, '"');
}

static void
number(struct buf *out)
{
	static const char *const kinds[] = { "0", "-0", "-1", "42", "3.14", "-2.5e-3", "1E+2",
		"1e999", "-1e400", "9223372036854775807", "9223372036854775808",
		"-9223372036854775809", "123456789012345678901234567890123", "0.1e-500" };

	buf_adds(out, kinds[dice(sizeof kinds / sizeof *kinds)]);
}

static void value(struct buf *out, int depth);

static void
array(struct buf *out, int depth)
{
	buf_addc(out, '[');
	blanks(out);
	for (uint32_t n = dice(4), i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		blanks(out);
		value(out, depth - 1);
		blanks(out);
	}
	buf_addc(out, ']');
}

/* Inner objects hold our names too, which must not be taken for members at depth 1. */
static void
inner(struct buf *out, int depth)
{
	static const char *const names[] = { OBJECT_ELIGIBILITY, RECORD_ERROR, RECORD_SEQ,
		"a\\u0000" };

	buf_addc(out, '{');
	for (uint32_t n = dice(5), i = 0; i < n; i++) {
		buf_addf(out, "%s\"%s\"", i > 0 ? "," : "", names[i]);
		blanks(out);
		buf_addc(out, ':');
		blanks(out);
		value(out, depth - 1);
	}
	blanks(out);
	buf_addc(out, '}');
}

static void
value(struct buf *out, int depth)
{
	static const char *const words[] = { "true", "false", "null", "\"\"", "{}", "[]" };

	switch (dice(depth > 0 ? 5 : 3)) {
	case 0:
		string(out);
		break;
	case 1:
		number(out);
		break;
	case 2:
		buf_adds(out, words[dice(sizeof words / sizeof *words)]);
		break;
	case 3:
		array(out, depth);
		break;
	default:
		inner(out, depth);
		break;
	}
}

/* Ours, ours but for a letter, and foreign ones, all different. */
static const char *const pool[] = { OBJECT_ELIGIBILITY, RECORD_ERROR, RECORD_SEQ, "eligibilit",
	"eligibilityy", "Error", "id", "", "\xe4\xbf\x9d\xe9\x99\xba", "\xf0\xa0\xae\xb7", "q\"\\/",
	"<NUL>", "error<NUL>", "\xef\xb7\x90",
	"\xef\xb7\x90"
	"0" };

static void
name(struct buf *out, const char *decoded)
{
	uint32_t c;

	buf_addc(out, '"');
	while (*decoded != '\0') {
		if (strncmp(decoded, "<NUL>", 5) == 0) {
			buf_adds(out, "\\u0000");
			decoded += 5;
			continue;
		}
		decoded += utf8_next(decoded, strlen(decoded), &c);
		character(out, c);
	}
	buf_addc(out, '"');
}

static int
used(const struct object *o, const char *decoded)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->members[i].name, decoded) == 0)
			return 1;
	return 0;
}

static void
member(struct object *o)
{
	const char *decoded = pool[dice(sizeof pool / sizeof *pool)];
	struct known *m = &o->members[o->n];

	if (used(o, decoded))
		return;
	snprintf(m->name, sizeof m->name, "%s", decoded);
	m->comma = o->text.len;
	if (o->n > 0)
		buf_addc(&o->text, ',');
	blanks(&o->text);
	m->at = o->text.len;
	name(&o->text, decoded);
	blanks(&o->text);
	buf_addc(&o->text, ':');
	blanks(&o->text);
	m->value = o->text.len;
	value(&o->text, 3);
	m->end = o->close = o->text.len;
	blanks(&o->text);
	o->n++;
}

static void
object(struct object *o)
{
	buf_reset(&o->text);
	o->n = 0;
	blanks(&o->text);
	buf_addc(&o->text, '{');
	o->close = o->text.len;
	for (uint32_t n = dice(MEMBERS + 1); n > 0; n--)
		member(o);
	if (o->n == 0)
		blanks(&o->text);
	buf_addc(&o->text, '}');
	blanks(&o->text);
}

static const struct known *
find(const struct object *o, const char *wanted)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->members[i].name, wanted) == 0)
			return &o->members[i];
	return NULL;
}

static void
span(struct buf *out, const struct object *o, size_t from, size_t to)
{
	buf_add(out, o->text.data + from, to - from);
}

/* What splice_put() must make, from what the generator knows. */
static void
expect_put(struct buf *out, const struct object *o, const char *wanted, const char *json)
{
	const struct known *m = find(o, wanted);

	if (m != NULL) {
		span(out, o, 0, m->value);
		buf_adds(out, json);
		span(out, o, m->end, o->text.len);
		return;
	}
	span(out, o, 0, o->close);
	buf_addf(out, "%s\"%s\":%s", o->n > 0 ? "," : "", wanted, json);
	span(out, o, o->close, o->text.len);
}

/* The member goes with the comma before it; the first with the comma behind it. */
static void
expect_drop(struct buf *out, const struct object *o, const char *wanted)
{
	const struct known *m = find(o, wanted);

	if (m == NULL) {
		span(out, o, 0, o->text.len);
	} else if (m != o->members) {
		span(out, o, 0, m->comma);
		span(out, o, m->end, o->text.len);
	} else {
		span(out, o, 0, m->at);
		if (o->n > 1)
			span(out, o, m[1].comma + 1, o->text.len);
		else
			span(out, o, m->end, o->text.len);
	}
}

/* Is it a record, and which? Both sides are tamed, so that the odd names in them stay equal. */
static json_t *
parse(const struct buf *text)
{
	struct line line = {
		.text = text->data, .len = text->len, .bytes = text->len, .number = 1
	};
	json_t *json = NULL;
	struct buf tamed;
	struct why why;

	if ((json = record_parse(&line, &why)) == NULL) {
		printf("refused: %s: %s\n", why_code(&why), why.detail);
		return NULL;
	}
	json_decref(json);
	buf_init(&tamed, 1 << 22);
	tame(&tamed, text->data, text->len);
	json = json_loadb(tamed.data, tamed.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	buf_free(&tamed);
	return json;
}

/* Do the texts, parsed, differ in nothing but the member, which is json in `after` or absent? */
static int
same_but(const struct buf *before, const struct buf *after, const char *wanted, const char *json)
{
	json_t *a = parse(before), *b = parse(after), *new = NULL, *got;
	int same = 0;

	if (a == NULL || b == NULL)
		goto out;
	new = json == NULL ? NULL : json_loads(json, JSON_DECODE_ANY, NULL);
	got = json_object_get(b, wanted);
	if (json == NULL ? got != NULL : !json_equal(got, new))
		goto out;
	json_object_del(a, wanted);
	json_object_del(b, wanted);
	same = json_equal(a, b);
out:
	json_decref(a);
	json_decref(b);
	json_decref(new);
	return same;
}

static int
equal(const struct buf *a, const struct buf *b)
{
	return !buf_failed(a) && !buf_failed(b) && a->len == b->len &&
	       memcmp(a->data, b->data, a->len) == 0;
}

/* splice_find() must agree with the generator. */
static int
found_right(const struct object *o, const char *wanted)
{
	const struct known *m = find(o, wanted);
	size_t at = 0, n = 0;
	int found = splice_find(o->text.data, o->text.len, wanted, &at, &n);

	return found == (m != NULL) && (m == NULL || (at == m->value && at + n == m->end));
}

/* 1 if all is as it must be, else 0 and *what says what is not. */
static int
check(const struct object *o, const char *wanted, struct buf *got, struct buf *want,
    const char **what)
{
	static const char *const values[] = { "{\"status\":\"valid\"}", "7", "\"\"", "[{},{}]" };
	const char *json = values[dice(sizeof values / sizeof *values)];

	buf_reset(got);
	buf_reset(want);
	*what = "splice_find";
	if (!found_right(o, wanted))
		return 0;
	*what = "splice_put";
	expect_put(want, o, wanted, json);
	if (splice_put(got, o->text.data, o->text.len, wanted, json, strlen(json)) != 0 ||
	    !equal(got, want) || !same_but(&o->text, got, wanted, json))
		return 0;
	buf_reset(got);
	buf_reset(want);
	*what = "splice_drop";
	expect_drop(want, o, wanted);
	return splice_drop(got, o->text.data, o->text.len, wanted) == 0 && equal(got, want) &&
	       same_but(&o->text, got, wanted, NULL);
}

int
main(int argc, char **argv)
{
	static const char *const ours[] = { OBJECT_ELIGIBILITY, RECORD_ERROR, RECORD_SEQ };
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : 20000, i;
	struct buf got, want;
	struct object o;
	const char *what;
	int status = 0;

	buf_init(&o.text, 1 << 20);
	buf_init(&got, 1 << 20);
	buf_init(&want, 1 << 20);
	for (i = 0; i < count && status == 0; i++) {
		state = (seed + i) * 0x9e3779b97f4a7c15ULL + 1;
		object(&o);
		for (size_t n = 0; n < sizeof ours / sizeof *ours && status == 0; n++) {
			if (check(&o, ours[n], &got, &want, &what))
				continue;
			printf("seed %" PRIu64 ": %s of %s\n  in   %s\n  got  %s\n  want %s\n",
			    seed + i, what, ours[n], o.text.data, got.data, want.data);
			status = 1;
		}
	}
	if (status == 0)
		printf("%" PRIu64 " objects\n", i);
	buf_free(&o.text);
	buf_free(&got);
	buf_free(&want);
	return status;
}
