#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "readiness/cells.h"
#include "readiness/contact.h"

#define JAPAN ((int64_t)9 * 60 * 60) /* ahead of UTC */
#define DAY   ((int64_t)24 * 60 * 60)
#define EPOCH 3 /* 1970-01-01 was a Thursday, days counted from Monday */
#define WEEK  7

static const char days[WEEK][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static int
day_of(const char *name)
{
	int i = 0;

	while (i < WEEK && strcmp(days[i], name) != 0)
		i++;
	return i;
}

/* Takes the name of a day. 1, or 0 when none stands there. */
static int
take_day(const char **p, int *day)
{
	char name[sizeof days[0]] = "";

	*p += strspn(*p, " ");
	strncpy(name, *p, sizeof name - 1);
	*day = day_of(name);
	if (*day == WEEK)
		return 0;
	*p += strlen(name);
	return 1;
}

/* Takes "HH:MM" as minutes of the day. 1 or 0. */
static int
take_time(const char **p, int *minute)
{
	const char *s = *p + strspn(*p, " ");

	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
			return 0;
	*minute = ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 + s[4] - '0';
	*p = s + 5;
	return 1;
}

/* One part: "Mon-Fri 08:00-18:00" or "Sat 08:00-16:00". */
static int
part_holds(const char *part, int weekday, int minute)
{
	int first, last, from, to;

	if (!take_day(&part, &first))
		return -1;
	last = first;
	if (*part == '-' && (part++, !take_day(&part, &last)))
		return -1;
	if (!take_time(&part, &from) || *part++ != '-' || !take_time(&part, &to))
		return -1;
	return weekday >= first && weekday <= last && minute >= from && minute < to;
}

int
hours_hold(const char *hours, int64_t now)
{
	int64_t there = now + JAPAN, day = there / DAY;
	int weekday = (int)((day + EPOCH) % WEEK), minute = (int)(there % DAY / 60);
	int holds = 0;

	for (const char *part = hours; part != NULL && holds == 0;) {
		holds = part_holds(part, weekday, minute);
		part = strchr(part, ';');
		if (part != NULL)
			part++;
	}
	return holds;
}

/* Is today none of the holidays? 1, 0, or -1 where they are not known so far. */
static int
is_workday(const struct calendar *holidays)
{
	struct date today = date_today(), next;
	int64_t day = date_days(today);

	if (holidays == NULL || day > holidays->last)
		return -1;
	return calendar_find(holidays, date_of_days(day - 1), 1, &next) && date_days(next) == day;
}

/* closed: what days it is closed on, in words; "": none. */
static const char *
open_word(const struct contacts *c, const char *hours, const char *closed, int64_t now)
{
	int hold = *hours == '\0' ? -1 : hours_hold(hours, now);

	if (hold == -1)
		return TELEPHONE_OPEN_UNKNOWN;
	if (hold == 0)
		return TELEPHONE_OPEN_CLOSED;
	switch (*closed == '\0' ? 1 : is_workday(c->holidays)) {
	case 1:
		return TELEPHONE_OPEN_OPEN;
	case 0:
		return TELEPHONE_OPEN_CLOSED;
	default:
		return TELEPHONE_OPEN_OPEN_UNLESS_HOLIDAY;
	}
}

/* Machines and the line are the vendor's work; what the centre has to do is not. */
static int
is_vendors(const char *actor)
{
	return strcmp(actor, "operator") == 0 || strcmp(actor, "network") == 0;
}

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

size_t
contacts_for(const struct contacts *c, const char *actor, int64_t now,
    struct contact out[static CONTACTS_MAX])
{
	struct date today = date_today();
	size_t n = 0;

	if (is_vendors(actor) && (c->vendor != NULL || c->vendor_telephone != NULL))
		out[n++] =
		    (struct contact){ .who = c->vendor == NULL ? "the system vendor" : c->vendor,
			    .who_ja = c->vendor == NULL ? "システム事業者" : c->vendor,
			    .number = or_empty(c->vendor_telephone),
			    .hours = or_empty(c->vendor_hours),
			    .open = open_word(c, or_empty(c->vendor_hours), "", now) };
	for (size_t i = 0; n < CONTACTS_MAX && table_find(c->table, NULL, NULL, today, &i); i++)
		if (cell_has_word(table_cell(c->table, i, "actors"), actor)) {
			const char *hours = table_cell(c->table, i, "hours");

			out[n++] = (struct contact){ .who = table_cell(c->table, i, "who"),
				.who_ja = table_cell(c->table, i, "who_ja"),
				.number = table_cell(c->table, i, "number"),
				.hours = hours,
				.open =
				    open_word(c, hours, table_cell(c->table, i, "closed"), now) };
		}
	return n;
}
