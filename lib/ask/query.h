/* Asking for medical information: what is asked, and on whose word (DESIGN 5). */
#ifndef OQ_ASK_QUERY_H
#define OQ_ASK_QUERY_H

#include <jansson.h>

#include "ask/service.h"

#define QUERY_PURPOSES 3

struct query {
	const char *purposes[QUERY_PURPOSES + 1]; /* words of records.csv, NULL last */
	int months;				  /* of drugs and treatments, this one counted */
	int pdf;				  /* files instead of data */
	int all_origins;			  /* the same event as often as it is told */
	int disaster;				  /* without a card, where a window is open */
};

/* A member of what decide() leaves for query_value(), beside those that medical gets. */
#define OWN_ALL_ORIGINS "all_origins"

/*
 * What the record's `medical` says to the query: yes, or no where something was refused; unknown
 * where something of it was not asked for, failed or was not answered.
 */
enum verdict query_known(const struct query *, const json_t *record);

/* Adds the question line: the ask, and what decide() left in `asks`. 0, or -1 when out has failed. */
int query_write(struct buf *out, const char *ask, const struct decision *);

/*
 * The reader of windows that query: `medical`, whose verdict becomes the note, or an `error`, which
 * becomes the why.
 */
int query_read(const json_t *answer, struct question *, struct why *);
/*
 * value becomes the JSON text of `medical`: the answer's, with what only we know, and each event
 * once. 0, or -1 without memory.
 */
int query_value(const struct answer *, struct buf *value, enum verdict *);

/*
 * Leaves each event once in medical.drugs, as told by the best of its origins: a claim before a
 * dispensing before a prescription. An event is what one facility dispensed on one day; and a
 * prescription is the event of what was dispensed on it.
 */
void events_once(json_t *medical);

#endif
