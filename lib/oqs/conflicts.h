/*
 * What in a bulk result disagrees: with itself, with its counts, with the request. Found in the
 * survey before the first record leaves; three numbers of eight bytes are kept of a unit.
 */
#ifndef OQ_OQS_CONFLICTS_H
#define OQ_OQS_CONFLICTS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "oqs/walk.h"

/* One unit: hashes of its identifier (0: it has none), of the key asked by, of all that it says. */
struct oqs_unit {
	uint64_t id, key, content;
};

struct oqs_survey {
	struct oqs_unit now, *units; /* the one under way, and all of them */
	uint64_t *keys;		     /* of all of them, sorted */
	size_t n, room;
	uint64_t normal, failed; /* by their result */
	int ids_repeat, keys_repeat;
	struct buf folded; /* scratch */
};

void oqs_survey_free(struct oqs_survey *);

/*
 * A new unit; a value of it; its end: 0, or -1 without memory. answers: what is no identifier and
 * no key counts too; a second reading can do without.
 */
void oqs_survey_unit(struct oqs_survey *);
void oqs_survey_value(struct oqs_survey *, const struct oqs_walk *, const char *suffix,
    const char *text, int answers);
int oqs_survey_unit_end(struct oqs_survey *);

/* After the last unit, before any question below. 0, or -1 without memory. */
int oqs_survey_sort(struct oqs_survey *);

/* The hash of a record's identifier, or 0 if it has none. */
uint64_t oqs_survey_id(const json_t *record);

enum {
	CONFLICT_REPEATED = 1 << 0, /* its identifier comes again, with the same answer */
	CONFLICT_DIFFERS = 1 << 1,  /* its identifier comes again, with another answer */
	CONFLICT_SAME_KEY = 1 << 2, /* another unit is asked by the same key */
	CONFLICT_FOREIGN = 1 << 3,  /* the request has no such identifier */
};

/* The conflicts of the unit that the survey is at; request: the units asked for, or NULL. */
unsigned oqs_survey_conflicts(const struct oqs_survey *, const struct oqs_survey *request);
/* Do the header's counts (an object or NULL) agree with the units? 1 or 0. */
int oqs_survey_counts_agree(const struct oqs_survey *, const json_t *counts);
/* Is there a unit of this identifier? 1 or 0. */
int oqs_survey_has(const struct oqs_survey *, uint64_t id);

#endif
