#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "hub/area.h"
#include "model/prefecture.h"

/* Third digit of an institution code: the point table (点数表). */
static const struct {
	char digit;
	const char *word;
} kinds[] = {
	{ '1', WINDOW_KINDS_MEDICAL },
	{ '3', WINDOW_KINDS_DENTAL },
	{ '4', WINDOW_KINDS_PHARMACY },
	{ '6', WINDOW_KINDS_NURSING },
};
#define KINDS (sizeof kinds / sizeof *kinds)

#define WIDE_BLANK "　"

static size_t
blank(const char *s)
{
	if (*s == ' ' || *s == '\t')
		return 1;
	return strncmp(s, WIDE_BLANK, strlen(WIDE_BLANK)) == 0 ? strlen(WIDE_BLANK) : 0;
}

static size_t
word_length(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0' && blank(s + n) == 0)
		n++;
	return n;
}

static const char *
skip_blanks(const char *s)
{
	while (blank(s) > 0)
		s += blank(s);
	return s;
}

/* Code of the prefecture that n bytes begin with, and how many bytes it has; 0: none. */
static int
prefecture_of(const char *s, size_t n, size_t *len)
{
	for (size_t i = 0; i < PREFECTURES; i++) {
		*len = strlen(prefectures[i]);
		if (n >= *len && memcmp(s, prefectures[i], *len) == 0)
			return (int)i + 1;
	}
	*len = 0;
	return 0;
}

static int
ends_with(const char *s, size_t n, const char *end)
{
	size_t m = strlen(end);

	return n > m && memcmp(s + n - m, end, m) == 0;
}

/* One municipality, by its name alone? */
static int
names_one(const char *s, size_t n)
{
	static const char *const ends[] = { "市", "区", "町", "村" };
	static const char *const never[] = { "・", "、", "，", "市町村", "０", "１", "２", "３",
		"４", "５", "６", "７", "８", "９" };
	int is_one = 0;
	char *copy = strndup(s, n);

	if (copy == NULL)
		return 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		is_one |= ends_with(s, n, ends[i]);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		is_one &= strstr(copy, never[i]) == NULL;
	is_one &= strpbrk(copy, "0123456789") == NULL && strncmp(copy, "の", strlen("の")) != 0;
	free(copy);
	return is_one;
}

/* The next word from *text, with a prefecture of its own or of the one before. */
static int
next_word(const char **text, struct area *a)
{
	const char *s = skip_blanks(*text);
	size_t n = word_length(s), head;
	int own;

	if (n == 0)
		return 0;
	own = prefecture_of(s, n, &head);
	if (own != 0)
		a->prefecture = own;
	a->place = s + head;
	a->n = n - head;
	*text = s + n;
	return 1;
}

/* Does the next word belong to the prefecture that was named last? */
static int
goes_on(const char *text)
{
	const char *s = skip_blanks(text);
	size_t n = word_length(s), head;

	return n > 0 && prefecture_of(s, n, &head) == 0;
}

int
area_next(const char **text, struct area *a)
{
	if (!next_word(text, a) || (a->n == 0 && goes_on(*text) && !next_word(text, a)))
		return 0;
	a->clear = a->prefecture != 0 && (a->n == 0 || names_one(a->place, a->n));
	return 1;
}

struct area_count
area_count(const char *text)
{
	struct area_count count = { 0, 0 };
	struct area a = { 0 };

	while (area_next(&text, &a)) {
		count.clear += a.clear != 0;
		count.unclear += a.clear == 0;
	}
	return count;
}

static int
same_place(const struct area *a, const char *municipality)
{
	size_t head, n = strlen(municipality);

	prefecture_of(municipality, n, &head); /* it may be there or not */
	return n - head == a->n && memcmp(municipality + head, a->place, a->n) == 0;
}

int
area_includes(const char *text, const char *facility, const char *municipality)
{
	struct area a = { 0 };
	int unknown = 0, code;

	if (strspn(facility, "0123456789") < 2)
		return 0;
	code = (facility[0] - '0') * 10 + facility[1] - '0';
	while (area_next(&text, &a)) {
		if (!a.clear || a.prefecture != code)
			continue;
		if (a.n == 0 || (municipality != NULL && same_place(&a, municipality)))
			return 1;
		unknown |= municipality == NULL;
	}
	return unknown ? -1 : 0;
}

static const char *
kind_word(const char *facility)
{
	for (size_t i = 0; strlen(facility) > 2 && i < KINDS; i++)
		if (kinds[i].digit == facility[2])
			return kinds[i].word;
	return NULL;
}

/* Is the word one of the list? */
static int
listed(const char *list, const char *word)
{
	for (const char *s = skip_blanks(list); *s != '\0'; s = skip_blanks(s + word_length(s)))
		if (word_length(s) == strlen(word) && memcmp(s, word, strlen(word)) == 0)
			return 1;
	return 0;
}

int
area_kind_fits(const char *list, const char *facility)
{
	const char *word = kind_word(facility);

	return *skip_blanks(list) == '\0' || (word != NULL && listed(list, word));
}

int
area_kinds_valid(const char *list)
{
	for (const char *s = skip_blanks(list); *s != '\0'; s = skip_blanks(s + word_length(s))) {
		size_t i = 0;

		while (i < KINDS && (strlen(kinds[i].word) != word_length(s) ||
					memcmp(s, kinds[i].word, word_length(s)) != 0))
			i++;
		if (i == KINDS)
			return 0;
	}
	return 1;
}
