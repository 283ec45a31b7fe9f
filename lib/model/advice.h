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

struct advice { /* texts are the table's */
	const char *actor, *next;
	const char *sentence; /* on the telephone: to be read out; {date} stands for the visit's */
	const char *confidence;
};

/*
 * Loads the table (status, route, place, from, to, actor, next, en, ja); path NULL: the installed
 * one. NULL with why, also where a row has no status, actor, next or sentence.
 */
struct table *advice_load(const char *path, struct why *);

/*
 * The first row for the status (a word of eligibility.status, "changed", or a flag) that is in
 * force on the day; a row without a route or place serves for all of them. route: as in a record
 * ("terminal" or a hub's name), or NULL. 1, or 0 when nobody has to act, or this is not known.
 */
int advice_find(const struct table *, const char *status, const char *route, const char *place,
    struct date, int japanese, struct advice *);

#endif
