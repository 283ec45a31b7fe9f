/*
 * Who looked at whom, by person: DIR/looks.db, built behind from the audit so that the audit
 * itself needs no index on persons. All of it can be made again: without the file it is.
 *
 * A handle belongs to one thread; several may follow the audit, one at a time.
 */
#ifndef OQ_STORE_LOOKS_H
#define OQ_STORE_LOOKS_H

#include "store/audit.h"

struct looks;

/* Makes the file where there is none. NULL with why. */
struct looks *looks_open(const char *dir, struct why *);
void looks_close(struct looks *);

/*
 * Takes in what has become durable since, at most so many rows of the audit. 1 if there is more,
 * 0 if not, or -1 with why.
 */
int looks_follow(struct looks *, int64_t rows, struct why *);

/*
 * Calls each() for the person's entries as far as they were taken in, newest first, at most so
 * many, until it returns other than 0; ask and made are not set. 0, that, or -1 with why.
 */
int looks_each(struct looks *, int64_t person, int64_t most,
    int (*each)(const struct audit_entry *, void *), void *, struct why *);

#endif
