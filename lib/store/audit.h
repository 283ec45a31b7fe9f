/*
 * What the hub must not forget, DIR/audit.db: who asked about whom, in a chain, and for 48 hours
 * the bytes of every answer. Both are committed together, at most AUDIT_GROUP entries at a time.
 *
 * An entry's hash is SHA-256 over the hash of the entry before (32 zeros before the first) and
 * the entry's bytes, so that no entry can be changed, dropped or put in unseen; what was cut off
 * at the end cannot be seen here.
 */
#ifndef OQ_STORE_AUDIT_H
#define OQ_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "store/cover.h"

#define AUDIT_GROUP	256
#define AUDIT_HASH_SIZE 32
#define AUDIT_KEEP	((int64_t)48 * 60 * 60) /* seconds that answers are kept */

enum audit_kind { AUDIT_VERIFY = 1, AUDIT_REPLAY };

struct audit_entry {
	int64_t writer, n; /* n counts from 1 for each writer; set by the store */
	int64_t at;	   /* Unix seconds */
	enum audit_kind kind;
	struct text facility, who; /* who: the operator, as the facility names him */
	int64_t person;		   /* 0: nobody found */
	uint32_t purposes;	   /* one bit each, in the order of records.csv */
	struct text result;
};

/* One line that is answered: what is to be remembered of it. */
struct kept {
	struct text facility;
	char ask[ASK_SIZE];
	uint64_t digest[2]; /* of the question */
	struct text line;   /* the answer, with its line feed */
};

struct audit;

int audit_create(const char *dir, struct why *);

enum audit_mode { AUDIT_READ, AUDIT_WRITE };

/*
 * AUDIT_WRITE locks the store (store-in-use when somebody else has it) and reads what answers
 * are kept. NULL with why.
 */
struct audit *audit_open(const char *dir, enum audit_mode, struct why *);
void audit_close(struct audit *);

/* The digest of a question, by a key of this store. */
void audit_digest(const struct audit *, const void *question, size_t, uint64_t digest[static 2]);

/*
 * The group that is being gathered. Each returns 0, or -1 with why when there is no memory. A
 * kept answer can be found from the moment it was given.
 */
int audit_note(struct audit *, const struct audit_entry *, struct why *);
int audit_keep(struct audit *, const struct kept *, int64_t now, struct why *);

/*
 * Was this asked by this facility, less than 48 hours ago? 1 and digest and line (valid until the
 * next call), 0, or -1 with why.
 */
int audit_kept(struct audit *, const char *facility, const char *ask, int64_t now, struct kept *,
    struct why *);

/*
 * Makes the group durable and begins the next. 0, or -1 with why: then the group is as if it
 * had never been.
 */
int audit_commit(struct audit *, struct why *);

/* Drops the group: as if it had never been. */
void audit_abandon(struct audit *);

/* Work for when nobody waits: forgets old answers, hands the log over to the file. */
void audit_idle(struct audit *, int64_t now);
/* Bytes of log not yet handed over. */
int64_t audit_log_bytes(const struct audit *);

/* Calls each() for every entry, oldest first. 0, what each() returned, or -1 with why. */
int audit_each(
    struct audit *, int (*each)(const struct audit_entry *, void *), void *, struct why *);

struct audit_verdict {
	int64_t writer;
	int64_t entries; /* whole up to and with this one */
	int64_t broken;	 /* the first that does not fit, or 0 */
	char hash[2 * AUDIT_HASH_SIZE + 1];
};

/*
 * Goes through each writer's chain and calls each() with what it found.
 * 1 if all are whole, 0 if one is broken, -1 with why if it could not be told.
 */
int audit_verify(
    struct audit *, void (*each)(const struct audit_verdict *, void *), void *, struct why *);

#endif
