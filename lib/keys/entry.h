/* The keys of a number question as they were typed, in the order of the paper. */
#ifndef OQ_KEYS_ENTRY_H
#define OQ_KEYS_ENTRY_H

#include "base/buf.h"
#include "base/clock.h"

#define TYPED_SIZE 256

enum field { ID, INSURER, SYMBOL, NUMBER, BRANCH, BIRTH, TAKEN_FROM, CONSENT, FIELDS };

struct entry {
	char value[FIELDS][TYPED_SIZE]; /* "": none */
	int asked[FIELDS];
};

/* Late-stage elderly have no symbol and no branch (oqs-interface.md 3.4). */
int entry_elderly(const struct entry *);

/* Adds the record and its line feed to out, which must not be cut: ask buf_failed(). */
void entry_record(struct buf *out, const struct entry *, struct date visit);

#endif
