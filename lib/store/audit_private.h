/* What audit.c (opening, committing), chain.c and answers.c share. */
#ifndef OQ_STORE_AUDIT_PRIVATE_H
#define OQ_STORE_AUDIT_PRIVATE_H

#include <openssl/evp.h>

#include "store/asks.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/siphash.h"

/* The end of a chain: how many entries, and the hash of the last. */
struct chain {
	int64_t n;
	unsigned char hash[AUDIT_HASH_SIZE];
};

/* One row of `answer`: places of lines, then the lines. */
struct block {
	int64_t id; /* 0: none */
	int64_t at;
	size_t n;
	struct buf asks;   /* n records of fixed size */
	struct buf bodies; /* the answer lines */
};

enum audit_stmt {
	AUDIT_BEGIN,
	AUDIT_COMMIT,
	AUDIT_ROLLBACK,
	AUDIT_ADD_ENTRIES,
	AUDIT_ADD_ANSWERS,
	AUDIT_GET_ANSWERS,
	AUDIT_EXPIRE,
	AUDIT_OLDEST,
	AUDIT_STMTS,
};

struct audit {
	sqlite3 *db;
	sqlite3_stmt *stmts[AUDIT_STMTS];
	int lock;
	int64_t writer;
	unsigned char digest_key[SIPHASH_KEY_SIZE];
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
	struct chain head;    /* durable */
	struct chain pending; /* with the group */
	int64_t group_n;      /* entries in the group */
	struct buf entries;
	struct block group; /* of answers */
	struct block read;  /* the block last read back */
	struct asks asks;
	int64_t oldest_at; /* of the oldest block kept; 0: none */
	int log_pages;
	int page_size;
};

/* chain.c */
int chain_add(struct audit *, const struct audit_entry *, struct why *);
/* The hash and n with which an entries blob ends. 1, or 0 if the blob is damaged. */
int chain_last(const unsigned char *, size_t, struct chain *);

/* answers.c */
void block_init(struct block *);
void block_free(struct block *);
int answers_load(struct audit *, int64_t now, struct why *);
int answers_insert(struct audit *, struct why *);
int answers_expire(struct audit *, int64_t now, struct why *);
void answers_forget_group(struct audit *);

#endif
