/*
 * Time and dates, in Japan (UTC+9, no summer time), whatever TZ says.
 *
 * All time of day comes from clock_now(), so that tests can move it with faketime. Seconds are
 * Unix seconds.
 */
#ifndef OQ_BASE_CLOCK_H
#define OQ_BASE_CLOCK_H

#include <stdint.h>

#define DATE_SIZE 11 /* "2026-10-05" and its NUL */
#define ERA_SIZE  32 /* "令和7981年12月31日" and its NUL */
#define TIME_SIZE 26 /* "2026-10-05T09:01:12+09:00" and its NUL */

struct date {
	int year, month, day;
};

int64_t clock_now(void);
/* For deadlines: milliseconds that only ever grow, of no particular beginning. */
int64_t clock_tick(void);

/* Today in Japan. */
struct date date_today(void);
/* 1 if the day exists in the calendar (years 1 to 9999), else 0. */
int date_exists(struct date);
/* Days since 1970-01-01, for differences and order. */
int64_t date_days(struct date);
struct date date_of_days(int64_t);
/* Whole years from birth to day, as Japanese law counts them (a year is full the day before the
 * birthday: 年齢計算ニ関スル法律) only where strict is set; else on the birthday. */
int date_age(struct date birth, struct date day, int strict);

void date_format(struct date, char out[static DATE_SIZE]);
/*
 * As the state writes it (和暦): 令和5年3月10日, and 令和元年 for a first year. A day before the first
 * era is written as YYYY-MM-DD.
 */
void date_format_era(struct date, char out[static ERA_SIZE]);
/* Reads exactly YYYY-MM-DD. 1, or 0 if it is not that or no such day exists. */
int date_parse(const char *, struct date *);

/*
 * Reads a date in any form that receipt computers and people write: 19800102, 1980-01-02,
 * 1980/1/2, 1980.1.2, 1980年1月2日, S55.1.2, s55/1/2, 昭和55年1月2日, R4/10/3, 令和元年5月1日, 3550102 (era
 * digit: 1 明治 2 大正 3 昭和 4 平成 5 令和), with full-width digits and letters and blanks around.
 * Eras are checked against their first and last day.
 * Returns 1, or 0 if it is none of these, or -1 if the form is right but there is no such day.
 */
int date_read(const char *, struct date *);

/* "2026-10-05T09:01:12+09:00". Years 1 to 9999. */
void time_format(int64_t, char out[static TIME_SIZE]);
/* Reads RFC 3339 with any offset or Z, seconds required, fractions ignored. 1 or 0. */
int time_parse(const char *, int64_t *);

/* Spans are written 90s 15m 12h 7d. Returns 1 with milliseconds, or 0. */
int span_parse(const char *, int64_t *milliseconds);

#endif
