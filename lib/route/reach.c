#include "route/reach.h"

int
reach_down(const struct reach *r)
{
	return r->failures >= REACH_FAILURES;
}

int
reach_may(const struct reach *r, int64_t now, int64_t *when)
{
	int64_t next = r->probed_at + REACH_PROBE;

	if (!reach_down(r))
		return 1;
	if (when != NULL)
		*when = r->probing ? INT64_MAX : next;
	return !r->probing && now >= next;
}

void
reach_sent(struct reach *r, int64_t now)
{
	r->probing = reach_down(r);
	r->probed_at = now;
}

void
reach_lost(struct reach *r, int64_t now, const struct why *why)
{
	if (++r->failures == REACH_FAILURES)
		r->down_since = now;
	r->probing = 0;
	r->why = *why;
}

void
reach_held(struct reach *r)
{
	*r = (struct reach){ 0 };
}

int
reach_over(const struct reach *r, int64_t now, int64_t patience, int64_t *when)
{
	if (!reach_down(r))
		return 0;
	if (when != NULL)
		*when = r->down_since + patience;
	return now - r->down_since >= patience;
}
