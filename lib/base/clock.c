#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define JAPAN (9 * 3600) /* seconds east; Japan has had no summer time since 1951 */

int64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

int64_t
clock_tick(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct date
date_today(void)
{
	return date_of_days((clock_now() + JAPAN) / 86400);
}

static int
leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
date_exists(struct date d)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
		return 0;
	return d.day <= days[d.month - 1] + (d.month == 2 && leap(d.year));
}

/* Counts years from March, so that the leap day is a year's last. */
int64_t
date_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t m = (d.month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + d.day - 1 - 719468;
}

struct date
date_of_days(int64_t days)
{
	int64_t n = days + 719468, y = (10000 * n + 14780) / 3652425, rest, m;

	rest = n - (365 * y + y / 4 - y / 100 + y / 400);
	if (rest < 0) {
		y--;
		rest = n - (365 * y + y / 4 - y / 100 + y / 400);
	}
	m = (100 * rest + 52) / 3060;
	return (struct date){
		.year = (int)(y + (m >= 10)),
		.month = (int)((m + 2) % 12 + 1),
		.day = (int)(rest - (m * 306 + 5) / 10 + 1),
	};
}

int
date_age(struct date birth, struct date day, int strict)
{
	struct date at = strict ? date_of_days(date_days(day) + 1) : day;

	return at.year - birth.year -
	       (at.month < birth.month || (at.month == birth.month && at.day < birth.day));
}

/* Writes n digits of value at p. snprintf would do, but this runs for every line of a batch. */
static void
put_digits(char *p, int n, int value)
{
	while (n-- > 0) {
		p[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
date_format(struct date d, char out[static DATE_SIZE])
{
	memcpy(out, "0000-00-00", DATE_SIZE);
	put_digits(out, 4, d.year);
	put_digits(out + 5, 2, d.month);
	put_digits(out + 8, 2, d.day);
}

/* Reads exactly n digits. 1, or 0. */
static int
get_digits(const char *s, int n, int *value)
{
	*value = 0;
	for (; n > 0; n--, s++) {
		if (*s < '0' || *s > '9')
			return 0;
		*value = *value * 10 + (*s - '0');
	}
	return 1;
}

int
date_parse(const char *s, struct date *d)
{
	return strlen(s) == DATE_SIZE - 1 && s[4] == '-' && s[7] == '-' &&
	       get_digits(s, 4, &d->year) && get_digits(s + 5, 2, &d->month) &&
	       get_digits(s + 8, 2, &d->day) && date_exists(*d);
}

void
time_format(int64_t t, char out[static TIME_SIZE])
{
	int64_t local = t + JAPAN, days = local / 86400;
	int second = (int)(local % 86400);

	if (second < 0) {
		second += 86400;
		days--;
	}
	date_format(date_of_days(days), out);
	memcpy(out + 10, "T00:00:00+09:00", 16);
	put_digits(out + 11, 2, second / 3600);
	put_digits(out + 14, 2, second / 60 % 60);
	put_digits(out + 17, 2, second % 60);
}

/* "Z" or "+09:00" at the end of a time, in seconds. 1, or 0. */
static int
get_offset(const char *s, int *offset)
{
	int hours, minutes;

	*offset = 0;
	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return 1;
	if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 || s[3] != ':' ||
	    !get_digits(s + 1, 2, &hours) || !get_digits(s + 4, 2, &minutes) || hours > 23 ||
	    minutes > 59)
		return 0;
	*offset = (hours * 3600 + minutes * 60) * (s[0] == '-' ? -1 : 1);
	return 1;
}

int
time_parse(const char *s, int64_t *t)
{
	char day[DATE_SIZE];
	struct date d;
	int hour, minute, second, offset;

	if (strlen(s) < 20 || (s[10] != 'T' && s[10] != 't') || s[13] != ':' || s[16] != ':')
		return 0;
	memcpy(day, s, DATE_SIZE - 1);
	day[DATE_SIZE - 1] = '\0';
	if (!date_parse(day, &d) || !get_digits(s + 11, 2, &hour) ||
	    !get_digits(s + 14, 2, &minute) || !get_digits(s + 17, 2, &second) || hour > 23 ||
	    minute > 59 || second > 60)
		return 0;
	s += 19;
	if (*s == '.' && strspn(s + 1, "0123456789") > 0)
		s += 1 + strspn(s + 1, "0123456789");
	if (!get_offset(s, &offset))
		return 0;
	*t = date_days(d) * 86400 + hour * 3600 + minute * 60 + second - offset;
	return 1;
}

int
span_parse(const char *s, int64_t *milliseconds)
{
	static const struct {
		const char *unit;
		int64_t milliseconds;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 } };
	int64_t n = 0;
	size_t digits = strspn(s, "0123456789");

	if (digits == 0 || digits > 9)
		return 0;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (s[i] - '0');
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(s + digits, units[i].unit) == 0) {
			*milliseconds = n * units[i].milliseconds;
			return 1;
		}
	return 0;
}
