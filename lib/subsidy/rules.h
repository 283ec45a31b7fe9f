/*
 * The rules, from dated tables: amounts, deadlines, cost items, what applications come back for,
 * limits, neighbouring grants. Every row can be cited.
 */
#ifndef OQ_SUBSIDY_RULES_H
#define OQ_SUBSIDY_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "subsidy/facts.h"

struct cite {
	const char *row, *source, *confidence;
	int recalled; /* never becomes a rule silently */
};

struct rule {
	struct cite cite;
	char regime[8]; /* R1D; RD: the cap of readers bought */
	const char *facility_class, *note;
	int64_t from, to; /* of reader_applied_on, both inclusive */
	int64_t readers, cost_cap, num, den, subsidy_cap;
	int64_t unit; /* amounts are cut down to whole ones of so many yen */
	int rounding_known;
};

struct deadline {
	struct cite cite;
	const struct field *fact; /* NULL: only for reading */
	const char *regimes;	  /* "R1 R2"; "": all */
	const char *grace;	  /* "none", "1 4 5 6"; "": all */
	const char *code;	  /* CONTRACT of CONTRACT_AFTER_… */
	int64_t from, to;	  /* both inclusive */
};

enum status { STATUS_ELIGIBLE, STATUS_INELIGIBLE, STATUS_UNCLEAR };

struct category {
	struct cite cite;
	const char *ja;
	enum status status;
};

/* What applications come back for. */
struct check {
	struct cite cite;
	const char *code, *meaning; /* "receipt_missing"; in Japanese */
	int warns;		    /* it does not come back for it */
};

struct limit {
	struct cite cite;
	int64_t from, value;
};

enum limit_id {
	LIMIT_LARGE_CHAIN,
	LIMIT_ROWS,
	LIMIT_PER_DOCUMENT,
	LIMIT_REGISTRATION,
	LIMIT_FIXED_ASSET,
	N_LIMITS
};

struct program {
	struct rule rule; /* rule.cite.row is "HOME:hospital", facility_class may name several */
	const char *name;
	int64_t from, apply_by;
};

struct rules {
	struct rule *rules;
	size_t n_rules;
	struct deadline *deadlines;
	size_t n_deadlines;
	struct category *categories;
	size_t n_categories;
	struct program *programs;
	size_t n_programs;
	struct check *checks;
	size_t n_checks;
	struct limit limits[N_LIMITS];
	struct table *tables[6]; /* which hold the texts */
	size_t n_tables;
};

struct table;
/* The table of that name in dir (NULL: none), or else the installed one. The caller frees it. */
struct table *rules_table(const char *dir, const char *name, struct why *);

/* dir (NULL: none) holds tables that replace the installed ones. 0, or -1 with why. */
int rules_load(struct rules *, const char *dir, struct why *);
void rules_free(struct rules *);

/* The row for a regime, class and number of readers (beyond the table: its last), or NULL. */
const struct rule *rule_for(
    const struct rules *, const char *regime, const char *facility_class, int64_t readers);
/* The row of a program for a class, or NULL; *known says whether there is such a program. */
const struct program *program_for(
    const struct rules *, const char *name, const char *facility_class, int *known);
const struct category *category_find(const struct rules *, const char *name);
/* The row C04 of evidence_checks.csv; never NULL. */
const struct cite *check_cite(const struct rules *, const char *id);

/* Is the word one of those in the list, which is separated by blanks? */
int listed(const char *list, const char *word, size_t n);

#endif
