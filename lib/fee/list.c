#include <stdio.h>
#include <string.h>

#include "fee/list.h"
#include "gen/names.h"
#include "options/words.h"

#define RECORD_MAX ((size_t)1 << 20)

/* Members of a record and their columns; points come between, where they are known. */
static const struct member {
	const char *name, *column;
} members[] = {
	{ FEE_RULE_RULE, "row_id" },
	{ FEE_RULE_NAME, "fee_name" },
	{ FEE_RULE_POINTS, "points" },
	{ FEE_RULE_CODE, "code" },
	{ FEE_RULE_CODE_CONFIDENCE, "code_confidence" },
	{ FEE_RULE_LIMIT, "frequency_limit" },
	{ FEE_RULE_FROM, "effective_from" },
	{ FEE_RULE_TO, "effective_to" },
	{ FEE_RULE_FACILITY_TYPE, "facility_type" },
	{ FEE_RULE_VISIT_TYPE, "visit_type" },
	{ FEE_RULE_VERIFIED_BY, "verified_by" },
	{ FEE_RULE_CONSENT, "consent" },
	{ FEE_RULE_REQUIRES, "requires" },
	{ FEE_RULE_CONDITIONS, "conditions" },
	{ FEE_RULE_SOURCE, "source" },
	{ FEE_RULE_CONFIDENCE, "confidence" },
};

static const struct column columns[] = {
	{ N_("row"), COLUMN_NARROW },
	{ N_("addition"), 0 },
	{ N_("points"), COLUMN_RIGHT },
	{ N_("how often"), COLUMN_NARROW },
	{ N_("facility"), COLUMN_NARROW },
	{ N_("visit"), COLUMN_NARROW },
	{ N_("verified by"), COLUMN_NARROW },
	{ N_("consent"), COLUMN_NARROW },
	{ N_("from"), COLUMN_NARROW },
	{ N_("to"), COLUMN_NARROW },
	{ N_("code"), COLUMN_CODE },
	{ N_("confidence"), COLUMN_NARROW },
	{ N_("conditions"), 0 },
};
/* The column of the table for each of these. */
static const char *const shown[] = { "row_id", "fee_name", "points", "frequency_limit",
	"facility_type", "visit_type", "verified_by", "consent", "effective_from", "effective_to",
	"code", "confidence", "conditions" };
#define COLUMNS (sizeof columns / sizeof *columns)

/* Is the row to be shown? */
static int
wanted(const struct rule *rule, int64_t day, const char *facility_type)
{
	return rule->from <= day && day <= rule->to &&
	       (facility_type == NULL || strcmp(rule->facility_type, facility_type) == 0);
}

static const char *
cell_of(const struct points *p, size_t row, const char *column)
{
	const char *cell = table_cell(p->table, row, column);

	return cell == NULL ? "" : cell;
}

/* What is empty is left out; points are a number. */
static void
put_record(struct buf *out, const struct points *p, size_t row)
{
	const char *before = "{";

	for (const struct member *m = members; m < members + sizeof members / sizeof *members;
	     m++) {
		const char *cell = cell_of(p, row, m->column);

		if (*cell == '\0')
			continue;
		buf_addf(out, "%s\"%s\":", before, m->name);
		if (strcmp(m->name, FEE_RULE_POINTS) == 0)
			buf_addu(out, (uint64_t)p->rules[row].points);
		else
			buf_addjson(out, cell, strlen(cell));
		before = ",";
	}
	buf_adds(out, "}\n");
}

int
fee_list_records(FILE *fp, const struct points *p, struct date day, const char *facility_type)
{
	struct buf out;
	int failed = 0;

	buf_init(&out, RECORD_MAX);
	for (size_t i = 0; i < p->n_rules && !failed; i++) {
		if (!wanted(&p->rules[i], date_days(day), facility_type))
			continue;
		buf_reset(&out);
		put_record(&out, p, i);
		if ((failed = buf_failed(&out)) == 0)
			fwrite(out.data, 1, out.len, fp);
	}
	buf_free(&out);
	return failed ? -1 : 0;
}

int
fee_list_sheet(FILE *fp, const struct points *p, struct date day, const char *facility_type,
    const struct view_form *form)
{
	struct column named[COLUMNS];
	struct sheet sheet;
	char title[DATE_SIZE];
	int failed;

	for (size_t c = 0; c < COLUMNS; c++)
		named[c] = (struct column){ _(columns[c].title), columns[c].flags };
	sheet_init(&sheet, named, COLUMNS);
	for (size_t i = 0; i < p->n_rules; i++) {
		if (!wanted(&p->rules[i], date_days(day), facility_type))
			continue;
		sheet_row(&sheet, 0);
		for (size_t c = 0; c < COLUMNS; c++)
			sheet_put(&sheet, cell_of(p, i, shown[c]));
	}
	date_format(day, title);
	failed = sheet_failed(&sheet);
	if (!failed) {
		form->begin(fp, title, words_japanese() ? "ja" : "en");
		form->sheet(fp, &sheet);
		form->end(fp);
	}
	sheet_free(&sheet);
	return failed ? -1 : 0;
}
