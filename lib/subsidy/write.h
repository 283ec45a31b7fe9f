/* An assessment as data. */
#ifndef OQ_SUBSIDY_WRITE_H
#define OQ_SUBSIDY_WRITE_H

#include "base/buf.h"
#include "subsidy/assess.h"

/* The amounts, by the names that they have in records and behind --explain. */
struct figure {
	const char *name;
	size_t at;	/* in struct assessment */
	unsigned steps; /* its chain: a bit of each step_kind */
	unsigned rows;	/* which row its amounts are by: FIGURE_RULE, FIGURE_BASE or both */
};
enum { FIGURE_RULE = 1, FIGURE_BASE = 2 };
extern const struct figure figures[];
#define N_FIGURES 6
int64_t figure_of(const struct assessment *, const struct figure *);
/* Is that step a link of the figure's chain? */
int figure_holds(const struct figure *, const struct assessment *, const struct step *);
/* NULL if there is none of that name. */
const struct figure *figure_find(const char *name);

/*
 * Adds the member `subsidy` of a record: only the links of one figure's chain when that is not
 * NULL, else all that were noted. Whether out has failed is the caller's to look at.
 */
void write_subsidy(
    struct buf *out, const struct assessor *, const struct assessment *, const struct figure *);

/* `"facility_code":…,"facility_name":…,"facility_class":…`, without what is unsaid. */
void write_facility(struct buf *out, const struct project *, const struct assessment *);

/* The members of a project, as project_read() takes them: what is unsaid stays away. */
void write_project(struct buf *out, const struct project *);

/* `"name":` with a comma before it unless it is the first of its object. */
void write_name(struct buf *out, const char *name);
void write_text(struct buf *out, const char *name, const char *text);
void write_yen(struct buf *out, const char *name, int64_t yen);
void write_day(struct buf *out, const char *name, int64_t day);
void write_bool(struct buf *out, const char *name, int value);
/* The codes of that kind, each once. */
void codes_join(struct buf *out, const struct assessment *, enum step_kind, const char *separator);
/* The pointer of a step: "/suppliers/0/items/2/label". 0 if there is none. */
int step_pointer(const struct step *, char *out, size_t n);

#endif
