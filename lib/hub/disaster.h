/*
 * Windows in which medical information is given without a card (災害時医療情報閲覧): opened by
 * the ministry for an area and a period, entered here by whoever runs the hub.
 */
#ifndef OQ_HUB_DISASTER_H
#define OQ_HUB_DISASTER_H

#include "base/error.h"
#include "pipe/output.h"
#include "store/medical.h"
#include "table/table.h"

struct disaster_plan {
	const char *event, *area, *kinds; /* NULL: not said */
	const char *from, *to;		  /* YYYY-MM-DD */
};

/* Opens a window and writes its record. 0, or -1 with why. */
int disaster_open(const char *dir, const struct disaster_plan *, struct output *, struct why *);

/* Closes it at once. 1, 0 if none of that number is open, or -1 with why. */
int disaster_close(const char *dir, int64_t id, struct why *);

/* Writes a record of each window. 0, or -1 with why. */
int disaster_list(const char *dir, struct output *, struct why *);

/*
 * Enters the rows of a table (event, area, from, to) that are not there yet, and writes the record
 * of each row's window: one without dates or without a clear place is listed, not opened. 0, or
 * -1 with why.
 */
int disaster_load(const char *dir, const struct table *, struct output *, struct why *);

/*
 * Finds a window that is open today for the facility. 1 and the window; 0 with why
 * (disaster-not-open, facility-place-unknown); -1 with why when the store failed.
 */
int disaster_find(
    struct medical *, const char *facility, uint32_t today, struct window *, struct why *);

/* The window of that number, as it was entered. 1, 0, or -1 with why. */
int disaster_get(struct medical *, int64_t id, struct window *, struct why *);

#endif
