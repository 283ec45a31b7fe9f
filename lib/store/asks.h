/*
 * Where the kept answers are: an index in memory from a hash of (facility, ask) to a place.
 * It is never more than half full: where it is fuller, many places are looked at for one that is not
 * there, and most are not. It holds hashes: the caller compares the real ask.
 */
#ifndef OQ_STORE_ASKS_H
#define OQ_STORE_ASKS_H

#include <stddef.h>
#include <stdint.h>

struct ask_place {
	uint64_t hash;
	uint64_t place; /* block << 8 | index in the block; 0: free */
};

struct asks {
	struct ask_place *table;
	size_t size, used; /* size is a power of two */
	unsigned shift;	   /* of a hash: where in the table it belongs */
	uint64_t oldest;   /* places before it are forgotten */
};

void asks_init(struct asks *);
void asks_free(struct asks *);

/* The hash will be looked up soon: has the memory fetched. */
void asks_expect(const struct asks *, uint64_t hash);

/* 0, or -1 without memory. */
int asks_add(struct asks *, uint64_t hash, uint64_t place);

/* The next place of that hash: start with *at = 0. 0 when there is no other. */
uint64_t asks_next(const struct asks *, uint64_t hash, size_t *at);

/* Takes out what has this place: for a group that could not be committed. */
void asks_forget(struct asks *, uint64_t hash, uint64_t place);

/* Everything before `place` is old. Its room comes back when the table grows. */
void asks_expire(struct asks *, uint64_t place);

#endif
