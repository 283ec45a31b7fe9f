/*
 * A way to cards: PC/SC (pcsc.h), or a recorded session (recorded.h). What can go wrong is told in
 * our own words, so that nothing above knows which it is.
 */
#ifndef OQ_CARD_TRANSPORT_H
#define OQ_CARD_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#define READERS_MAX	 16
#define READER_NAME_SIZE 128
#define TRANSPORT_ANSWER 264 /* 256 bytes, a status word, and room to see that it is too long */

enum link {
	LINK_OK,
	LINK_LATER,	 /* nothing changed within the time */
	LINK_NO_SERVICE, /* no daemon */
	LINK_REFUSED,	 /* the daemon does not permit us */
	LINK_NO_READER,
	LINK_NO_CARD,
	LINK_HELD,    /* another program has it exclusively */
	LINK_REMOVED, /* the card is gone, or cannot be read any more */
	LINK_RESET,   /* another program reset it */
	LINK_FAILED,
	LINKS
};

struct readers {
	size_t n;
	struct {
		char name[READER_NAME_SIZE];
		int card;	 /* holds one */
		unsigned events; /* grows with every card laid down or taken away */
	} reader[READERS_MAX];
};

struct transport {
	enum link (*open)(void *);
	/*
	 * The readers now. With a time in milliseconds: waits so long for a change since the last
	 * look, also of which readers there are; LINK_LATER and the same readers if none came.
	 */
	enum link (*look)(void *, struct readers *, int64_t wait);
	/* Exclusively, and as one transaction. */
	enum link (*connect)(void *, const char *reader);
	/* *len: room, then length. A card that is gone is LINK_REMOVED, never an empty answer. */
	enum link (*transmit)(
	    void *, const uint8_t *command, size_t n, uint8_t *answer, size_t *len);
	/* Ends the connection and takes the card's power away. */
	void (*power_off)(void *);
	void (*close)(void *);
};

/* One such way and what it works on; fd is a descriptor that it needs, or -1. */
struct way {
	const struct transport *ops;
	void *self;
	int fd;
};

#endif
