/* The member `card` of a record. */
#ifndef OQ_CARD_MEMBER_H
#define OQ_CARD_MEMBER_H

#include <stdint.h>

#include "base/buf.h"
#include "card/talk.h"

struct card_member {
	const struct facts *facts;
	const char *method, *assurance; /* words of records.csv */
	const struct buf *token;	/* the presence; empty: none */
	int64_t now;
	int with_serial;
};

/* Appends the object. 0, or -1 when out has failed. */
int card_member_add(struct buf *out, const struct card_member *);

#endif
