#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "hub/history.h"
#include "hub/pharmacopoeia.h"
#include "hub/put.h"
#include "store/day.h"

#define E_MONTHS  12 /* prescriptions and dispensings are kept as such for so long */
#define CLAIM_DAY 11 /* of the next month: the claim is in */
#define LAST_DAY  27 /* a day that every month has, and one after it */

/* What numbers are drawn for: two draws of one person are of one another unknown. */
enum draw {
	DRAW_COMPLAINT,
	DRAW_RHYTHM,
	DRAW_DAY,
	DRAW_CLINIC,
	DRAW_PHARMACY,
	DRAW_IN_HOUSE,
	DRAW_ELECTRONIC,
	DRAW_NEXT_DAY,
	DRAW_EXAMINATION,
	DRAW_ACUTE,
	DRAW_ATTENDS,
	DRAW_LABORATORY,
	DRAW_LEVEL,
	DRAW_NOISE,
};

/* SplitMix64's mixing over all that names the draw: nothing has to be drawn before it. */
static uint64_t
draw(const struct patient *p, enum draw what, unsigned a, unsigned b)
{
	const uint64_t parts[] = { p->seed, (uint64_t)p->person, (uint64_t)what << 40 ^ a, b };
	uint64_t z = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		z = (z ^ parts[i]) + 0x9e3779b97f4a7c15;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		z ^= z >> 31;
	}
	return z;
}

static unsigned
below(const struct patient *p, enum draw what, unsigned a, unsigned b, size_t n)
{
	return (unsigned)(draw(p, what, a, b) % n);
}

/* Months are counted: year * 12 + month - 1. */
static unsigned
month_of(uint32_t day)
{
	return (day >> 9) * 12 + (day >> 5 & 15) - 1;
}

static uint32_t
day_in(unsigned month, unsigned d)
{
	return (month / 12) << 9 | (month % 12 + 1) << 5 | d;
}

/* The visit of one month for one complaint. */
struct visit {
	unsigned complaint, month;
	uint32_t prescribed_on, dispensed_on;
	const struct institution *clinic, *pharmacy; /* pharmacy NULL: dispensed in the house */
};

/* Does the person have that complaint in that month, and comes? */
static int
comes(const struct patient *p, unsigned k, unsigned month)
{
	const struct complaint *c = &complaints[k];
	unsigned born = month_of(p->birth_date), age;

	if (month < born)
		return 0;
	age = (month - born) / 12;
	if (age < c->from_age || age > c->to_age)
		return 0;
	if (c->every == 0)
		return below(p, DRAW_ACUTE, k, month, 1000) < c->permille;
	return below(p, DRAW_COMPLAINT, k, 0, 1000) < c->permille &&
	       (month + below(p, DRAW_RHYTHM, k, 0, c->every)) % c->every == 0;
}

/* 1 and the visit, or 0: there was none, or it is not over yet. */
static int
visit_of(const struct patient *p, unsigned k, unsigned month, uint32_t today, struct visit *v)
{
	unsigned d = 1 + below(p, DRAW_DAY, k, month, LAST_DAY);
	int later = below(p, DRAW_NEXT_DAY, k, month, 4) == 0;

	if (!comes(p, k, month))
		return 0;
	*v = (struct visit){ .complaint = k, .month = month, .prescribed_on = day_in(month, d) };
	v->clinic = &clinics[below(p, DRAW_CLINIC, k, 0, clinics_n)];
	if (below(p, DRAW_IN_HOUSE, 0, 0, 8) != 0)
		v->pharmacy = &pharmacies[below(p, DRAW_PHARMACY, 0, 0, pharmacies_n)];
	v->dispensed_on = v->pharmacy != NULL && later ? day_in(month, d + 1) : v->prescribed_on;
	return v->dispensed_on < today;
}

static void
put_month(struct buf *out, const char *name, unsigned month)
{
	buf_addf(out, ",\"%s\":\"%04u-%02u\"", name, month / 12, month % 12 + 1);
}

static void
put_own(struct buf *out, const struct institution *facility, const char *asker)
{
	buf_addf(
	    out, ",\"" DRUG_OWN "\":%s", strcmp(facility->code, asker) == 0 ? "true" : "false");
}

static void
put_drug(struct buf *out, const struct remedy *r, unsigned days)
{
	put_member(out, DRUG_CODE, r->code);
	put_member(out, DRUG_NAME, r->name);
	put_member(out, DRUG_INGREDIENT, r->ingredient);
	put_member(out, DRUG_AMOUNT, r->amount);
	put_member(out, DRUG_UNIT, r->unit);
	put_member(out, DRUG_USAGE, r->usage);
	put_member(out, DRUG_INSTRUCTION, r->instruction);
	buf_addf(out, ",\"" DRUG_TIMES "\":%u", days);
}

/* One drug as one origin tells it; a prescription knows of no dispensing. */
static void
add_drug(struct buf *out, const struct visit *v, const struct remedy *r, const char *origin,
    const char *asker)
{
	const struct complaint *c = &complaints[v->complaint];
	int prescribed_only = strcmp(origin, DRUG_ORIGIN_PRESCRIPTION) == 0;
	const struct institution *at =
	    v->pharmacy == NULL || prescribed_only ? v->clinic : v->pharmacy;
	unsigned months = c->every == 0 ? 1 : c->every;

	buf_addf(out, ",{\"" DRUG_ORIGIN "\":\"%s\"", origin);
	put_month(out, DRUG_MONTH, v->month);
	if (!prescribed_only)
		put_day(out, DRUG_DISPENSED_ON, v->dispensed_on);
	put_day(out, DRUG_PRESCRIBED_ON, v->prescribed_on);
	put_member(out, DRUG_FACILITY_CODE, at->code);
	put_member(out, DRUG_FACILITY_NAME, at->name);
	if (at != v->clinic || prescribed_only) {
		put_member(out, DRUG_PRESCRIBER_CODE, v->clinic->code);
		put_member(out, DRUG_PRESCRIBER_NAME, v->clinic->name);
	}
	put_drug(out, r, c->days * months);
	put_own(out, at, asker);
	put_member(out, DRUG_IN_OUT, v->pharmacy == NULL ? "1" : "2");
	put_member(out, DRUG_CLASS, r->class);
	buf_addc(out, '}');
}

static void
add_drugs(struct buf *out, const struct visit *v, const char *origin, const char *asker)
{
	const struct complaint *c = &complaints[v->complaint];

	for (size_t i = 0; i < c->n; i++) {
		const struct remedy *r = c->remedies[i];

		if (r->months == 0 || (r->months & 1U << v->month % 12) != 0)
			add_drug(out, v, r, origin, asker);
	}
}

static int
claimed(const struct visit *v, uint32_t today)
{
	return today >= day_in(v->month + 1, CLAIM_DAY);
}

/* Calls each() for the visits of those months, newest month first. */
static void
each_visit(const struct patient *p, uint32_t today, int months,
    void (*each)(const struct visit *, void *), void *arg)
{
	unsigned now = month_of(today);
	struct visit v;

	for (int i = 0; i < months; i++)
		for (unsigned k = 0; k < complaints_n; k++)
			if (visit_of(p, k, now - (unsigned)i, today, &v))
				each(&v, arg);
}

struct telling {
	struct buf *out;
	const struct patient *patient;
	uint32_t today;
	const char *asker;
};

static void
tell_drugs(const struct visit *v, void *arg)
{
	const struct telling *t = arg;
	int electronic = v->pharmacy != NULL && v->month + E_MONTHS > month_of(t->today) &&
			 below(t->patient, DRAW_ELECTRONIC, 0, 0, 4) != 0;

	if (claimed(v, t->today))
		add_drugs(t->out, v, DRUG_ORIGIN_CLAIM, t->asker);
	if (electronic) {
		add_drugs(t->out, v, DRUG_ORIGIN_DISPENSING, t->asker);
		add_drugs(t->out, v, DRUG_ORIGIN_PRESCRIPTION, t->asker);
	}
}

int
history_drugs(
    struct buf *out, const struct patient *p, uint32_t today, int months, const char *asker)
{
	struct telling t = { out, p, today, asker };

	each_visit(p, today, months, tell_drugs, &t);
	return buf_failed(out) ? -1 : 0;
}

static void
add_treatment(
    struct buf *out, const struct visit *v, const struct procedure *what, const char *asker)
{
	buf_addf(out, ",{\"" TREATMENT_MONTH "\":\"%04u-%02u\"", v->month / 12, v->month % 12 + 1);
	put_day(out, TREATMENT_DATE, v->prescribed_on);
	put_member(out, TREATMENT_CODE, what->code);
	put_member(out, TREATMENT_NAME, what->name);
	put_member(out, TREATMENT_CLASS, what->class);
	put_member(out, TREATMENT_AMOUNT, "1");
	put_member(out, TREATMENT_UNIT, "回");
	buf_adds(out, ",\"" TREATMENT_TIMES "\":1");
	put_member(out, TREATMENT_FACILITY_CODE, v->clinic->code);
	put_member(out, TREATMENT_FACILITY_NAME, v->clinic->name);
	put_own(out, v->clinic, asker);
	buf_addc(out, '}');
}

static void
tell_treatments(const struct visit *v, void *arg)
{
	const struct telling *t = arg;

	if (!claimed(v, t->today))
		return;
	add_treatment(
	    t->out, v, complaints[v->complaint].every == 0 ? &first_visit : &next_visit, t->asker);
	if (below(t->patient, DRAW_EXAMINATION, v->complaint, v->month, 4) == 0)
		add_treatment(t->out, v, &examination, t->asker);
}

int
history_treatments(
    struct buf *out, const struct patient *p, uint32_t today, int months, const char *asker)
{
	struct telling t = { out, p, today, asker };

	each_visit(p, today, months, tell_treatments, &t);
	return buf_failed(out) ? -1 : 0;
}

/* Somewhere in ± spread, and more often in the middle. */
static int
around(const struct patient *p, enum draw what, unsigned a, unsigned b, int spread)
{
	uint64_t n = draw(p, what, a, b), width = (uint64_t)spread + 1;

	return (int)(n % width) - (int)((n >> 32) % width);
}

/* What item i of the table measures that year; the person has a level, and it moves. */
static int
measure(const struct patient *p, unsigned i, unsigned year)
{
	const struct checkup_item *item = &checkup_items[i];
	int value = (p->woman ? item->women : item->men) +
		    around(p, DRAW_LEVEL, i, 0, item->spread) + ((int)year - 2026) * item->yearly;

	/* Nobody grows. */
	return item->yearly == 0 && item->decimals > 0
		   ? value
		   : value + around(p, DRAW_NOISE, i, year, item->spread / 5);
}

static unsigned
item_of(const char *code)
{
	unsigned i = 0;

	while (strcmp(checkup_items[i].code, code) != 0)
		i++;
	return i;
}

static int
value_of(const struct patient *p, unsigned i, unsigned year)
{
	int height, weight;

	if (strcmp(checkup_items[i].code, CODE_BMI) != 0)
		return measure(p, i, year);
	height = measure(p, item_of(CODE_HEIGHT), year);
	weight = measure(p, item_of(CODE_WEIGHT), year);
	return (weight * 100000 + height * height / 2) / (height * height);
}

static void
add_measured(struct buf *out, const struct patient *p, unsigned i, unsigned year)
{
	int value = value_of(p, i, year);

	if (checkup_items[i].decimals == 0)
		buf_addf(out, ",\"" ITEM_VALUE "\":\"%d\"", value);
	else
		buf_addf(out, ",\"" ITEM_VALUE "\":\"%d.%d\"", value / 10, value % 10);
	put_member(out, ITEM_UNIT, checkup_items[i].unit);
}

static void
add_worded(struct buf *out, const struct patient *p, unsigned i, unsigned year)
{
	const struct checkup_item *item = &checkup_items[i];
	unsigned rare = below(p, DRAW_LEVEL, i, 0, 4) == 0 && below(p, DRAW_NOISE, i, year, 3) != 0;
	const struct checkup_word *word =
	    &item->words[rare ? 1 + below(p, DRAW_LEVEL, i, 1, item->n_words - 1) : 0];

	put_member(out, ITEM_VALUE, word->value);
	put_member(out, ITEM_OID, CODE_SYSTEM);
	put_member(out, ITEM_VALUE_NAME, word->name);
}

static void
add_item(struct buf *out, const struct patient *p, unsigned i, unsigned year)
{
	const struct checkup_item *item = &checkup_items[i];
	int other = item->other_code != NULL && below(p, DRAW_LABORATORY, 0, year, 3) == 0;

	buf_addf(out, "%s{\"" ITEM_CODE "\":\"%s\"", i == 0 ? "" : ",",
	    other ? item->other_code : item->code);
	put_member(out, ITEM_NAME, item->name);
	put_member(out, ITEM_TYPE, item->type);
	if (item->words == NULL)
		add_measured(out, p, i, year);
	else
		add_worded(out, p, i, year);
	buf_addc(out, '}');
}

/* The day of that year's checkup, or 0: not of that age, or did not go. */
static uint32_t
checkup_day(const struct patient *p, unsigned year)
{
	unsigned age = year - (p->birth_date >> 9), permille = age < 75 ? 600 : 300;

	if (age < 40 || age > 130 || year < 2020 ||
	    below(p, DRAW_ATTENDS, 0, year, 1000) >= permille)
		return 0;
	return day_in(year * 12 + 4 + below(p, DRAW_RHYTHM, 0, year, 7),
	    1 + below(p, DRAW_DAY, 0, year, LAST_DAY));
}

int
history_checkups(struct buf *out, const struct patient *p, uint32_t today)
{
	unsigned this_year = today >> 9;

	for (unsigned year = this_year; year > this_year - HISTORY_YEARS; year--) {
		uint32_t day = checkup_day(p, year);
		char text[DATE_SIZE] = "";

		if (day == 0 || day >= today)
			continue;
		day_write(text, day);
		buf_addf(out, ",{\"" CHECKUP_EXAMINED_ON "\":\"%s\",\"" CHECKUP_ITEMS "\":[", text);
		for (unsigned i = 0; i < checkup_items_n; i++)
			add_item(out, p, i, year);
		buf_adds(out, "]}");
	}
	return buf_failed(out) ? -1 : 0;
}
