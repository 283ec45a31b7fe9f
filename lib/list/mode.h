/* What records can be made into for people: one way each, all used alike. */
#ifndef OQ_LIST_MODE_H
#define OQ_LIST_MODE_H

#include <stdio.h>

#include "list/entry.h"
#include "view/form.h"

struct page { /* what is written on; all of it the caller's */
	FILE *fp;
	const struct view_form *form;
	struct reader reader;
};

struct mode {
	const char *option; /* that chooses it; NULL: none of the others */
	/* The page stays the caller's and outlives what is returned. NULL without memory. */
	void *(*open)(const struct page *);
	/* Takes a record, or a line that is none (record NULL, with why). 0, or -1 without memory. */
	int (*take)(void *, const json_t *record, const struct line *, const struct why *);
	/* Writes what is still to be written. 0, or -1 without memory. */
	int (*finish)(void *);
	void (*close)(void *);
};

extern const struct mode mode_morning; /* whom to call: all bookings, by time */
extern const struct mode mode_live;    /* a line as each record comes; text only */
extern const struct mode mode_day;     /* totals of a day's file */
extern const struct mode mode_month;   /* the same over a month; neither holds names */
extern const struct mode mode_medical; /* drugs, treatments, checkups, person by person */

#endif
