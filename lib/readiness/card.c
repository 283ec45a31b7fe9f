/*
 * The card side, by the reading that oq-read-card --status makes: certificate and tries are read, no
 * PIN is spent. How far it got is told by what stopped it.
 */
#include <stdlib.h>

#include "card/apdu.h"
#include "card/pcsc.h"
#include "card/reading.h"
#include "readiness/probe.h"

#define SILENCE 5000 /* ms without an answer of the card: it signs in under one second */

/* What stopped a reading, and at which step; what is not here is the card's. */
static const struct {
	enum error_id id;
	enum stage stage;
} stops[] = {
	{ ERR_CARD_SERVICE_MISSING, STAGE_CARD_SERVICE },
	{ ERR_CARD_SERVICE_REFUSED, STAGE_CARD_PERMISSION },
	{ ERR_READER_MISSING, STAGE_READER },
	{ ERR_READER_AMBIGUOUS, STAGE_READER },
	{ ERR_READER_HELD, STAGE_READER },
};

/* Troubles of the person's card: readers and all before them have done their part. */
static const enum error_id personal[] = { ERR_CARD_EXPIRED, ERR_CARD_NOT_YET_VALID };

static enum stage
stopped_at(const struct why *why)
{
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (stops[i].id == why->id)
			return stops[i].stage;
	return STAGE_CARD;
}

/* An empty reader tells nothing of cards; another's certificate that has ended is no fault of ours. */
static enum found
weight(const struct why *why)
{
	if (why->id == ERR_CARD_MISSING || why->id == ERR_CARD_CA_UNUSABLE)
		return FOUND_UNKNOWN;
	for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
		if (personal[i] == why->id)
			return FOUND_NOTICE;
	return FOUND_FAIL;
}

/* Without an authority of the cards none can be read; the reader can be looked at all the same. */
static void
look_at_reader(const struct way *way, const struct why *no_authority, struct why *why)
{
	struct readers readers = { .n = 0 };
	enum link link = way->ops->open(way->self);

	if (link == LINK_OK) {
		link = way->ops->look(way->self, &readers, 0);
		way->ops->close(way->self);
	}
	if (link == LINK_OK && readers.n == 0)
		link = LINK_NO_READER;
	if (link == LINK_OK)
		*why = *no_authority;
	else
		link_why(link, STEP_WAIT, why);
}

/* Reads what lies there. ERR_NONE: all of it went well. */
static void
read_card(
    const struct probe *p, const struct way *way, const struct anchors *anchors, struct why *why)
{
	struct reading reading = { .way = way, .limit = SILENCE };
	struct facts facts;
	struct buf none;

	reading.job = (struct job){ .task = TASK_STATUS,
		.reader = p->o->reader,
		.limit = SILENCE / 1000 + 1,
		.anchors = anchors };
	buf_init(&none, 0);
	if (reading_run(&reading, &facts, &none, why) == 0)
		why_set(why, facts.expired ? ERR_CARD_EXPIRED : ERR_NONE, NULL, NULL);
}

static void
look(const struct probe *p, const struct way *way, struct why *why)
{
	struct why no_authority = { .id = ERR_CARD_CA_UNUSABLE, .detail = "there is no --card-ca" };
	struct anchors *anchors =
	    p->o->card_ca == NULL ? NULL : anchors_load(p->o->card_ca, &no_authority);

	if (anchors == NULL)
		look_at_reader(way, &no_authority, why);
	else
		read_card(p, way, anchors, why);
	anchors_free(anchors);
}

void
probe_card(struct probe *p)
{
	struct way way = p->o->way != NULL ? *p->o->way : pcsc_way();
	struct why why = { .id = ERR_OUT_OF_MEMORY };
	enum stage at;

	if (!probe_has(p, STAGE_CARD_SERVICE) && !probe_has(p, STAGE_READER) &&
	    !probe_has(p, STAGE_CARD))
		goto out;
	if (way.self != NULL)
		look(p, &way, &why);
	at = stopped_at(&why);
	for (int stage = STAGE_CARD_SERVICE; stage < (int)at; stage++)
		probe_found(p, (enum stage)stage, FOUND_OK, NULL);
	probe_found(p, at, why.id == ERR_NONE ? FOUND_OK : weight(&why), &why);
out:
	if (p->o->way == NULL)
		free(way.self);
}
