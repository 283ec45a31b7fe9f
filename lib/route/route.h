/*
 * The way out. A route is a row of what it can and six functions; what it cannot is the error
 * not-over-this-route, raised in one place (route_may).
 *
 * Questions leave in windows: up to WINDOW_LINES question lines that travel together and are
 * answered together. The window and its questions are the caller's; the route borrows them
 * from route_start() until it hands them back through `done`.
 */
#ifndef OQ_ROUTE_ROUTE_H
#define OQ_ROUTE_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/random.h"

#define WINDOW_LINES 256
#define WINDOW_BYTES ((size_t)1 << 20)

enum ability {
	CAN_NUMBER = 1 << 0,
	CAN_CARD = 1 << 1,
	CAN_BULK = 1 << 2,
	CAN_MEDICAL = 1 << 3,
	CAN_PDF = 1 << 4,
	CAN_REFERENCE = 1 << 5,
	CAN_REGISTER = 1 << 6,
	CAN_SELF = 1 << 7,
	CAN_DISASTER = 1 << 8,
};

struct question {
	char ask[ASK_SIZE];
	size_t at, len;   /* its line in window.body, without line feed */
	const char *answer; /* set by the route: the answer line in window.answers, or NULL */
	size_t answer_len;
	struct why why;   /* set by the route when there is no answer */
};

struct window {
	const char *service; /* "verify", "query" */
	struct buf body;     /* question lines, each with its line feed */
	struct buf answers;
	struct question questions[WINDOW_LINES];
	size_t n;
	void *owner;         /* the caller's */
	void *route_private; /* the route's */
};

struct route_options {
	const char *via, *facility, *ca, *cert, *key, *operator;
	const char *lane; /* "desk" or "batch" */
	int pass_fd;      /* -1: none */
	int jobs;         /* windows in flight at most */
	int64_t retry_for; /* milliseconds of patience; 0: as PROTOCOL 1's table says */
};

struct route;

/* Opens by the scheme of via. No traffic yet. NULL with why (wrong scheme, unreadable key). */
struct route *route_open(const struct route_options *, struct why *);
void route_close(struct route *);

/* The name to write as eligibility.route: "terminal", or the hub's name. */
const char *route_name(const struct route *);

/* May this be asked here? 1, or 0 with why: not-over-this-route, naming the way that exists. */
int route_may(const struct route *, enum ability, struct why *);

/* Takes a window under way. 0, or -1 when `jobs` are already in flight. */
int route_start(struct route *, struct window *);

/*
 * Works for at most timeout milliseconds (-1: as long as needed), until a window is done or
 * input_fd (-1: none) is readable. Returns a window that is done (every question has an answer or
 * a why) or NULL.
 */
struct window *route_work(struct route *, int64_t timeout, int input_fd);

/* What was counted: "requests", "connections", "retries". */
uint64_t route_count(const struct route *, const char *what);

#endif
