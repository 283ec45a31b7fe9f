/*
 * Who must act on an answer, and what the field then really does: dated rows with their source and
 * confidence, in next.csv, by status, route and place.
 */
#ifndef OQ_MODEL_ADVICE_H
#define OQ_MODEL_ADVICE_H

#include "base/clock.h"
#include "table/table.h"

#define ADVICE_TELEPHONE "telephone"
#define ADVICE_DESK	 "desk"

struct asked_of { /* what an answer is, and where it is spoken of */
	const char *status, *route, *source, *place;
	struct date day;
};

struct advice { /* texts are the table's */
	const char *actor, *next;
	const char *sentence; /* on the telephone: to be read out; {date} stands for the visit's */
	const char *confidence;
};

/*
 * Loads the table (status, route, source_of_answer, place, from, to, actor, next, en, ja); path NULL: the installed
 * one. NULL with why, also where a row has no status, actor, next or sentence.
 */
struct table *advice_load(const char *path, struct why *);

/*
 * The first row for the status (a word of eligibility.status, "changed", or a flag) that is in
 * force on the day; a row without a route, source or place serves for all of them. route and
 * source: as in a record, or NULL. 1, or 0 when nobody has to act, or this is not known.
 */
int advice_find(const struct table *, const struct asked_of *, int japanese, struct advice *);

#endif
