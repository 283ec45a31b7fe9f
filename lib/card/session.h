/* The child's part of a reading: from waiting for a card to its power-off. */
#ifndef OQ_CARD_SESSION_H
#define OQ_CARD_SESSION_H

#include "card/apdu.h"
#include "card/talk.h"

/* Runs to SAID_END on fd, or silently ends when the other side is gone. */
void session_run(int fd, const struct job *, const struct way *, struct progress *);

#endif
