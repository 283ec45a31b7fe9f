/* Looks a person up without a number: in a disaster (oq-http(7)). */
#ifndef OQ_HUB_SEEK_H
#define OQ_HUB_SEEK_H

#include "hub/inquiry.h"
#include "store/people.h"

/*
 * Who has this name, birth date and sex, and this address or a cover of this insurer? 1 and the
 * person; 0 with why (person-not-found, person-ambiguous); -1 with why when the store failed.
 */
int seek_person(struct people *, const struct disaster_keys *, int64_t *person, struct why *);

#endif
