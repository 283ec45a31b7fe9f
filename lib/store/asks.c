#include "store/asks.h"
#include "store/reserve.h"

/* Room for nearly two million at first: growing costs more than all look-ups until then. */
#define FIRST_SIZE ((size_t)1 << 21)

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

static void
put(struct ask_place *table, size_t size, struct ask_place entry)
{
	size_t i = entry.hash & (size - 1);

	while (table[i].place != 0)
		i = (i + 1) & (size - 1);
	table[i] = entry;
}

/* A table with room for twice what is still alive, and that in it. */
static int
rebuild(struct asks *a)
{
	struct ask_place *table;
	size_t alive = 1, size = FIRST_SIZE;

	for (size_t i = 0; i < a->size; i++)
		alive += a->table[i].place >= a->oldest && a->table[i].place != 0;
	while (size < alive * 2)
		size *= 2;
	if ((table = reserve(size * sizeof *table)) == NULL)
		return -1;
	for (size_t i = 0; i < a->size; i++)
		if (a->table[i].place >= a->oldest && a->table[i].place != 0)
			put(table, size, a->table[i]);
	reserve_free(a->table, a->size * sizeof *a->table);
	a->table = table;
	a->size = size;
	a->used = alive - 1;
	return 0;
}

void
asks_expect(const struct asks *a, uint64_t hash)
{
	if (a->size > 0)
		__builtin_prefetch(&a->table[hash & (a->size - 1)], 1);
}

int
asks_add(struct asks *a, uint64_t hash, uint64_t place)
{
	if (a->used / 7 * 8 >= a->size && rebuild(a) == -1)
		return -1;
	put(a->table, a->size, (struct ask_place){ hash, place });
	a->used++;
	return 0;
}

uint64_t
asks_next(const struct asks *a, uint64_t hash, size_t *at)
{
	while (a->size > 0 && *at < a->size) {
		const struct ask_place *e = &a->table[(hash + *at) & (a->size - 1)];

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
		struct ask_place *e = &a->table[(hash + at) & (a->size - 1)];

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
