#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "subsidy/rules.h"
#include "table/table.h"

/* One table being read; `failed` once a cell was wrong. */
struct source {
	struct table *table;
	const char *name;
	struct why *why;
	int failed;
};

static const char *
cell(struct source *s, size_t row, const char *column)
{
	const char *text = table_cell(s->table, row, column);

	if (text != NULL)
		return text;
	if (!s->failed)
		why_set(s->why, ERR_TABLE_MALFORMED, NULL, "%s: no column %s", s->name, column);
	s->failed = 1;
	return "";
}

static void
wrong(struct source *s, size_t row, const char *column)
{
	if (!s->failed)
		why_set(s->why, ERR_TABLE_MALFORMED, NULL, "%s: row %zu: %s: %s", s->name, row + 1,
		    column, cell(s, row, column));
	s->failed = 1;
}

static int64_t
number(struct source *s, size_t row, const char *column, int64_t absent)
{
	const char *text = cell(s, row, column);
	char *end;
	long long v;

	if (*text == '\0')
		return absent;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0 || v < 0 || v > YEN_MAX)
		wrong(s, row, column);
	return v;
}

static int64_t
day(struct source *s, size_t row, const char *column, int64_t open)
{
	const char *text = cell(s, row, column);
	struct date d;

	if (*text == '\0')
		return open;
	if (date_parse(text, &d))
		return date_days(d);
	wrong(s, row, column);
	return open;
}

static void
cite(struct source *s, size_t row, const char *id, struct cite *out)
{
	*out = (struct cite){
		.row = cell(s, row, id),
		.source = cell(s, row, "source"),
		.confidence = cell(s, row, "confidence"),
	};
	out->recalled = strcmp(out->confidence, "recalled") == 0;
}

/* "floor to 1000 yen", or nothing where it is not known. */
static void
rounding(struct source *s, size_t row, struct rule *r)
{
	const char *text = cell(s, row, "rounding");
	const size_t before = strlen("floor to ");
	char *end;

	r->unit = 1;
	if (*text == '\0')
		return;
	if (strncmp(text, "floor to ", before) == 0) {
		r->unit = strtoll(text + before, &end, 10);
		if (strcmp(end, " yen") == 0 && r->unit >= 1 && r->unit <= YEN_MAX) {
			r->rounding_known = 1;
			return;
		}
	}
	wrong(s, row, "rounding");
}

/* What rows of subsidies have in common. */
static void
amounts(struct source *s, size_t row, struct rule *r)
{
	r->facility_class = cell(s, row, "facility_class");
	r->cost_cap = number(s, row, "cost_cap_yen", UNSAID);
	r->num = number(s, row, "rate_num", UNSAID);
	r->den = number(s, row, "rate_den", UNSAID);
	r->subsidy_cap = number(s, row, "subsidy_cap_yen", UNSAID);
	if (r->den == 0 || r->num > 1000)
		wrong(s, row, "rate_den");
	rounding(s, row, r);
}

static void
take_rule(struct source *s, size_t row, void *out)
{
	struct rule *r = out;
	const char *dash;

	cite(s, row, "rule_id", &r->cite);
	dash = strchr(r->cite.row, '-');
	if (dash == NULL || (size_t)(dash - r->cite.row) >= sizeof r->regime) {
		wrong(s, row, "rule_id");
		return;
	}
	memcpy(r->regime, r->cite.row, (size_t)(dash - r->cite.row));
	amounts(s, row, r);
	if (r->cost_cap == UNSAID || r->num == UNSAID || r->den == UNSAID ||
	    r->subsidy_cap == UNSAID)
		wrong(s, row, "cost_cap_yen");
	r->readers = number(s, row, "readers", 1);
	r->from = day(s, row, "effective_from", INT64_MIN + 1);
	r->to = day(s, row, "effective_to", INT64_MAX);
	r->note = cell(s, row, "conditions");
}

static void
take_deadline(struct source *s, size_t row, void *out)
{
	struct deadline *d = out;
	const char *fact = cell(s, row, "fact");

	cite(s, row, "deadline_id", &d->cite);
	d->fact = field_find(project_fields, n_project_fields, fact);
	if (*fact != '\0' && (d->fact == NULL || d->fact->kind != FIELD_DAY))
		wrong(s, row, "fact");
	d->regimes = cell(s, row, "regimes");
	d->grace = cell(s, row, "grace");
	d->code = cell(s, row, "code");
	if (strlen(d->code) > 16)
		wrong(s, row, "code");
	d->from = day(s, row, "from", INT64_MIN + 1);
	d->to = day(s, row, "to", INT64_MAX);
	if (d->fact != NULL && d->to == INT64_MAX)
		wrong(s, row, "to");
}

static void
take_category(struct source *s, size_t row, void *out)
{
	static const struct {
		const char *word;
		enum status status;
	} words[] = { { "eligible", STATUS_ELIGIBLE }, { "ineligible", STATUS_INELIGIBLE },
		{ "not_a_cost", STATUS_INELIGIBLE }, { "eligible_unclear", STATUS_UNCLEAR },
		{ "unknown", STATUS_UNCLEAR } };
	const char *status = cell(s, row, "status");
	struct category *c = out;

	cite(s, row, "item_id", &c->cite);
	c->ja = cell(s, row, "item_ja");
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, status) == 0) {
			c->status = words[i].status;
			return;
		}
	wrong(s, row, "status");
}

static void
take_program(struct source *s, size_t row, void *out)
{
	struct program *p = out;

	cite(s, row, "program", &p->rule.cite);
	p->name = p->rule.cite.row;
	p->rule.note = cell(s, row, "note");
	amounts(s, row, &p->rule);
	p->from = day(s, row, "from", INT64_MIN + 1);
	p->apply_by = day(s, row, "apply_by", INT64_MAX);
}

static void
take_check(struct source *s, size_t row, void *out)
{
	struct check *c = out;
	const char *severity = cell(s, row, "severity");

	cite(s, row, "check_id", &c->cite);
	c->code = cell(s, row, "code");
	c->meaning = cell(s, row, "meaning_ja");
	c->warns = strcmp(severity, "warn") == 0;
	if (!c->warns && strcmp(severity, "reject") != 0)
		wrong(s, row, "severity");
}

static void
take_limit(struct source *s, size_t row, void *out)
{
	struct limit *l = out;

	cite(s, row, "limit", &l->cite);
	l->from = day(s, row, "from", INT64_MIN + 1);
	l->value = number(s, row, "value", 0);
}

struct table *
rules_table(const char *dir, const char *name, struct why *why)
{
	char path[4096];

	if (dir != NULL) {
		snprintf(path, sizeof path, "%s/%s", dir, name);
		if (access(path, F_OK) == 0)
			return table_load(path, why);
	}
	return table_load_installed(name, why);
}

/* The rows of one table as an array of n, or NULL with why. */
static void *
load(struct rules *r, const char *dir, const char *name,
    void (*take)(struct source *, size_t, void *), size_t size, size_t *n, struct why *why)
{
	struct source s = { .name = name, .why = why };
	char *made;

	if ((s.table = rules_table(dir, name, why)) == NULL)
		return NULL;
	r->tables[r->n_tables++] = s.table;
	*n = table_rows(s.table);
	if ((made = calloc(*n + 1, size)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	for (size_t row = 0; row < *n; row++)
		take(&s, row, made + row * size);
	if (!s.failed)
		return made;
	free(made);
	return NULL;
}

/* Puts the limits, which the code asks for by name, in their places. */
static int
place_limits(struct rules *r, const struct limit *limits, size_t n, struct why *why)
{
	static const char *const names[N_LIMITS] = { "LARGE-CHAIN", "BREAKDOWN-ROWS",
		"TAX-PER-DOCUMENT", "REGISTRATION-NUMBER", "FIXED-ASSET" };

	for (size_t id = 0; id < N_LIMITS; id++) {
		for (size_t i = 0; i < n; i++)
			if (strcmp(limits[i].cite.row, names[id]) == 0)
				r->limits[id] = limits[i];
		if (r->limits[id].cite.row == NULL) {
			why_set(why, ERR_TABLE_MALFORMED, NULL, "subsidy_limits.csv: no row %s",
			    names[id]);
			return -1;
		}
	}
	return 0;
}

int
rules_load(struct rules *r, const char *dir, struct why *why)
{
	struct limit *limits = NULL;
	size_t n_limits = 0;
	int failed;

	*r = (struct rules){ 0 };
#define LOAD(items, n, name, take)                                                                 \
	((items) = load(r, dir, name, take, sizeof *(items), &(n), why)) == NULL
	failed = LOAD(r->rules, r->n_rules, "subsidy_rules.csv", take_rule) ||
		 LOAD(r->deadlines, r->n_deadlines, "deadlines.csv", take_deadline) ||
		 LOAD(r->categories, r->n_categories, "cost_items.csv", take_category) ||
		 LOAD(r->programs, r->n_programs, "extra_subsidies.csv", take_program) ||
		 LOAD(r->checks, r->n_checks, "evidence_checks.csv", take_check) ||
		 LOAD(limits, n_limits, "subsidy_limits.csv", take_limit) ||
		 place_limits(r, limits, n_limits, why);
#undef LOAD
	free(limits);
	if (failed)
		rules_free(r);
	return failed ? -1 : 0;
}

void
rules_free(struct rules *r)
{
	free(r->rules);
	free(r->deadlines);
	free(r->categories);
	free(r->programs);
	free(r->checks);
	while (r->n_tables > 0)
		table_free(r->tables[--r->n_tables]);
	*r = (struct rules){ 0 };
}

int
listed(const char *list, const char *word, size_t n)
{
	while (*list != '\0') {
		size_t len = strcspn(list, " ");

		if (len == n && strncmp(list, word, n) == 0)
			return 1;
		list += len;
		list += *list == ' ';
	}
	return 0;
}

const struct rule *
rule_for(const struct rules *r, const char *regime, const char *facility_class, int64_t readers)
{
	const struct rule *best = NULL;

	for (const struct rule *rule = r->rules; rule < r->rules + r->n_rules; rule++)
		if (strcmp(rule->regime, regime) == 0 &&
		    strcmp(rule->facility_class, facility_class) == 0 && rule->readers <= readers &&
		    (best == NULL || rule->readers > best->readers))
			best = rule;
	return best;
}

/* Does a class of the table ("clinic_or_pharmacy") hold that of a facility ("clinic_dental")? */
static int
class_holds(const char *of_table, const char *facility_class)
{
	static const struct {
		const char *facility_class, *also;
	} wider[] = { { "clinic_medical", "clinic" }, { "clinic_dental", "clinic" } };

	if (strcmp(of_table, facility_class) == 0)
		return 1;
	for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
		if (strcmp(wider[i].facility_class, facility_class) == 0)
			facility_class = wider[i].also;
	while (*of_table != '\0') {
		const char * or = strstr(of_table, "_or_");
		size_t n = or == NULL ? strlen(of_table) : (size_t)(or -of_table);

		if (strlen(facility_class) == n && strncmp(of_table, facility_class, n) == 0)
			return 1;
		of_table += n + (or == NULL ? 0 : 4);
	}
	return 0;
}

const struct program *
program_for(const struct rules *r, const char *name, const char *facility_class, int *known)
{
	const struct program *found = NULL;

	*known = 0;
	for (const struct program *p = r->programs; p < r->programs + r->n_programs; p++) {
		if (strcmp(p->name, name) != 0)
			continue;
		*known = 1;
		if (found == NULL && facility_class != NULL &&
		    class_holds(p->rule.facility_class, facility_class))
			found = p;
	}
	return found;
}

const struct category *
category_find(const struct rules *r, const char *name)
{
	for (const struct category *c = r->categories; c < r->categories + r->n_categories; c++)
		if (strcmp(c->cite.row, name) == 0 || strcmp(c->ja, name) == 0)
			return c;
	return NULL;
}

const struct cite *
check_cite(const struct rules *r, const char *id)
{
	static const struct cite none = { "", "", "", 0 };

	for (const struct check *c = r->checks; c < r->checks + r->n_checks; c++)
		if (strcmp(c->cite.row, id) == 0)
			return &c->cite;
	return &none;
}
