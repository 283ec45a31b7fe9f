/*
 * The steps of introducing online verification (onboarding.md 2): what is done, what is open, what
 * bars it, until when. Dated data: onboarding_steps.csv; deadlines of the grant: deadlines.csv.
 */
#ifndef OQ_READINESS_ONBOARDING_H
#define OQ_READINESS_ONBOARDING_H

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "pipe/output.h"
#include "table/table.h"

#define ONBOARDING_STEPS 32 /* rows of the table at most */

/* What a facility has written down. */
struct progress_kept {
	struct {
		struct date done, due;
		int has_done, has_due;
	} step[ONBOARDING_STEPS];
	char regime[8], grace[8]; /* of the grant; "": not said */
};

/*
 * Reads lines "KEY = DATE" (done), "KEY = due DATE", "regime = R2", "grace = none" or "grace = 1";
 * '#' begins a comment. 0, or -1 with why: a key that the table does not have, a date that is none,
 * a second mention, with the line.
 */
int progress_parse(
    const char *text, size_t len, const struct table *steps, struct progress_kept *, struct why *);

struct onboarding {
	const struct table *steps, *deadlines;
	const struct progress_kept *kept;
	struct date on; /* today */
};

/* A record a step. 0, or -1 when the output has failed. */
int onboarding_records(const struct onboarding *, struct output *);

/* The same as text for people, and as an iCalendar of what is due (RFC 5545). */
void onboarding_text(const struct onboarding *, FILE *);
void onboarding_calendar(const struct onboarding *, int64_t now, FILE *);

#endif
