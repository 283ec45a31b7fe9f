/* What people get to see of one record: its words, and whether somebody has to act. */
#ifndef OQ_LIST_ENTRY_H
#define OQ_LIST_ENTRY_H

#include <jansson.h>
#include <stdint.h>

#include "base/clock.h"
#include "pipe/lines.h"
#include "pipe/tally.h"
#include "table/table.h"

struct reader { /* for whom records are put into words; all of it the caller's */
	const struct table *advice;
	const char *place;
	int japanese;
};

struct entry { /* texts are its own; NULL: none */
	enum verdict verdict;
	int act;     /* somebody has to do something */
	int certain; /* what is advised has more than one source */
	struct date day;
	int64_t at;   /* minutes from 1970 of the booking, INT64_MAX when it has no time */
	char *time;   /* "09:30" */
	char *number; /* the clinic's own, or seq */
	char *name, *kana, *phone, *doctor;
	char *status;	 /* in words */
	char *actor;	 /* in words; NULL when nobody has to act */
	char *step;	 /* what to do, a short sentence */
	char *say;	 /* to be read out on the telephone, with the date */
	char *household; /* the same text for the same household; NULL: cannot be told */
	uint64_t order;	 /* of the input */
};

/*
 * Takes a record, or the line that is none (record NULL, with why). 0, or -1 without memory.
 * entry_free() either way.
 */
int entry_take(struct entry *, const json_t *record, const struct line *, const struct why *,
    const struct reader *);
void entry_free(struct entry *);

/* The policy that speaks of the person, or NULL. */
const json_t *entry_policy(const json_t *record);

#endif
