/*
 * Figures of how many facilities verify online: rows of texts under members of records.csv,
 * whether they were published or counted. Numbers are texts, as they stand in a source.
 */
#ifndef OQ_ADOPTION_FIGURES_H
#define OQ_ADOPTION_FIGURES_H

#include <stdint.h>
#include <stdio.h>

#include "view/form.h"

enum figure_member {
	FIGURE_AS_OF,
	FIGURE_FACILITY_TYPE,
	FIGURE_STAGE,
	FIGURE_RANK,
	FIGURE_NUMBER,
	FIGURE_PREFECTURE,
	FIGURE_MUNICIPALITY,
	FIGURE_COUNT,
	FIGURE_TOTAL,
	FIGURE_MANDATED,
	FIGURE_MANDATED_COUNT,
	FIGURE_MODE_UNSAID,
	FIGURE_PCT_OF_ALL,
	FIGURE_PCT_OF_MANDATED,
	FIGURE_APPLICATION_RATE,
	FIGURE_OPERATION_RATE,
	FIGURE_CLAIMS_MODE,
	FIGURE_COUNT_10K,
	FIGURE_BASIS,
	FIGURE_METRIC,
	FIGURE_VALUE,
	FIGURE_COUNT_PRECISION,
	FIGURE_BASE,
	FIGURE_RATE,
	FIGURE_NOTE,
	FIGURE_SOURCE,
	FIGURE_CONFIDENCE,
	FIGURE_MEMBERS,
};

struct figures {
	struct column columns[COLUMNS_MAX]; /* titled in the reader's language */
	int at[FIGURE_MEMBERS];		    /* column of each member, or -1 */
	struct sheet sheet;
};

/* No rows yet, over n members, at most COLUMNS_MAX, in that order. */
void figures_open(struct figures *, const enum figure_member *, size_t n);
void figures_free(struct figures *);

/* The name of a member, as in a record; its title, in the reader's language. */
const char *figure_name(enum figure_member);
const char *figure_title(enum figure_member);
/* A word of a cell as the reader says it; itself when it is none of ours. */
const char *figure_word(const char *);

/* The cell of a row; "" when empty or of another kind of figures. */
const char *figures_cell(const struct figures *, size_t row, enum figure_member);

/* One record a row, without empty members. 0, or -1 without memory. */
int figures_records(FILE *, const struct figures *);
/* A page for people, with a title and lines (NULL ends them) above. 0, or -1 without memory. */
int figures_page(FILE *, const struct figures *, const struct view_form *, const char *title,
    const char *const *lines);

#endif
