/* A question and its answer as messages of the terminal's folder: OQSsiquc01req, OQSsiquc01res. */
#ifndef OQ_ROUTE_TERMINAL_MESSAGE_H
#define OQ_ROUTE_TERMINAL_MESSAGE_H

#include "base/buf.h"
#include "route/route.h"

#define TERMINAL_REQUEST "OQSsiquc01req"

/* The request for a question line of the facility. 0, or -1 with why. */
int terminal_request(const struct window *, const struct question *, const char *facility,
    struct buf *out, struct why *);

enum terminal_answer {
	TERMINAL_ANSWER, /* an answer line was appended to out */
	TERMINAL_LATER,	 /* the same, but it says that the answer is to come */
	TERMINAL_BROKEN, /* this is no whole message, perhaps not yet: why */
	TERMINAL_NONE,	 /* a whole message that gives no answer: why */
};

/* What a response says to the question; the line is what a hub would have answered. */
enum terminal_answer terminal_answer(const struct window *, const struct question *,
    const char *facility, const struct buf *response, struct buf *out, struct why *);

#endif
