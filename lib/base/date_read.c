/* Dates as receipt computers and people write them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/*
 * Eras with their first and last day (改元). 明治 counts from the adoption of the Gregorian
 * calendar on; nobody alive was born before it.
 */
static const struct era {
	char letter, digit;
	const char *name, *short_name, *sign; /* the sign is one character: ㍼ */
	struct date first, last;
} eras[] = {
	{ 'M', '1', "明治", "明", "㍾", { 1873, 1, 1 }, { 1912, 7, 29 } },
	{ 'T', '2', "大正", "大", "㍽", { 1912, 7, 30 }, { 1926, 12, 24 } },
	{ 'S', '3', "昭和", "昭", "㍼", { 1926, 12, 25 }, { 1989, 1, 7 } },
	{ 'H', '4', "平成", "平", "㍻", { 1989, 1, 8 }, { 2019, 4, 30 } },
	{ 'R', '5', "令和", "令", "㋿", { 2019, 5, 1 }, { 9999, 12, 31 } },
};
#define ERAS (sizeof eras / sizeof *eras)

/* The year before the first of an era: 昭和55 is 1925 + 55. 明治 began in 1868. */
static int
year_zero(const struct era *e)
{
	return e->letter == 'M' ? 1867 : e->first.year - 1;
}

void
date_format_era(struct date d, char out[static ERA_SIZE])
{
	const int64_t day = date_days(d);

	for (const struct era *e = eras; e < eras + ERAS; e++) {
		int year = d.year - year_zero(e);

		if (day < date_days(e->first) || day > date_days(e->last))
			continue;
		if (year == 1)
			snprintf(out, ERA_SIZE, "%s元年%d月%d日", e->name, d.month, d.day);
		else
			snprintf(out, ERA_SIZE, "%s%d年%d月%d日", e->name, year, d.month, d.day);
		return;
	}
	date_format(d, out);
}

static int
eat(const char **s, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*s, text, n) != 0)
		return 0;
	*s += n;
	return 1;
}

static void
eat_blanks(const char **s)
{
	*s += strspn(*s, " \t");
}

static const struct era *
eat_era(const char **s)
{
	char letter[2] = { 0 };

	for (const struct era *e = eras; e < eras + ERAS; e++) {
		letter[0] = e->letter;
		if (eat(s, e->name) || eat(s, e->sign) || eat(s, e->short_name) || eat(s, letter)) {
			eat(s, ".");
			eat_blanks(s);
			return e;
		}
	}
	return NULL;
}

/* One to `most` digits. 1, or 0 and *s stays. */
static int
eat_number(const char **s, size_t most, int *value)
{
	size_t n = strspn(*s, "0123456789");

	if (n == 0 || n > most)
		return 0;
	for (*value = 0; n > 0; n--)
		*value = *value * 10 + (*(*s)++ - '0');
	return 1;
}

/* A separator: the character 年 or 月, or a point, stroke or hyphen, the same both times. */
static int
eat_separator(const char **s, const char *kanji, char *seen)
{
	eat_blanks(s);
	if (*seen == '\0' && **s != '\0' && strchr("/.-", **s) != NULL)
		*seen = **s;
	if (*seen != '\0') {
		if (**s != *seen)
			return 0;
		(*s)++;
	} else if (!eat(s, kanji)) {
		return 0;
	}
	eat_blanks(s);
	return 1;
}

/* Checks the day, and that it lies in its era. 1, or -1. */
static int
settle(const struct era *e, struct date *d)
{
	int64_t day;

	if (e != NULL)
		d->year += year_zero(e);
	if (!date_exists(*d))
		return -1;
	day = date_days(*d);
	if (e != NULL && (day < date_days(e->first) || day > date_days(e->last)))
		return -1;
	return 1;
}

/* yyyymmdd, eyymmdd with an era digit, or yymmdd behind an era letter. */
static int
read_compact(const char *s, const struct era *e, struct date *d)
{
	size_t n = strspn(s, "0123456789");
	int value[8];

	if (s[n] != '\0' || n > 8)
		return 0;
	for (size_t i = 0; i < n; i++)
		value[i] = s[i] - '0';
	if (n == 7 && e == NULL)
		for (const struct era *row = eras; row < eras + ERAS; row++)
			if (s[0] == row->digit)
				e = row;
	if (!(n == 8 && e == NULL) && !(n == 7 && e != NULL && s[0] == e->digit) &&
	    !(n == 6 && e != NULL))
		return 0;
	d->year = value[n - 6] * 10 + value[n - 5];
	if (n == 8)
		d->year += value[0] * 1000 + value[1] * 100;
	d->month = value[n - 4] * 10 + value[n - 3];
	d->day = value[n - 2] * 10 + value[n - 1];
	return settle(e, d);
}

static int
read_separated(const char *s, const struct era *e, struct date *d)
{
	char seen = '\0';
	size_t most = e == NULL ? 4 : 2;

	if (e == NULL && strspn(s, "0123456789") != 4)
		return 0; /* a year of two digits could be any century */
	if (e != NULL && eat(&s, "元"))
		d->year = 1;
	else if (!eat_number(&s, most, &d->year))
		return 0;
	if (!eat_separator(&s, "年", &seen) || !eat_number(&s, 2, &d->month) ||
	    !eat_separator(&s, "月", &seen) || !eat_number(&s, 2, &d->day))
		return 0;
	eat_blanks(&s);
	if (seen == '\0' && !eat(&s, "日"))
		return 0;
	return *s == '\0' ? settle(e, d) : 0;
}

int
date_read(const char *text, struct date *d)
{
	char space[128]; /* nothing that long is a date */
	struct buf folded;
	const struct era *e;
	const char *s;
	int read = 0;

	buf_over(&folded, space, sizeof space);
	if (text_fold(&folded, text, strlen(text)) == 0 && folded.len > 0) {
		while (folded.len > 0 && folded.data[folded.len - 1] == ' ')
			folded.data[--folded.len] = '\0';
		s = folded.data;
		eat_blanks(&s);
		e = eat_era(&s);
		if ((read = read_compact(s, e, d)) == 0)
			read = read_separated(s, e, d);
	}
	return read;
}
