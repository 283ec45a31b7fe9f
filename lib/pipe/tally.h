/* The count: how many lines were read, and what became of them. */
#ifndef OQ_PIPE_TALLY_H
#define OQ_PIPE_TALLY_H

#include <stdint.h>

#include "base/error.h"

enum verdict { VERDICT_YES, VERDICT_NO, VERDICT_UNKNOWN, VERDICT_NOT_ASKED };

struct tally {
	uint64_t read; /* counted by whoever reads: only so does a lost line show */
	uint64_t yes, no, unknown, not_asked;
	uint64_t asked;	  /* lines that had to be asked */
	uint64_t stopped; /* of these: how many were stopped by a cause with an exit status */
	int stop_status;  /* that status; EXIT_UNKNOWN when causes differed */
};

/* Counts one line that leaves. */
void tally_add(struct tally *, enum verdict);
/* Counts one line that had to be asked, and what stopped it (ERR_NONE: it was answered). */
void tally_asked(struct tally *, enum error_id);

enum fail_on { FAIL_ON_NEGATIVE, FAIL_ON_UNKNOWN };

/* The exit status of DESIGN 3.7; `local` when input or output failed. FAIL_ON_UNKNOWN makes a
 * no count as 0. */
int tally_status(const struct tally *, enum fail_on, int local);

/* "oq-verify: read 180, yes 171, no 6, unknown 3" on stderr (not-asked only when there are any). */
void tally_print(const struct tally *, const char *tool);

/* The same as JSON, whole or not at all. 0, or -1 with why. */
int tally_summary(
    const struct tally *, const char *tool, int status, const char *path, struct why *);

/*
 * How a command ends: prints the count, writes the summary (NULL: none) and returns the exit
 * status, which is that of a local failure when the summary could not be written.
 */
int tally_end(const struct tally *, const char *tool, enum fail_on, int local, const char *summary);

#endif
