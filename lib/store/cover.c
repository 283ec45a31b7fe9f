#include <string.h>

#include "store/cover.h"

#define PACKED_FORMAT 1
#define SAME	      255 /* a folded text that is the text itself */

/*
 * What stands before the texts, every number with its lowest byte first: one byte, or three of the
 * four in memory. Lists, so that cover_unpack(), of every answer, is straight on.
 */
#define FIELDS(ONE, THREE)                                                                         \
	ONE(flags)                                                                                 \
	ONE(card_class[0])                                                                         \
	ONE(card_class[1])                                                                         \
	ONE(relation)                                                                              \
	ONE(sex)                                                                                   \
	ONE(sex2)                                                                                  \
	ONE(loss_reason)                                                                           \
	ONE(copay_percent)                                                                         \
	ONE(elderly_percent)                                                                       \
	THREE(insurer)                                                                             \
	THREE(birth_date)                                                                          \
	THREE(acquired_on)                                                                         \
	THREE(lost_on)                                                                             \
	THREE(issued_on)                                                                           \
	THREE(valid_from)                                                                          \
	THREE(valid_to)                                                                            \
	THREE(postal_code)

#define TEXTS(TEXT)                                                                                \
	TEXT(symbol)                                                                               \
	TEXT(number)                                                                               \
	TEXT(branch)                                                                               \
	TEXT(insured_name)                                                                         \
	TEXT(name)                                                                                 \
	TEXT(name_other)                                                                           \
	TEXT(kana)                                                                                 \
	TEXT(kana_other)                                                                           \
	TEXT(address)

#define ONE_AT(member)	 { offsetof(struct cover, member), 1 },
#define THREE_AT(member) { offsetof(struct cover, member), 3 },
static const struct field {
	size_t at;
	uint8_t bytes; /* in the packed form */
} fields[] = { FIELDS(ONE_AT, THREE_AT) };

#define TEXT_AT(member) offsetof(struct cover, member),
static const size_t texts[] = { TEXTS(TEXT_AT) };

#define FIELDS_SIZE (9 + 8 * 3)
#define COUNT(a)    (sizeof(a) / sizeof *(a))

int
cover_includes(const struct cover *c, uint32_t day)
{
	return c->acquired_on <= day && (c->lost_on == 0 || day < c->lost_on);
}

static void
put(struct buf *out, uint32_t value, unsigned bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_addc(out, (char)(value & 255));
}

static void
put_text(struct buf *out, const struct text *t)
{
	buf_addc(out, (char)t->n);
	buf_add(out, t->s, t->n);
}

static void
put_folded(struct buf *out, const struct text *folded, const struct text *as_given)
{
	if (folded->n == as_given->n &&
	    (folded->n == 0 || memcmp(folded->s, as_given->s, folded->n) == 0))
		buf_addc(out, (char)SAME);
	else
		put_text(out, folded);
}

int
text_plain(const struct text *t)
{
	for (size_t i = 0; i < t->n; i++)
		if ((unsigned char)t->s[i] < 0x20 || t->s[i] == '"' || t->s[i] == '\\')
			return 0;
	return 1;
}

static void
put_limit(struct buf *out, const struct limit *l)
{
	put(out, l->kind, 1);
	if (l->kind == 0)
		return;
	buf_add(out, l->class, sizeof l->class);
	put(out, l->issued_on, 3);
	put(out, l->valid_from, 3);
	put(out, l->valid_to, 3);
	put(out, l->long_stay_on, 3);
}

static void
put_disease(struct buf *out, const struct disease *d)
{
	put(out, d->disease, 1);
	put(out, d->issued_on, 3);
	put(out, d->valid_from, 3);
	put(out, d->valid_to, 3);
	put(out, d->self_pay_yen, 3);
}

static void
put_ticket(struct buf *out, const struct ticket *t)
{
	buf_add(out, t->facility, sizeof t->facility);
	put(out, t->type, 1);
	put(out, t->treatment, 1);
	put(out, t->combined, 1);
	put(out, t->self_pay_yen, 3);
	put(out, t->from, 3);
}

int
cover_pack(struct buf *out, const struct cover *c)
{
	struct cover copy = *c;
	const char *base = (const char *)&copy;
	int is_plain = 1;

	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct text *t = (const void *)(base + texts[i]);

		if (t->n > TEXT_MAX)
			return -1;
		is_plain &= text_plain(t);
	}
	copy.flags = (uint8_t)((c->flags & ~COVER_PLAIN) | (is_plain ? COVER_PLAIN : 0));
	put(out, PACKED_FORMAT, 1);
	for (size_t i = 0; i < COUNT(fields); i++) {
		uint32_t value = 0;

		if (fields[i].bytes == 1)
			value = *(const uint8_t *)(base + fields[i].at);
		else
			memcpy(&value, base + fields[i].at, sizeof value);
		put(out, value, fields[i].bytes);
	}
	for (size_t i = 0; i < COUNT(texts); i++)
		put_text(out, (const struct text *)(const void *)(base + texts[i]));
	put_folded(out, &c->folded_symbol, &c->symbol);
	put_folded(out, &c->folded_number, &c->number);
	put_limit(out, &c->limit);
	put(out, (uint32_t)c->n_diseases, 1);
	for (size_t i = 0; i < c->n_diseases; i++)
		put_disease(out, &c->diseases[i]);
	put(out, (uint32_t)c->n_tickets, 1);
	for (size_t i = 0; i < c->n_tickets; i++)
		put_ticket(out, &c->tickets[i]);
	return buf_failed(out) ? -1 : 0;
}

/* What is left to read; `bad` once something did not fit, and then everything reads as 0. */
struct reader {
	const unsigned char *p, *end;
	int bad;
};

static const unsigned char *
take(struct reader *r, size_t n)
{
	const unsigned char *p = r->p;

	if ((size_t)(r->end - p) < n) {
		r->bad = 1;
		r->end = p; /* nothing more is read */
		return NULL;
	}
	r->p += n;
	return p;
}

static uint32_t
get1(struct reader *r)
{
	const unsigned char *p = take(r, 1);

	return p == NULL ? 0 : *p;
}

static uint32_t
three(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static uint32_t
get3(struct reader *r)
{
	const unsigned char *p = take(r, 3);

	return p == NULL ? 0 : three(p);
}

static struct text
get_bytes(struct reader *r, size_t n)
{
	const unsigned char *p = take(r, n);

	return (struct text){ (const char *)p, p == NULL ? 0 : n };
}

static struct text
get_folded(struct reader *r, const struct text *as_given)
{
	uint32_t n = get1(r);

	return n == SAME ? *as_given : get_bytes(r, n);
}

static void
get_into(struct reader *r, char *to, size_t n)
{
	const unsigned char *p = take(r, n);

	if (p != NULL)
		memcpy(to, p, n);
}

static void
get_limit(struct reader *r, struct limit *l)
{
	l->kind = (uint8_t)get1(r);
	if (l->kind == 0)
		return;
	get_into(r, l->class, sizeof l->class);
	l->issued_on = get3(r);
	l->valid_from = get3(r);
	l->valid_to = get3(r);
	l->long_stay_on = get3(r);
}

static void
get_disease(struct reader *r, struct disease *d)
{
	d->disease = (uint8_t)get1(r);
	d->issued_on = get3(r);
	d->valid_from = get3(r);
	d->valid_to = get3(r);
	d->self_pay_yen = get3(r);
}

static void
get_ticket(struct reader *r, struct ticket *t)
{
	get_into(r, t->facility, sizeof t->facility);
	t->type = (uint8_t)get1(r);
	t->treatment = (uint8_t)get1(r);
	t->combined = (uint8_t)get1(r);
	t->self_pay_yen = get3(r);
	t->from = get3(r);
}

/* All fields at once: they have one size. */
static int
get_fields(struct reader *r, struct cover *c)
{
	const unsigned char *p = take(r, FIELDS_SIZE);

	if (p == NULL)
		return 0;
#define GET_ONE(member)                                                                            \
	memcpy(&c->member, p, 1);                                                                  \
	p += 1;
#define GET_THREE(member)                                                                          \
	c->member = three(p);                                                                      \
	p += 3;
	FIELDS(GET_ONE, GET_THREE)
	return 1;
}

int
cover_unpack(const unsigned char *doc, size_t n, struct cover *c)
{
	struct reader r = { doc, doc + n, 0 };

	if (get1(&r) != PACKED_FORMAT || !get_fields(&r, c))
		return 0;
#define GET_TEXT(member) c->member = get_bytes(&r, get1(&r));
	TEXTS(GET_TEXT)
	c->folded_symbol = get_folded(&r, &c->symbol);
	c->folded_number = get_folded(&r, &c->number);
	get_limit(&r, &c->limit);
	c->n_diseases = get1(&r);
	for (size_t i = 0; i < c->n_diseases && i < DISEASES_MAX; i++)
		get_disease(&r, &c->diseases[i]);
	c->n_tickets = get1(&r);
	for (size_t i = 0; i < c->n_tickets && i < TICKETS_MAX; i++)
		get_ticket(&r, &c->tickets[i]);
	return !r.bad && r.p == r.end && c->n_diseases <= DISEASES_MAX &&
	       c->n_tickets <= TICKETS_MAX;
}
