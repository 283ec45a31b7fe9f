/* One card at the desk: a reading, a presence from the card or from who looked, the member. */
#ifndef OQ_CARD_DESK_H
#define OQ_CARD_DESK_H

#include "card/reading.h"
#include "card/run.h"
#include "pipe/tally.h"
#include "table/table.h"
#include "trust/signer.h"

struct desk {
	const struct card_run *o;
	char audience[128]; /* the hub's name */
	struct way way;
	struct reading reading;
	struct anchors *anchors;
	struct table *grace;
	struct signer *signer; /* NULL: nobody can attest */
	struct tally *tally;
	struct facts facts; /* of the last reading */
};

/* Makes the reading ask this desk for PIN and claims. */
void desk_open(struct desk *);

/*
 * The hub's name, which presences are made for: --hub, else the host of --via, never what a server
 * says. 0, or -1 with why: not-over-this-route.
 */
int desk_audience(struct desk *, struct why *);

/* One card: its member is added to value. 0, or -1 with why. */
int desk_read(struct desk *, struct buf *value, struct why *);

#endif
