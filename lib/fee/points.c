#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fee/points.h"
#include "gen/names.h"

#define FILE_NAME    "fee_points.csv"
#define POINTS_MAX   100000
#define MONTHS_MAX   120
#define LOOK_BACK    8
#define BEFORE_TERMS 2 /* depths: of another visit type; of another way to verify */

/* The table's columns; all are needed. */
enum column {
	ROW_ID,
	NAME,
	FROM,
	TO,
	FACILITY_TYPE,
	VISIT_TYPE,
	VERIFIED_BY,
	CONSENT,
	POINTS,
	LIMIT,
	CODE,
	CONFIDENCE,
	FAMILY,
	ALSO,
	REQUIRES,
	REASON,
	LIMIT_GROUP,
	NOT_WITH,
	LIMIT_CONFIDENCE,
	COLUMNS,
};
static const char *const column_names[COLUMNS] = {
	[ROW_ID] = "row_id",
	[NAME] = "fee_name",
	[FROM] = "effective_from",
	[TO] = "effective_to",
	[FACILITY_TYPE] = "facility_type",
	[VISIT_TYPE] = "visit_type",
	[VERIFIED_BY] = "verified_by",
	[CONSENT] = "consent",
	[POINTS] = "points",
	[LIMIT] = "frequency_limit",
	[CODE] = "code",
	[CONFIDENCE] = "confidence",
	[FAMILY] = "family",
	[ALSO] = "also",
	[REQUIRES] = "requires",
	[REASON] = "reason",
	[LIMIT_GROUP] = "limit_group",
	[NOT_WITH] = "not_with",
	[LIMIT_CONFIDENCE] = "limit_confidence",
};

/* One row being read: every failure names the row. */
struct reading {
	size_t columns[COLUMNS];
	struct points *points;
	const struct table *table;
	const char *path;
	size_t row;
	struct why *why;
	int failed;
};

static void
malformed(struct reading *r, enum column column, const char *what)
{
	if (!r->failed)
		why_set(r->why, ERR_TABLE_MALFORMED, NULL, "%s: row %zu: %s: %s", r->path,
		    r->row + 1, column_names[column], what);
	r->failed = 1;
}

static void
no_memory(struct reading *r)
{
	if (!r->failed)
		why_set(r->why, ERR_OUT_OF_MEMORY, NULL, NULL);
	r->failed = 1;
}

static void
find_columns(struct reading *r)
{
	for (enum column c = 0; c < COLUMNS; c++)
		if ((r->columns[c] = table_column(r->table, column_names[c])) == TABLE_NO_COLUMN)
			malformed(r, c, "no such column");
}

static const char *
cell(const struct reading *r, enum column column)
{
	return table_at(r->table, r->row, r->columns[column]);
}

/* A cell that may not be empty. */
static const char *
needed(struct reading *r, enum column column)
{
	const char *text = cell(r, column);

	if (*text == '\0')
		malformed(r, column, "empty");
	return text;
}

/* Whole digits up to a most: the number, or -1. */
static long
number(const char *text, long most)
{
	char *end;
	long n = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;

	return n == -1 || *end != '\0' || n > most ? -1 : n;
}

/* The family of that name, which is added if it is new. NO_GROUP without memory. */
static size_t
family_add(struct points *p, const char *name)
{
	const char **grown;
	size_t i = 0;

	while (i < p->n_families && strcmp(p->families[i], name) != 0)
		i++;
	if (i < p->n_families)
		return i;
	if ((grown = realloc(p->families, (i + 1) * sizeof *grown)) == NULL)
		return NO_GROUP;
	p->families = grown;
	p->families[p->n_families++] = name;
	return i;
}

static size_t
group_find(const struct points *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n_groups; i++)
		if (strncmp(p->groups[i].name, name, n) == 0 && p->groups[i].name[n] == '\0')
			return i;
	return NO_GROUP;
}

/* The group of that name, new or of at least so many months. NO_GROUP without memory. */
static size_t
group_add(struct points *p, const char *name, int months)
{
	size_t i = group_find(p, name, strlen(name));
	struct group *grown;

	if (i == NO_GROUP) {
		if ((grown = realloc(p->groups, (p->n_groups + 1) * sizeof *grown)) == NULL)
			return NO_GROUP;
		p->groups = grown;
		i = p->n_groups++;
		p->groups[i] = (struct group){ .name = name };
	}
	if (months > p->groups[i].months)
		p->groups[i].months = months;
	return i;
}

/* "1/month", "1/3months": the months, or -1. */
static int
read_months(const char *text)
{
	char digits[8];
	size_t n;

	if (strcmp(text, "1/month") == 0)
		return 1;
	if (strncmp(text, "1/", 2) != 0)
		return -1;
	n = strspn(text + 2, "0123456789");
	if (n == 0 || n >= sizeof digits || strcmp(text + 2 + n, "months") != 0)
		return -1;
	memcpy(digits, text + 2, n);
	digits[n] = '\0';
	return (int)number(digits, MONTHS_MAX);
}

/* Empty: no limit, and no group either. */
static void
read_limit(struct reading *r, struct rule *rule)
{
	rule->limit = cell(r, LIMIT);
	rule->limit_confidence = cell(r, LIMIT_CONFIDENCE);
	rule->group = NO_GROUP;
	if (*rule->limit == '\0' && *cell(r, LIMIT_GROUP) == '\0')
		return;
	if ((rule->months = read_months(rule->limit)) < 1)
		malformed(r, LIMIT, rule->limit);
	if (*needed(r, LIMIT_GROUP) == '\0' || *needed(r, LIMIT_CONFIDENCE) == '\0')
		return;
	rule->group = group_add(r->points, cell(r, LIMIT_GROUP), rule->months);
	if (rule->group == NO_GROUP)
		no_memory(r);
}

static void
read_points(struct reading *r, struct rule *rule)
{
	const char *text = cell(r, POINTS);

	rule->points = (int)number(text, POINTS_MAX);
	if (rule->points == -1 && *text != '\0')
		malformed(r, POINTS, text);
	if (*text == '\0')
		rule->points = POINTS_UNSAID;
}

/* The words of verified_by and consent, as numbers. */
static void
read_ways(struct reading *r, struct rule *rule)
{
	const char *way = cell(r, VERIFIED_BY), *consent = cell(r, CONSENT);

	if (strcmp(way, ENCOUNTER_VERIFIED_BY_CARD) == 0)
		rule->verified = BY_CARD;
	else if (strcmp(way, ENCOUNTER_VERIFIED_BY_OTHER) == 0)
		rule->verified = BY_OTHER;
	else if (strcmp(way, ENCOUNTER_VERIFIED_BY_ANY) != 0)
		malformed(r, VERIFIED_BY, way);
	if (strcmp(consent, ENCOUNTER_CONSENT_YES) == 0)
		rule->agreed = AGREED;
	else if (strcmp(consent, ENCOUNTER_CONSENT_NO) == 0)
		rule->agreed = NOT_AGREED;
	else if (strcmp(consent, "any") != 0)
		malformed(r, CONSENT, consent);
}

static void
read_terms(struct reading *r, enum column column, struct terms *terms)
{
	const char *bad;
	int got = terms_read(terms, cell(r, column), &bad);

	if (got == -1)
		no_memory(r);
	else if (got == 0)
		malformed(r, column, bad);
}

/* Rows that stand near each other mostly ask for the same. */
static void
read_needs(struct reading *r, struct rule *rule)
{
	rule->requires = cell(r, REQUIRES);
	for (size_t i = 1; i <= LOOK_BACK && i <= r->row && !r->failed; i++) {
		const struct rule *before = rule - i;

		if (strcmp(before->requires, rule->requires) != 0)
			continue;
		rule->needs = before->needs;
		rule->shared = 1;
		return;
	}
	read_terms(r, REQUIRES, &rule->needs);
}

static void
read_rule(struct reading *r, struct rule *rule)
{
	rule->id = needed(r, ROW_ID);
	rule->name = needed(r, NAME);
	table_span(r->table, r->row, &rule->from, &rule->to);
	rule->facility_type = needed(r, FACILITY_TYPE);
	rule->visit_type = needed(r, VISIT_TYPE);
	rule->code = cell(r, CODE);
	rule->confidence = cell(r, CONFIDENCE);
	rule->reason = cell(r, REASON);
	read_points(r, rule);
	read_ways(r, rule);
	read_terms(r, ALSO, &rule->also);
	read_needs(r, rule);
	read_limit(r, rule);
	rule->family = family_add(r->points, needed(r, FAMILY));
	if (rule->family == NO_GROUP)
		no_memory(r);
}

/* Groups with blanks between, all known by now. */
static void
read_not_with(struct reading *r, struct rule *rule)
{
	const char *text = cell(r, NOT_WITH);
	size_t i = 0, n;

	for (const char *p = text; *p != '\0' && !r->failed; p += n + (p[n] == ' ')) {
		n = strcspn(p, " ");
		if (i == NOT_WITH_MAX - 1 ||
		    (rule->not_with[i++] = group_find(r->points, p, n)) == NO_GROUP)
			malformed(r, NOT_WITH, text);
	}
	rule->not_with[i] = NO_GROUP;
}

int
points_open(struct points *p, const char *path, struct why *why)
{
	*p = (struct points){ .path = path == NULL ? FILE_NAME : path };
	p->table = table_open(path, FILE_NAME, why);
	return p->table == NULL ? -1 : 0;
}

int
points_read(struct points *p, struct why *why)
{
	struct reading r = { .points = p, .table = p->table, .path = p->path, .why = why };

	if (table_read(p->table, why) == -1)
		return -1;
	if ((p->rules = calloc(table_rows(p->table) + 1, sizeof *p->rules)) == NULL) {
		no_memory(&r);
		return -1;
	}
	p->n_rules = table_rows(p->table);
	find_columns(&r);
	for (r.row = 0; r.row < p->n_rules && !r.failed; r.row++)
		read_rule(&r, &p->rules[r.row]);
	for (r.row = 0; r.row < p->n_rules && !r.failed; r.row++)
		read_not_with(&r, &p->rules[r.row]);
	return r.failed ? -1 : 0;
}

void
points_free(struct points *p)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		terms_free(&p->rules[i].also);
		if (!p->rules[i].shared)
			terms_free(&p->rules[i].needs);
	}
	free(p->rules);
	free(p->families);
	free(p->groups);
	table_free(p->table);
	*p = (struct points){ 0 };
}

/* Is this the way in which the insurance was verified? With a reason, whatever the answer is. */
static enum truth
way_fits(const struct rule *rule, const struct encounter *e, const char **reason)
{
	*reason = FEE_REASON_STANDARDS_MET;
	if (rule->verified == BY_UNKNOWN)
		return TRUTH_YES;
	*reason = e->verified_why;
	if (e->verified == BY_UNKNOWN)
		return TRUTH_UNKNOWN;
	if (e->verified == BY_CARD)
		*reason = rule->agreed == AGREED_UNKNOWN ? FEE_REASON_STANDARDS_MET : e->agreed_why;
	if (rule->verified != e->verified)
		return TRUTH_NO;
	if (rule->agreed == AGREED_UNKNOWN || rule->agreed == e->agreed)
		return TRUTH_YES;
	return e->agreed == AGREED_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* One row. */
static struct considered
judge(const struct rule *rule, const struct encounter *e)
{
	const struct moment moment = { e->day, e->month, e->facts };
	struct considered c = { rule, TRUTH_NO, FEE_REASON_NOT_FOR_VISIT_TYPE, 0 };
	enum truth terms;
	enum fact fact = FACTS;
	size_t at = 0;

	if (strcmp(rule->visit_type, e->visit_type) != 0)
		return c;
	c.truth = way_fits(rule, e, &c.reason);
	if (c.truth != TRUTH_YES && rule->also.n > 0 &&
	    terms_hold(&rule->also, &moment, &at, &fact) == TRUTH_YES) {
		c.truth = TRUTH_YES;
		c.reason = terms_reason(&rule->also);
	}
	c.depth = BEFORE_TERMS - 1;
	if (c.truth == TRUTH_NO) {
		c.reason = FEE_REASON_NOT_IN_TABLE;
		return c;
	}
	terms = terms_hold(&rule->needs, &moment, &at, &fact);
	if (terms < c.truth) {
		c.truth = terms;
		c.reason = terms == TRUTH_NO ? fact_rows[fact].fails : fact_rows[fact].unknown;
		c.depth = BEFORE_TERMS + at;
	} else if (c.truth == TRUTH_YES && *rule->reason != '\0') {
		c.reason = rule->reason;
	}
	return c;
}

/*
 * Rows of a family stand in the order in which they are tried. The first that fits applies, unless
 * it cannot be told whether one before it does; of those that do not fit the furthest tells why:
 * of equals the first, but the last where it is a condition that fails, which is the lowest step.
 */
static void
weigh(struct considered *best, const struct considered *c)
{
	if (best->rule != NULL && best->truth != TRUTH_NO)
		return;
	if (best->rule == NULL || c->truth != TRUTH_NO || c->depth > best->depth ||
	    (c->depth == best->depth && c->depth >= BEFORE_TERMS))
		*best = *c;
}

void
points_judge(const struct points *p, const struct encounter *e, struct considered *out)
{
	memset(out, 0, p->n_families * sizeof *out);
	for (const struct rule *rule = p->rules; rule < p->rules + p->n_rules; rule++) {
		struct considered c;

		if (e->day < rule->from || e->day > rule->to ||
		    strcmp(rule->facility_type, e->facility_type) != 0)
			continue;
		c = judge(rule, e);
		weigh(&out[rule->family], &c);
	}
}
