/* A day, a time of day, or both, as one cell of a list holds them. */
#ifndef OQ_CSV_WHEN_H
#define OQ_CSV_WHEN_H

#include "base/clock.h"

struct when {
	int has_day; /* 1; 0: none, or no form we know; -1: the form is right, there is no such day */
	int has_time;
	int rest; /* there is more, which is not in here: "9:30-9:45", "25:00" */
	struct date day;
	int hour, minute, second;
};

/*
 * Reads every date that date_read() knows, with a weekday behind it or not (2026/10/5(月)), and
 * 9:30, 09:30:00, 9時30分, 9時半, 午後2:30, 2:30 PM, 0930, after a date (blank or T between) or
 * alone; also 202610050930 and 20261005093000.
 */
void when_read(const char *, struct when *);

#endif
