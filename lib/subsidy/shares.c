/* Receipts that several facilities share: as many are held as there are parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subsidy/assess.h"

struct share {
	char *key; /* who issued it, and its number */
	int64_t total, sum;
	int differs; /* its parts name different totals */
};

struct shares {
	struct share *items;
	size_t n, room;
};

struct shares *
shares_new(void)
{
	return calloc(1, sizeof(struct shares));
}

void
shares_free(struct shares *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].key);
	free(s->items);
	free(s);
}

/* NULL without memory. */
static char *
key_of(const struct supplier *s)
{
	const char *who = s->registration_number != NULL ? s->registration_number : s->name;
	char *key;

	if (asprintf(&key, "%s\n%s", who == NULL ? "" : who,
		s->receipt_no == NULL ? "" : s->receipt_no) == -1)
		return NULL;
	return key;
}

int
shares_add(struct shares *s, const struct supplier *part)
{
	struct share *more;

	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : 2 * s->room;

		if ((more = reallocarray(s->items, room, sizeof *more)) == NULL)
			return -1;
		s->items = more;
		s->room = room;
	}
	s->items[s->n] = (struct share){ key_of(part), part->total, part->sum, 0 };
	if (s->items[s->n].key == NULL)
		return -1;
	s->n++;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void
shares_close(struct shares *s)
{
	size_t kept = 0;

	if (s->n > 0)
		qsort(s->items, s->n, sizeof *s->items, by_key);
	for (size_t i = 0; i < s->n; i++) {
		struct share *last = kept == 0 ? NULL : &s->items[kept - 1];

		if (last == NULL || strcmp(last->key, s->items[i].key) != 0) {
			s->items[kept++] = s->items[i];
			continue;
		}
		last->sum += s->items[i].sum;
		last->differs |= last->total != s->items[i].total;
		free(s->items[i].key);
	}
	s->n = kept;
}

int
shares_whole(const struct shares *s, const struct supplier *part, int64_t *sum)
{
	struct share wanted = { .key = key_of(part) };
	const struct share *found = NULL;

	if (wanted.key != NULL && s->n > 0)
		found = bsearch(&wanted, s->items, s->n, sizeof *s->items, by_key);
	free(wanted.key);
	if (found == NULL)
		return 0;
	*sum = found->sum;
	return !found->differs && found->sum == found->total;
}
