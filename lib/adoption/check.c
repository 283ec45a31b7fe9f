#include <stdlib.h>
#include <string.h>

#include "adoption/check.h"
#include "adoption/decimal.h"
#include "gen/names.h"
#include "options/words.h"
#include "table/table.h"

#define ALL	 "all"
#define NATIONAL "全国"
#define TYPES	 4
#define PARTS	 4 /* of a sum, at most */
#define TEXT_MAX 192

static const char *const types[TYPES] = { "hospital", "clinic_medical", "clinic_dental",
	"pharmacy" };

struct judge {
	struct figures tables[PUBLISHED_TABLES];
	const struct figures *f; /* the one that is looked at */
	enum published which;
	struct sheet *out;
	struct tally *tally;
};

/* --- findings -------------------------------------------------------------------------------- */

static void
found(struct judge *j, const char *check, const char *of, const char *result, const char *published,
    const char *recomputed, const char *note)
{
	int ok = strcmp(result, ADOPTION_CHECK_RESULT_OK) == 0 ||
		 strcmp(result, ADOPTION_CHECK_RESULT_ROUNDING) == 0;

	sheet_row(j->out, ok ? 0 : ROW_STRONG);
	sheet_put(j->out, j->which == PUBLISHED_TABLES ? "" : published_name(j->which));
	sheet_put(j->out, check);
	sheet_put(j->out, of);
	sheet_put(j->out, result);
	sheet_put(j->out, published);
	sheet_put(j->out, recomputed);
	sheet_put(j->out, note);
	j->tally->read++;
	tally_add(j->tally, ok							 ? VERDICT_YES
			    : strcmp(result, ADOPTION_CHECK_RESULT_UNKNOWN) == 0 ? VERDICT_UNKNOWN
										 : VERDICT_NO);
}

static const char *
result_of(int ok)
{
	return ok ? ADOPTION_CHECK_RESULT_OK : ADOPTION_CHECK_RESULT_DIFFERENCE;
}

/* What a row is about, and which of its figures. */
static const char *
row_name(const struct judge *j, size_t row, enum figure_member m, char out[static TEXT_MAX])
{
	static const enum figure_member keys[] = { FIGURE_AS_OF, FIGURE_FACILITY_TYPE, FIGURE_STAGE,
		FIGURE_PREFECTURE, FIGURE_MUNICIPALITY, FIGURE_CLAIMS_MODE, FIGURE_METRIC };
	struct buf b;

	buf_over(&b, out, TEXT_MAX);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (*figures_cell(j->f, row, keys[i]) != '\0')
			buf_addf(&b, "%s ", figures_cell(j->f, row, keys[i]));
	buf_adds(&b, figure_name(m));
	return out;
}

static int
is(const struct figures *f, size_t row, enum figure_member m, const char *value)
{
	return strcmp(figures_cell(f, row, m), value) == 0;
}

static int
same(const struct figures *f, size_t a, const struct figures *g, size_t b, enum figure_member m)
{
	return strcmp(figures_cell(f, a, m), figures_cell(g, b, m)) == 0;
}

/* The number in a cell. 1, or 0 where there is none. */
static int
number(const struct figures *f, size_t row, enum figure_member m, struct decimal *d)
{
	return decimal_read(figures_cell(f, row, m), d);
}

/* Less than 0, 0, or more, as a is less than b. */
static int
compare(struct decimal a, struct decimal b)
{
	const int64_t x = a.digits * decimal_unit(DECIMAL_PLACES - a.places);
	const int64_t y = b.digits * decimal_unit(DECIMAL_PLACES - b.places);

	return (x > y) - (x < y);
}

/* A row of another table with the same day, kind and stage. 1 and *row, or 0. */
static int
find(const struct figures *f, const char *as_of, const char *type, const char *stage, size_t *row)
{
	for (*row = 0; *row < f->sheet.n_rows; (*row)++)
		if (is(f, *row, FIGURE_AS_OF, as_of) && is(f, *row, FIGURE_FACILITY_TYPE, type) &&
		    is(f, *row, FIGURE_STAGE, stage))
			return 1;
	return 0;
}

/* The rows of the four kinds beside a row of all. 1, or 0 where one is missing. */
static int
find_kinds(const struct judge *j, size_t row, size_t kinds[static TYPES])
{
	const struct figures *f = j->f;

	if (!is(f, row, FIGURE_FACILITY_TYPE, ALL))
		return 0;
	for (size_t i = 0; i < TYPES; i++)
		if (!find(f, figures_cell(f, row, FIGURE_AS_OF), types[i],
			figures_cell(f, row, FIGURE_STAGE), &kinds[i]))
			return 0;
	return 1;
}

/* --- percentages ----------------------------------------------------------------------------- */

/* A percentage of a row from two counts of it. 1, or 0 where they are not printed. */
static int
check_percentage(
    struct judge *j, size_t row, enum figure_member m, struct decimal part, struct decimal whole)
{
	char again[DECIMAL_SIZE], name[TEXT_MAX];
	struct decimal said;

	if (!number(j->f, row, m, &said) || whole.digits == 0 || part.places + whole.places > 0)
		return 0;
	decimal_format(decimal_percent(part.digits, whole.digits, said.places), again);
	found(j, ADOPTION_CHECK_CHECK_PERCENTAGE, row_name(j, row, m, name),
	    result_of(strcmp(again, figures_cell(j->f, row, m)) == 0), figures_cell(j->f, row, m),
	    again, NULL);
	return 1;
}

/* Those that cannot be recomputed are one finding: nothing can be told of them. */
static void
not_told(struct judge *j, enum figure_member m, size_t n)
{
	char name[TEXT_MAX];

	if (n == 0)
		return;
	snprintf(name, sizeof name, "%zu figures of %s", n, figure_name(m));
	found(j, ADOPTION_CHECK_CHECK_PERCENTAGE, name, ADOPTION_CHECK_RESULT_UNKNOWN, NULL, NULL,
	    "no counts are printed that they could be recomputed from");
}

static void
check_percentages(struct judge *j, enum figure_member m, enum figure_member whole)
{
	size_t rest = 0;

	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		struct decimal a = { 0 }, b = { 0 };
		int printed = number(j->f, r, FIGURE_COUNT, &a) && number(j->f, r, whole, &b);

		if (*figures_cell(j->f, r, m) != '\0')
			rest += !printed || !check_percentage(j, r, m, a, b);
	}
	not_told(j, m, rest);
}

/* --- kinds and stages ------------------------------------------------------------------------ */

static void
check_kinds_sum(struct judge *j, enum figure_member m)
{
	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		struct decimal all, one, sum = { 0 };
		char name[TEXT_MAX], text[DECIMAL_SIZE];
		size_t kinds[TYPES], i = 0;

		if (!find_kinds(j, r, kinds) || !number(j->f, r, m, &all))
			continue;
		for (; i < TYPES && number(j->f, kinds[i], m, &one) && one.places == 0; i++)
			sum.digits += one.digits;
		if (i < TYPES)
			continue;
		decimal_format(sum, text);
		found(j, ADOPTION_CHECK_CHECK_SUM, row_name(j, r, m, name),
		    result_of(compare(all, sum) == 0), figures_cell(j->f, r, m), text, NULL);
	}
}

/* Between what two counts can be whose sum is looked for. */
struct range {
	int64_t low, high;
};

/* What the counts of a kind can be, by its rounded percentage of all. 1 or 0. */
static int
count_range(const struct judge *j, size_t row, struct range *out)
{
	struct decimal p, total;

	if (!number(j->f, row, FIGURE_PCT_OF_ALL, &p) || !number(j->f, row, FIGURE_TOTAL, &total) ||
	    total.places > 0)
		return 0;
	p.digits = 2 * p.digits;
	out->low = (p.digits - 1) * total.digits / (200 * decimal_unit(p.places));
	out->high = (p.digits + 1) * total.digits / (200 * decimal_unit(p.places)) + 1;
	return 1;
}

/* How many of a kind can be mandated: its count is a known share of them, and of all. 1 or 0. */
static int
mandated_range(const struct judge *j, size_t row, struct range *out)
{
	struct decimal p, q, total;

	if (!number(j->f, row, FIGURE_PCT_OF_ALL, &p) ||
	    !number(j->f, row, FIGURE_PCT_OF_MANDATED, &q) ||
	    !number(j->f, row, FIGURE_TOTAL, &total) || total.places > 0 || p.places != q.places ||
	    q.digits == 0)
		return 0;
	out->low = (2 * p.digits - 1) * total.digits / (2 * q.digits + 1);
	out->high = (2 * p.digits + 1) * total.digits / (2 * q.digits - 1) + 1;
	return 1;
}

/* Does what is stated for all lie in what the rounded figures of the kinds leave room for? */
static void
check_band(struct judge *j, enum figure_member m,
    int (*range)(const struct judge *, size_t, struct range *))
{
	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		char name[TEXT_MAX], text[2 * DECIMAL_SIZE];
		struct range sum = { 0 }, one;
		size_t kinds[TYPES], i = 0;
		struct decimal said;

		if (!find_kinds(j, r, kinds) || !number(j->f, r, m, &said) || said.places > 0)
			continue;
		for (; i < TYPES && range(j, kinds[i], &one); i++)
			sum = (struct range){ sum.low + one.low, sum.high + one.high };
		if (i < TYPES)
			continue;
		snprintf(text, sizeof text, "%lld-%lld", (long long)sum.low, (long long)sum.high);
		found(j, ADOPTION_CHECK_CHECK_BAND, row_name(j, r, m, name),
		    result_of(sum.low <= said.digits && said.digits <= sum.high),
		    figures_cell(j->f, r, m), text, NULL);
	}
}

/* Of those that operate all are ready, and of these all have applied. */
static void
check_stages(struct judge *j)
{
	static const char *const stages[] = { ADOPTION_STAGE_APPLIED, ADOPTION_STAGE_READY,
		ADOPTION_STAGE_OPERATING };

	for (size_t s = 0; s + 1 < sizeof stages / sizeof *stages; s++)
		for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
			struct decimal more, less;
			char name[TEXT_MAX];
			size_t next;

			if (!is(j->f, r, FIGURE_STAGE, stages[s]) ||
			    !find(j->f, figures_cell(j->f, r, FIGURE_AS_OF),
				figures_cell(j->f, r, FIGURE_FACILITY_TYPE), stages[s + 1],
				&next) ||
			    !number(j->f, r, FIGURE_PCT_OF_ALL, &more) ||
			    !number(j->f, next, FIGURE_PCT_OF_ALL, &less))
				continue;
			found(j, ADOPTION_CHECK_CHECK_STAGES,
			    row_name(j, next, FIGURE_PCT_OF_ALL, name),
			    result_of(compare(more, less) >= 0),
			    figures_cell(j->f, next, FIGURE_PCT_OF_ALL),
			    figures_cell(j->f, r, FIGURE_PCT_OF_ALL), "at most the stage before");
		}
}

static void
check_facility(struct judge *j)
{
	check_percentages(j, FIGURE_PCT_OF_ALL, FIGURE_TOTAL);
	check_percentages(j, FIGURE_PCT_OF_MANDATED, FIGURE_MANDATED);
	check_kinds_sum(j, FIGURE_TOTAL);
	check_kinds_sum(j, FIGURE_COUNT);
	check_band(j, FIGURE_COUNT, count_range);
	check_band(j, FIGURE_MANDATED, mandated_range);
	check_stages(j);
}

/* --- places ---------------------------------------------------------------------------------- */

/* Two figures that should be the same one. */
static void
check_agreement(struct judge *j, size_t row, enum figure_member m, const struct figures *other,
    size_t there, enum figure_member n)
{
	const char *a = figures_cell(j->f, row, m), *b = figures_cell(other, there, n);
	char name[TEXT_MAX];

	if (*a != '\0' && *b != '\0')
		found(j, ADOPTION_CHECK_CHECK_AGREEMENT, row_name(j, row, m, name),
		    result_of(strcmp(a, b) == 0), a, b, "in the table facility");
}

/* May b follow a in a ranking? Equal rates have equal ranks; else the rate falls as ranks rise. */
static int
ranks_follow(const struct figures *f, size_t a, size_t b)
{
	struct decimal rank_a, rank_b, rate_a, rate_b;

	if (!number(f, a, FIGURE_RANK, &rank_a) || !number(f, b, FIGURE_RANK, &rank_b) ||
	    !number(f, a, FIGURE_OPERATION_RATE, &rate_a) ||
	    !number(f, b, FIGURE_OPERATION_RATE, &rate_b) || same(f, a, f, b, FIGURE_PREFECTURE))
		return 0;
	/* What was published is rounded: places that differ may show the same rate. */
	return compare(rank_b, rank_a) > 0
		   ? compare(rate_b, rate_a) <= 0
		   : compare(rank_b, rank_a) == 0 && compare(rate_b, rate_a) == 0;
}

static int
in_one_ranking(const struct figures *f, size_t a, size_t b)
{
	return same(f, a, f, b, FIGURE_FACILITY_TYPE) && same(f, a, f, b, FIGURE_AS_OF) &&
	       *figures_cell(f, a, FIGURE_RANK) != '\0' && *figures_cell(f, b, FIGURE_RANK) != '\0';
}

static void
check_prefecture(struct judge *j)
{
	const struct figures *facility = &j->tables[PUBLISHED_FACILITY];
	const struct figures *f = j->f;
	size_t begin = 0, there;
	int ok = 1;

	for (size_t r = 0; r < f->sheet.n_rows; r++) {
		char name[TEXT_MAX];

		if (r > begin)
			ok &= ranks_follow(f, r - 1, r);
		if (r + 1 < f->sheet.n_rows && in_one_ranking(f, r, r + 1))
			continue;
		if (*figures_cell(f, r, FIGURE_RANK) != '\0') {
			snprintf(name, sizeof name, "%s %s %zu ranks",
			    figures_cell(f, r, FIGURE_AS_OF),
			    figures_cell(f, r, FIGURE_FACILITY_TYPE), r - begin + 1);
			found(j, ADOPTION_CHECK_CHECK_ORDER, name, result_of(ok), NULL, NULL, NULL);
		}
		begin = r + 1;
		ok = 1;
	}
	for (size_t r = 0; r < f->sheet.n_rows; r++)
		if (is(f, r, FIGURE_PREFECTURE, NATIONAL) &&
		    find(facility, figures_cell(f, r, FIGURE_AS_OF),
			figures_cell(f, r, FIGURE_FACILITY_TYPE), ADOPTION_STAGE_OPERATING, &there))
			check_agreement(
			    j, r, FIGURE_OPERATION_RATE, facility, there, FIGURE_PCT_OF_ALL);
	not_told(j, FIGURE_OPERATION_RATE, f->sheet.n_rows);
}

/* Numbers go on one by one, and no place comes twice. */
static int
list_is_whole(const struct figures *f)
{
	struct decimal before, now;

	for (size_t r = 1; r < f->sheet.n_rows; r++) {
		if (!number(f, r - 1, FIGURE_NUMBER, &before) ||
		    !number(f, r, FIGURE_NUMBER, &now) || now.digits != before.digits + 1)
			return 0;
		for (size_t k = 0; k < r; k++)
			if (same(f, k, f, r, FIGURE_PREFECTURE) &&
			    same(f, k, f, r, FIGURE_MUNICIPALITY))
				return 0;
	}
	return 1;
}

static void
check_municipality(struct judge *j)
{
	const struct figures *f = j->f, *facility = &j->tables[PUBLISHED_FACILITY];
	char name[TEXT_MAX];
	size_t ok = 0;

	snprintf(name, sizeof name, "%zu rows", f->sheet.n_rows);
	found(j, ADOPTION_CHECK_CHECK_LIST, name, result_of(list_is_whole(f)), NULL, NULL,
	    "no gap, no place twice");
	for (size_t r = 0; r < f->sheet.n_rows; r++) {
		struct decimal more, less;

		if (number(f, r, FIGURE_APPLICATION_RATE, &more) &&
		    number(f, r, FIGURE_OPERATION_RATE, &less) && compare(more, less) >= 0)
			ok++;
		else
			found(j, ADOPTION_CHECK_CHECK_STAGES,
			    row_name(j, r, FIGURE_OPERATION_RATE, name),
			    ADOPTION_CHECK_RESULT_DIFFERENCE,
			    figures_cell(f, r, FIGURE_OPERATION_RATE),
			    figures_cell(f, r, FIGURE_APPLICATION_RATE),
			    "at most those that applied");
	}
	snprintf(name, sizeof name, "%zu figures of %s", ok, figure_name(FIGURE_OPERATION_RATE));
	if (ok > 0)
		found(j, ADOPTION_CHECK_CHECK_STAGES, name, ADOPTION_CHECK_RESULT_OK, NULL, NULL,
		    "at most those that applied");
	if (f->sheet.n_rows > 0 && facility->sheet.n_rows > 0)
		found(j, ADOPTION_CHECK_CHECK_SAME_DAY, figure_name(FIGURE_AS_OF),
		    result_of(same(f, 0, facility, 0, FIGURE_AS_OF)),
		    figures_cell(f, 0, FIGURE_AS_OF), figures_cell(facility, 0, FIGURE_AS_OF),
		    "the day of the table facility");
	not_told(j, FIGURE_APPLICATION_RATE, f->sheet.n_rows);
	not_told(j, FIGURE_OPERATION_RATE, f->sheet.n_rows);
}

/* --- over time ------------------------------------------------------------------------------- */

/* The row before this one of the same stage and kind that has such a figure. 1 and *before, or 0. */
static int
find_before(const struct figures *f, size_t row, size_t *before)
{
	for (*before = row; (*before)-- > 0;)
		if (same(f, *before, f, row, FIGURE_STAGE) &&
		    same(f, *before, f, row, FIGURE_FACILITY_TYPE) &&
		    *figures_cell(f, *before, FIGURE_PCT_OF_ALL) != '\0')
			return 1;
	return 0;
}

static void
check_growth(struct judge *j)
{
	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		struct decimal was, now;
		char name[TEXT_MAX];
		size_t before;

		if (!number(j->f, r, FIGURE_PCT_OF_ALL, &now) || !find_before(j->f, r, &before) ||
		    !number(j->f, before, FIGURE_PCT_OF_ALL, &was))
			continue;
		found(j, ADOPTION_CHECK_CHECK_GROWTH, row_name(j, r, FIGURE_PCT_OF_ALL, name),
		    result_of(compare(now, was) >= 0), figures_cell(j->f, r, FIGURE_PCT_OF_ALL),
		    figures_cell(j->f, before, FIGURE_PCT_OF_ALL), "at least the one before");
	}
}

static void
check_timeseries(struct judge *j)
{
	const struct figures *facility = &j->tables[PUBLISHED_FACILITY];

	check_percentages(j, FIGURE_PCT_OF_ALL, FIGURE_TOTAL);
	check_kinds_sum(j, FIGURE_TOTAL);
	check_kinds_sum(j, FIGURE_COUNT);
	check_stages(j);
	check_growth(j);
	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		size_t there;

		if (!find(facility, figures_cell(j->f, r, FIGURE_AS_OF),
			figures_cell(j->f, r, FIGURE_FACILITY_TYPE),
			figures_cell(j->f, r, FIGURE_STAGE), &there))
			continue;
		check_agreement(j, r, FIGURE_COUNT, facility, there, FIGURE_COUNT);
		check_agreement(j, r, FIGURE_PCT_OF_ALL, facility, there, FIGURE_PCT_OF_ALL);
	}
}

/* --- claims, receipt computers, cards -------------------------------------------------------- */

/*
 * Sums what lies beside a total: rows that share `along` with it and differ in `across`. Where all
 * are rounded to one unit, half a unit each is what rounding explains.
 */
static void
check_rounded_sum(struct judge *j, size_t row, enum figure_member along, enum figure_member across)
{
	struct decimal all, one, sum = { 0 };
	char name[TEXT_MAX], text[DECIMAL_SIZE];
	int64_t apart;
	int parts = 0;

	if (!number(j->f, row, FIGURE_COUNT_10K, &all))
		return;
	for (size_t r = 0; r < j->f->sheet.n_rows; r++)
		if (same(j->f, r, j->f, row, along) && !same(j->f, r, j->f, row, across) &&
		    same(j->f, r, j->f, row, FIGURE_AS_OF) &&
		    number(j->f, r, FIGURE_COUNT_10K, &one) && one.places == all.places) {
			sum.digits += one.digits;
			parts++;
		}
	if (parts == 0)
		return;
	sum.places = all.places;
	decimal_format(sum, text);
	apart = 2 * llabs(all.digits - sum.digits);
	found(j, ADOPTION_CHECK_CHECK_SUM, row_name(j, row, FIGURE_COUNT_10K, name),
	    apart == 0		 ? ADOPTION_CHECK_RESULT_OK
	    : apart <= parts + 1 ? ADOPTION_CHECK_RESULT_ROUNDING
				 : ADOPTION_CHECK_RESULT_DIFFERENCE,
	    figures_cell(j->f, row, FIGURE_COUNT_10K), text, figure_name(across));
}

static void
check_claims_mode(struct judge *j)
{
	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		if (is(j->f, r, FIGURE_CLAIMS_MODE, "total"))
			check_rounded_sum(j, r, FIGURE_FACILITY_TYPE, FIGURE_CLAIMS_MODE);
		if (is(j->f, r, FIGURE_FACILITY_TYPE, ALL))
			check_rounded_sum(j, r, FIGURE_CLAIMS_MODE, FIGURE_FACILITY_TYPE);
	}
}

static int
find_metric(const struct figures *f, const char *metric, size_t from, size_t *row)
{
	for (*row = from; *row < f->sheet.n_rows; (*row)++)
		if (is(f, *row, FIGURE_METRIC, metric))
			return 1;
	return 0;
}

static void
check_orca(struct judge *j)
{
	static const struct {
		const char *sum, *parts[PARTS];
	} sums[] = {
		{ "installations_total",
		    { "installations_operating", "installations_in_progress" } },
		{ "linked_emr_products_total",
		    { "linked_emr_clinic_no_beds", "linked_emr_clinic_with_beds",
			"linked_emr_hospital" } },
	};
	char name[TEXT_MAX], text[DECIMAL_SIZE];
	size_t row, other;

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		struct decimal all, one, sum = { 0 };
		size_t n = 0;

		for (; n < PARTS && sums[i].parts[n] != NULL; n++)
			if (find_metric(j->f, sums[i].parts[n], 0, &row) &&
			    number(j->f, row, FIGURE_VALUE, &one))
				sum.digits += one.digits;
		if (!find_metric(j->f, sums[i].sum, 0, &row) ||
		    !number(j->f, row, FIGURE_VALUE, &all))
			continue;
		decimal_format(sum, text);
		found(j, ADOPTION_CHECK_CHECK_SUM, row_name(j, row, FIGURE_VALUE, name),
		    result_of(compare(all, sum) == 0), figures_cell(j->f, row, FIGURE_VALUE), text,
		    figures_cell(j->f, row, FIGURE_NOTE));
	}
	for (row = 0; row < j->f->sheet.n_rows; row++)
		if (find_metric(j->f, figures_cell(j->f, row, FIGURE_METRIC), row + 1, &other))
			found(j, ADOPTION_CHECK_CHECK_LIST, row_name(j, other, FIGURE_VALUE, name),
			    result_of(same(j->f, row, j->f, other, FIGURE_VALUE)),
			    figures_cell(j->f, other, FIGURE_VALUE),
			    figures_cell(j->f, row, FIGURE_VALUE),
			    figures_cell(j->f, row, FIGURE_NOTE));
}

/* What a count is a share of, by that share: its bounds. 1 or 0. */
static int
base_range(const struct judge *j, size_t row, struct range *out)
{
	struct decimal count, step, rate;

	if (!number(j->f, row, FIGURE_COUNT, &count) || !number(j->f, row, FIGURE_RATE, &rate) ||
	    !number(j->f, row, FIGURE_COUNT_PRECISION, &step) || rate.digits == 0)
		return 0;
	out->low = (2 * count.digits - step.digits) * 100 * decimal_unit(rate.places) /
		   (2 * rate.digits + 1);
	out->high = (2 * count.digits + step.digits) * 100 * decimal_unit(rate.places) /
			(2 * rate.digits - 1) +
		    1;
	return 1;
}

/* Shares of the same thing, of which no count is printed, must leave room for one. */
static void
check_bases(struct judge *j, size_t row)
{
	struct range both = { 0, INT64_MAX }, one;
	char text[2 * DECIMAL_SIZE];
	int n = 0;

	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		if (!same(j->f, r, j->f, row, FIGURE_BASE) || !base_range(j, r, &one))
			continue;
		if (r < row)
			return; /* told there */
		both.low = one.low > both.low ? one.low : both.low;
		both.high = one.high < both.high ? one.high : both.high;
		n++;
	}
	if (n < 2)
		return;
	snprintf(text, sizeof text, "%lld-%lld", (long long)both.low, (long long)both.high);
	found(j, ADOPTION_CHECK_CHECK_BAND, figures_cell(j->f, row, FIGURE_BASE),
	    result_of(both.low <= both.high), NULL, text, "what the shares of it leave room for");
}

static void
check_card_issuance(struct judge *j)
{
	size_t rest = 0, base;

	for (size_t r = 0; r < j->f->sheet.n_rows; r++) {
		struct decimal a, b;

		if (*figures_cell(j->f, r, FIGURE_RATE) == '\0')
			continue;
		if (!find_metric(j->f, figures_cell(j->f, r, FIGURE_BASE), 0, &base)) {
			check_bases(j, r);
			rest++;
		} else if (!number(j->f, r, FIGURE_COUNT, &a) ||
			   !number(j->f, base, FIGURE_COUNT, &b) ||
			   !check_percentage(j, r, FIGURE_RATE, a, b)) {
			rest++;
		}
	}
	not_told(j, FIGURE_RATE, rest);
}

/* --- all of it ------------------------------------------------------------------------------- */

static void (*const checks[PUBLISHED_TABLES])(struct judge *) = {
	[PUBLISHED_FACILITY] = check_facility,
	[PUBLISHED_PREFECTURE] = check_prefecture,
	[PUBLISHED_MUNICIPALITY] = check_municipality,
	[PUBLISHED_TIMESERIES] = check_timeseries,
	[PUBLISHED_CLAIMS_MODE] = check_claims_mode,
	[PUBLISHED_ORCA] = check_orca,
	[PUBLISHED_CARD_ISSUANCE] = check_card_issuance,
};

/* What is known of the sources, and no figure shows. 0, or -1 with why. */
static int
put_remarks(struct judge *j, enum published only, const char *directory, struct why *why)
{
	struct table *t = published_remarks(directory, why);

	if (t == NULL)
		return -1;
	for (size_t r = 0; r < table_rows(t); r++) {
		const char *name = table_cell(t, r, "table");
		const char *what = table_cell(t, r, "what"), *id = table_cell(t, r, "id");

		j->which = name == NULL ? PUBLISHED_TABLES : published_find(name);
		if (only == PUBLISHED_TABLES || only == j->which)
			found(j, ADOPTION_CHECK_CHECK_REMARK, id == NULL ? "" : id,
			    ADOPTION_CHECK_RESULT_DIFFERENCE, NULL, NULL, what);
	}
	table_free(t);
	return 0;
}

int
check_published(enum published only, const char *directory, struct sheet *out, struct tally *tally,
    struct why *why)
{
	struct judge *j = calloc(1, sizeof *j);
	const struct wanted all = { 0 };
	int failed = 0;

	if (j == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	j->out = out;
	j->tally = tally;
	/* All are read: some are compared with the one of facilities. */
	for (enum published p = 0; p < PUBLISHED_TABLES && !failed; p++)
		failed = published_read(p, directory, &all, &j->tables[p], why) == -1;
	for (enum published p = 0; p < PUBLISHED_TABLES && !failed; p++) {
		j->which = p;
		j->f = &j->tables[p];
		if (only == PUBLISHED_TABLES || only == p)
			checks[p](j);
	}
	if (!failed)
		failed = put_remarks(j, only, directory, why) == -1;
	if (!failed && (failed = sheet_failed(out)) != 0)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	for (enum published p = 0; p < PUBLISHED_TABLES; p++)
		figures_free(&j->tables[p]);
	free(j);
	return failed ? -1 : 0;
}

static const struct {
	const char *name, *title;
	unsigned flags;
} members[CHECK_COLUMNS] = {
	{ ADOPTION_CHECK_TABLE, N_("table"), COLUMN_NARROW },
	{ ADOPTION_CHECK_CHECK, N_("looked at"), COLUMN_NARROW },
	{ ADOPTION_CHECK_OF, N_("of"), 0 },
	{ ADOPTION_CHECK_RESULT, N_("result"), COLUMN_NARROW },
	{ ADOPTION_CHECK_PUBLISHED, N_("published"), COLUMN_RIGHT },
	{ ADOPTION_CHECK_RECOMPUTED, N_("recomputed"), COLUMN_RIGHT },
	{ ADOPTION_CHECK_NOTE, N_("note"), 0 },
};

void
check_columns(struct column out[static CHECK_COLUMNS])
{
	for (size_t i = 0; i < CHECK_COLUMNS; i++)
		out[i] = (struct column){ _(members[i].title), members[i].flags };
}

int
check_records(FILE *fp, const struct sheet *s)
{
	struct buf out;
	int failed = sheet_failed(s);

	buf_init(&out, (size_t)1 << 20);
	for (size_t r = 0; r < s->n_rows && !failed; r++) {
		const char *before = "";

		buf_reset(&out);
		buf_adds(&out, "{\"" OBJECT_ADOPTION_CHECK "\":{");
		for (size_t c = 0; c < CHECK_COLUMNS; c++) {
			const char *cell = sheet_cell(s, r, c);

			if (*cell == '\0')
				continue;
			buf_addf(&out, "%s\"%s\":", before, members[c].name);
			buf_addjson(&out, cell, strlen(cell));
			before = ",";
		}
		buf_adds(&out, "}}\n");
		if ((failed = buf_failed(&out) != 0) == 0)
			fwrite(out.data, 1, out.len, fp);
	}
	buf_free(&out);
	return failed ? -1 : 0;
}
