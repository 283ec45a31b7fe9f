#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "csv/when.h"

#define LONGEST 128 /* bytes; nothing that long is a time */

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts the ending off if it is there. */
static int
cut(char *s, const char *ending)
{
	size_t n = strlen(s), k = strlen(ending);

	if (n < k || strcmp(s + n - k, ending) != 0)
		return 0;
	s[n - k] = '\0';
	return 1;
}

static void
cut_blanks(char *s)
{
	while (cut(s, " ") || cut(s, "\t"))
		;
}

/* "(月)", "(月・祝)", "月曜日" behind a date. */
static void
cut_weekday(char *s)
{
	char *open = strrchr(s, '(');
	size_t n;

	cut_blanks(s);
	if (open != NULL && cut(s, ")"))
		*open = '\0';
	else if (cut(s, "曜日") && (n = strlen(s)) >= strlen("月"))
		s[n - strlen("月")] = '\0';
	cut_blanks(s);
}

/* n digits as a number, or -1. */
static int
number(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s[i]))
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

/* One or two digits at *s, which moves behind them; else -1. */
static int
eat_number(const char **s)
{
	size_t n = strspn(*s, "0123456789");
	int value = n == 1 || n == 2 ? number(*s, n) : -1;

	if (value != -1)
		*s += n;
	return value;
}

static int
eat(const char **s, const char *text)
{
	size_t n = strlen(text);

	*s += strspn(*s, " \t");
	if (strncmp(*s, text, n) != 0)
		return 0;
	*s += n;
	return 1;
}

static void
set_time(struct when *w, int hour, int minute, int second)
{
	w->has_time =
	    hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
	w->hour = hour;
	w->minute = minute;
	w->second = second;
	w->rest |= !w->has_time;
}

/* hhmm, yyyymmddhhmm, yyyymmddhhmmss */
static void
read_compact(char *s, size_t n, struct when *w)
{
	const char *time = n == 4 ? s : s + 8;

	set_time(w, number(time, 2), number(time + 2, 2), n == 14 ? number(time + 4, 2) : 0);
	if (n == 4)
		return;
	s[8] = '\0';
	w->has_day = date_read(s, &w->day);
}

/* 12-hour clock: what stands before or behind the time. */
static const struct half {
	const char *word;
	int afternoon;
} halves[] = {
	{ "午前", 0 },
	{ "午後", 1 },
	{ "AM", 0 },
	{ "PM", 1 },
};

static int
in_half(int hour, int afternoon)
{
	if (hour > 12)
		return hour;
	return hour % 12 + (afternoon ? 12 : 0);
}

/* Where the digits of the hour begin, or NULL: before a colon or 時. */
static char *
find_hour(char *s)
{
	char *colon = strchr(s, ':'), *kanji = strstr(s, "時"), *mark, *p;

	mark = colon == NULL || (kanji != NULL && kanji < colon) ? kanji : colon;
	if (mark == NULL)
		return NULL;
	for (p = mark; p > s && p[-1] == ' ';)
		p--;
	for (mark = p; p > s && is_digit(p[-1]) && mark - p < 2;)
		p--;
	return p == mark ? NULL : p;
}

static void
read_clock(const char *s, int half, struct when *w)
{
	int hour = eat_number(&s), minute = 0, second = 0;

	if (eat(&s, "時半")) {
		minute = 30;
	} else if (eat(&s, "時")) {
		s += strspn(s, " \t");
		if (is_digit(*s)) {
			minute = eat_number(&s);
			eat(&s, "分");
		}
	} else {
		eat(&s, ":");
		minute = eat_number(&s);
		if (eat(&s, ":"))
			second = eat_number(&s);
	}
	for (size_t i = 0; i < sizeof halves / sizeof *halves && half == -1; i++)
		if (eat(&s, halves[i].word))
			half = halves[i].afternoon;
	set_time(w, half == -1 || hour < 0 ? hour : in_half(hour, half), minute, second);
	w->rest |= s[strspn(s, " \t")] != '\0';
}

static void
read_parts(char *s, struct when *w)
{
	char *hour = find_hour(s);
	int half = -1;

	if (hour != NULL) {
		char first = *hour;

		*hour = '\0';
		cut_blanks(s);
		for (size_t i = 0; i < sizeof halves / sizeof *halves && half == -1; i++)
			if (cut(s, halves[i].word))
				half = halves[i].afternoon;
		if (half == -1)
			cut(s, "T");
		*hour = first;
		read_clock(hour, half, w);
		*hour = '\0';
	}
	cut_weekday(s);
	if (*s != '\0')
		w->has_day = date_read(s, &w->day);
}

void
when_read(const char *text, struct when *w)
{
	char space[LONGEST];
	struct buf folded;
	size_t n;

	*w = (struct when){ 0 };
	if ((w->has_day = date_read(text, &w->day)) != 0)
		return;
	buf_over(&folded, space, sizeof space);
	if (text_fold(&folded, text, strlen(text)) == 0 && folded.len > 0) {
		n = strspn(folded.data, "0123456789");
		if (folded.data[n] == '\0' && (n == 4 || n == 12 || n == 14))
			read_compact(folded.data, n, w);
		else
			read_parts(folded.data, w);
	}
}
