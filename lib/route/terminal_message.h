/*
 * A question as messages of the terminal's folder, and their responses as its answer.
 *
 * Insurance is one request (OQSsiquc01req). Medical information is one for drugs and treatments
 * (YZKsiquc01req) and one for checkups (TKKsiquc01req); they share the question's name, which their
 * types tell apart. A reference number is one (OQSsiimm01req). A file of bulk questions is one (OQSmuquc01req), and so is asking for its result
 * (OQSmuquc02req).
 */
#ifndef OQ_ROUTE_TERMINAL_MESSAGE_H
#define OQ_ROUTE_TERMINAL_MESSAGE_H

#include <jansson.h>

#include "base/buf.h"
#include "route/route.h"

#define TERMINAL_NAME	 "terminal" /* of the route, in records and in next.csv */
#define TERMINAL_PENDING "2"	    /* SegmentOfResult: the answer is to come */
#define TERMINAL_PARTS	 2	    /* requests that one question can need */

/* Every type of request that a question can be, NULL last. */
extern const char *const terminal_types[];

struct terminal_asking {
	const struct window *window; /* its only question */
	const char *facility;
	const char *pdf;  /* where PDFs go; NULL: none are asked for */
	const char *tool; /* for errors that stand in an answer */
};

struct terminal_part {
	const char *type;
	json_t *answer; /* what its response says; NULL: nothing, and why says why. The caller's */
	struct why why;
};

/* Says which requests the question needs, by type. Returns how many, or 0 with why. */
size_t terminal_parts(
    const struct terminal_asking *, struct terminal_part[static TERMINAL_PARTS], struct why *);

/*
 * The request of a part. 0, or -1 with why: consent-expired, when what the question relies on has
 * ended meanwhile.
 */
int terminal_request(
    const struct terminal_asking *, const struct terminal_part *, struct buf *out, struct why *);

enum terminal_answer {
	TERMINAL_ANSWER,  /* the part has its answer */
	TERMINAL_LATER,	  /* it says that the answer is to come; insurance has that as an answer */
	TERMINAL_BROKEN,  /* this is no whole message, perhaps not yet: the part's why */
	TERMINAL_NONE,	  /* a whole message that gives no answer: the part's why */
	TERMINAL_UNSAVED, /* an answer that could not be put where it belongs: the part's why */
};

/* What a response says to its part. An answer of before is put away. */
enum terminal_answer terminal_answer(
    const struct terminal_asking *, struct terminal_part *, const struct buf *response);

/*
 * The line that a hub would have answered, with its line feed, from the parts, of which at least one
 * has an answer. 0, or -1 when out has failed.
 */
int terminal_line(
    const struct terminal_asking *, const struct terminal_part *, size_t n, struct buf *out);

/* For the kinds of message, each in a file of its own. */

#define TERMINAL_ITEM_SIZE 21 /* an identifier of ours, and NUL */
/* What comes back with the answer: the same in every run. */
void terminal_item(const struct terminal_asking *, char out[static TERMINAL_ITEM_SIZE]);

/* A writer for oqs_encode: arg is a struct buf. */
int terminal_text(void *arg, const char *, size_t);
/* Calls each() for the records of a response to a request of the type. As oqs_decode(). */
int terminal_decode(const struct terminal_asking *, const char *type, const struct buf *response,
    int (*each)(void *arg, const json_t *record), void *arg, struct why *);
/* Does the record name another than the one we asked with? What it leaves out says nothing. */
int terminal_differs(const json_t *object, const char *member, const char *ours);
/* The terminal's own error, with its code and words as they came. */
void terminal_explain(const json_t *error, const char *name, struct why *);
/* `eligibility` with what to do, where there is something: the caller's, or NULL: it is none. */
json_t *terminal_eligibility(const json_t *record);
/* What went wrong with a file of our own has words that do not fit somebody else's. */
enum terminal_answer terminal_broken(struct why *);

#endif
