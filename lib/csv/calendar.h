/*
 * On which days the clinic is open: a weekly pattern, and a file of holidays.
 *
 * The file is CSV, UTF-8 or code page 932: a day in any form that date_read() knows, and what it is
 * called; its first row may be a header. The list of national holidays that the Cabinet Office
 * publishes (国民の祝日) is such a file, and a clinic adds its own days. A day called `open` is one on
 * which the clinic is open all the same.
 */
#ifndef OQ_CSV_CALENDAR_H
#define OQ_CSV_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

struct special {
	int64_t day; /* since 1970 */
	int open;
};

struct calendar {		 /* zeroed: never open */
	unsigned open;		 /* by weekday, from Sunday: 1 << 0 */
	struct special *special; /* the last row about a day counts */
	size_t n, room;
	int64_t last; /* the last day that the file has; 0: there is no file */
};

/* "mon tue wed", with blanks or commas between. 1, or 0 if there is another word, or none. */
int calendar_week(struct calendar *, const char *);

/* Reads the file. 0, or -1 with why: file-unreadable, holidays-malformed. */
int calendar_holidays(struct calendar *, const char *path, struct why *);
void calendar_free(struct calendar *);

/*
 * "next-open-day", or "next-open-day+2" for the second open day after that one. 1 and the count (1
 * for the next), or 0 if it is neither.
 */
int calendar_words(const char *, int *count);

/* The count-th open day after that day. 1, or 0 when there is none within a year. */
int calendar_find(const struct calendar *, struct date after, int count, struct date *out);

#endif
