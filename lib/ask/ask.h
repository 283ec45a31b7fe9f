/*
 * Asking line by line: windows fill until WINDOW_LINES questions wait or no further input waits, at
 * most `jobs` are in flight, and the order is put back here, once (DESIGN 2, PROTOCOL 1).
 *
 * Every line that is read leaves exactly once. Memory is jobs + 2 batches, however many lines there
 * are: when the first line in order still waits and the batches are full, reading stops; with a
 * journal it goes on, until the lines that rest are as many as rest.h says.
 */
#ifndef OQ_ASK_ASK_H
#define OQ_ASK_ASK_H

#include "ask/pace.h"
#include "base/error.h"
#include "options/tty.h"
#include "pipe/lines.h"
#include "pipe/output.h"
#include "pipe/tally.h"
#include "route/route.h"
#include "store/journal.h"

#define STOP_GRACE 5000 /* milliseconds for what is under way when the run is stopped */
#define STOP_REST  5000 /* and after that for the lines that still wait in the input */

struct before;
struct service;
struct query;
struct bulk_options;

struct ask_options {
	const struct service *service;
	const struct query *query;	 /* of service_query: what is asked for */
	const struct bulk_options *bulk; /* of service_bulk */
	const char *tool;		 /* the command's name */
	int jobs;			 /* windows in flight, as the route has them */
	size_t max_line;
	int as_completed;  /* a line leaves when it is answered */
	int retry_unknown; /* take off our own error that may pass, and ask what is unknown */
	int again;	   /* ask also where a card's answer is kept */
	struct tty *desk;  /* where each result is said, NULL: nowhere */
	int stop_fd;	   /* from stop_open() */
	struct pace pace;  /* how fast, and how long */
	/* What is asked is remembered here, and what was asked before a cut is not asked again. */
	struct journal *journal; /* NULL: nowhere; the caller's, who ends it if all went well */
	const char *facility;	 /* for the journal: from asked_facility() */
	struct before *before;	 /* answers to compare with; NULL: none. The caller's */
};

enum ask_end {
	ASK_WHOLE,   /* the input has ended and every line has left */
	ASK_STOPPED, /* a signal or the hour came; every line that was read has left */
	ASK_FAILED,  /* reading failed (why), or the output (output_failed()), or the journal */
};

/*
 * Asks the lines, which come from the descriptor `in`, over the route. With route NULL nothing is asked: the question lines themselves
 * are written, and no other line (--dry-run). Reports each cause that stops questions on stderr,
 * once.
 */
enum ask_end ask_run(struct lines *, int in, struct output *, struct route *, struct tally *,
    const struct ask_options *, struct why *);

/*
 * From here on SIGINT and SIGTERM end nothing: they make the returned descriptor readable.
 * Call it before restraint and before the first thread. -1 with errno.
 */
int stop_open(void);

#endif
