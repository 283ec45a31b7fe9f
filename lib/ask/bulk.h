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
#include "store/bulk.h"

/* What can be asked in bulk, a row each. */
struct bulk_kind {
	const struct service *single; /* the same, one by one */
	int registers; /* reference numbers, by which nothing comes back but their echo */
	enum verdict (*verdict)(const char *status);
	/* Adds the answer line that says it is accepted, and not done. */
	void (*pending)(struct buf *out, const struct bulk_file *, const char *route);
};

extern const struct bulk_kind bulk_eligibility, bulk_reference;

struct bulk_options {
	const struct bulk_kind *kind;
	int submit, fetch;  /* one of them, or both */
	int today;	    /* what is for a day after today is asked as of today */
	int64_t wait, poll; /* milliseconds for results that are not ready, and between two tries */
	int64_t size;	    /* persons in a file, at most */
};

extern const struct service service_bulk, service_bulk_reference;

/* The options of a command that can do this: those of an asker are before them. */
struct bulk_asker {
	const char *step; /* NULL: one by one */
	int64_t wait, poll, size;
};
#define BULK_ROWS(T)                                                                               \
	ROW(T, "bulk", 0, "STEP", OPTION_STEP, bulk.step, "submit fetch both", NULL, 0,            \
	    N_("ask a terminal in files of many patients: submit them, fetch the results, or "     \
	       "both")),                                                                           \
	    ROW(T, "wait", 0, "SPAN", OPTION_SPAN, bulk.wait, NULL, "0s", 0,                       \
		N_("with --bulk, patience with results that are not ready")),                      \
	    ROW(T, "poll", 0, "SPAN", OPTION_SPAN, bulk.poll, NULL, "10s", 0,                      \
		N_("with --bulk, ask again this often for a result that is not ready")),           \
	{                                                                                          \
		"bulk-size", 0, "N", OPTION_COUNT, offsetof(T, bulk.size), NULL, "500", 1, 1000,   \
		    0, N_("with --bulk, patients in one file, at most")                            \
	}
/* What they say. */
struct bulk_options bulk_options_of(const struct bulk_asker *, const struct bulk_kind *);

/* As ask_run(), for options with `bulk`; the route is never NULL. */
enum ask_end bulk_run(struct lines *, int in, struct output *, struct route *, struct tally *,
    const struct ask_options *, struct why *);

#endif
