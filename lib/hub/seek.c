#include <string.h>

#include "base/text.h"
#include "hub/seek.h"
#include "model/fold.h"

#define FOLDED_MAX ((size_t)4096)
#define STOP	   1 /* what is called for each cover returns to end it */

struct seek {
	struct people *people;
	const struct disaster_keys *keys;
	struct buf name, address, insurer; /* as compared */
	struct buf scratch;
	int64_t person;
	int ambiguous;
};

/* Appends the text as compared: folded, without blanks. */
static void
fold(struct buf *out, const char *s, size_t n)
{
	size_t to = out->len;

	text_fold(out, s, n);
	for (size_t i = to; i < out->len; i++)
		if (out->data[i] != ' ')
			out->data[to++] = out->data[i];
	if (out->data != NULL) {
		out->len = to;
		out->data[to] = '\0';
	}
}

static int
same(struct seek *s, const struct buf *wanted, const struct text *t)
{
	buf_reset(&s->scratch);
	fold(&s->scratch, t->s, t->n);
	return t->n > 0 && s->scratch.len == wanted->len &&
	       memcmp(s->scratch.data, wanted->data, wanted->len) == 0;
}

/* What was given is the registered address, or its beginning up to the first number at least. */
static int
same_address(struct seek *s, const struct cover *c)
{
	size_t n = s->address.len;

	if ((c->flags & COVER_WITHHELD) != 0 || c->address.n == 0)
		return 0; /* nobody finds those by where they live */
	buf_reset(&s->scratch);
	fold(&s->scratch, c->address.s, c->address.n);
	return n <= s->scratch.len && n >= strcspn(s->scratch.data, "0123456789") &&
	       memcmp(s->scratch.data, s->address.data, n) == 0;
}

static int
same_insurer(struct seek *s, const struct cover *c)
{
	const struct insurer *insurer = people_insurer(s->people, c->insurer);
	struct text number;

	if (insurer == NULL)
		return 0;
	number = insurer->number;
	while (number.n > 1 && *number.s == '0') {
		number.s++;
		number.n--;
	}
	return number.n == s->insurer.len && memcmp(number.s, s->insurer.data, number.n) == 0;
}

static int
consider(const struct cover *c, void *arg)
{
	struct seek *s = arg;

	if (c->person == s->person || c->sex != s->keys->sex ||
	    !(same(s, &s->name, &c->name) || same(s, &s->name, &c->kana) ||
		same(s, &s->name, &c->name_other) || same(s, &s->name, &c->kana_other)) ||
	    !(s->keys->address != NULL ? same_address(s, c) : same_insurer(s, c)))
		return 0;
	s->ambiguous = s->person != 0;
	s->person = c->person;
	return s->ambiguous ? STOP : 0;
}

int
seek_person(
    struct people *people, const struct disaster_keys *keys, int64_t *person, struct why *why)
{
	struct seek s = { .people = people, .keys = keys };
	struct buf *bufs[] = { &s.name, &s.address, &s.insurer, &s.scratch };
	int r;

	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		buf_init(bufs[i], FOLDED_MAX);
	fold(&s.name, keys->name, strlen(keys->name));
	if (keys->address != NULL)
		fold(&s.address, keys->address, strlen(keys->address));
	else
		fold_insurer_number(&s.insurer, keys->insurer_number);
	r = people_born(people, keys->birth_date, consider, &s, why);
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		buf_free(bufs[i]);
	if (r == -1)
		return -1;
	*person = s.person;
	if (s.person != 0 && !s.ambiguous)
		return 1;
	why_set(why, s.ambiguous ? ERR_PERSON_AMBIGUOUS : ERR_PERSON_NOT_FOUND, NULL, NULL);
	return 0;
}
