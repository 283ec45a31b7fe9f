/*
 * Does the hub answer at all? After REACH_FAILURES connects that failed in a row the route is
 * down: then one probe every REACH_PROBE milliseconds, and no question tries by itself.
 * Times are those of clock_tick().
 */
#ifndef OQ_ROUTE_REACH_H
#define OQ_ROUTE_REACH_H

#include <stdint.h>

#include "base/error.h"

#define REACH_FAILURES 5
#define REACH_PROBE    5000

struct reach { /* zeroed: up */
	unsigned failures;
	int64_t down_since, probed_at;
	int probing;
	struct why why; /* of the last failure */
};

/* May a request go out now? 1, or 0 and *when (may be NULL) it may next be asked. */
int reach_may(const struct reach *, int64_t now, int64_t *when);
/* One goes out. */
void reach_sent(struct reach *, int64_t now);
/* It found no connection, or it did. */
void reach_lost(struct reach *, int64_t now, const struct why *);
void reach_held(struct reach *);

int reach_down(const struct reach *);
/* Has it been down for so long that questions give up? Also says when that will be. */
int reach_over(const struct reach *, int64_t now, int64_t patience, int64_t *when);

#endif
