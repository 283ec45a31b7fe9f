/* Inside forms.c and its papers: what is drawn, and what of it stands in form_fields.csv. */
#ifndef OQ_SUBSIDY_PAPERS_H
#define OQ_SUBSIDY_PAPERS_H

#include "subsidy/assess.h"
#include "subsidy/write.h"
#include "table/table.h"
#include "view/pdf.h"

#define CODE_DIGITS 10 /* of a facility: no paper is drawn without them */

enum source {
	SOURCE_PROJECT,	 /* a member of the project */
	SOURCE_SUPPLIER, /* of the supplier */
	SOURCE_CODE,	 /* a part of the facility's code */
	SOURCE_FIGURE,	 /* an amount of the assessment */
	SOURCE_ROW,	 /* a column of the lines */
	SOURCE_SUM,	 /* of the supplier's lines */
	SOURCE_TEXT,	 /* as it stands in the table */
	N_SOURCES
};

enum part {
	PART_PREFECTURE,
	PART_INSTITUTION,
	PART_ITEM,
	PART_DETAIL,
	PART_ELIGIBLE,
	PART_INELIGIBLE,
	PART_TOTAL,
	N_PARTS
};

struct form_field {
	const char *form, *label;
	enum source source;
	enum part part;
	const struct field *fact;
	const struct figure *figure;
	const char *text;
	int needed;
};

struct forms {
	const struct rules *rules;
	struct table *table, *duties;
	struct form_field *fields;
	size_t n_fields;
	struct pdf *pdf; /* from the first paper on */
	struct buf bytes;
};

/* One paper being drawn. */
struct sketch {
	struct forms *forms;
	const struct assessor *by;
	const struct project *project;
	const struct assessment *assessment;
	long supplier; /* or NOWHERE */
};

/* Each draws what stands below the title. */
void draw_breakdown(const struct sketch *);
void draw_report(const struct sketch *);
void draw_application(const struct sketch *);
void draw_check(const struct sketch *);
void draw_duties(const struct sketch *);
void draw_assets(const struct sketch *);

/* The next field of that form from *at on, or NULL; begin with *at = 0. */
const struct form_field *next_field(const struct forms *, const char *form, size_t *at);

/* Lines of a supplier in yen with tax: what its breakdown states as eligible, and all of them. */
int64_t stated_sum(const struct project *, const struct supplier *);
int64_t lines_sum(const struct project *, const struct supplier *);

/* Puts a cell: 1,234,000, or nothing of UNSAID; 令和5年3月10日. */
void put_yen(struct sheet *, int64_t yen);
void put_day(struct sheet *, int64_t days);

#endif
