#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "subsidy/write.h"

#define BIT(kind) (1u << (kind))
#define LINES                                                                                      \
	(BIT(STEP_RECEIPT) | BIT(STEP_LINE) | BIT(STEP_SPREAD) | BIT(STEP_OWN_COST) |              \
	    BIT(STEP_COUNTED) | BIT(STEP_ELIGIBLE))
#define AMOUNT                                                                                     \
	(LINES | BIT(STEP_CLASS) | BIT(STEP_REGIME) | BIT(STEP_CAP) | BIT(STEP_RATE) |             \
	    BIT(STEP_ROUNDING) | BIT(STEP_SUBSIDY_CAP) | BIT(STEP_REFUSAL) | BIT(STEP_WARNING))

const struct figure figures[N_FIGURES] = {
	{ SUBSIDY_ELIGIBLE_COST_YEN, offsetof(struct assessment, eligible), LINES, FIGURE_RULE },
	{ SUBSIDY_CAPPED_COST_YEN, offsetof(struct assessment, capped),
	    LINES | BIT(STEP_CLASS) | BIT(STEP_REGIME) | BIT(STEP_CAP), FIGURE_RULE },
	{ SUBSIDY_SUBSIDY_YEN, offsetof(struct assessment, subsidy), AMOUNT, FIGURE_RULE },
	{ SUBSIDY_BASE_PART_YEN, offsetof(struct assessment, base), AMOUNT | BIT(STEP_BASE),
	    FIGURE_BASE },
	{ SUBSIDY_DIFFERENCE_PART_YEN, offsetof(struct assessment, difference),
	    AMOUNT | BIT(STEP_BASE) | BIT(STEP_DIFFERENCE), FIGURE_RULE | FIGURE_BASE },
	{ SUBSIDY_FALLBACK_IF_BASIC_RATE_APPLIES_YEN, offsetof(struct assessment, fallback),
	    AMOUNT | BIT(STEP_FALLBACK), FIGURE_BASE },
};

/* Only where there are two rows does it matter by which a link is. */
int
figure_holds(const struct figure *f, const struct assessment *a, const struct step *s)
{
	const unsigned by_row =
	    BIT(STEP_CAP) | BIT(STEP_RATE) | BIT(STEP_ROUNDING) | BIT(STEP_SUBSIDY_CAP);
	unsigned row =
	    a->base_rule != NULL && s->cite == &a->base_rule->cite ? FIGURE_BASE : FIGURE_RULE;

	if ((f->steps & BIT(s->kind)) == 0)
		return 0;
	return (by_row & BIT(s->kind)) == 0 || (f->rows & row) != 0 ||
	       (row == FIGURE_RULE && !a->two_amounts);
}

int64_t
figure_of(const struct assessment *a, const struct figure *f)
{
	return *(const int64_t *)((const char *)a + f->at);
}

const struct figure *
figure_find(const char *name)
{
	for (const struct figure *f = figures; f < figures + N_FIGURES; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

void
write_name(struct buf *out, const char *name)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_addc(out, '"');
	buf_adds(out, name);
	buf_add(out, "\":", 2);
}

void
write_text(struct buf *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	write_name(out, name);
	buf_addjson(out, text, strlen(text));
}

void
write_yen(struct buf *out, const char *name, int64_t yen)
{
	if (yen == UNSAID)
		return;
	write_name(out, name);
	if (yen < 0)
		buf_addc(out, '-');
	buf_addu(out, yen < 0 ? (uint64_t)-yen : (uint64_t)yen);
}

void
write_bool(struct buf *out, const char *name, int value)
{
	write_name(out, name);
	buf_adds(out, value ? "true" : "false");
}

void
write_day(struct buf *out, const char *name, int64_t day)
{
	char text[DATE_SIZE];

	if (day == UNSAID)
		return;
	date_format(date_of_days(day), text);
	write_text(out, name, text);
}

int
step_pointer(const struct step *s, char *out, size_t n)
{
	char supplier[48] = "", line[48] = "";

	if (s->supplier != NOWHERE)
		snprintf(supplier, sizeof supplier, "/" PROJECT_SUPPLIERS "/%ld", s->supplier);
	if (s->line != NOWHERE)
		snprintf(line, sizeof line, "/" SUPPLIER_ITEMS "/%ld", s->line);
	snprintf(out, n, "%s%s%s%s", supplier, line, s->fact == NULL ? "" : "/",
	    s->fact == NULL ? "" : s->fact);
	return *out != '\0';
}

static void
write_cite(struct buf *out, const struct cite *c)
{
	if (c == NULL)
		return;
	write_text(out, SUBSIDY_STEP_ROW, c->row);
	write_text(out, SUBSIDY_STEP_SOURCE, c->source);
	write_text(out, SUBSIDY_STEP_CONFIDENCE, c->confidence);
}

static void
write_step(struct buf *out, const struct step *s)
{
	char pointer[160];

	buf_addc(out, '{');
	write_text(out, SUBSIDY_STEP_STEP, step_words[s->kind]);
	if (*s->code != '\0')
		write_text(out, SUBSIDY_STEP_CODE, s->code);
	if (step_pointer(s, pointer, sizeof pointer))
		write_text(out, SUBSIDY_STEP_POINTER, pointer);
	write_yen(out, SUBSIDY_STEP_OF_YEN, s->of_yen);
	if (s->den != 0) {
		write_name(out, SUBSIDY_STEP_RATE);
		buf_addf(out, "\"%" PRId64 "/%" PRId64 "\"", s->num, s->den);
	}
	write_yen(out, SUBSIDY_STEP_YEN, s->yen);
	write_cite(out, s->cite);
	buf_addc(out, '}');
}

/* Was the code there before this step? Each stands once in its list. */
static int
repeated(const struct assessment *a, const struct step *step)
{
	for (const struct step *s = a->steps; s < step; s++)
		if (s->kind == step->kind && strcmp(s->code, step->code) == 0)
			return 1;
	return 0;
}

void
codes_join(struct buf *out, const struct assessment *a, enum step_kind kind, const char *separator)
{
	const char *between = "";

	for (const struct step *s = a->steps; s < a->steps + a->n_steps; s++) {
		if (s->kind != kind || repeated(a, s))
			continue;
		buf_adds(out, between);
		buf_adds(out, s->code);
		between = separator;
	}
}

/* Codes hold nothing that JSON would escape. */
static void
write_codes(struct buf *out, const char *name, const struct assessment *a, enum step_kind kind)
{
	size_t at;

	write_name(out, name);
	buf_adds(out, "[\"");
	at = out->len;
	codes_join(out, a, kind, "\",\"");
	if (out->len > at) {
		buf_adds(out, "\"]");
	} else if (!buf_failed(out)) {
		out->len--;
		buf_addc(out, ']');
	}
}

static void
write_dues(struct buf *out, const struct assessor *by, const struct assessment *a)
{
	write_name(out, SUBSIDY_DEADLINES);
	buf_addc(out, '[');
	for (const struct due *d = a->dues; d < a->dues + a->n_dues; d++) {
		int open = d->given == UNSAID && by->today <= d->to;

		buf_adds(out, d == a->dues ? "{" : ",{");
		write_text(out, DEADLINE_FACT, d->fact);
		write_day(out, DEADLINE_TO, d->to);
		write_day(out, DEADLINE_GIVEN, d->given);
		write_bool(out, DEADLINE_OPEN, open);
		if (open)
			write_yen(out, DEADLINE_DAYS_LEFT, d->to - by->today);
		write_cite(out, d->cite);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

void
write_subsidy(struct buf *out, const struct assessor *by, const struct assessment *a,
    const struct figure *figure)
{
	const char *comma = "";

	buf_addc(out, '{');
	write_text(out, SUBSIDY_REGIME, a->regime);
	for (const struct figure *f = figures; f < figures + N_FIGURES; f++)
		write_yen(out, f->name, figure_of(a, f));
	write_codes(out, SUBSIDY_REFUSALS, a, STEP_REFUSAL);
	write_codes(out, SUBSIDY_WARNINGS, a, STEP_WARNING);
	write_dues(out, by, a);
	write_name(out, SUBSIDY_EXPLANATION);
	buf_addc(out, '[');
	for (const struct step *s = a->steps; s < a->steps + a->n_steps; s++) {
		if (figure != NULL && !figure_holds(figure, a, s))
			continue;
		buf_adds(out, comma);
		write_step(out, s);
		comma = ",";
	}
	buf_adds(out, "]}");
}

void
write_facility(struct buf *out, const struct project *p, const struct assessment *a)
{
	write_text(out, RECORD_FACILITY_CODE, p->code);
	write_text(out, RECORD_FACILITY_NAME, p->name);
	write_text(out, RECORD_FACILITY_CLASS,
	    a->facility_class != NULL ? a->facility_class : p->facility_class);
}

/* --- a project as it was read ------------------------------------------------------------------ */

static void
write_fact(struct buf *out, const void *base, const struct field *f)
{
	const void *at = (const char *)base + f->at;
	int64_t number = f->kind == FIELD_TEXT ? UNSAID : *(const int64_t *)at;

	if (f->kind == FIELD_TEXT)
		write_text(out, f->name, *(const char *const *)at);
	else if (f->kind == FIELD_DAY)
		write_day(out, f->name, number);
	else if (f->kind != FIELD_BOOL)
		write_yen(out, f->name, number);
	else if (number != UNSAID)
		write_bool(out, f->name, number == 1);
}

/* Those that are members of an inner object, or the others. */
static void
write_facts(struct buf *out, const void *base, const struct field *fields, size_t n, int inner)
{
	for (const struct field *f = fields; f < fields + n; f++)
		if (f->inner == inner)
			write_fact(out, base, f);
}

static void
write_supplier(struct buf *out, const struct project *p, const struct supplier *s)
{
	buf_addc(out, '{');
	write_facts(out, s, supplier_fields, n_supplier_fields, 0);
	write_name(out, SUPPLIER_ITEMS);
	buf_addc(out, '[');
	for (size_t i = 0; i < s->n; i++) {
		buf_adds(out, i == 0 ? "{" : ",{");
		write_facts(out, &p->costs[s->first + i], cost_fields, n_cost_fields, 0);
		buf_addc(out, '}');
	}
	buf_adds(out, "]}");
}

void
write_project(struct buf *out, const struct project *p)
{
	write_facts(out, p, project_fields, n_project_fields, 0);
	write_name(out, PROJECT_GRACE_NOTICE);
	buf_addc(out, '{');
	write_facts(out, p, project_fields, n_project_fields, 1);
	buf_addc(out, '}');
	write_name(out, PROJECT_SUPPLIERS);
	buf_addc(out, '[');
	for (size_t i = 0; i < p->n_suppliers; i++) {
		if (i > 0)
			buf_addc(out, ',');
		write_supplier(out, p, &p->suppliers[i]);
	}
	buf_addc(out, ']');
}
