#include <stdlib.h>
#include <string.h>

#include "model/grace.h"

#define FILE_NAME "grace.csv"
#define COUNT_MAX 1200 /* months or days beyond which a row says nothing sensible */

/* A cell that is a small number; -1 when it is none, or not there. */
static int
number(const struct table *t, size_t row, const char *column)
{
	const char *cell = table_cell(t, row, column);
	char *end;
	long n = cell == NULL ? -1 : strtol(cell, &end, 10);

	return cell == NULL || end == cell || *end != '\0' || n < 0 || n > COUNT_MAX ? -1 : (int)n;
}

struct table *
grace_load(const char *path, struct why *why)
{
	struct table *t =
	    path == NULL ? table_load_installed(FILE_NAME, why) : table_load(path, why);
	size_t i = 0, n = t == NULL ? 0 : table_rows(t);

	while (i < n && table_cell(t, i, "period") != NULL && number(t, i, "months") != -1 &&
	       number(t, i, "days") != -1)
		i++;
	if (i == n)
		return t;
	why_set(why, ERR_TABLE_MALFORMED, NULL, "%s: row %zu: period, months and days",
	    path == NULL ? FILE_NAME : path, i + 1);
	table_free(t);
	return NULL;
}

static struct date
last_day(int64_t not_after)
{
	char text[TIME_SIZE];
	struct date d = { 0 };

	time_format(not_after, text);
	text[DATE_SIZE - 1] = '\0';
	date_parse(text, &d);
	return d;
}

/* The same day so many months later, or the last day of that month. */
static struct date
add_months(struct date d, int months)
{
	int n = d.month - 1 + months;

	d.year += n / 12;
	d.month = n % 12 + 1;
	while (!date_exists(d))
		d.day--;
	return d;
}

int64_t
grace_days_after(int64_t not_after, struct date day)
{
	return date_days(day) - date_days(last_day(not_after));
}

int
grace_covers(const struct table *t, int64_t not_after, struct date day)
{
	struct date end = last_day(not_after);
	size_t row = 0;

	return table_find(t, "period", "grace", day, &row) &&
	       date_days(day) <=
		   date_days(add_months(end, number(t, row, "months"))) + number(t, row, "days");
}

int
grace_notice(const struct table *t, int64_t not_after, struct date day)
{
	int64_t days = grace_days_after(not_after, day);
	struct date end = last_day(not_after);
	size_t row = 0;

	return days <= 0 && table_find(t, "period", "notice", day, &row) &&
	       date_days(end) <=
		   date_days(add_months(day, number(t, row, "months"))) + number(t, row, "days");
}
