/*
 * All covers in memory, read once from DIR/people.db and never changed: a look-up is two cache
 * misses instead of a walk down a tree (0.1 us instead of 2.5). Any number of threads read it.
 *
 * It is of one generation of the covers. A handle that finds another generation in the file goes
 * to the file (people_use_shelf()).
 */
#ifndef OQ_STORE_SHELF_H
#define OQ_STORE_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct shelf;

struct shelf_row {
	int64_t person;
	int more, current; /* as in people.h */
	const unsigned char *doc;
	size_t len;
	uint64_t at; /* where it stands; only to compare */
};

/*
 * Reads all covers, 200 bytes each; ends early when stop() says so. NULL with
 * why, or with why->id ERR_NONE when it was stopped.
 */
struct shelf *shelf_load(const char *dir, int (*stop)(void *), void *, struct why *);
void shelf_free(struct shelf *);

int64_t shelf_generation(const struct shelf *);
int64_t shelf_covers(const struct shelf *);

/*
 * The slot will be looked up soon, and some time later its row: have the memory fetched, so that
 * nobody waits for it.
 */
void shelf_expect(const struct shelf *, int64_t slot);
void shelf_expect_row(const struct shelf *, int64_t slot);

/* The row of a slot: 1, or 0 if it is empty. */
int shelf_get(const struct shelf *, int64_t slot, struct shelf_row *);
/* Another row of the same person, round and round: from the row itself back to it. */
void shelf_sibling(const struct shelf *, struct shelf_row *);

#endif
