/* From the lines of a breakdown to what of them counts: tax, discounts, eligibility. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "subsidy/assess.h"

__extension__ typedef __int128 wide;

static const char discount_words[][10] = { "値引", "割引" };

/* One supplier being reckoned. */
struct reckoning {
	const struct assessor *by;
	struct assessment *out;
	struct supplier *supplier;
	struct cost *costs; /* its n lines */
	size_t n;
	long number;
	int64_t total;	  /* of the receipt, or UNSAID */
	int per_document; /* tax is rounded once a rate and document */
};

int64_t
share_of(int64_t a, int64_t b, int64_t c)
{
	return (int64_t)((wide)a * b / c);
}

static int
is_tax(const struct cost *c)
{
	return c->kind != NULL && strcmp(c->kind->cite.row, "TAX") == 0;
}

/* What is spread over other lines: discounts, and tax as a line of its own. */
static int
is_spread(const struct cost *c)
{
	return c->kind == NULL || c->yen < 0 || is_tax(c);
}

static struct step *
at_line(struct step *step, const struct reckoning *r, size_t line)
{
	step->supplier = r->number;
	step->line = (long)line;
	return step;
}

/* --- what a line is --------------------------------------------------------------------------- */

static int
says_discount(const char *text)
{
	if (text == NULL)
		return 0;
	if (strcmp(text, "DISCOUNT") == 0)
		return 1;
	for (size_t i = 0; i < sizeof discount_words / sizeof *discount_words; i++)
		if (strstr(text, discount_words[i]) != NULL)
			return 1;
	return 0;
}

static int
missing(
    const struct reckoning *r, size_t line, const char *member, enum error_id id, struct why *why)
{
	char pointer[96];

	snprintf(pointer, sizeof pointer, "/" PROJECT_SUPPLIERS "/%ld/" SUPPLIER_ITEMS "/%zu/%s",
	    r->number, line, member);
	why_set(why, id, pointer, NULL);
	return -1;
}

/* An amount longer than any real one counts for nothing. */
static int64_t
sane(int64_t yen)
{
	return yen <= YEN_MAX && yen >= -YEN_MAX ? yen : 0;
}

/* The amount that the line states, with or without tax. */
static int64_t
stated(const struct cost *c)
{
	return sane(c->incl != UNSAID ? c->incl : c->excl);
}

static void
refuse_insane(const struct reckoning *r, long line, const char *member, int64_t yen)
{
	struct step *s;

	if (yen == UNSAID || sane(yen) == yen)
		return;
	s = find(r->out, STEP_REFUSAL, NULL, "AMOUNT_TOO_LARGE");
	s->supplier = r->number;
	s->line = line;
	s->fact = member;
}

/* Finds what the line is of. 0, or -1 with why. */
static int
classify(const struct reckoning *r, size_t line, struct why *why)
{
	struct cost *c = &r->costs[line];

	if (c->incl == UNSAID && c->excl == UNSAID)
		return missing(r, line, COST_AMOUNT_INCL_TAX_YEN, ERR_SUBSIDY_FACT_MISSING, why);
	if (c->incl == UNSAID && c->tax_pct == UNSAID)
		return missing(r, line, COST_TAX_RATE_PCT, ERR_SUBSIDY_FACT_MISSING, why);
	if (c->incl == UNSAID && (c->tax_pct < 0 || c->tax_pct > 100))
		return missing(r, line, COST_TAX_RATE_PCT, ERR_MEMBER_MALFORMED, why);
	refuse_insane(r, (long)line, COST_AMOUNT_INCL_TAX_YEN, c->incl);
	refuse_insane(r, (long)line, COST_AMOUNT_EXCL_TAX_YEN, c->excl);
	c->kind = c->category == NULL ? NULL : category_find(r->by->rules, c->category);
	if (stated(c) < 0) {
		if (c->applies_to == NULL && !says_discount(c->category) &&
		    !says_discount(c->label))
			at_line(find(r->out, STEP_REFUSAL, NULL, "NEGATIVE_LINE_NAMES_NOTHING"), r,
			    line);
		c->kind = NULL;
		return 0;
	}
	if (c->kind == NULL)
		return missing(r, line, COST_CATEGORY,
		    c->category == NULL ? ERR_SUBSIDY_FACT_MISSING : ERR_SUBSIDY_CATEGORY_UNKNOWN,
		    why);
	return 0;
}

/* --- tax --------------------------------------------------------------------------------------- */

enum direction { DOWN, UP, HALF, N_DIRECTIONS };

/* pct percent of yen, toward or away from zero, or to the nearest yen. */
static int64_t
tax_of(int64_t yen, int64_t pct, enum direction direction)
{
	int64_t size = yen < 0 ? -yen : yen, exact = size * pct, tax = exact / 100;

	tax += direction == UP && exact % 100 != 0;
	tax += direction == HALF && exact % 100 >= 50;
	return yen < 0 ? -tax : tax;
}

static int
without_tax(const struct cost *c)
{
	return c->incl == UNSAID;
}

/* One rounding for all lines of a rate; what lines lack of it goes to the largest. */
static void
tax_by_document(struct reckoning *r, int64_t pct, enum direction direction)
{
	struct cost *largest = NULL;
	int64_t sum = 0, given = 0;

	for (struct cost *c = r->costs; c < r->costs + r->n; c++) {
		int64_t tax;

		if (!without_tax(c) || c->tax_pct != pct)
			continue;
		tax = tax_of(stated(c), pct, DOWN);
		c->yen = stated(c) + tax;
		sum += stated(c);
		given += tax;
		if (largest == NULL || stated(c) > stated(largest))
			largest = c;
	}
	if (largest != NULL)
		largest->yen += tax_of(sum, pct, direction) - given;
}

/* Sets yen of every line; returns the sum. */
static int64_t
add_tax(struct reckoning *r, enum direction direction, int by_document)
{
	unsigned char rates[101] = { 0 };
	int64_t sum = 0;

	for (struct cost *c = r->costs; c < r->costs + r->n; c++) {
		if (without_tax(c))
			rates[c->tax_pct] = 1;
		c->yen = stated(c);
		if (without_tax(c))
			c->yen += tax_of(stated(c), c->tax_pct, direction);
	}
	for (int pct = 0; by_document && pct <= 100; pct++)
		if (rates[pct])
			tax_by_document(r, pct, direction);
	for (const struct cost *c = r->costs; c < r->costs + r->n; c++)
		sum += c->yen;
	return sum;
}

/*
 * The way of rounding that fits the receipt: the one the supplier names, or else any; once a
 * document first where the law expects that, else once a line first. Where none fits, the first.
 */
static void
choose_rounding(struct reckoning *r)
{
	static const char *const words[N_DIRECTIONS] = { "down", "up", "half" };
	struct supplier *s = r->supplier;
	enum direction first = N_DIRECTIONS;

	for (int turn = 0; turn < 2; turn++)
		for (enum direction d = DOWN; d < N_DIRECTIONS; d++) {
			if (s->tax_rounding != NULL && strcmp(s->tax_rounding, words[d]) != 0)
				continue;
			if (first == N_DIRECTIONS)
				first = d;
			s->sum = add_tax(r, d, turn == 0 ? r->per_document : !r->per_document);
			if (s->sum == r->total && turn == 1 && r->per_document)
				find(r->out, STEP_WARNING,
				    &r->by->rules->limits[LIMIT_PER_DOCUMENT].cite,
				    "TAX_ROUNDED_PER_LINE")
				    ->supplier = r->number;
			if (s->sum == r->total)
				return;
		}
	s->sum = add_tax(r, first, r->per_document);
}

static void
reckon_tax(struct reckoning *r)
{
	struct supplier *s = r->supplier;
	const struct limit *limit = &r->by->rules->limits[LIMIT_PER_DOCUMENT];
	int any = 0;

	r->per_document = s->issued_on != UNSAID && s->issued_on >= limit->from;
	for (const struct cost *c = r->costs; c < r->costs + r->n; c++)
		any |= without_tax(c);
	if (any)
		choose_rounding(r);
	else
		s->sum = add_tax(r, DOWN, 0);
}

/* --- receipt and breakdown ----------------------------------------------------------------------- */

/* Was the tax of this line rounded? Of a line with tax the rate is not known: ten percent. */
static int
rounded(const struct cost *c)
{
	if (without_tax(c))
		return stated(c) * c->tax_pct % 100 != 0;
	return stated(c) % 11 != 0;
}

/* Do amounts without tax stand where they must have it? */
static int
tax_exclusive(const struct reckoning *r)
{
	int64_t sum = r->supplier->sum, total = r->total, slack = (int64_t)r->n, bare = 0;
	int any = 0;

	for (const struct cost *c = r->costs; c < r->costs + r->n; c++) {
		any |= without_tax(c);
		bare += stated(c);
	}
	if (any)
		return bare == total;
	return llabs(sum + sum / 10 - total) <= slack || llabs(total + total / 10 - sum) <= slack;
}

/* A yen a line is rounding, before the law asked for one rounding a document. */
static int
explained_by_rounding(const struct reckoning *r, int64_t difference)
{
	int64_t lines = 0;

	for (const struct cost *c = r->costs; c < r->costs + r->n; c++)
		lines += rounded(c);
	return !r->per_document && llabs(difference) <= lines;
}

static void
warn_rounding(const struct reckoning *r, int64_t difference)
{
	const struct cite *cite = &r->by->rules->limits[LIMIT_PER_DOCUMENT].cite;

	for (size_t i = 0; i < r->n; i++)
		if (rounded(&r->costs[i]))
			at_line(find(r->out, STEP_WARNING, cite, "ROUNDING_DIFFERENCE"), r, i)
			    ->yen = difference;
}

/* The receipt is for several facilities: do their parts make it up? */
static void
check_shares(const struct reckoning *r)
{
	const struct cite *cite = check_cite(r->by->rules, "C08");
	struct step *step;
	int64_t sum = UNSAID;

	if (r->by->shares == NULL)
		step = find(r->out, STEP_WARNING, cite, "SHARED_RECEIPT_UNCHECKED");
	else if (shares_whole(r->by->shares, r->supplier, &sum))
		return;
	else
		step = find(r->out, STEP_REFUSAL, cite, "SHARED_RECEIPT_MISMATCH");
	step->supplier = r->number;
	step->yen = sum;
	step->of_yen = r->total;
}

static void
compare_receipt(struct reckoning *r)
{
	struct supplier *s = r->supplier;
	const struct rules *rules = r->by->rules;
	int64_t difference;
	struct step *step;

	if (r->total == UNSAID) {
		find(r->out, STEP_WARNING, NULL, "RECEIPT_TOTAL_MISSING")->supplier = r->number;
		return;
	}
	difference = s->sum - r->total;
	if (s->shared == 1 && difference <= 0) {
		check_shares(r);
		return;
	}
	if (difference == 0)
		return;
	if (explained_by_rounding(r, difference)) {
		warn_rounding(r, difference);
		return;
	}
	if (tax_exclusive(r))
		step =
		    find(r->out, STEP_REFUSAL, check_cite(rules, "C06"), "TAX_EXCLUSIVE_AMOUNTS");
	else
		step = find(
		    r->out, STEP_REFUSAL, check_cite(rules, "C04"), "RECEIPT_BREAKDOWN_MISMATCH");
	step->supplier = r->number;
	step->yen = s->sum;
	step->of_yen = r->total;
}

/* --- discounts ------------------------------------------------------------------------------------- */

static int
named(const struct cost *c, const char *applies_to)
{
	return applies_to == NULL || (c->label != NULL && strcmp(c->label, applies_to) == 0) ||
	       strcmp(c->kind->cite.row, applies_to) == 0 || strcmp(c->kind->ja, applies_to) == 0;
}

/* A part of what is spread goes to a line. */
typedef void giver(struct cost *it, struct cost *to, int64_t part);

static void
give_net(struct cost *it, struct cost *to, int64_t part)
{
	(void)it;
	to->net += part;
}

/* Of what is spread, that which falls on lines that count is stated as eligible. */
static void
give_stated(struct cost *it, struct cost *to, int64_t part)
{
	if (to->counted > 0)
		it->stated += part;
}

/*
 * Spreads the amount of one line over those it is for, in proportion to what they cost; what
 * rounding leaves over goes to the largest. 1, or 0 if they cost less or are not there.
 */
static int
spread(struct reckoning *r, size_t from, giver *give)
{
	struct cost *it = &r->costs[from];
	int64_t sum = 0, left, size = it->yen < 0 ? -it->yen : it->yen, sign = it->yen < 0 ? -1 : 1;
	size_t largest = r->n;

	for (size_t i = 0; i < r->n; i++) {
		const struct cost *c = &r->costs[i];

		if (is_spread(c) || !named(c, it->applies_to))
			continue;
		sum += c->yen;
		if (largest == r->n || c->yen > r->costs[largest].yen)
			largest = i;
	}
	if (sum == 0 || (sign < 0 && size > sum))
		return size == 0;
	left = size;
	for (size_t i = 0; i < r->n; i++) {
		struct cost *c = &r->costs[i];
		int64_t part;

		if (is_spread(c) || !named(c, it->applies_to))
			continue;
		part = share_of(size, c->yen, sum);
		left -= part;
		give(it, c, sign * part);
	}
	give(it, &r->costs[largest], sign * left);
	return 1;
}

static void
spread_all(struct reckoning *r)
{
	for (struct cost *c = r->costs; c < r->costs + r->n; c++)
		c->net = is_spread(c) ? 0 : c->yen;
	for (size_t i = 0; i < r->n; i++)
		if (is_spread(&r->costs[i]) && !spread(r, i, give_net))
			at_line(find(r->out, STEP_REFUSAL, NULL, "NOTHING_TO_SPREAD_OVER"), r, i);
	/* Several discounts may together be more than a line costs. */
	for (size_t i = 0; i < r->n; i++)
		if (r->costs[i].net < 0) {
			at_line(find(r->out, STEP_REFUSAL, NULL, "DISCOUNT_OVER_LINE"), r, i);
			r->costs[i].net = 0;
		}
}

/* What the breakdown states, line by line as on the receipt. */
static void
state_all(struct reckoning *r)
{
	for (struct cost *c = r->costs; c < r->costs + r->n; c++)
		c->stated = c->counted > 0 ? c->yen - (c->net - c->counted) : 0;
	for (size_t i = 0; i < r->n; i++)
		if (is_spread(&r->costs[i]))
			spread(r, i, give_stated);
}

/* --- eligibility ----------------------------------------------------------------------------------- */

/* A reader beyond the free ones counts up to its cap; the rest is at own cost. */
static void
cap_reader(struct reckoning *r, size_t line)
{
	struct cost *c = &r->costs[line];
	const struct rule *cap = rule_for(r->by->rules, "RD", r->out->facility_class, 1);
	int64_t quantity = c->quantity == UNSAID ? 1 : c->quantity, most;
	struct step *step;

	if (strcmp(c->kind->cite.row, "READER-EXTRA") != 0 || cap == NULL)
		return;
	if (quantity < 0 || quantity > YEN_MAX / cap->cost_cap)
		quantity = 1;
	most = quantity * cap->cost_cap;
	if (c->counted <= most)
		return;
	step = at_line(step_add(r->out, STEP_OWN_COST, &cap->cite), r, line);
	step->of_yen = c->counted;
	step->yen = c->counted - most;
	c->counted = most;
}

/* What of one line counts. 0, or -1 with why: it must be said and was not. */
static int
judge(struct reckoning *r, size_t line, struct why *why)
{
	struct cost *c = &r->costs[line];
	int counts;

	c->counted = 0;
	if (is_spread(c))
		return 0;
	counts = c->kind->status == STATUS_ELIGIBLE && c->eligible != 0;
	if (c->kind->status == STATUS_UNCLEAR) {
		if (c->eligible == UNSAID)
			return missing(
			    r, line, COST_ELIGIBLE, ERR_SUBSIDY_ELIGIBILITY_UNCLEAR, why);
		counts = c->eligible == 1;
		if (counts)
			at_line(find(r->out, STEP_WARNING, &c->kind->cite, "ELIGIBLE_AS_STATED"), r,
			    line);
	}
	if (c->kind->status == STATUS_INELIGIBLE && c->eligible == 1)
		at_line(
		    find(r->out, STEP_WARNING, &c->kind->cite, "NOT_ELIGIBLE_BY_TABLE"), r, line);
	if (!counts)
		return 0;
	c->counted = c->net;
	cap_reader(r, line);
	return 0;
}

static void
note(struct reckoning *r, enum step_kind kind, size_t line, int64_t of, int64_t yen)
{
	const struct cost *c = &r->costs[line];
	struct step *step =
	    at_line(step_add(r->out, kind, c->kind == NULL ? NULL : &c->kind->cite), r, line);

	step->of_yen = of;
	step->yen = yen;
}

/* The links of the chain for each line: what was spread always, the others where they are wanted. */
static void
note_lines(struct reckoning *r)
{
	const int every = r->by->every_line;
	struct step *step;

	if (every) {
		step = step_add(r->out, STEP_RECEIPT, NULL);
		step->supplier = r->number;
		step->yen = r->supplier->sum;
		step->of_yen = r->total;
	}
	for (size_t i = 0; i < r->n; i++) {
		const struct cost *c = &r->costs[i];

		if (every)
			note(r, STEP_LINE, i, without_tax(c) ? c->excl : UNSAID, c->yen);
		if (!is_spread(c) && c->net != c->yen)
			note(r, STEP_SPREAD, i, c->yen, c->net);
		if (every && !is_spread(c))
			note(r, STEP_COUNTED, i, c->net, c->counted);
	}
}

static int
reckon_supplier(struct reckoning *r, struct why *why)
{
	for (size_t i = 0; i < r->n; i++)
		if (classify(r, i, why) == -1)
			return -1;
	refuse_insane(r, NOWHERE, SUPPLIER_RECEIPT_TOTAL_YEN, r->supplier->total);
	reckon_tax(r);
	compare_receipt(r);
	spread_all(r);
	for (size_t i = 0; i < r->n; i++)
		if (judge(r, i, why) == -1)
			return -1;
	state_all(r);
	note_lines(r);
	return 0;
}

int
costs_reckon(const struct assessor *by, struct project *p, struct assessment *out, struct why *why)
{
	struct cost none; /* a supplier without lines has where to begin, too */

	out->eligible = 0;
	for (size_t i = 0; i < p->n_suppliers; i++) {
		struct supplier *s = &p->suppliers[i];
		struct reckoning r = {
			.by = by,
			.out = out,
			.supplier = s,
			.costs = s->n == 0 ? &none : p->costs + s->first,
			.n = s->n,
			.number = (long)i,
			.total = s->total == UNSAID ? UNSAID : sane(s->total),
		};

		if (reckon_supplier(&r, why) == -1)
			return -1;
		for (size_t j = 0; j < s->n; j++)
			out->eligible += r.costs[j].counted;
	}
	return 0;
}
