/*
 * What the hub must not forget, DIR/audit.db: who asked about whom, in a chain.
 *
 * An entry's hash is SHA-256 over the hash of the entry before (32 zeros before the first) and the
 * entry's bytes, so that no entry can be changed, dropped or put in unseen; what was cut off at
 * the end cannot be seen here.
 *
 * An answer is kept as its entry: what was asked (a digest), which cover was shown, what was
 * judged and when. None of these can change, since covers are closed and never overwritten, so the
 * same question is answered with the same bytes as long as the entry is found (48 hours), and no
 * second copy of anybody's data lies here.
 *
 * At most AUDIT_WRITERS processes write at the same time, each a chain of its own, so that none has
 * to know the end of another's. Their batches come one after the other, and each sees all before it:
 * an ask that one has answered is remembered by all.
 *
 * A row holds a group of at most AUDIT_GROUP entries, and a commit at most AUDIT_BATCH entries.
 */
#ifndef OQ_STORE_AUDIT_H
#define OQ_STORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "store/cover.h"

#define AUDIT_WRITERS	8
#define AUDIT_GROUP	256
#define AUDIT_BATCH	(8 * AUDIT_GROUP)
#define AUDIT_HASH_SIZE 32
#define AUDIT_KEEP	((int64_t)48 * 60 * 60) /* seconds that an ask is remembered */

enum audit_kind {
	AUDIT_VERIFY = 1,
	AUDIT_REPLAY,
	AUDIT_QUERY,
	AUDIT_DISASTER,
	AUDIT_CONSENT,
	AUDIT_WITHDRAWAL,
	AUDIT_SELF,
};

#define AUDIT_NO_COVER (-1)

/* What an answer was made from. */
struct made {
	uint64_t digest;     /* of the question */
	int64_t answered_at; /* Unix seconds */
	/* Of the cover shown, AUDIT_NO_COVER for none; to a presence: the row that redeemed it. */
	int64_t slot;
	uint8_t judgement; /* the asker's code */
	uint8_t format;	   /* of the answer's text; 0: not to be answered from this */
};

struct audit_entry {
	int64_t writer, n; /* n counts from 1 for each writer; set by the store */
	int64_t at;	   /* Unix seconds */
	enum audit_kind kind;
	struct text facility, who; /* who: the operator, as the facility names him */
	int64_t person;		   /* 0: nobody found */
	uint16_t purposes;	   /* one bit each, in the order of records.csv */
	struct text result;
	struct ask ask;	   /* none: it could not be read */
	uint64_t ask_hash; /* from audit_hash(); not set where entries are read */
	struct made made;
};

struct audit;

int audit_create(const char *dir, struct why *);

enum audit_mode { AUDIT_READ, AUDIT_WRITE };

/*
 * AUDIT_WRITE takes a place among the processes that write (store-in-use when there is none left)
 * and reads which asks are remembered. NULL with why.
 */
struct audit *audit_open(const char *dir, enum audit_mode, struct why *);
void audit_close(struct audit *);

/* The digest of what makes the answer to a question, by a key of this store. Any thread. */
uint64_t audit_digest(const struct audit *, const void *, size_t);

/*
 * The hash by which an ask of a facility is found: of who asks, and then of each ask. By a key of
 * this store. Any thread.
 */
uint64_t audit_asker(const struct audit *, const struct text *facility);
uint64_t audit_hash(const struct audit *, uint64_t asker, const struct ask *);
/* Said some time before the ask is looked for, it has the memory fetched meanwhile. */
void audit_expect(const struct audit *, uint64_t ask_hash);

/*
 * Adds an entry to the batch that is being gathered. An entry with an ask and a format can be
 * found by audit_made() from then on. 0, or -1 with why; then the batch must be abandoned.
 */
int audit_note(struct audit *, const struct audit_entry *, struct why *);

/*
 * Has this facility asked this within 48 hours? 1 and the entry (its texts are the store's, until
 * the next call), 0, or -1 with why.
 */
int audit_made(struct audit *, uint64_t ask_hash, const struct text *facility, const struct ask *,
    int64_t now, struct audit_entry *, struct why *);

/* Makes the batch durable; the next begins with its first entry. 0, or -1 with why: then it is abandoned. */
int audit_commit(struct audit *, struct why *);
/* Drops the batch: as if it had never been. */
void audit_abandon(struct audit *);

/*
 * Hands the log over to the file: work for when nobody waits. all: other processes wait meanwhile,
 * or they would lengthen a log that never comes to its end.
 */
void audit_checkpoint(struct audit *, int all);
/* Bytes of log not yet handed over. */
int64_t audit_log_bytes(const struct audit *);

/* Calls each() for every entry, oldest first. 0, what each() returned, or -1 with why. */
int audit_each(
    struct audit *, int (*each)(const struct audit_entry *, void *), void *, struct why *);

/*
 * Calls each() for the entries of the rows after *row, at most so many rows, oldest first, and
 * moves *row on. 1 if there are more, 0 if not, or -1 with why, also when each() returns other
 * than 0 (and has said why).
 */
int audit_after(struct audit *, int64_t *row, int64_t rows,
    int (*each)(const struct audit_entry *, void *), void *, struct why *);

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
