/*
 * The fee table (fee_points.csv), and which of its rows an encounter gets. The program knows
 * neither additions nor years: a row says when, for whom, on what conditions and how often.
 */
#ifndef OQ_FEE_POINTS_H
#define OQ_FEE_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "fee/encounter.h"
#include "fee/terms.h"
#include "table/table.h"

#define NOT_WITH_MAX  4
#define NO_GROUP      SIZE_MAX
#define POINTS_UNSAID (-1)

struct rule { /* texts are the table's */
	const char *id, *name, *code, *limit, *confidence, *limit_confidence;
	const char *facility_type, *visit_type;
	const char *reason;	/* always this one; "": what the conditions say */
	int64_t from, to;	/* days since 1970-01-01, both inclusive */
	int points;		/* POINTS_UNSAID: nobody knows */
	enum verified verified; /* BY_UNKNOWN: any */
	enum agreed agreed;	/* AGREED_UNKNOWN: any */
	struct terms also;	/* serves, if they hold, whatever verified and agreed are */
	const char *requires;
	struct terms needs; /* what it says */
	int shared;	    /* needs is another row's */
	size_t family;	    /* rows of one family are one addition: one of them applies */
	size_t group;	    /* rows of one group use up one limit; NO_GROUP: no limit */
	int months;	    /* once in so many calendar months */
	size_t not_with[NOT_WITH_MAX]; /* groups used up in the same month; ends with NO_GROUP */
};

struct group {
	const char *name; /* the table's */
	int months;	  /* the most of its rows */
};

struct points {
	struct table *table;
	const char *path; /* for what is wrong with it */
	struct rule *rules;
	size_t n_rules;
	const char **families;
	size_t n_families;
	struct group *groups;
	size_t n_groups;
};

/*
 * Opens the table (path NULL: the installed one), and reads it, once: 0, or -1 with why.
 * points_free() is due after all of these.
 */
int points_open(struct points *, const char *path, struct why *);
int points_read(struct points *, struct why *);
void points_free(struct points *);

/* What became of one addition. */
struct considered {
	const struct rule *rule; /* NULL: not considered on that day */
	enum truth truth;
	const char *reason;
	size_t depth; /* how far a row that does not fit came */
};

/*
 * Judges all additions of the day and the kind of facility; out has room for n_families. One whose
 * rows fit in part only is judged by the row that comes furthest; limits are not looked at.
 */
void points_judge(const struct points *, const struct encounter *, struct considered *out);

#endif
