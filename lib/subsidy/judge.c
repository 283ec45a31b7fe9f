#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "subsidy/exhibit.h"
#include "subsidy/judge.h"
#include "subsidy/write.h"

const char *const check_words[N_CHECK_VERDICTS] = {
	[CHECK_OK] = CHECK_VERDICT_OK,
	[CHECK_FAIL] = CHECK_VERDICT_FAIL,
	[CHECK_UNKNOWN] = CHECK_VERDICT_UNKNOWN,
	[CHECK_NOT_JUDGED] = CHECK_VERDICT_NOT_JUDGED,
};

/* --- what a package shows ------------------------------------------------------------------------ */

static void
point(struct judgement *j, long supplier, const char *member)
{
	if (*j->pointer != '\0')
		return;
	if (supplier == NOWHERE)
		snprintf(j->pointer, sizeof j->pointer, "/%s", member);
	else
		snprintf(j->pointer, sizeof j->pointer, "/" PROJECT_SUPPLIERS "/%ld%s%s", supplier,
		    *member == '\0' ? "" : "/", member);
}

/* Is there a document of that kind for the supplier (NOWHERE: for the facility)? */
static int
there(const struct case_file *c, enum exhibit_kind kind, long supplier)
{
	const json_t *document;
	size_t i;

	json_array_foreach (c->documents, i, document) {
		const char *word = record_text(document, DOCUMENT_KIND);
		const json_t *whose = json_object_get(document, DOCUMENT_SUPPLIER);

		if (word != NULL && strcmp(word, exhibit_words[kind]) == 0 &&
		    (supplier == NOWHERE || json_integer_value(whose) == supplier))
			return 1;
	}
	return 0;
}

static enum check_verdict
each_has(const struct case_file *c, enum exhibit_kind kind, struct judgement *j)
{
	for (size_t i = 0; i < c->project->n_suppliers; i++)
		if (!there(c, kind, (long)i)) {
			point(j, (long)i, "");
			return CHECK_FAIL;
		}
	return CHECK_OK;
}

static enum check_verdict
receipts(const struct case_file *c, struct judgement *j)
{
	return each_has(c, EXHIBIT_RECEIPT, j);
}

static enum check_verdict
breakdowns(const struct case_file *c, struct judgement *j)
{
	return each_has(c, EXHIBIT_BREAKDOWN, j);
}

static enum check_verdict
report(const struct case_file *c, struct judgement *j)
{
	(void)j;
	return there(c, EXHIBIT_REPORT, NOWHERE) ? CHECK_OK : CHECK_FAIL;
}

/* Lines that come to less than the receipt leave some out. */
static enum check_verdict
all_lines(const struct case_file *c, struct judgement *j)
{
	for (size_t i = 0; i < c->project->n_suppliers; i++) {
		const struct supplier *s = &c->project->suppliers[i];

		if (s->total != UNSAID && (s->sum >= s->total - (int64_t)s->n || s->shared == 1))
			continue;
		point(j, (long)i, SUPPLIER_RECEIPT_TOTAL_YEN);
		return s->total == UNSAID ? CHECK_UNKNOWN : CHECK_FAIL;
	}
	return CHECK_OK;
}

static enum check_verdict
first_application(const struct case_file *c, struct judgement *j)
{
	(void)j; /* that it was paid is found by the assessment */
	return c->project->already_paid == UNSAID ? CHECK_NOT_JUDGED : CHECK_OK;
}

/* A document of a day after the application can only have been sent later. */
static enum check_verdict
nothing_later(const struct case_file *c, struct judgement *j)
{
	const json_t *document;
	struct date day;
	size_t i;

	if (c->project->application_on == UNSAID)
		return CHECK_NOT_JUDGED;
	json_array_foreach (c->documents, i, document) {
		const char *text = record_text(document, DOCUMENT_DATE);

		if (text != NULL && date_parse(text, &day) &&
		    date_days(day) > c->project->application_on) {
			point(j, NOWHERE, PROJECT_APPLICATION_ON);
			return CHECK_FAIL;
		}
	}
	return CHECK_OK;
}

static enum check_verdict
start_entered(const struct case_file *c, struct judgement *j)
{
	if (c->project->start_date_entered != UNSAID)
		return CHECK_OK;
	point(j, NOWHERE, PROJECT_START_DATE_ENTERED);
	return CHECK_UNKNOWN;
}

static enum check_verdict
rows(const struct case_file *c, struct judgement *j)
{
	for (size_t i = 0; i < c->project->n_suppliers; i++)
		if (c->project->suppliers[i].n > (size_t)c->rules->limits[LIMIT_ROWS].value) {
			point(j, (long)i, "");
			return CHECK_FAIL;
		}
	return CHECK_OK;
}

static enum check_verdict
nothing_more(const struct case_file *c, struct judgement *j)
{
	(void)c;
	(void)j;
	return CHECK_OK;
}

/*
 * By the row's id: what the package shows beside what the assessment found. A row that is not here
 * is one that no package can show.
 */
static const struct looking {
	const char *id;
	enum check_verdict (*look)(const struct case_file *, struct judgement *);
	int warnings_pass; /* a warning of the assessment leaves no doubt */
} lookings[] = {
	{ "C01", receipts, 0 },
	{ "C02", breakdowns, 0 },
	{ "C03", report, 0 },
	{ "C04", nothing_more, 0 },
	{ "C05", all_lines, 0 },
	{ "C06", nothing_more, 0 },
	{ "C07", nothing_more, 0 },
	{ "C08", nothing_more, 0 },
	{ "C09", first_application, 0 },
	{ "C10", nothing_later, 0 },
	{ "C11", start_entered, 0 },
	{ "C12", nothing_more, 0 },
	{ "C13", nothing_more, 0 }, /* it is one file */
	{ "C14", nothing_more, 1 }, /* old codes have other check digits */
	{ "C15", rows, 0 },
};

/* --- with what the assessment found ------------------------------------------------------------------ */

static enum check_verdict
take_findings(const struct case_file *c, const struct check *check, const struct looking *looking,
    struct judgement *j)
{
	const struct assessment *a = c->assessment;
	enum check_verdict verdict = CHECK_OK;

	for (const struct step *s = a->steps; s < a->steps + a->n_steps; s++) {
		char pointer[160];

		if (s->cite != &check->cite || (s->kind == STEP_WARNING && looking->warnings_pass))
			continue;
		if (s->kind == STEP_REFUSAL || check->warns)
			verdict = CHECK_FAIL;
		else if (verdict == CHECK_OK)
			verdict = CHECK_UNKNOWN;
		if (j->n_found < FOUND_MAX)
			j->found[j->n_found++] = s;
		if (*j->pointer == '\0' && step_pointer(s, pointer, sizeof pointer))
			snprintf(j->pointer, sizeof j->pointer, "%.*s", (int)sizeof j->pointer - 1,
			    pointer);
	}
	return verdict;
}

struct judgement
judge(const struct case_file *c, const struct check *check)
{
	struct judgement j = { .verdict = CHECK_NOT_JUDGED };

	for (const struct looking *l = lookings; l < lookings + sizeof lookings / sizeof *lookings;
	     l++) {
		if (strcmp(l->id, check->cite.row) != 0)
			continue;
		j.verdict = take_findings(c, check, l, &j);
		if (j.verdict == CHECK_OK)
			j.verdict = l->look(c, &j);
		break;
	}
	return j;
}
