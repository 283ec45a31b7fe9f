#include "ask/service.h"
#include "pipe/record.h"

void
decision_free(struct decision *d)
{
	json_decref(d->record);
	json_decref(d->asks);
	json_decref(d->own);
	d->record = d->asks = d->own = NULL;
}

/* Then the verdict is what is known. */
static int
is_known(const struct ask_options *o, struct decision *d)
{
	d->verdict = o->service->known(o, d->record);
	return d->verdict == VERDICT_YES || d->verdict == VERDICT_NO;
}

static enum way
decide(const struct line *line, const struct ask_options *o, const struct route *route,
    struct decision *d)
{
	if ((d->record = record_parse(line, &d->why)) == NULL)
		return WAY_BROKEN;
	d->verdict = VERDICT_UNKNOWN;
	if (record_stopped(d->record, o->tool, o->retry_unknown))
		return WAY_AS_CAME;
	if (o->retry_unknown && !o->again && is_known(o, d))
		return WAY_AS_CAME;
	d->verdict = VERDICT_UNKNOWN;
	return o->service->decide(o, route, d);
}

void
line_decide(const struct line *line, const struct ask_options *o, const struct route *route,
    struct decision *d)
{
	d->record = d->asks = d->own = NULL;
	d->recheck = 0;
	d->text = NULL;
	d->ask = NULL;
	d->presence = d->receipt = NULL;
	d->earlier = EARLIER_NONE;
	d->name[0] = '\0';
	d->before = 0;
	d->why.id = ERR_NONE;
	d->way = decide(line, o, route, d);
}
