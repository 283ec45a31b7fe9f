#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/checks.h"
#include "subsidy/assess.h"

const char *const step_words[N_STEPS] = {
	[STEP_RECEIPT] = SUBSIDY_STEP_STEP_RECEIPT,
	[STEP_LINE] = SUBSIDY_STEP_STEP_LINE,
	[STEP_SPREAD] = SUBSIDY_STEP_STEP_SPREAD,
	[STEP_OWN_COST] = SUBSIDY_STEP_STEP_OWN_COST,
	[STEP_COUNTED] = SUBSIDY_STEP_STEP_COUNTED,
	[STEP_CLASS] = SUBSIDY_STEP_STEP_CLASS,
	[STEP_REGIME] = SUBSIDY_STEP_STEP_REGIME,
	[STEP_ELIGIBLE] = SUBSIDY_STEP_STEP_ELIGIBLE,
	[STEP_CAP] = SUBSIDY_STEP_STEP_CAP,
	[STEP_RATE] = SUBSIDY_STEP_STEP_RATE,
	[STEP_ROUNDING] = SUBSIDY_STEP_STEP_ROUNDING,
	[STEP_SUBSIDY_CAP] = SUBSIDY_STEP_STEP_SUBSIDY_CAP,
	[STEP_BASE] = SUBSIDY_STEP_STEP_BASE,
	[STEP_DIFFERENCE] = SUBSIDY_STEP_STEP_DIFFERENCE,
	[STEP_FALLBACK] = SUBSIDY_STEP_STEP_FALLBACK,
	[STEP_REFUSAL] = SUBSIDY_STEP_STEP_REFUSAL,
	[STEP_WARNING] = SUBSIDY_STEP_STEP_WARNING,
};

/* What one project is assessed with. */
struct work {
	const struct assessor *by;
	struct project *p;
	struct assessment *out;
	struct why *why;
	int64_t readers; /* by which its row is chosen */
};

struct step *
step_add(struct assessment *a, enum step_kind kind, const struct cite *cite)
{
	static struct step nobody;
	struct step *step = &nobody;

	if (a->n_steps == a->room_steps) {
		size_t room = a->room_steps == 0 ? 32 : 2 * a->room_steps;
		struct step *more = reallocarray(a->steps, room, sizeof *more);

		if (more == NULL) {
			a->no_memory = 1;
		} else {
			a->steps = more;
			a->room_steps = room;
		}
	}
	if (a->n_steps < a->room_steps)
		step = &a->steps[a->n_steps++];
	*step = (struct step){ .kind = kind, .cite = cite, .yen = UNSAID, .of_yen = UNSAID };
	step->supplier = step->line = NOWHERE;
	return step;
}

struct step *
find(struct assessment *a, enum step_kind kind, const struct cite *cite, const char *code, ...)
{
	struct step *step = step_add(a, kind, cite);
	va_list args;

	va_start(args, code);
	vsnprintf(step->code, sizeof step->code, code, args);
	va_end(args);
	a->refusals += kind == STEP_REFUSAL;
	return step;
}

void
assessment_free(struct assessment *a)
{
	free(a->steps);
	*a = (struct assessment){ 0 };
}

/* A code with the day that decides. */
static struct step *
find_day(struct assessment *a, enum step_kind kind, const struct cite *cite, const char *format,
    const char *what, int64_t day)
{
	char text[DATE_SIZE], code[48];

	date_format(date_of_days(day), text);
	/* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): the formats are this file's */
	snprintf(code, sizeof code, format, what, text);
	return find(a, kind, cite, "%s", code);
}

static int
lacks(struct work *w, const char *member)
{
	char pointer[96];

	snprintf(pointer, sizeof pointer, "/%s", member);
	why_set(w->why, ERR_SUBSIDY_FACT_MISSING, pointer, NULL);
	return -1;
}

/* --- the facility ------------------------------------------------------------------------------- */

/* 0, or -1 with why. */
static int
look_at_code(struct work *w)
{
	const struct cite *cite = check_cite(w->by->rules, "C14");
	const char *flag, *code = w->p->code;

	if (code == NULL)
		return lacks(w, PROJECT_FACILITY_CODE);
	if (!check_institution_code(code, &flag, NULL)) {
		find(w->out, STEP_REFUSAL, cite, "FACILITY_CODE_NOT_10_DIGITS")->fact =
		    PROJECT_FACILITY_CODE;
		return 0;
	}
	if (flag != NULL)
		find(w->out, STEP_WARNING, cite, "FACILITY_CODE_CHECK_DIGIT")->fact =
		    PROJECT_FACILITY_CODE;
	if (w->by->again)
		find(w->out, STEP_REFUSAL, check_cite(w->by->rules, "C09"), "FACILITY_CODE_TWICE")
		    ->fact = PROJECT_FACILITY_CODE;
	return 0;
}

/* The size of the group decides whether a pharmacy is one of a large chain. */
static int
judge_class(struct work *w)
{
	const struct limit *limit = &w->by->rules->limits[LIMIT_LARGE_CHAIN];
	const char *stated = w->p->facility_class, *judged;
	struct step *step;

	if (stated == NULL)
		return lacks(w, PROJECT_FACILITY_CLASS);
	w->out->facility_class = stated;
	if (strncmp(stated, "pharmacy", strlen("pharmacy")) != 0 || w->p->prescriptions == UNSAID)
		return 0;
	judged = w->p->prescriptions >= limit->value ? "pharmacy_large_chain" : "pharmacy";
	if (strcmp(judged, stated) == 0)
		return 0;
	w->out->facility_class = judged;
	find(w->out, STEP_WARNING, &limit->cite, "CLASS_BY_PRESCRIPTIONS")->fact =
	    PROJECT_FACILITY_CLASS;
	step = step_add(w->out, STEP_CLASS, &limit->cite);
	step->fact = PROJECT_GROUP_PRESCRIPTIONS_PER_MONTH;
	return 0;
}

/* Only hospitals have rows by the number of readers; beyond the table its last row holds. */
static int
count_readers(struct work *w)
{
	const struct rule *row;

	w->readers = w->p->readers;
	if (w->readers == 0)
		find(w->out, STEP_REFUSAL, NULL, "NO_READER")->fact = PROJECT_READERS_INTRODUCED;
	if (strcmp(w->out->facility_class, "hospital") != 0) {
		w->readers = 1;
		return 0;
	}
	if (w->readers == UNSAID || w->readers < 0)
		return lacks(w, PROJECT_READERS_INTRODUCED);
	if (w->readers == 0)
		w->readers = 1;
	row = rule_for(w->by->rules, "R1", w->out->facility_class, w->readers);
	if (row != NULL && row->readers < w->readers)
		find(w->out, STEP_WARNING, &row->cite, "READERS_BEYOND_TABLE")->fact =
		    PROJECT_READERS_INTRODUCED;
	return 0;
}

/* --- the regime ----------------------------------------------------------------------------------- */

/* The window of a fact for a regime, as the deadlines have it; NULL if they have none. */
static const struct deadline *
window_of(const struct rules *r, const char *regime, const char *fact)
{
	for (const struct deadline *d = r->deadlines; d < r->deadlines + r->n_deadlines; d++)
		if (d->fact != NULL && strcmp(d->fact->name, fact) == 0 && *d->regimes != '\0' &&
		    listed(d->regimes, regime, strlen(regime)))
			return d;
	return NULL;
}

static const struct rule *
row_of(const struct work *w, const char *regime)
{
	return rule_for(w->by->rules, regime, w->out->facility_class, w->readers);
}

/* Is R1 a case of the difference payment? An operation not yet started is said to be open. */
static int
difference_due(struct work *w)
{
	const struct deadline *d = window_of(w->by->rules, "R1D", PROJECT_OPERATION_STARTED_ON);
	int64_t started = w->p->operation_started_on;

	if (d == NULL || w->p->already_paid == 1)
		return 0;
	if (started == UNSAID) {
		find_day(w->out, STEP_WARNING, &d->cite, "%sOPERATION_START_UNKNOWN_%s", "", d->to)
		    ->fact = PROJECT_OPERATION_STARTED_ON;
		return 0;
	}
	return started >= d->from && started <= d->to;
}

/*
 * A reader applied for outside every window: before the first, or after the last, which is
 * refused as its case, and whether the basic rate was paid then is not known.
 */
static const char *
outside(struct work *w, int64_t applied)
{
	const struct deadline *first = window_of(w->by->rules, "R0", PROJECT_READER_APPLIED_ON);
	const struct deadline *last = window_of(w->by->rules, "R2", PROJECT_READER_APPLIED_ON);

	if (first != NULL && applied < first->from) {
		find_day(
		    w->out, STEP_REFUSAL, &first->cite, "%s_BEFORE_%s", first->code, first->from)
		    ->fact = first->fact->name;
		return "R0";
	}
	return last != NULL ? "R2" : NULL; /* its deadline refuses */
}

/* Chooses regime and row by the day of the reader's application. 0, or -1 with why. */
static int
choose_regime(struct work *w)
{
	static const char *const regimes[] = { "R0", "R1", "R2" };
	int64_t applied = w->p->reader_applied_on;
	const char *regime = NULL;

	if (applied == UNSAID)
		return lacks(w, PROJECT_READER_APPLIED_ON);
	for (size_t i = 0; i < sizeof regimes / sizeof *regimes && regime == NULL; i++) {
		const struct rule *row = row_of(w, regimes[i]);

		if (row != NULL && row->from <= applied && applied <= row->to)
			regime = regimes[i];
	}
	if (regime == NULL)
		regime = outside(w, applied);
	else if (strcmp(regime, "R1") == 0 && difference_due(w))
		regime = "R1D";
	if (regime == NULL || (w->out->rule = row_of(w, regime)) == NULL) {
		why_set(w->why, ERR_SUBSIDY_RULE_MISSING, "/" PROJECT_FACILITY_CLASS, NULL);
		return -1;
	}
	w->out->regime = regime;
	if (strcmp(regime, "R1D") == 0 || strcmp(regime, "R2") == 0)
		w->out->base_rule = row_of(w, "R1");
	step_add(w->out, STEP_REGIME, &w->out->rule->cite)->fact = PROJECT_READER_APPLIED_ON;
	return 0;
}

/* The row of a neighbouring grant. 0, or -1 with why. */
static int
choose_program(struct work *w)
{
	int known;
	const struct program *p =
	    program_for(w->by->rules, w->by->program, w->out->facility_class, &known);

	if (p == NULL || p->rule.cost_cap == UNSAID) {
		why_set(w->why, ERR_SUBSIDY_RULE_MISSING, "/" PROJECT_FACILITY_CLASS, "%s: %s",
		    w->by->program, p == NULL ? w->out->facility_class : "no amount is known");
		return -1;
	}
	w->out->regime = p->name;
	w->out->rule = &p->rule;
	step_add(w->out, STEP_REGIME, &p->rule.cite);
	return 0;
}

/* --- deadlines ------------------------------------------------------------------------------------ */

static int64_t
fact_day(const struct project *p, const struct field *f)
{
	return *(const int64_t *)((const char *)p + f->at);
}

/* The word by which deadlines name the grace: "none", or the type of a notice that was accepted. */
static const char *
grace_word(const struct work *w, char out[static 24])
{
	if (w->p->grace_type == UNSAID || w->p->grace_accepted != 1)
		return "none";
	snprintf(out, 24, "%lld", (long long)w->p->grace_type);
	return out;
}

static void
add_due(struct assessment *a, const struct due *due)
{
	size_t i = a->n_dues;

	if (i == DUES_MAX)
		return;
	for (; i > 0 && a->dues[i - 1].to > due->to; i--)
		a->dues[i] = a->dues[i - 1];
	a->dues[i] = *due;
	a->n_dues++;
}

/*
 * Judges one day against its window. A row that is only recalled does not refuse; a window that
 * passed without the fact is a warning.
 */
static void
judge_due(struct work *w, const struct due *due, int64_t from, const char *code)
{
	enum step_kind kind = due->cite->recalled ? STEP_WARNING : STEP_REFUSAL;
	struct step *step = NULL;

	add_due(w->out, due);
	if (due->given == UNSAID && w->by->today > due->to)
		step = find_day(w->out, STEP_WARNING, due->cite, "%sWINDOW_CLOSED_%s", "", due->to);
	else if (due->given != UNSAID && due->given > due->to)
		step = find_day(w->out, kind, due->cite,
		    due->cite->recalled ? "%s_AFTER_%s_UNCONFIRMED" : "%s_AFTER_%s", code, due->to);
	else if (due->given != UNSAID && due->given < from)
		step = find_day(w->out, kind, due->cite, "%s_BEFORE_%s", code, from);
	if (step != NULL)
		step->fact = due->fact;
}

static void
judge_deadlines(struct work *w)
{
	const struct rules *r = w->by->rules;
	char space[24];
	const char *grace = grace_word(w, space);
	int any = 0;

	for (const struct deadline *d = r->deadlines; d < r->deadlines + r->n_deadlines; d++) {
		struct due due = { .to = d->to, .cite = &d->cite };

		if (d->fact == NULL ||
		    (*d->regimes != '\0' &&
			!listed(d->regimes, w->out->regime, strlen(w->out->regime))) ||
		    (*d->grace != '\0' && !listed(d->grace, grace, strlen(grace))))
			continue;
		any |= *d->grace != '\0';
		due.given = fact_day(w->p, d->fact);
		due.fact = d->fact->name;
		if (d->cite.recalled)
			find_day(w->out, STEP_WARNING, &d->cite, "%s_DEADLINE_UNCONFIRMED_%s",
			    d->code, d->to)
			    ->fact = due.fact;
		judge_due(w, &due, d->from, d->code);
	}
	if (!any)
		find(w->out, STEP_WARNING, NULL, "GRACE_TYPE_UNKNOWN")->fact = PROJECT_GRACE_NOTICE;
	if (w->p->grace_type != UNSAID && w->p->grace_accepted != 1)
		find(w->out, STEP_WARNING, NULL, "GRACE_NOT_ACCEPTED")->fact = PROJECT_GRACE_NOTICE;
}

/* The last day to apply for a neighbouring grant. */
static void
judge_apply_by(struct work *w)
{
	const struct program *p = (const struct program *)(const void *)w->out->rule;
	struct due due = { .to = p->apply_by,
		.given = w->p->application_on,
		.cite = &p->rule.cite,
		.fact = PROJECT_APPLICATION_ON };

	if (p->apply_by != INT64_MAX)
		judge_due(w, &due, INT64_MIN, "APPLIED");
}

/* --- amounts --------------------------------------------------------------------------------------- */

static struct step *
amount_step(
    struct assessment *a, enum step_kind kind, const struct cite *cite, int64_t of, int64_t yen)
{
	struct step *step = step_add(a, kind, cite);

	step->of_yen = of;
	step->yen = yen;
	return step;
}

static int64_t
capped_by(const struct rule *r, int64_t cost)
{
	return cost < r->cost_cap ? cost : r->cost_cap;
}

/* The amount by one row for a cost, with the links of its chain. */
static int64_t
amount_by(struct assessment *a, const struct rule *r, int64_t cost)
{
	int64_t capped = capped_by(r, cost), exact = share_of(capped, r->num, r->den);
	int64_t cut = exact - exact % r->unit, yen = cut;
	struct step *step;

	/* A printed cap that is not the product of the printed base holds where the base is full. */
	if (!r->rounding_known && capped == r->cost_cap)
		yen = r->subsidy_cap;
	if (yen > r->subsidy_cap)
		yen = r->subsidy_cap;
	amount_step(a, STEP_CAP, &r->cite, cost, capped);
	step = amount_step(a, STEP_RATE, &r->cite, capped, exact);
	step->num = r->num;
	step->den = r->den;
	if (r->unit > 1)
		amount_step(a, STEP_ROUNDING, &r->cite, exact, cut);
	if (yen != cut)
		amount_step(a, STEP_SUBSIDY_CAP, &r->cite, cut, yen);
	if (!r->rounding_known && capped < r->cost_cap)
		find(a, STEP_WARNING, &r->cite, "ROUNDING_UNKNOWN");
	return yen;
}

/* Late for the expanded amount: whether the basic rate was paid then is not known. */
static int
expanded_refused(const struct assessment *a)
{
	for (const struct step *s = a->steps; s < a->steps + a->n_steps; s++)
		if (s->kind == STEP_REFUSAL && s->fact != NULL &&
		    (strcmp(s->fact, PROJECT_READER_APPLIED_ON) == 0 ||
			strcmp(s->fact, PROJECT_VENDOR_CONTRACT_ON) == 0))
			return 1;
	return 0;
}

static void
reckon_amounts(struct assessment *a)
{
	const struct cite *cite = &a->rule->cite;

	amount_step(a, STEP_ELIGIBLE, NULL, UNSAID, a->eligible);
	a->capped = capped_by(a->rule, a->eligible);
	a->subsidy = a->base = amount_by(a, a->rule, a->eligible);
	a->difference = 0;
	a->fallback = UNSAID;
	if (cite->recalled)
		find(a, STEP_WARNING, cite, "RULE_UNCONFIRMED");
	if (a->base_rule != NULL && strcmp(a->regime, "R1D") == 0) {
		a->two_amounts = 1;
		a->base = amount_by(a, a->base_rule, a->eligible);
		a->difference = a->subsidy - a->base;
		amount_step(a, STEP_BASE, &a->base_rule->cite, a->eligible, a->base);
		amount_step(a, STEP_DIFFERENCE, cite, a->subsidy, a->difference);
	} else if (a->base_rule != NULL && expanded_refused(a)) {
		a->two_amounts = 1;
		a->fallback = amount_by(a, a->base_rule, a->eligible);
		amount_step(a, STEP_FALLBACK, &a->base_rule->cite, a->eligible, a->fallback);
		find(a, STEP_WARNING, &a->base_rule->cite, "BASIC_RATE_NOT_CONFIRMED");
	}
	if (a->eligible <= 0)
		find(a, STEP_REFUSAL, NULL, "NO_ELIGIBLE_LINE");
	if (a->refusals > 0)
		a->subsidy = a->base = a->difference = 0;
}

/* --- what else is known -------------------------------------------------------------------------- */

static void
look_at_flags(struct work *w)
{
	static const struct {
		size_t at;
		int64_t is;
		enum step_kind kind;
		const char *check, *code, *fact;
	} flags[] = {
		{ offsetof(struct project, already_paid), 1, STEP_REFUSAL, "C09",
		    "MAIN_GRANT_ALREADY_PAID", PROJECT_MAIN_GRANT_ALREADY_PAID },
		{ offsetof(struct project, report_present), 0, STEP_REFUSAL, "C03",
		    "COMPLETION_REPORT_MISSING", PROJECT_COMPLETION_REPORT_PRESENT },
		{ offsetof(struct project, start_date_entered), 0, STEP_WARNING, "C11",
		    "START_DATE_NOT_ENTERED", PROJECT_START_DATE_ENTERED },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (*(const int64_t *)((const char *)w->p + flags[i].at) == flags[i].is)
			find(w->out, flags[i].kind, check_cite(w->by->rules, flags[i].check), "%s",
			    flags[i].code)
			    ->fact = flags[i].fact;
}

/* Dates that have not come yet are plans, not facts. */
static void
look_at_days(struct work *w)
{
	for (const struct field *f = project_fields; f < project_fields + n_project_fields; f++)
		if (f->kind == FIELD_DAY && fact_day(w->p, f) != UNSAID &&
		    fact_day(w->p, f) > w->by->today)
			find(w->out, STEP_WARNING, NULL, "FUTURE_DATE")->fact = f->name;
}

int
assess(const struct assessor *by, struct project *p, struct assessment *out, struct why *why)
{
	struct work w = { .by = by, .p = p, .out = out, .why = why };
	struct step *steps = out->steps;
	size_t room = out->room_steps;

	*out = (struct assessment){ .steps = steps, .room_steps = room };
	if (look_at_code(&w) == -1 || judge_class(&w) == -1)
		return -1;
	if (by->program != NULL ? choose_program(&w) == -1
				: count_readers(&w) == -1 || choose_regime(&w) == -1)
		return -1;
	if (costs_reckon(by, p, out, why) == -1)
		return -1;
	documents_check(by, p, out);
	if (by->program != NULL)
		judge_apply_by(&w);
	else
		judge_deadlines(&w);
	if (by->program == NULL)
		look_at_flags(&w);
	look_at_days(&w);
	reckon_amounts(out);
	if (!out->no_memory)
		return out->refusals == 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}
