/*
 * What somebody outside holds of a ledger, and what therefore cannot be changed in it any more: a
 * receipt, the code on a patient's slip, a checkpoint on the day sheet.
 */
#ifndef OQ_TRUST_PIN_H
#define OQ_TRUST_PIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "trust/ledger.h"

struct pin {
	int64_t n;		 /* of the entry */
	int of_line;		 /* the hash is that of the line, else of the token */
	char hash[CONSENT_PREV]; /* hex SHA-256, or its beginning */
	char date[DATE_SIZE];	 /* of the entry; "": not said */
};

/*
 * Reads a checkpoint, a code, a token, or a record that has consent.receipt. 1, or 0 with why
 * (member-malformed, or what is wrong with the token).
 */
int pin_read(const char *text, size_t len, struct pin *, struct why *);

/* Is it the entry? 1 or 0. Of another n it says nothing. */
int pin_holds(const struct pin *, const struct ledger_entry *);

/*
 * A checkpoint: 12 groups of 5 digits, which are the year, month and day, n in two groups, and the
 * first 128 bits of the line's hash, 16 a group. 0, or -1 when out has failed.
 */
int checkpoint_write(struct buf *out, const struct ledger_entry *);

/* A code: n, and the first 96 bits of the token's hash in hex: 42-3f9a-01bc-... The same. */
int code_write(struct buf *out, const struct ledger_entry *);

#endif
