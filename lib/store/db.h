/*
 * SQLite as every store of ours uses it: WAL, FULL, a format number, private files.
 * For the files of this room only; other rooms see store.h.
 */
#ifndef OQ_STORE_DB_H
#define OQ_STORE_DB_H

#include <sqlite3.h>

#include "base/error.h"

struct db_format {
	const char *what; /* "people", for people to read */
	int version;	  /* kept as user_version, from 1 */
	const char *schema;
	/* steps[i] is the SQL from version i + 1 to i + 2: version - 1 of them; NULL when version is 1 */
	const char *const *steps;
	int readable; /* DB_READ takes what is of that version or later; 0: only this one */
};

enum db_mode { DB_READ, DB_WRITE };

/* Makes a new file (0600) with the schema; nothing is durable before db_settle(). 0 and the
 * handle, or -1 with why. */
int db_create(sqlite3 **, const char *path, const struct db_format *, struct why *);
/* All that was written without a log becomes durable; in WAL mode from now on. 0, or -1 with why. */
int db_settle(sqlite3 *, struct why *);

/*
 * Opens what is there. A newer format is refused (store-newer). An older one is migrated in one
 * transaction, after a copy was kept as PATH.vN (N its format); that needs DB_WRITE. DB_READ takes
 * those that the format says are readable.
 * 0 and the handle, or -1 with why.
 */
int db_open(sqlite3 **, const char *path, const struct db_format *, enum db_mode, struct why *);

/* Each 0, or -1 with why. */
int db_run(sqlite3 *, const char *sql, struct why *);
int db_prepare(sqlite3 *, sqlite3_stmt **, const char *sql, struct why *);

/* -1, and why says what SQLite says: store-unusable, or file-unwritable when the disk is full. */
int db_failed(sqlite3 *, struct why *);

/* Copies the text of a column, "" for NULL, cut where it does not fit. */
void db_text(char *to, size_t n, sqlite3_stmt *, int column);

/* DIR/FILE. 0, or -1 with why when it is too long. */
int db_path(char *out, size_t n, const char *dir, const char *file, struct why *);

/* Runs a bound statement that gives no row, and resets it. 0, or -1 with why. */
int db_done(sqlite3_stmt *, struct why *);

#endif
