#include <stdio.h>
#include <string.h>

#include "hub/fiction.h"
#include "hub/population.h"
#include "model/checks.h"
#include "model/fold.h"
#include "store/day.h"

#define MADE_YEAR    2026 /* all is dated from 2026-04-01 */
#define FOLLOWED     2036 /* up to here people are followed as they turn 75 */
#define MEMBERS_MAX  6
#define INSURERS_MAX 32

enum trait {
	TWINS = 1 << 0,
	REPLACED = 1 << 1, /* has changed the insurer */
	EXPIRED = 1 << 2,  /* and has no other */
	WITHHELD = 1 << 3,
	LIMITED = 1 << 4, /* has a limit certificate */
	LONG_STAY = 1 << 5,
	DISEASED = 1 << 6,
	OTHER_NAME = 1 << 7,
	OTHER_SEX = 1 << 8,
	SHORT_TERM = 1 << 9,
	NO_TICKET = 1 << 10,
	OTHER_TICKET = 1 << 11,
	SEVENTIES = 1 << 12, /* the head is 70 to 74 */
	JUST_75 = 1 << 13,
	INFANT = 1 << 14,
	DIED = 1 << 15,
	ON_AID = 1 << 16, /* lost the cover when public assistance began */
};

/* The first households, so that few people already show everything. */
static const struct showcase {
	enum fiction_kind kind;
	unsigned traits;
} showcase[] = {
	{ FICTION_EMPLOYEES, TWINS },
	{ FICTION_EMPLOYEES, REPLACED },
	{ FICTION_LATE, 0 },
	{ FICTION_AID, 0 },
	{ FICTION_MUNICIPAL, EXPIRED },
	{ FICTION_AID, NO_TICKET },
	{ FICTION_MUNICIPAL, WITHHELD | INFANT },
	{ FICTION_MUNICIPAL, SEVENTIES | LIMITED | LONG_STAY },
	{ FICTION_EMPLOYEES, LIMITED | DISEASED | OTHER_NAME },
	{ FICTION_LATE, JUST_75 | LIMITED },
	{ FICTION_AID, OTHER_TICKET },
	{ FICTION_MUNICIPAL, SHORT_TERM | OTHER_SEX },
	{ FICTION_MUNICIPAL, DIED },
	{ FICTION_EMPLOYEES, ON_AID },
};

static const struct frequency {
	unsigned trait, permille;
} frequencies[] = {
	{ TWINS, 15 },
	{ REPLACED, 110 },
	{ EXPIRED, 25 },
	{ WITHHELD, 3 },
	{ LIMITED, 90 },
	{ LONG_STAY, 5 },
	{ DISEASED, 6 },
	{ OTHER_NAME, 8 },
	{ OTHER_SEX, 2 },
	{ SHORT_TERM, 6 },
	{ NO_TICKET, 150 },
	{ OTHER_TICKET, 100 },
	{ SEVENTIES, 90 },
	{ JUST_75, 60 },
	{ INFANT, 90 },
	{ DIED, 2 },
	{ ON_AID, 2 },
};

struct making {
	struct loading *loading;
	const char *facility;
	uint64_t random;
	int64_t persons, left;
	uint64_t household;
	uint32_t insurers[INSURERS_MAX]; /* row of the store for each of fiction_insurers */
	struct buf folded_symbol, folded_number;
};

struct household {
	enum fiction_kind kind;
	unsigned traits;
	const struct fiction_name *family;
	char address[128], head_name[64];
	uint32_t postal_code;
	size_t insurer, old_insurer; /* of fiction_insurers */
	uint32_t acquired_on;
};

struct member {
	int64_t person;
	size_t n; /* in the household: 0 is its head */
	int woman;
	uint32_t birth_date;
	const struct fiction_name *given;
};

/* SplitMix64 (Steele, Lea, Flood 2014): enough for fiction. */
static uint64_t
next(struct making *m)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t
below(struct making *m, size_t n)
{
	return (uint32_t)(next(m) % n);
}

static uint32_t
day(unsigned year, unsigned month, unsigned d)
{
	return year << 9 | month << 5 | d;
}

/* Any day of those years, both included. */
static uint32_t
some_day(struct making *m, unsigned from, unsigned to)
{
	unsigned year = from + below(m, to - from + 1), month = 1 + below(m, 12);

	return day(year, month, 1 + below(m, 28));
}

static uint32_t
birthday(uint32_t birth_date, unsigned age)
{
	return birth_date + (age << 9);
}

static struct text
text(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static size_t
some_insurer(struct making *m, enum fiction_kind kind)
{
	size_t i = below(m, fiction_insurers_n);

	while (fiction_insurers[i].kind != kind)
		i = (i + 1) % fiction_insurers_n;
	return i;
}

/* What is on the card before the number; companies write it in many ways. */
static void
write_symbol(char *out, size_t size, enum fiction_kind kind, uint64_t household)
{
	static const char *const company[] = { "%llu", "１２－%llu", "公%llu", "%llu-3", "ｱ%llu" };
	static const char *const town[] = { "国%llu", "市%llu", "%llu" };
	unsigned long long n = 100 + household / 7 % 900;

	out[0] = '\0';
	if (kind == FICTION_EMPLOYEES)
		snprintf(out, size, company[household / 7 % 5], n);
	else if (kind == FICTION_MUNICIPAL)
		snprintf(out, size, town[household % 3], n % 100);
}

/* The number: of the household, or of the person where everybody has a cover of their own. */
static void
write_number(char *out, size_t size, enum fiction_kind kind, uint64_t household, int64_t person)
{
	char digits[16];

	switch (kind) {
	case FICTION_LATE:
		snprintf(out, size, "%08lld", (long long)(10000000 + person));
		break;
	case FICTION_AID:
		snprintf(digits, sizeof digits, "%06lld", (long long)(person % 1000000));
		snprintf(out, size, "%s%d", digits, check_digit(digits, 6));
		break;
	case FICTION_EMPLOYEES:
		snprintf(out, size, "%llu", (unsigned long long)(1 + household));
		break;
	case FICTION_MUNICIPAL:
		snprintf(out, size, "%07llu", (unsigned long long)(1 + household));
		break;
	}
}

struct identity {
	char symbol[32], number[32], branch[4];
};

/* Puts symbol, number and branch into the cover, as given and folded. 0, or -1. */
static int
identify(struct making *m, struct cover *c, struct identity *id, enum fiction_kind kind,
    const struct member *p)
{
	int has_branch = kind == FICTION_EMPLOYEES || kind == FICTION_MUNICIPAL;
	size_t n = kind == FICTION_MUNICIPAL ? p->n + 1 : p->n;

	write_symbol(id->symbol, sizeof id->symbol, kind, m->household);
	write_number(id->number, sizeof id->number, kind, m->household, p->person);
	snprintf(id->branch, sizeof id->branch, "%02zu", n);
	c->symbol = text(id->symbol);
	c->number = text(id->number);
	c->branch = text(has_branch ? id->branch : "");
	buf_reset(&m->folded_symbol);
	buf_reset(&m->folded_number);
	if (fold_symbol(&m->folded_symbol, id->symbol) == -1 ||
	    fold_number(&m->folded_number, id->number) == -1)
		return -1;
	c->folded_symbol = (struct text){ m->folded_symbol.data, m->folded_symbol.len };
	c->folded_number = (struct text){ m->folded_number.data, m->folded_number.len };
	return 0;
}

static void
add_limit(struct making *m, const struct household *h, const struct member *p, struct cover *c)
{
	static const char adult[][4] = { "A01", "A02", "A03", "A04", "A05" };
	static const char old[][4] = { "B02", "B03", "B05", "B06", "B09", "B10" };
	int is_old = birthday(p->birth_date, 70) <= day(MADE_YEAR, 4, 1);
	const char *class = is_old ? old[below(m, 6)] : adult[below(m, 5)];
	int low_income = class[2] >= '5' && class[2] <= '6';

	c->limit =
	    (struct limit){ .kind = low_income ? 2 : 1, .issued_on = day(MADE_YEAR - 1, 8, 1) };
	memcpy(c->limit.class, class, sizeof c->limit.class);
	if ((h->traits & LONG_STAY) != 0) {
		c->limit.kind = is_old ? 3 : 2;
		c->limit.long_stay_on = day(MADE_YEAR - 1, 11, 1);
	}
}

static void
add_disease(struct making *m, struct cover *c)
{
	uint8_t which = (uint8_t)(1 + below(m, 3));

	c->diseases[0] = (struct disease){ .disease = which,
		.issued_on = day(MADE_YEAR - 2, 6, 1),
		.valid_from = day(MADE_YEAR - 2, 6, 1),
		.self_pay_yen = which == 1 && below(m, 2) == 0 ? 20000 : 10000 };
	c->n_diseases = 1;
}

static void
add_ticket(struct making *m, const struct household *h, struct cover *c)
{
	const char *facility = (h->traits & OTHER_TICKET) != 0 ? "4719999981" : m->facility;

	if ((h->traits & NO_TICKET) != 0 || strlen(facility) != sizeof c->tickets[0].facility)
		return;
	c->tickets[0] = (struct ticket){ .type = 1,
		.treatment = 2,
		.combined = 1,
		.self_pay_yen = below(m, 10) == 0 ? 1500 : 0,
		.from = c->acquired_on };
	memcpy(c->tickets[0].facility, facility, sizeof c->tickets[0].facility);
	c->n_tickets = 1;
}

static uint8_t
some_percent(struct making *m)
{
	uint32_t n = below(m, 10);

	return n < 6 ? 10 : n < 8 ? 20 : 30;
}

/* What only the kind of insurance decides. */
static void
add_kind(struct making *m, const struct household *h, enum fiction_kind kind,
    const struct member *p, struct cover *c)
{
	memcpy(c->card_class, kind == FICTION_AID ? "A1" : "01", 2);
	if (kind == FICTION_EMPLOYEES || kind == FICTION_MUNICIPAL) {
		c->relation = p->n == 0 ? 1 : 2;
		c->insured_name = text(h->head_name);
		c->elderly_percent = (uint8_t)(below(m, 8) == 0 ? 30 : 20);
	}
	if (kind == FICTION_MUNICIPAL && (h->traits & SHORT_TERM) != 0) {
		memcpy(c->card_class, "03", 2);
		c->valid_from = day(MADE_YEAR, 4, 1);
		c->valid_to = day(MADE_YEAR + 1, 3, 31);
	}
	if (kind == FICTION_LATE)
		c->copay_percent = some_percent(m);
	if (kind == FICTION_AID)
		add_ticket(m, h, c);
}

/* Gives the cover to the store. Names and address point into this frame. */
static int
emit(struct making *m, const struct household *h, const struct member *p, struct cover *c,
    size_t insurer, struct why *why)
{
	enum fiction_kind kind = fiction_insurers[insurer].kind;
	char name[64], kana[64], other[64], other_kana[64];
	struct identity id;

	snprintf(name, sizeof name, "%s　%s", h->family->kanji, p->given->kanji);
	snprintf(kana, sizeof kana, "%s %s", h->family->kana, p->given->kana);
	snprintf(other, sizeof other, "%s　%s", fiction_families[0].kanji, p->given->kanji);
	snprintf(other_kana, sizeof other_kana, "%s %s", fiction_families[0].kana, p->given->kana);
	c->person = p->person;
	c->insurer = m->insurers[insurer];
	c->birth_date = p->birth_date;
	c->sex = p->woman ? 2 : 1;
	c->sex2 = (uint8_t)((h->traits & OTHER_SEX) != 0 && p->n == 0 ? 3 - c->sex : 0);
	c->name = text(name);
	c->kana = text(kana);
	if ((h->traits & OTHER_NAME) != 0 && p->n == 0) {
		c->name_other = text(other);
		c->kana_other = text(other_kana);
	}
	if ((h->traits & WITHHELD) != 0) {
		c->flags |= COVER_WITHHELD;
	} else {
		c->address = text(h->address);
		c->postal_code = h->postal_code;
	}
	add_kind(m, h, kind, p, c);
	if (c->issued_on == 0)
		c->issued_on = c->acquired_on;
	if (identify(m, c, &id, kind, p) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "people");
		return -1;
	}
	return loading_cover(m->loading, c, why);
}

/* Since when, but nobody is insured before being born. */
static uint32_t
since(uint32_t date, const struct member *p)
{
	return date < p->birth_date ? p->birth_date : date;
}

/* At 75 everybody comes under the late-stage scheme. */
static int
emit_late(struct making *m, const struct household *h, const struct member *p, struct why *why)
{
	struct cover c = { .acquired_on = birthday(p->birth_date, 75) };

	if ((h->traits & LIMITED) != 0)
		add_limit(m, h, p, &c);
	return emit(m, h, p, &c, some_insurer(m, FICTION_LATE), why);
}

/* The cover before the present one. */
static int
emit_earlier(struct making *m, const struct household *h, const struct member *p, uint32_t lost_on,
    struct why *why)
{
	struct cover c = { .acquired_on = since(some_day(m, 2012, 2020), p),
		.lost_on = lost_on,
		.loss_reason = 3 };

	if (c.acquired_on >= lost_on)
		return 0;
	return emit(m, h, p, &c, h->old_insurer, why);
}

/* How the present cover ended, if it did: lost_on and reason, and what came after. */
static int
emit_present(struct making *m, const struct household *h, const struct member *p, struct why *why)
{
	struct cover c = { .acquired_on = since(h->acquired_on, p) }, aid;
	uint32_t at_75 = birthday(p->birth_date, 75);

	if ((h->traits & (EXPIRED | ON_AID)) != 0 || ((h->traits & DIED) != 0 && p->n == 0)) {
		c.lost_on = some_day(m, MADE_YEAR - 1, MADE_YEAR - 1);
		c.loss_reason = (h->traits & EXPIRED) != 0 ? 99 : (h->traits & ON_AID) != 0 ? 2 : 1;
	} else if (at_75 < day(FOLLOWED, 1, 1)) {
		c.lost_on = at_75;
		c.loss_reason = 3;
	}
	if ((h->traits & LIMITED) != 0)
		add_limit(m, h, p, &c);
	if ((h->traits & DISEASED) != 0 && p->n == 0)
		add_disease(m, &c);
	aid = (struct cover){ .acquired_on = c.lost_on };
	if (emit(m, h, p, &c, h->insurer, why) == -1)
		return -1;
	if (c.loss_reason == 2)
		return emit(m, h, p, &aid, some_insurer(m, FICTION_AID), why);
	return c.loss_reason == 3 ? emit_late(m, h, p, why) : 0;
}

static int
emit_covers(struct making *m, const struct household *h, const struct member *p, struct why *why)
{
	if (h->kind == FICTION_LATE) {
		if ((h->traits & JUST_75) != 0 &&
		    emit_earlier(m, h, p, birthday(p->birth_date, 75), why) == -1)
			return -1;
		return emit_late(m, h, p, why);
	}
	if ((h->traits & REPLACED) != 0 && emit_earlier(m, h, p, h->acquired_on, why) == -1)
		return -1;
	return emit_present(m, h, p, why);
}

static uint32_t
head_birth(struct making *m, const struct household *h)
{
	if ((h->traits & JUST_75) != 0)
		return some_day(m, 1948, 1950);
	if ((h->traits & SEVENTIES) != 0)
		return some_day(m, 1952, 1955);
	if ((h->traits & (TWINS | INFANT)) != 0 && h->kind != FICTION_LATE)
		return some_day(m, 1978, 1994);
	switch (h->kind) {
	case FICTION_EMPLOYEES:
		return some_day(m, 1960, 2002);
	case FICTION_MUNICIPAL:
		return some_day(m, 1956, 1999);
	case FICTION_LATE:
		return some_day(m, 1928, 1947);
	case FICTION_AID:
		break;
	}
	return some_day(m, 1953, 1995);
}

static void
member_make(struct making *m, struct member *p, size_t n, int woman, uint32_t birth_date)
{
	*p = (struct member){ .n = n, .woman = woman, .birth_date = birth_date };
	p->given = woman ? &fiction_women[below(m, fiction_women_n)]
			 : &fiction_men[below(m, fiction_men_n)];
}

/* Head, perhaps a spouse, perhaps children. How many. */
static size_t
members_make(struct making *m, const struct household *h, struct member *members)
{
	uint32_t birth = head_birth(m, h);
	unsigned year = birth >> 9, child;
	size_t n = 0, children = 0;

	member_make(m, &members[n++], 0, (int)below(m, 2), birth);
	if (h->kind == FICTION_AID)
		return n;
	if (below(m, 10) < 6)
		member_make(m, &members[1], 1, !members[0].woman,
		    some_day(m, year, year < 1990 ? year + 6 : year)),
		    n++;
	if (h->kind == FICTION_LATE || year > 2000)
		return n;
	if (year >= 1970)
		children = below(m, 3);
	if ((h->traits & (TWINS | INFANT)) != 0 && children == 0)
		children = 1;
	for (child = year < 1985 ? 2008 : year + 25; children > 0 && n < MEMBERS_MAX - 1;
	     children--, child += 3) {
		unsigned born = child < MADE_YEAR ? child : MADE_YEAR - 1;

		if ((h->traits & INFANT) != 0)
			born = MADE_YEAR - 4 + below(m, 4);
		member_make(m, &members[n], n, (int)below(m, 2), some_day(m, born, born));
		n++;
	}
	if ((h->traits & TWINS) != 0) {
		member_make(m, &members[n], n, !members[n - 1].woman, members[n - 1].birth_date);
		n++;
	}
	return n;
}

static void
household_make(struct making *m, struct household *h)
{
	const struct fiction_town *town = &fiction_towns[below(m, fiction_towns_n)];
	uint32_t kind = below(m, 100), block = below(m, 30);

	*h = (struct household){ 0 };
	h->kind = kind < 58   ? FICTION_EMPLOYEES
		  : kind < 82 ? FICTION_MUNICIPAL
		  : kind < 98 ? FICTION_LATE
			      : FICTION_AID;
	for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++)
		if (below(m, 1000) < frequencies[i].permille)
			h->traits |= frequencies[i].trait;
	if (m->household < sizeof showcase / sizeof *showcase) {
		h->kind = showcase[m->household].kind;
		h->traits = showcase[m->household].traits;
	}
	if (h->kind != FICTION_MUNICIPAL)
		h->traits &= ~(unsigned)(SEVENTIES | SHORT_TERM);
	if (h->kind != FICTION_LATE)
		h->traits &= ~(unsigned)JUST_75;
	h->family = &fiction_families[below(m, fiction_families_n)];
	snprintf(h->address, sizeof h->address, "架空県%s%u丁目%u-%u", town->name, 1 + below(m, 6),
	    1 + block, 1 + below(m, 20));
	h->postal_code = (uint32_t)town->postal_code + block % 10;
	h->insurer = some_insurer(m, h->kind);
	h->old_insurer = some_insurer(m, FICTION_EMPLOYEES);
	while (h->old_insurer == h->insurer)
		h->old_insurer = some_insurer(m, FICTION_EMPLOYEES);
	h->acquired_on = (h->traits & REPLACED) != 0 ? some_day(m, 2024, MADE_YEAR - 1)
						     : some_day(m, 2005, 2023);
}

static int
household_emit(struct making *m, struct why *why)
{
	struct member members[MEMBERS_MAX];
	struct household h;
	size_t n;

	household_make(m, &h);
	n = members_make(m, &h, members);
	snprintf(
	    h.head_name, sizeof h.head_name, "%s　%s", h.family->kanji, members[0].given->kanji);
	for (size_t i = 0; i < n && m->left > 0; i++, m->left--) {
		members[i].person = ++m->persons;
		if (emit_covers(m, &h, &members[i], why) == -1)
			return -1;
	}
	m->household++;
	return 0;
}

static int
add_insurers(struct making *m, struct why *why)
{
	char number[16];

	for (size_t i = 0; i < fiction_insurers_n && i < INSURERS_MAX; i++) {
		const char *body = fiction_insurers[i].body;

		snprintf(number, sizeof number, "%s%d", body, check_digit(body, strlen(body)));
		if (loading_insurer(
			m->loading, number, fiction_insurers[i].name, &m->insurers[i], why) == -1)
			return -1;
	}
	return 0;
}

int
population_make(
    struct people *people, int64_t n, uint64_t seed, const char *facility, struct why *why)
{
	struct making m = { .facility = facility, .random = seed, .left = n };
	int r;

	if ((m.loading = loading_begin(people, why)) == NULL)
		return -1;
	buf_init(&m.folded_symbol, TEXT_MAX);
	buf_init(&m.folded_number, TEXT_MAX);
	r = add_insurers(&m, why);
	while (r == 0 && m.left > 0)
		r = household_emit(&m, why);
	if (r == 0)
		r = loading_end(m.loading, why);
	else
		loading_drop(m.loading);
	buf_free(&m.folded_symbol);
	buf_free(&m.folded_number);
	return r;
}
