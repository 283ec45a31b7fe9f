/*
 * Bulk asking (一括照会) over a terminal's folder: lines grouped by visit date into files, each of which
 * is submitted, accepted under a reception number, and fetched when it is ready, perhaps by another
 * run. One line in is one line out here, too, in the same order.
 *
 * Lines are taken in loads, so that memory does not grow with their number; a file holds lines of one
 * load. What is known of each question stands in the journal, and a line leaves with what stands
 * there.
 */
#ifndef OQ_ASK_BULK_H
#define OQ_ASK_BULK_H

#include "ask/ask.h"
#include "ask/service.h"

struct bulk_options {
	int submit, fetch;  /* one of them, or both */
	int today;	    /* what is for a day after today is asked as of today */
	int64_t wait, poll; /* milliseconds for results that are not ready, and between two tries */
	int64_t size;	    /* persons in a file, at most */
};

extern const struct service service_bulk;

/* As ask_run(), for options with `bulk`; the route is never NULL. */
enum ask_end bulk_run(struct lines *, int in, struct output *, struct route *, struct tally *,
    const struct ask_options *, struct why *);

#endif
