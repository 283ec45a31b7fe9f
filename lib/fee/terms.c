#include <stdlib.h>
#include <string.h>

#include "fee/terms.h"

#define COMPARISON_MAX 96 /* bytes of one, more than any fact and value take */

enum operator{ EQUAL, NOT_EQUAL, AT_LEAST, AT_MOST, MORE, LESS };
enum against { A_VALUE, THE_DAY, THE_MONTH };
/* What a comparison is to the one before it. */
enum joint { NEXT_TERM, ALTERNATIVE, TOGETHER };

struct comparison {
	enum joint joint;
	enum fact fact;
	enum operator operator;
	enum against against;
	int lenient; /* holds also where the fact is not known */
	int64_t value;
};

/* Longer ones first: each is looked for in turn. */
static const struct {
	const char *text;
	enum operator operator;
} operators[] = {
	{ "!=", NOT_EQUAL },
	{ ">=", AT_LEAST },
	{ "<=", AT_MOST },
	{ "=", EQUAL },
	{ ">", MORE },
	{ "<", LESS },
};

/* The operator at p. 1 and what follows it, or 0. */
static int
read_operator(const char **p, enum operator* out)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		size_t n = strlen(operators[i].text);

		if (*operators[i].text == **p && strncmp(*p, operators[i].text, n) == 0) {
			*out = operators[i].operator;
			*p += n;
			return 1;
		}
	}
	return 0;
}

static int
read_value(struct comparison *c, const char *text)
{
	c->against = A_VALUE;
	if (fact_rows[c->fact].kind == KIND_DAY && strcmp(text, "day") == 0)
		c->against = THE_DAY;
	else if (fact_rows[c->fact].kind == KIND_DAY && strcmp(text, "month") == 0)
		c->against = THE_MONTH;
	else
		return fact_read(c->fact, text, &c->value);
	return 1;
}

/* One comparison of n bytes. 1, or 0 if it is none. */
static int
read_comparison(struct comparison *c, const char *text, size_t n)
{
	char copy[COMPARISON_MAX];
	const char *p = copy;
	size_t name;

	if (n == 0 || n >= sizeof copy)
		return 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if ((c->lenient = copy[n - 1] == '?'))
		copy[n - 1] = '\0';
	name = strcspn(copy, "=!<>");
	p += name;
	c->fact = fact_find(copy, name);
	return c->fact != FACTS && read_operator(&p, &c->operator) && read_value(c, p);
}

int
terms_read(struct terms *t, const char *text, const char **bad)
{
	enum joint joint = NEXT_TERM;
	struct comparison *grown;
	size_t n, room = 0;

	*t = (struct terms){ 0 };
	for (const char *p = text; *text != '\0'; p += n + 1) {
		n = strcspn(p, " |+");
		if (t->n == room) {
			room += 4;
			if ((grown = reallocarray(t->all, room, sizeof *grown)) == NULL)
				return -1;
			t->all = grown;
		}
		t->all[t->n].joint = joint;
		if (!read_comparison(&t->all[t->n], p, n)) {
			*bad = p;
			return 0;
		}
		t->n++;
		if (p[n] == '\0')
			return 1;
		joint = p[n] == ' ' ? NEXT_TERM : p[n] == '|' ? ALTERNATIVE : TOGETHER;
	}
	return 1;
}

void
terms_free(struct terms *t)
{
	free(t->all);
	*t = (struct terms){ 0 };
}

static enum truth
compare(const struct comparison *c, const struct moment *m)
{
	int64_t fact = m->facts[c->fact];
	int64_t other = c->against == THE_DAY	  ? m->day
			: c->against == THE_MONTH ? m->month
						  : c->value;
	int holds = 0;

	if (fact == FACT_UNSAID)
		return c->lenient ? TRUTH_YES : TRUTH_UNKNOWN;
	switch (c->operator) {
	case EQUAL:
		holds = fact == other;
		break;
	case NOT_EQUAL:
		holds = fact != other;
		break;
	case AT_LEAST:
		holds = fact >= other;
		break;
	case AT_MOST:
		holds = fact <= other;
		break;
	case MORE:
		holds = fact > other;
		break;
	case LESS:
		holds = fact < other;
		break;
	}
	return holds ? TRUTH_YES : TRUTH_NO;
}

/* The term that begins at *i, which moves on behind it: its best alternative. */
static enum truth
term_holds(const struct terms *t, const struct moment *m, size_t *i)
{
	enum truth best = TRUTH_NO, here = compare(&t->all[*i], m);

	for ((*i)++; *i < t->n && t->all[*i].joint != NEXT_TERM; (*i)++) {
		enum truth next = compare(&t->all[*i], m);

		if (t->all[*i].joint == TOGETHER) {
			here = next < here ? next : here;
			continue;
		}
		best = here > best ? here : best;
		here = next;
	}
	return here > best ? here : best;
}

/* The first fact of a term, from the i-th comparison on, that is as true as the whole term. */
static enum fact
deciding(const struct terms *t, const struct moment *m, size_t i, enum truth whole)
{
	while (compare(&t->all[i], m) != whole)
		i++;
	return t->all[i].fact;
}

enum truth
terms_hold(const struct terms *t, const struct moment *m, size_t *at, enum fact *fact)
{
	enum truth whole = TRUTH_YES;
	size_t i = 0, first;

	for (size_t n = 0; i < t->n && whole != TRUTH_NO; n++) {
		enum truth one;

		first = i;
		one = term_holds(t, m, &i);
		if (one >= whole)
			continue;
		whole = one;
		*at = n;
		*fact = deciding(t, m, first, one);
	}
	return whole;
}

const char *
terms_reason(const struct terms *t)
{
	return fact_rows[t->all[0].fact].fails;
}
