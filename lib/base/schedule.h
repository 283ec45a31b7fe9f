/*
 * A schedule of faults to make on purpose, for testing whoever is on the other side.
 *
 * CSV: a header `requests,fault,value`, then one row a fault. `requests` is a number, a range N-M,
 * or `always`, counted from 1. `value` is what the kind of fault takes. Blank lines and those that
 * begin with # are left out.
 */
#ifndef OQ_BASE_SCHEDULE_H
#define OQ_BASE_SCHEDULE_H

#include <stdint.h>

#include "base/error.h"

#define SCHEDULE_TEXT_SIZE 64

enum schedule_value {
	SCHEDULE_NOTHING,
	SCHEDULE_NUMBER,
	SCHEDULE_NUMBERS, /* one, or two with a blank between */
	SCHEDULE_TEXT,	  /* fewer than SCHEDULE_TEXT_SIZE bytes, none a comma */
};

struct schedule_kind {
	const char *name; /* NULL ends the table */
	int kind;
	enum schedule_value value;
};

struct schedule_row {
	int kind;
	uint64_t first, last;
	long value, second; /* second: -1 when there is none */
	char text[SCHEDULE_TEXT_SIZE];
};

struct schedule;

/* Reads a file by a table of kinds. NULL with why (table-malformed, with the line). */
struct schedule *schedule_read(const char *path, const struct schedule_kind *, struct why *);
void schedule_free(struct schedule *);

/*
 * The first row after `after` (NULL: from the beginning) that fits request n, or NULL. A NULL
 * schedule has no rows.
 */
const struct schedule_row *schedule_next(
    const struct schedule *, uint64_t n, const struct schedule_row *after);

#endif
