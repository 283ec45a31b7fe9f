/*
 * Fuzz target: lines about medical information, consents and one's own data, and the area of a
 * disaster. What is taken is complete, what is refused has a code, and no place lies outside the
 * text that names it.
 */
#include <stdlib.h>
#include <string.h>

#include "hub/area.h"
#include "hub/history.h"
#include "hub/inquiry.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_taken(enum inquiry_kind kind, const struct inquiry *q)
{
	const struct disaster_keys *k = &q->keys;
	int tokens = (q->consent != NULL) + (q->withdrawal != NULL) + (q->presence != NULL);

	if (!ask_valid(q->ask))
		abort();
	if (kind == INQUIRY_QUERY &&
	    (q->purposes == 0 || q->months < 1 || q->months > HISTORY_MONTHS || tokens > 1 ||
		(tokens > 0 && q->in_disaster)))
		abort();
	if (kind != INQUIRY_QUERY && (tokens != 1 || q->in_disaster || q->purposes != 0))
		abort();
	if (q->in_disaster && (k->name == NULL || k->birth_date == 0 || k->sex < 1 || k->sex > 2 ||
				  (k->address == NULL) == (k->insurer_number == NULL)))
		abort();
}

static void
check_area(const char *text)
{
	const char *end = text + strlen(text), *p = text;
	struct area a = { .prefecture = 0 };
	size_t n = 0;

	for (; area_next(&p, &a); n++)
		if (p > end || a.place < text || a.place + a.n > end ||
		    (a.clear && (a.prefecture < 1 || a.prefecture > 47)))
			abort();
	if (area_count(text).clear + area_count(text).unclear != n)
		abort();
	area_includes(text, "4719999999", NULL);
	area_includes(text, text, text);
	area_kind_fits(text, "4719999999");
	area_kinds_valid(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Where it ends is where it ends: a byte read behind it is found. */
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	for (enum inquiry_kind kind = INQUIRY_QUERY; kind <= INQUIRY_SELF; kind++) {
		struct why why = { .id = ERR_NONE };
		char *exact = malloc(size == 0 ? 1 : size);
		struct inquiry q;

		if (exact == NULL)
			abort();
		memcpy(exact, data, size);
		if (inquiry_read(kind, exact, size, &q, &why))
			check_taken(kind, &q);
		else if (why.id != ERR_QUESTION_MALFORMED)
			abort();
		inquiry_free(&q);
		free(exact);
	}
	text[size] = '\0';
	check_area(text);
	free(text);
	return 0;
}
