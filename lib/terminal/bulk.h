/*
 * Bulk requests (OQSmuquc, and OQSmuimm for reference numbers) at the stand-in. What is submitted is a job under its reception number,
 * kept in the terminal's own part of the folder; the hub is asked when the result is fetched, window
 * by window, each person with an ask that stands in the job, so that fetching again gets the same.
 */
#ifndef OQ_TERMINAL_BULK_H
#define OQ_TERMINAL_BULK_H

#include <jansson.h>

#include "base/text.h"
#include "route/route.h"
#include "terminal/faults.h"
#include "terminal/message.h"
#include "terminal/spool.h"

/*
 * Makes the request a job whose result is ready after so many milliseconds, and the response that
 * accepts it. The same request gets the same reception number. 0, or -1 with why and which refusal
 * it is.
 */
int job_accept(const struct spool *, const char *name, const struct buf *bytes,
    const char *institution, int64_t ready_after, enum encoding, struct buf *response,
    enum refusal *, struct why *);

/*
 * Finds the job that the request (its record) fetches. 1 and the job, the caller's; 0: its result is
 * not ready; or -1 with why and which refusal it is.
 */
int job_find(const struct spool *, const json_t *asked, const char *institution, json_t **job,
    enum refusal *, struct why *);

/* Come again. */
int job_pending(const char *name, const json_t *job, const json_t *asked, enum encoding,
    struct buf *response, struct why *);

/* A result in the making. Zeroed first; window as by window_init(). */
struct inquiry {
	json_t *job, *units; /* units: records */
	size_t next;	     /* person, the first that no window has had */
	int lost;	     /* somebody's answer could not be had */
	struct window window;
	const json_t *asked[WINDOW_LINES];
};

/* Takes the job. */
void inquiry_begin(struct inquiry *, json_t *job);
void inquiry_end(struct inquiry *);
/* Registers the reference numbers of a job that wants that: then nobody is left to ask. */
void inquiry_register(struct inquiry *, const struct spool *);
/* Puts the next questions into the window. How many: 0 when everybody was asked. */
size_t inquiry_ask(struct inquiry *);
/* The window is answered. */
void inquiry_hear(struct inquiry *, const struct spool *);
/* The result, with what the plan wants to be wrong with it. 0, or -1 with why. */
int inquiry_result(struct inquiry *, const char *name, const json_t *asked, const struct plan *,
    enum encoding, struct buf *response, struct why *);

#endif
