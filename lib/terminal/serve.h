/* A folder served from a hub: requests in, responses out, until told to stop. */
#ifndef OQ_TERMINAL_SERVE_H
#define OQ_TERMINAL_SERVE_H

#include "base/error.h"
#include "base/schedule.h"
#include "base/text.h"
#include "pipe/tally.h"
#include "route/route.h"
#include "terminal/spool.h"

#define TERMINAL_JOBS	    10 /* windows at a time, as the route needs to have them */
#define TERMINAL_ANSWER_MAX ((size_t)8 << 20) /* bytes of the hub's answers in one window */

struct serve_options {
	const char *tool;	       /* the command's name, for stderr */
	const char *facility;	       /* whose requests are answered; NULL: everybody's */
	enum encoding encoding;	       /* of responses; ENCODING_UNKNOWN: as the request's */
	int64_t scan;		       /* milliseconds between two looks */
	const struct schedule *faults; /* NULL: none */
	int stop_fd;		       /* readable when it is to end */
};

/*
 * Serves, and counts each request that was answered: yes with an answer, unknown with an error. What
 * is taken and not answered when it ends is answered by the next run. A folder that
 * fails is reported on stderr, and looked for again. 0, or -1 with why: no memory.
 */
int terminal_serve(
    struct spool *, struct route *, const struct serve_options *, struct tally *, struct why *);

/*
 * The reader of windows: takes an `eligibility`, a `medical` or an `error`, whatever they hold.
 */
int terminal_reads(const json_t *answer, struct question *, struct why *);

/*
 * The answer's member: the caller's, or NULL with why: what the hub said instead, or why it said
 * nothing. of_person: it answered, and said that this cannot be asked.
 */
json_t *terminal_heard(const struct window *, const struct question *, const char *member,
    int *of_person, struct why *);

#endif
