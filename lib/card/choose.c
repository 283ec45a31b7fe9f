#include <stdlib.h>
#include <string.h>

#include "card/choose.h"

int
reader_ready(const struct readers *r, size_t i, const struct done_card *done)
{
	if (!r->reader[i].card)
		return 0;
	return strcmp(r->reader[i].name, done->reader) != 0 || r->reader[i].events != done->events;
}

/* The reader that is meant: its place, r->n if there is none, r->n + 1 if there are several. */
static size_t
find_named(const struct readers *r, const char *wanted)
{
	size_t found = r->n;

	if (strspn(wanted, "0123456789") == strlen(wanted)) {
		unsigned long n = strtoul(wanted, NULL, 10);

		return n < r->n ? n : r->n;
	}
	for (size_t i = 0; i < r->n; i++) {
		if (strcmp(r->reader[i].name, wanted) == 0)
			return i;
		if (strstr(r->reader[i].name, wanted) != NULL)
			found = found == r->n ? i : r->n + 1;
	}
	return found;
}

static enum choice
choose_any(const struct readers *r, const struct done_card *done, size_t *which)
{
	size_t ready = 0;

	if (r->n == 0)
		return CHOICE_NO_READER;
	for (size_t i = r->n; i-- > 0;)
		if (reader_ready(r, i, done)) {
			ready++;
			*which = i;
		}
	return ready == 0 ? CHOICE_NO_CARD : ready == 1 ? CHOICE_ONE : CHOICE_MANY;
}

enum choice
choose_reader(
    const struct readers *r, const char *wanted, const struct done_card *done, size_t *which)
{
	if (wanted == NULL)
		return choose_any(r, done, which);
	*which = find_named(r, wanted);
	if (*which >= r->n)
		return *which == r->n ? CHOICE_NO_READER : CHOICE_AMBIGUOUS;
	return reader_ready(r, *which, done) ? CHOICE_ONE : CHOICE_NO_CARD;
}
