#include "store/asks.h"
#include "store/reserve.h"

/* Room for a million at first: growing costs more than all look-ups until then. */
#define FIRST_BITS 21

void
asks_init(struct asks *a)
{
	*a = (struct asks){ 0 };
}

void
asks_free(struct asks *a)
{
	reserve_free(a->table, a->size * sizeof *a->table);
	asks_init(a);
}

/* Where the hash is looked for first, and after so many others. */
static size_t
slot(const struct asks *a, uint64_t hash, size_t at)
{
	return ((size_t)(hash >> a->shift) + at) & (a->size - 1);
}

static void
put(struct asks *a, struct ask_place entry)
{
	size_t at = 0;

	while (a->table[slot(a, entry.hash, at)].place != 0)
		at++;
	a->table[slot(a, entry.hash, at)] = entry;
	a->used++;
}

/* A table a quarter full at most, or of the first size, with what is still alive. */
static int
rebuild(struct asks *a)
{
	struct asks new = {
		.size = (size_t)1 << FIRST_BITS, .shift = 64 - FIRST_BITS, .oldest = a->oldest
	};
	size_t alive = 0;

	for (size_t i = 0; i < a->size; i++)
		alive += a->table[i].place >= a->oldest && a->table[i].place != 0;
	for (; new.size < alive * 4; new.size *= 2)
		new.shift--;
	if ((new.table = reserve(new.size * sizeof *new.table)) == NULL)
		return -1;
	for (size_t i = 0; i < a->size; i++)
		if (a->table[i].place >= a->oldest && a->table[i].place != 0)
			put(&new, a->table[i]);
	asks_free(a);
	*a = new;
	return 0;
}

void
asks_expect(const struct asks *a, uint64_t hash)
{
	if (a->size > 0)
		__builtin_prefetch(&a->table[slot(a, hash, 0)], 1);
}

int
asks_add(struct asks *a, uint64_t hash, uint64_t place)
{
	if (a->used * 2 >= a->size && rebuild(a) == -1)
		return -1;
	put(a, (struct ask_place){ hash, place });
	return 0;
}

uint64_t
asks_next(const struct asks *a, uint64_t hash, size_t *at)
{
	while (a->size > 0 && *at < a->size) {
		const struct ask_place *e = &a->table[slot(a, hash, *at)];

		if (e->place == 0)
			break;
		++*at;
		if (e->hash == hash && e->place >= a->oldest)
			return e->place;
	}
	return 0;
}

void
asks_forget(struct asks *a, uint64_t hash, uint64_t place)
{
	for (size_t at = 0; at < a->size; at++) {
		struct ask_place *e = &a->table[slot(a, hash, at)];

		if (e->place == 0)
			return;
		if (e->hash == hash && e->place == place)
			e->hash = ~hash; /* still occupied, so that others are found past it */
	}
}

void
asks_expire(struct asks *a, uint64_t place)
{
	a->oldest = place;
}
