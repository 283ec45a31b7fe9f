/* Figures as a picture: which kind of chart shows them, and what stands in it. */
#ifndef OQ_ADOPTION_CHART_H
#define OQ_ADOPTION_CHART_H

#include "adoption/figures.h"

/*
 * Bars of kinds by stage or way of claiming; dots of places by rank; lines over several days.
 * Places are of one kind of facility and, where they were counted, of one stage. `remark` (or
 * NULL) stands behind the day and the source. Returns 1; 0 and nothing is written where these
 * figures make no picture; -1 without memory.
 */
int chart_draw(FILE *, const struct figures *, const char *title, const char *remark);

#endif
