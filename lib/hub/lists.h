/* What the hub has, as records: oq-hub people, facility list, card list, audit. */
#ifndef OQ_HUB_LISTS_H
#define OQ_HUB_LISTS_H

#include <stdint.h>

#include "base/error.h"
#include "pipe/output.h"
#include "store/audit.h"

/*
 * Writes a record of each cover, at most `limit`: its `insured` and, as `expected`, the status
 * that the facility is answered with today. Among them are numbers that nobody has, and twins
 * without their branch. 0, or -1 with why.
 */
int list_people(
    const char *dir, const char *facility, int64_t limit, struct output *, struct why *);

/* Writes a record of each certificate. 0, or -1 with why. */
int list_credentials(const char *dir, struct output *, struct why *);

/* Writes a record of each card. 0, or -1 with why. */
int list_cards(const char *dir, struct output *, struct why *);

/* Writes a record of each consent. 0, or -1 with why. */
int list_consents(const char *dir, struct output *, struct why *);

/* Writes a record of each entry. 0, or -1 with why. */
int list_audit(const char *dir, struct output *, struct why *);

/* The word for the kind of an entry, "" for one that this version does not know. */
const char *list_kind_word(enum audit_kind);

/* Writes a record of each writer's chain. 1 if all are whole, 0 if one is not, -1 with why. */
int list_chains(const char *dir, struct output *, struct why *);

#endif
