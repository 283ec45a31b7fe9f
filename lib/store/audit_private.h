/* What audit.c (opening, committing), chain.c (entries and their hashes), made.c, audit_writer.c, redeemed.c and consents.c share. */
#ifndef OQ_STORE_AUDIT_PRIVATE_H
#define OQ_STORE_AUDIT_PRIVATE_H

#include "store/asks.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/siphash.h"

/* The end of a chain: how many entries, and the hash of the last. */
struct chain {
	int64_t n;
	unsigned char hash[AUDIT_HASH_SIZE];
};

/* The entries of one row, and where each begins. */
struct group {
	int64_t id; /* of the row; 0: none */
	struct buf bytes;
	size_t n;
	size_t at[AUDIT_GROUP];
};

enum audit_stmt {
	AUDIT_BEGIN,
	AUDIT_COMMIT,
	AUDIT_ROLLBACK,
	AUDIT_ADD,
	AUDIT_SINCE,
	AUDIT_GET,
	AUDIT_REDEEM,
	AUDIT_FORGET,
	AUDIT_REDEEMED_JTI,
	AUDIT_REDEEMED_ID,
	AUDIT_AFTER,
	AUDIT_CONSENT_FIND,
	AUDIT_CONSENT_PUT,
	AUDIT_REGISTER,
	AUDIT_REGISTERED,
	AUDIT_STMTS,
};

/* The first row of an hour, so that the index can forget what is older than two days. */
struct mark {
	int64_t hour, id;
};

#define ASK_KEYS 5 /* one for each 32 bits of an ask */

#define MARKS 50 /* hours: AUDIT_KEEP and one on either side */

struct audit {
	sqlite3 *db;
	sqlite3_stmt *stmts[AUDIT_STMTS];
	int lock;
	int64_t writer;
	unsigned char digest_key[SIPHASH_KEY_SIZE];
	uint64_t ask_keys[ASK_KEYS];
	struct chain head;    /* durable */
	struct chain pending; /* with the batch */
	struct group group;   /* being gathered: the last row of the batch */
	int64_t last_id;      /* of the rows that are committed, as far as this process knows */
	int begun;	      /* the batch has its transaction: nobody else writes */
	size_t n_added;	      /* to asks, by the batch */
	struct ask_place added[AUDIT_BATCH];
	struct group read; /* the row last read back */
	struct asks asks;
	struct mark marks[MARKS];
	int log_pages;
	int page_size;
	int64_t waits_since; /* for its turn, as clock_tick() has it */
};

#define CONSENT_COLUMNS "jti, facility, person, purposes, expires_at, withdrawn_at, token"

/*
 * Begins the batch's transaction if it has none yet: what other processes have committed until then
 * is known, and none commits before this one does. 0, or -1 with why.
 */
int audit_begin(struct audit *, struct why *);

void group_init(struct group *, int64_t id);
void group_free(struct group *);

/* chain.c */
/* Puts the entry behind those of the group; the chain goes on with it. 0, or -1 without memory. */
int group_add(struct group *, struct chain *, const struct audit_entry *);
/*
 * Finds where the entries of group->bytes begin, and where the chain stands that began with
 * `before` (NULL: the hashes are not looked at). 1, or 0 where an entry does not follow; then n is
 * how many did.
 */
int group_index(struct group *, struct chain *chain);
/* Entry i; texts point into the group. */
void group_entry(const struct group *, size_t i, struct audit_entry *);
/* The hash at the end of the bytes. */
const unsigned char *group_hash(const struct group *);

/* audit_writer.c */
/* Takes a place among the processes that write, and its chain. 0, or -1 with why. */
int writer_take(struct audit *, const char *dir, struct why *);

/* made.c */
/* From the digest's key: those that audit_hash() needs. */
void made_keys(struct audit *);
int made_load(struct audit *, int64_t now, struct why *);
/*
 * Remembers what other processes have added since the last batch, and says where this one's rows
 * begin. 0, or -1 with why.
 */
int made_catch_up(struct audit *, struct why *);
int made_remember(struct audit *, const struct audit_entry *);
void made_forget_batch(struct audit *);
/* A row of that time is there: what is older than two days may be forgotten. */
void made_tick(struct audit *, int64_t at, int64_t id);

#endif
