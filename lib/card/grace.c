#include <stddef.h>
#include <string.h>

#include "card/grace.h"

enum period { PERIOD_GRACE, PERIOD_NOTICE };

/*
 * Both inclusive; "": open. The rule changes with the law: add a row, never change one.
 */
static const struct row {
	enum period period;
	const char *from, *to;
	int months, days;
	const char *source, *confidence;
} rows[] = {
	/* The centre shows the insurance, but nothing medical, and takes no consents. */
	{ PERIOD_GRACE, "2024-12-02", "", 3, 0,
	    "oqs-interface.md 5.1: an insurers' association's FAQ and a clinic's notice, 2025",
	    "confirmed" },
	{ PERIOD_NOTICE, "", "", 0, 90, "ours: three months are the time in which it is renewed",
	    "confirmed" },
};

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

static int
in_force(const struct row *row, struct date day)
{
	struct date from, to;

	return (!date_parse(row->from, &from) || date_days(from) <= date_days(day)) &&
	       (!date_parse(row->to, &to) || date_days(day) <= date_days(to));
}

static const struct row *
row_for(enum period period, struct date day)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].period == period && in_force(&rows[i], day))
			return &rows[i];
	return NULL;
}

int64_t
grace_days_after(int64_t not_after, struct date day)
{
	return date_days(day) - date_days(last_day(not_after));
}

int
grace_covers(int64_t not_after, struct date day)
{
	const struct row *row = row_for(PERIOD_GRACE, day);
	struct date end = last_day(not_after);

	return row != NULL && date_days(day) <= date_days(add_months(end, row->months)) + row->days;
}

int
grace_notice(int64_t not_after, struct date day)
{
	const struct row *row = row_for(PERIOD_NOTICE, day);
	int64_t days = grace_days_after(not_after, day);

	return row != NULL && days <= 0 && -days <= row->days;
}
