/* Which reader: by name, by number, or the one where a card lies. Pure, no card is spoken to. */
#ifndef OQ_CARD_CHOOSE_H
#define OQ_CARD_CHOOSE_H

#include <stddef.h>

#include "card/transport.h"

/* A card that has been dealt with already: it must be taken off before it counts again. */
struct done_card {
	char reader[READER_NAME_SIZE]; /* "": none */
	unsigned events;
};

enum choice {
	CHOICE_ONE,	  /* *which holds a card */
	CHOICE_MANY,	  /* several hold cards: try which is ours */
	CHOICE_NO_CARD,	  /* wait for one */
	CHOICE_NO_READER, /* wait for one */
	CHOICE_AMBIGUOUS, /* the name fits several readers and none exactly */
};

/*
 * wanted: NULL (any), a number from 0 in the daemon's order, a whole name, or a part of just one
 * name.
 */
enum choice choose_reader(
    const struct readers *, const char *wanted, const struct done_card *, size_t *which);

/* Does this reader hold a card that has not been dealt with? */
int reader_ready(const struct readers *, size_t, const struct done_card *);

#endif
