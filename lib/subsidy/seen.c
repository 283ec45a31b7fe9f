/*
 * Which facilities came before, in little room: the national list has 229,758 and may double. A
 * code has ten digits, less than 2^34: its lowest 12 bits choose a bucket, the other 22 are kept.
 */
#include <stdlib.h>

#include "subsidy/assess.h"

#define BUCKETS 4096
#define STEP	8 /* a bucket grows by so many */

struct seen {
	struct bucket {
		uint32_t *items;
		uint32_t n;
	} buckets[BUCKETS];
};

struct seen *
seen_new(void)
{
	return calloc(1, sizeof(struct seen));
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		free(s->buckets[i].items);
	free(s);
}

int
seen_add(struct seen *s, const char *code)
{
	uint64_t number = strtoull(code, NULL, 10);
	struct bucket *b = &s->buckets[number % BUCKETS];
	uint32_t rest = (uint32_t)(number / BUCKETS);

	for (uint32_t i = 0; i < b->n; i++)
		if (b->items[i] == rest)
			return 1;
	if (b->n % STEP == 0) {
		uint32_t *more = reallocarray(b->items, b->n + STEP, sizeof *more);

		if (more == NULL)
			return -1;
		b->items = more;
	}
	b->items[b->n++] = rest;
	return 0;
}
