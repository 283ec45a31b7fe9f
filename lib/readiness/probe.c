#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "readiness/probe.h"
#include "route/client.h"
#include "route/scheme.h"
#include "store/journal.h"

#define SERVICE "verify" /* whose journal it is: the run at night */

/*
 * In this order. A group that finds a step broken does not look at those behind it; a broken one
 * bars the later groups in `needs` (-1: none).
 */
static const struct {
	void (*look)(struct probe *);
	int needs;
} groups[] = {
	{ probe_configuration, -1 },
	{ probe_card, -1 },
	{ probe_credentials, STAGE_CONFIGURATION },
	{ probe_hub, STAGE_KEY },
	{ probe_folder, STAGE_CONFIGURATION },
	{ probe_unseen, -1 },
	{ probe_journal, -1 },
};

enum way_out
probe_way(const struct probe_options *o)
{
	if (o->via == NULL)
		return WAY_NONE;
	return strncmp(o->via, TERMINAL_PREFIX, strlen(TERMINAL_PREFIX)) == 0 ? WAY_TERMINAL
									      : WAY_HTTPS;
}

int
probe_has(const struct probe *p, enum stage stage)
{
	return (stage_rows[stage].ways & (unsigned)probe_way(p->o)) != 0 && !p->left_out[stage];
}

void
probe_found(struct probe *p, enum stage stage, enum found found, const struct why *why)
{
	int64_t now = clock_tick();
	struct finding *f = &p->findings[stage];

	*f = (struct finding){ .looked = 1, .found = found, .took = now - p->since };
	if (why != NULL)
		f->why = *why;
	p->since = now;
}

/* What nothing got to is not known, and why not is the last link before it that broke. */
static void
fill_rest(struct probe *p)
{
	const char *broken = "";

	for (int i = 0; i < STAGES; i++) {
		struct finding *f = &p->findings[i];

		if (f->looked && f->found == FOUND_FAIL)
			broken = stage_rows[i].name;
		if (f->looked)
			continue;
		f->found = FOUND_UNKNOWN;
		why_set(&f->why, ERR_STEP_NOT_REACHED, NULL, "%s", broken);
	}
}

static int
holds(const struct probe *p, int stage)
{
	return stage == -1 || !p->findings[stage].looked || p->findings[stage].found != FOUND_FAIL;
}

void
probe_open(struct probe *p, const struct probe_options *o)
{
	p->o = o;
	if (o->journal == NULL && probe_has(p, STAGE_JOURNAL) && probe_way(o) == WAY_TERMINAL)
		p->journal = journal_default_path(o->state, o->facility, SERVICE, &p->no_journal);
}

void
probe_close(struct probe *p)
{
	free(p->journal);
}

void
probe_run(struct probe *p)
{
	p->since = clock_tick();
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (holds(p, groups[i].needs))
			groups[i].look(p);
	client_close(p->client);
	p->client = NULL;
	fill_rest(p);
}

enum found
probe_verdict(const struct probe *p)
{
	enum found worst = FOUND_OK;

	for (int i = 0; i < STAGES; i++)
		if (probe_has(p, (enum stage)i) && p->findings[i].found > worst)
			worst = p->findings[i].found;
	return worst;
}

enum stage
probe_broken(const struct probe *p)
{
	int i = 0;

	while (i < STAGES && !(probe_has(p, (enum stage)i) && p->findings[i].looked &&
				 p->findings[i].found == FOUND_FAIL))
		i++;
	return (enum stage)i;
}
