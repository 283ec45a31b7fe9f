/* What people.c, loading.c, credential.c and card.c share. */
#ifndef OQ_STORE_PEOPLE_PRIVATE_H
#define OQ_STORE_PEOPLE_PRIVATE_H

#include "store/db.h"
#include "store/people.h"
#include "store/siphash.h"

#define PEOPLE_FILE "people.db"

#define CARD_COLUMNS "certificate, fingerprint, serial, person, not_after, added_at, revoked_at"

/* Of the three bytes that cover_pack() puts there: the one question that names no number. */
#define BIRTH_OF_DOC "substr(doc, 14, 3)"
#define BIRTH_INDEX  "CREATE INDEX cover_birth ON cover(" BIRTH_OF_DOC ");"

enum people_stmt {
	PEOPLE_BEGIN,
	PEOPLE_COMMIT,
	PEOPLE_FIND,
	PEOPLE_DATES,
	PEOPLE_OF,
	PEOPLE_BORN,
	PEOPLE_CREDENTIAL,
	PEOPLE_CARD_CERTIFICATE,
	PEOPLE_CARD_FINGERPRINT,
	PEOPLE_GENERATION,
	PEOPLE_STMTS,
};

struct people {
	sqlite3 *db;
	sqlite3_stmt *stmts[PEOPLE_STMTS];
	unsigned char hash_key[SIPHASH_KEY_SIZE];
	char name[128];
	struct insurer *insurers;
	size_t n_insurers;
	const struct shelf *shelf;
	int on_shelf; /* the shelf is of the file's generation */
};

/* Of the covers in the file: another number with every change. -1 if it cannot be read. */
int64_t people_generation(struct people *);

/* Where the key's covers begin: 63 bits. */
int64_t people_slot(const struct people *, const struct cover_key *);

/* The key that a cover is registered under; texts borrowed from both. */
struct cover_key people_key(const struct cover *, const struct insurer *);

#endif
