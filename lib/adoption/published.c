#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adoption/published.h"
#include "options/words.h"
#include "table/table.h"

#define REMARKS "adoption_remarks.csv"

struct map {
	enum figure_member member;
	const char *column; /* of the file */
};

static const struct {
	const char *name, *file, *title;
	struct map maps[COLUMNS_MAX]; /* the first without a column ends them */
} tables[PUBLISHED_TABLES] = {
	[PUBLISHED_FACILITY] = { "facility", "adoption_facility.csv",
	    N_("Online verification by kind of facility"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_FACILITY_TYPE, "facility_type" },
		{ FIGURE_STAGE, "stage" }, { FIGURE_COUNT, "count_stated" },
		{ FIGURE_TOTAL, "total_facilities" }, { FIGURE_MANDATED, "mandated_facilities" },
		{ FIGURE_PCT_OF_ALL, "pct_of_all" }, { FIGURE_PCT_OF_MANDATED, "pct_of_mandated" },
		{ FIGURE_SOURCE, "source" }, { FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_PREFECTURE] = { "prefecture", "adoption_prefecture.csv",
	    N_("Online verification in operation by prefecture"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_FACILITY_TYPE, "facility_type" },
		{ FIGURE_RANK, "rank" }, { FIGURE_PREFECTURE, "prefecture" },
		{ FIGURE_OPERATION_RATE, "operation_rate_pct" }, { FIGURE_SOURCE, "source" },
		{ FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_MUNICIPALITY] = { "municipality", "adoption_municipality.csv",
	    N_("Online verification by municipality"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_NUMBER, "no" },
		{ FIGURE_PREFECTURE, "prefecture" }, { FIGURE_MUNICIPALITY, "municipality" },
		{ FIGURE_APPLICATION_RATE, "application_rate_pct" },
		{ FIGURE_OPERATION_RATE, "operation_rate_pct" }, { FIGURE_SOURCE, "source" },
		{ FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_TIMESERIES] = { "timeseries", "adoption_timeseries.csv",
	    N_("Online verification over time"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_FACILITY_TYPE, "facility_type" },
		{ FIGURE_STAGE, "stage" }, { FIGURE_COUNT, "count" },
		{ FIGURE_TOTAL, "total_facilities" }, { FIGURE_PCT_OF_ALL, "pct_of_all" },
		{ FIGURE_SOURCE, "source" }, { FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_CLAIMS_MODE] = { "claims-mode", "claims_mode.csv",
	    N_("How facilities send their claims"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_FACILITY_TYPE, "facility_type" },
		{ FIGURE_CLAIMS_MODE, "claim_mode" }, { FIGURE_COUNT_10K, "count_10k_facilities" },
		{ FIGURE_BASIS, "basis" }, { FIGURE_SOURCE, "source" },
		{ FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_ORCA] = { "orca", "orca.csv", N_("The receipt computer ORCA"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_METRIC, "metric" }, { FIGURE_VALUE, "value" },
		{ FIGURE_NOTE, "note" }, { FIGURE_SOURCE, "source" },
		{ FIGURE_CONFIDENCE, "confidence" } } },
	[PUBLISHED_CARD_ISSUANCE] = { "card-issuance", "card_issuance.csv",
	    N_("My Number Cards, and those registered as insurance cards"),
	    { { FIGURE_AS_OF, "as_of" }, { FIGURE_METRIC, "item" }, { FIGURE_NOTE, "item_ja" },
		{ FIGURE_COUNT, "count" }, { FIGURE_COUNT_PRECISION, "count_precision" },
		{ FIGURE_BASE, "base" }, { FIGURE_RATE, "rate_pct" }, { FIGURE_SOURCE, "source" },
		{ FIGURE_CONFIDENCE, "confidence" } } },
};

enum published
published_find(const char *name)
{
	enum published p = 0;

	while (p < PUBLISHED_TABLES && strcmp(tables[p].name, name) != 0)
		p++;
	return p;
}

const char *
published_name(enum published p)
{
	return tables[p].name;
}

const char *
published_title(enum published p)
{
	return _(tables[p].title);
}

int
published_has(enum published p, enum figure_member member)
{
	for (const struct map *m = tables[p].maps; m->column != NULL; m++)
		if (m->member == member)
			return 1;
	return 0;
}

static struct table *
load(const char *directory, const char *file, struct why *why)
{
	struct table *table = NULL;
	char *path;

	if (directory == NULL)
		return table_load_installed(file, why);
	if (asprintf(&path, "%s/%s", directory, file) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	table = table_load(path, why);
	free(path);
	return table;
}

struct table *
published_remarks(const char *directory, struct why *why)
{
	return load(directory, REMARKS, why);
}

/* Is the row of the table one of those? */
static int
is_wanted(const struct table *t, size_t row, const struct map *maps, const struct wanted *w)
{
	const struct {
		enum figure_member member;
		const char *value;
	} terms[] = { { FIGURE_AS_OF, w->as_of }, { FIGURE_FACILITY_TYPE, w->facility_type },
		{ FIGURE_STAGE, w->stage }, { FIGURE_PREFECTURE, w->prefecture } };

	for (const struct map *m = maps; m->column != NULL; m++)
		for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
			if (terms[i].member == m->member && terms[i].value != NULL &&
			    strcmp(table_cell(t, row, m->column), terms[i].value) != 0)
				return 0;
	return 1;
}

int
published_read(enum published p, const char *directory, const struct wanted *w, struct figures *f,
    struct why *why)
{
	const struct map *maps = tables[p].maps;
	enum figure_member members[COLUMNS_MAX];
	struct table *t = load(directory, tables[p].file, why);
	size_t n = 0;
	int failed = 0;

	if (t == NULL)
		return -1;
	for (; maps[n].column != NULL && !failed; n++) {
		members[n] = maps[n].member;
		if ((failed = table_column(t, maps[n].column) == TABLE_NO_COLUMN) != 0)
			why_set(why, ERR_TABLE_MALFORMED, NULL, "%s: %s: no such column",
			    tables[p].file, maps[n].column);
	}
	if (!failed) {
		figures_open(f, members, n);
		for (size_t row = 0; row < table_rows(t); row++) {
			if (!is_wanted(t, row, maps, w))
				continue;
			sheet_row(&f->sheet, 0);
			for (size_t i = 0; i < n; i++)
				sheet_put(&f->sheet, table_cell(t, row, maps[i].column));
		}
		if ((failed = sheet_failed(&f->sheet)) != 0)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	}
	table_free(t);
	return failed ? -1 : 0;
}
