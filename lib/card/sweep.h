/* Dropping a card's state after the process that unlocked it ended. */
#ifndef OQ_CARD_SWEEP_H
#define OQ_CARD_SWEEP_H

#include "card/transport.h"

/*
 * In a child of its own, since a reader may block without limit: opens the way anew, connects,
 * selects another application, takes the power away. 0, or -1 if that did not work within a second
 * or so: then the card must be taken off the reader.
 */
int sweep(const struct way *, const char *reader);

#endif
