/*
 * The loop of a synchronous filter: one line in, one line out, as DESIGN 3 says, with a function
 * for one record in the middle.
 */
#ifndef OQ_PIPE_FILTER_H
#define OQ_PIPE_FILTER_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "pipe/tally.h"

struct filter {
	const char *tool;   /* the command's name */
	const char *member; /* the member it writes: "fees" */
	size_t max_line;
	int retry_unknown; /* as record_stopped() takes it */
	/*
	 * Makes ready, once: while the first line is waited for, so that a desk learns of a broken
	 * table before its first patient; else with the first line. An input that is empty from the
	 * start pays for nothing (DESIGN 7). 0, or -1 with why: no line is answered. NULL: there is
	 * nothing to do.
	 */
	int (*begin)(void *context, struct why *why);
	/*
	 * Answers one record: adds the member's value as JSON to the empty value and returns the
	 * verdict, or sets why (which comes in as ERR_NONE) and the line leaves as a failure.
	 */
	enum verdict (*answer)(
	    void *context, const json_t *record, struct buf *value, struct why *why);
	void *context;
};

/*
 * Reads lines from `in` to its end and writes them to `out`; flushes when no input waits. Lines
 * that are no object leave as such, those that record_stopped() as they came. Counts in the tally,
 * `read` too. Returns 0, or -1 after printing why: the input or the output failed.
 */
int filter_run(const struct filter *, int in, int out, struct tally *);

#endif
