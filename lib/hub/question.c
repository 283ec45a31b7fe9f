#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include <jansson.h>

#include "base/eight.h"
#include "base/text.h"
#include "gen/names.h"
#include "hub/question.h"
#include "model/fold.h"
#include "model/insured.h"
#include "pipe/scan.h"
#include "store/day.h"

/* Where we are in the line. Every function that reads moves p only when it returns 1. */
struct scan {
	const char *p, *end;
	struct question *question;
	struct why *why;
};

struct member {
	const char *name;
	int (*read)(struct scan *, const struct member *);
	size_t at; /* in struct question */
	size_t size;
	const char *pointer;
};

static int
refuse(struct scan *s, const char *pointer, const char *detail)
{
	why_set(s->why, ERR_QUESTION_MALFORMED, pointer, "%s", detail);
	return 0;
}

static void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\r'))
		s->p++;
}

/* Takes the character if it is there, blanks around it too. */
static int
accept(struct scan *s, char c)
{
	skip_blanks(s);
	if (s->p >= s->end || *s->p != c)
		return 0;
	s->p++;
	skip_blanks(s);
	return 1;
}

/* At a backslash: its character goes to out as UTF-8. How many bytes, or 0. */
static size_t
escape(struct scan *s, char out[4])
{
	struct buf one;
	int32_t c;
	size_t n = 0;

	s->p = scan_character(s->p, s->end, &c);
	buf_init(&one, 8);
	if (c > 0 && utf8_add(&one, (uint32_t)c) == 0 && one.len <= 4)
		memcpy(out, one.data, n = one.len);
	buf_free(&one);
	return n;
}

/* A string of at most size - 1 bytes, NUL-terminated; strictly UTF-8, no NUL, no controls. */
static int
string(struct scan *s, char *out, size_t size)
{
	size_t n = 0;
	char one[4];
	int foreign = 0;

	if (s->p >= s->end || *s->p != '"')
		return 0;
	for (s->p++; s->p < s->end && *s->p != '"';) {
		size_t m = 1;

		one[0] = *s->p;
		if ((unsigned char)one[0] < 0x20)
			return 0;
		if (one[0] == '\\')
			m = escape(s, one);
		else
			s->p++;
		foreign |= (signed char)one[0] < 0;
		if (m == 0 || n + m >= size)
			return 0;
		memcpy(out + n, one, m);
		n += m;
	}
	if (s->p >= s->end)
		return 0;
	s->p++;
	out[n] = '\0';
	return !foreign || utf8_valid(out, n, NULL);
}

static int
read_text(struct scan *s, const struct member *m)
{
	char *to = (char *)s->question + m->at;

	if (string(s, to, m->size) && *to != '\0')
		return 1;
	return refuse(s, m->pointer, "a text, not empty and not long");
}

static int
read_ask(struct scan *s, const struct member *m)
{
	struct question *q = s->question;

	(void)m;
	if (string(s, q->ask, ASK_SIZE) && ask_valid(q->ask))
		return ask_pack(q->ask, &q->packed);
	q->ask[0] = '\0';
	return refuse(s, "/" QUESTION_ASK, "26 characters of base32 in lower case");
}

static int
read_date(struct scan *s, const struct member *m)
{
	char text[DATE_SIZE];
	struct date date;
	uint32_t packed;

	if (!string(s, text, sizeof text) || !date_parse(text, &date))
		return refuse(s, m->pointer, "a date, YYYY-MM-DD");
	packed = day_of(date);
	memcpy((char *)s->question + m->at, &packed, sizeof packed);
	return 1;
}

static int
literal(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return 0;
	s->p += n;
	return 1;
}

static int
read_boolean(struct scan *s, const struct member *m)
{
	int value = literal(s, "true");

	if (!value && !literal(s, "false"))
		return refuse(s, m->pointer, "true or false");
	memcpy((char *)s->question + m->at, &value, sizeof value);
	return 1;
}

/* A compact JWS: nothing in it is ever escaped. What it says is another's to judge. */
static int
read_token(struct scan *s, const struct member *m, const char **token, size_t *len)
{
	const char *from = s->p + 1;
	size_t n;

	if (s->p >= s->end || *s->p != '"')
		return refuse(s, m->pointer, "a token");
	for (n = 0; from + n < s->end && from[n] != '"'; n++)
		if (!isalnum((unsigned char)from[n]) && strchr("-_.", from[n]) == NULL)
			return refuse(s, m->pointer, "a token has letters, digits, - _ and .");
	if (n == 0 || from + n >= s->end)
		return refuse(s, m->pointer, "a token");
	*token = from;
	*len = n;
	s->p = from + n + 1;
	return 1;
}

static int
read_presence(struct scan *s, const struct member *m)
{
	return read_token(s, m, &s->question->presence, &s->question->presence_len);
}

static int
read_consent(struct scan *s, const struct member *m)
{
	return read_token(s, m, &s->question->consent, &s->question->consent_len);
}

static int object(struct scan *s, const struct member *members, size_t n, const char *pointer);

static int read_insured(struct scan *s, const struct member *m);
static int read_limit(struct scan *s, const struct member *m);

#define AT(m)	 offsetof(struct question, m)
#define SIZE(m)	 sizeof(((struct question *)0)->m)
#define IN	 "/" OBJECT_INSURED "/"
#define IN_LIMIT IN INSURED_LIMIT_CERTIFICATE "/"
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct member limit_members[] = {
	{ LIMIT_KIND, read_text, AT(limit_kind), SIZE(limit_kind), IN_LIMIT LIMIT_KIND },
	{ LIMIT_CLASS, read_text, AT(limit_class), SIZE(limit_class), IN_LIMIT LIMIT_CLASS },
};

static const struct member insured_members[] = {
	{ INSURED_INSURER_NUMBER, read_text, AT(insurer_number), SIZE(insurer_number),
	    IN INSURED_INSURER_NUMBER },
	{ INSURED_SYMBOL, read_text, AT(symbol), SIZE(symbol), IN INSURED_SYMBOL },
	{ INSURED_NUMBER, read_text, AT(number), SIZE(number), IN INSURED_NUMBER },
	{ INSURED_BRANCH, read_text, AT(branch), SIZE(branch), IN INSURED_BRANCH },
	{ INSURED_BIRTH_DATE, read_date, AT(birth_date), 0, IN INSURED_BIRTH_DATE },
	{ INSURED_LIMIT_CERTIFICATE_CONSENT, read_boolean, AT(limit_certificate_consent), 0,
	    IN INSURED_LIMIT_CERTIFICATE_CONSENT },
	{ INSURED_LIMIT_CERTIFICATE, read_limit, AT(has_limit), 0, IN INSURED_LIMIT_CERTIFICATE },
};

static const struct member question_members[] = {
	{ QUESTION_ASK, read_ask, AT(ask), SIZE(ask), "/" QUESTION_ASK },
	{ RECORD_VISIT_DATE, read_date, AT(visit_date), 0, "/" RECORD_VISIT_DATE },
	{ OBJECT_INSURED, read_insured, 0, 0, "/" OBJECT_INSURED },
	{ CARD_PRESENCE, read_presence, 0, 0, "/" CARD_PRESENCE },
	{ OBJECT_CONSENT, read_consent, 0, 0, "/" OBJECT_CONSENT },
};

static int
read_insured(struct scan *s, const struct member *m)
{
	s->question->has_insured = 1;
	return object(s, insured_members, COUNT(insured_members), m->pointer);
}

static int
read_limit(struct scan *s, const struct member *m)
{
	s->question->has_limit = 1;
	return object(s, limit_members, COUNT(limit_members), m->pointer);
}

/* An object with members of the list, each once. */
static int
object(struct scan *s, const struct member *members, size_t n, const char *pointer)
{
	char name[40];
	unsigned seen = 0;
	size_t i;

	if (!accept(s, '{'))
		return refuse(s, pointer, "an object");
	if (accept(s, '}'))
		return 1;
	do {
		if (!string(s, name, sizeof name) || !accept(s, ':'))
			return refuse(s, pointer, "a member's name and a colon");
		for (i = 0; i < n && strcmp(name, members[i].name) != 0; i++)
			;
		if (i == n)
			return refuse(s, pointer, "a member that no question has");
		if ((seen & 1U << i) != 0)
			return refuse(s, members[i].pointer, "twice");
		seen |= 1U << i;
		if (!members[i].read(s, &members[i]))
			return 0;
	} while (accept(s, ','));
	return accept(s, '}') || refuse(s, pointer, "a comma or the end of the object");
}

static int
complete(struct scan *s)
{
	struct question *q = s->question;
	int by_number = q->presence == NULL;
	const struct {
		int missing;
		const char *pointer;
	} needed[] = {
		{ q->ask[0] == '\0', "/" QUESTION_ASK },
		{ q->visit_date == 0, "/" RECORD_VISIT_DATE },
		{ by_number && q->insurer_number[0] == '\0', IN INSURED_INSURER_NUMBER },
		{ by_number && q->number[0] == '\0', IN INSURED_NUMBER },
		{ by_number && q->birth_date == 0, IN INSURED_BIRTH_DATE },
	};

	if (!by_number && q->has_insured)
		return refuse(s, "/" CARD_PRESENCE, "by card or by number, not both");
	if (by_number && q->consent != NULL)
		return refuse(s, "/" OBJECT_CONSENT, "a consent goes with a card");
	for (size_t i = 0; i < COUNT(needed); i++)
		if (needed[i].missing)
			return refuse(s, needed[i].pointer, "missing");
	return 1;
}

/* The line is refused; whose answer is that? Slow, and only then. */
static void
find_ask(const char *line, size_t n, struct question *q)
{
	json_t *object = json_loadb(line, n, 0, NULL);
	const char *ask = json_string_value(json_object_get(object, QUESTION_ASK));

	q->ask[0] = '\0';
	q->packed = (struct ask){ 0 };
	if (ask != NULL && ask_valid(ask) && ask_pack(ask, &q->packed))
		memcpy(q->ask, ask, ASK_SIZE);
	json_decref(object);
}

/*
 * The line as a client of ours writes it: these members in this order, no blanks, no escapes. A
 * third of the time that any other order takes, and what does not fit is read the slow way.
 */
struct usual {
	const char *p, *end;
};

#define PASS(u, s) pass((u), (s), sizeof(s) - 1)

/* Where it is called, for then n is known and the words are compared without a call. */
static inline __attribute__((always_inline)) int
pass(struct usual *u, const char *s, size_t n)
{
	if ((size_t)(u->end - u->p) < n || memcmp(u->p, s, n) != 0)
		return 0;
	u->p += n;
	return 1;
}

static int
usual_ask(struct usual *u, struct question *q)
{
	size_t n = ASK_SIZE - 1;

	if ((size_t)(u->end - u->p) < n || !ask_pack(u->p, &q->packed))
		return 0;
	memcpy(q->ask, u->p, n);
	q->ask[n] = '\0';
	u->p += n;
	return 1;
}

/* Of what ends a text, or a text that is read the short way. */
static uint64_t
stops(uint64_t x)
{
	return eight_equal(x, '"') | eight_equal(x, '\\') | (~eight_from(x, 0x20) & EIGHT_HIGH);
}

/* How many bytes there are to a stop, at most `most`. */
static size_t
to_stop(const char *p, size_t most)
{
	size_t n = 0;

	while (n < most && p[n] != '"' && p[n] != '\\' && (unsigned char)p[n] >= 0x20)
		n++;
	return n;
}

/* A text up to and with its closing quote. Sixteen bytes with the quote are enough for most. */
static int
usual_text(struct usual *u, char out[static QUESTION_TEXT_MAX])
{
	size_t left = (size_t)(u->end - u->p), n;
	uint64_t low, high;

	if (left < 16)
		return 0; /* something must follow that is longer */
	low = eight_load(u->p);
	high = eight_load(u->p + 8);
	n = eight_first(stops(low));
	if (n == 8)
		n += eight_first(stops(high));
	low = eight_only(low, n);
	high = n <= 8 ? 0 : eight_only(high, n - 8);
	if (n == 16) {
		n = to_stop(u->p, left < QUESTION_TEXT_MAX ? left : QUESTION_TEXT_MAX);
		if (n == left || n == QUESTION_TEXT_MAX || !utf8_valid(u->p, n, NULL))
			return 0;
		memcpy(out, u->p, n);
		out[n] = '\0';
	} else if (((low | high) & EIGHT_HIGH) != 0 && !utf8_valid(u->p, n, NULL)) {
		return 0;
	} else {
		eight_store(out, low);
		eight_store(out + 8, high);
	}
	if (n == 0 || u->p[n] != '"')
		return 0;
	u->p += n + 1;
	return 1;
}

/*
 * Eight bytes with a digit where the form has 0, and else what the form has. 1 and the numbers of two
 * digits, each in the byte of its first, or 0.
 */
static inline int
two_digits(const char *p, const char *form, uint64_t *numbers)
{
	uint64_t zeros = eight_load(form), digits = (eight_equal(zeros, '0') >> 7) * 0xff,
		 x = eight_load(p) ^ zeros;

	*numbers = x * 10 + (x >> 8);
	return (((x + EIGHT(6)) | x) & EIGHT(0xf0)) == 0 && (x & ~digits) == 0;
}

/* A date up to and with its closing quote. */
static int
usual_date(struct usual *u, uint32_t *out)
{
	uint64_t first, last;
	struct date d;

	if (u->end - u->p < DATE_SIZE || !two_digits(u->p, "0000-00-", &first) ||
	    !two_digits(u->p + 3, "0-00-00\"", &last))
		return 0;
	d = (struct date){ (int)((first & 255) * 100 + (first >> 16 & 255)),
		(int)(first >> 40 & 255), (int)(last >> 40 & 255) };
	if (!date_exists(d))
		return 0;
	*out = day_of(d);
	u->p += DATE_SIZE;
	return 1;
}

/*
 * As memset() leaves it, but for what stands behind the NUL of a text. Most of a question is texts,
 * and most of each is never looked at.
 */
static void
clear(struct question *q)
{
	q->ask[0] = q->insurer_number[0] = q->symbol[0] = q->number[0] = q->branch[0] = '\0';
	q->packed = (struct ask){ 0 };
	q->visit_date = q->birth_date = 0;
	q->presence = q->consent = NULL;
	q->presence_len = q->consent_len = 0;
	q->limit_certificate_consent = q->specific_diseases_consent = 0;
	q->has_insured = q->has_limit = 0;
	memset(q->limit_kind, 0, sizeof q->limit_kind);
	memset(q->limit_class, 0, sizeof q->limit_class);
}

/* Also when it does not fit q is written to. */
static int
read_usual(const char *line, size_t n, struct question *q)
{
	struct usual u = { line, line + n };

	clear(q);
	if (!PASS(&u, "{\"" QUESTION_ASK "\":\"") || !usual_ask(&u, q) ||
	    !PASS(&u, "\",\"" RECORD_VISIT_DATE "\":\"") || !usual_date(&u, &q->visit_date) ||
	    !PASS(&u, ",\"" OBJECT_INSURED "\":{\"" INSURED_INSURER_NUMBER "\":\"") ||
	    !usual_text(&u, q->insurer_number))
		return 0;
	if (PASS(&u, ",\"" INSURED_SYMBOL "\":\"") && !usual_text(&u, q->symbol))
		return 0;
	if (!PASS(&u, ",\"" INSURED_NUMBER "\":\"") || !usual_text(&u, q->number))
		return 0;
	if (PASS(&u, ",\"" INSURED_BRANCH "\":\"") && !usual_text(&u, q->branch))
		return 0;
	if (!PASS(&u, ",\"" INSURED_BIRTH_DATE "\":\"") || !usual_date(&u, &q->birth_date))
		return 0;
	q->limit_certificate_consent = PASS(&u, ",\"" INSURED_LIMIT_CERTIFICATE_CONSENT "\":true");
	return PASS(&u, "}}") && u.p == u.end;
}

int
question_read_any(const char *line, size_t n, struct question *q, struct why *why)
{
	struct scan s = { line, line + n, q, why };

	memset(q, 0, sizeof *q);
	if (object(&s, question_members, COUNT(question_members), "") && complete(&s)) {
		if (s.p == s.end)
			return 1;
		refuse(&s, "", "something after the object");
	}
	find_ask(line, n, q);
	return 0;
}

int
question_read(const char *line, size_t n, struct question *q, struct why *why)
{
	return read_usual(line, n, q) || question_read_any(line, n, q, why);
}

/* Of bytes that folding would change, and of the NUL. */
static uint64_t
unfolded(uint64_t x)
{
	return (~eight_from(x, ' ' + 1) & EIGHT_HIGH) | eight_between(x, 'a', 'z') |
	       eight_from(x, 0x7f);
}

/*
 * How long the text is if folding would change nothing, and has no blanks to take off; else 0. Where
 * it is half width it is read by eights, up to its NUL: what stands behind that does not count.
 */
static size_t
folded_length(const char s[static QUESTION_TEXT_MAX])
{
	size_t n = 0, step;

	do
		n += step = eight_first(unfolded(eight_load(s + n)));
	while (step == 8 && n < QUESTION_TEXT_MAX);
	if (n == QUESTION_TEXT_MAX)
		return 0;
	if (s[n] == '\0')
		return n;
	n = strlen(s);
	return s[0] != ' ' && s[n - 1] != ' ' && text_folded(s, n) ? n : 0;
}

static struct text
without_zeros(const char *s, size_t n)
{
	while (n > 1 && *s == '0') {
		s++;
		n--;
	}
	return (struct text){ s, n };
}

/* Folds one text, into scratch where it must. 0, or -1. */
static int
fold_text(struct buf *scratch, const char s[static QUESTION_TEXT_MAX],
    int (*fold)(struct buf *, const char *), int zeros, struct text *out)
{
	size_t n = folded_length(s), at = scratch->len;

	if (n > 0 || *s == '\0') {
		*out = zeros ? (struct text){ s, n } : without_zeros(s, n);
		return 0;
	}
	if (fold(scratch, s) == -1)
		return -1;
	*out = (struct text){ scratch->data + at, scratch->len - at };
	return 0;
}

int
question_key(const struct question *q, struct buf *scratch, struct cover_key *key, struct why *why)
{
	/* Room for all before the first, so that none of them moves. */
	if (buf_room(scratch, QUESTION_KEY_ROOM) == NULL ||
	    fold_text(scratch, q->insurer_number, fold_insurer_number, 0, &key->insurer_number) ==
		-1 ||
	    fold_text(scratch, q->symbol, fold_symbol, 1, &key->symbol) == -1 ||
	    fold_text(scratch, q->number, fold_number, 0, &key->number) == -1) {
		why_set(why, ERR_QUESTION_MALFORMED, "/" OBJECT_INSURED, "a text is too long");
		return -1;
	}
	key->birth_date = q->birth_date;
	return 0;
}

static unsigned char *
put(unsigned char *p, const void *bytes, size_t n)
{
	memcpy(p, bytes, n);
	return p + n;
}

size_t
question_content(
    const struct question *q, int64_t slot, unsigned char out[static QUESTION_CONTENT_MAX])
{
	unsigned char flags = (unsigned char)(q->limit_certificate_consent | q->has_limit << 1), *p;

	_Static_assert(sizeof slot + sizeof q->visit_date + 1 + sizeof q->limit_kind +
			       sizeof q->limit_class + sizeof q->branch <=
			   QUESTION_CONTENT_MAX,
	    "all of it fits");
	p = put(out, &slot, sizeof slot);
	p = put(p, &q->visit_date, sizeof q->visit_date);
	*p++ = flags;
	if (q->has_limit) {
		p = put(p, q->limit_kind, sizeof q->limit_kind);
		p = put(p, q->limit_class, sizeof q->limit_class);
	}
	return (size_t)(put(p, q->branch, strlen(q->branch)) - out);
}
