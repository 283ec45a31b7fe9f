#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "oqs/seen.h"

#define FORMAT	  1
#define STRING(x) #x
#define NUMBER(x) STRING(x)

struct oqs_seen {
	sqlite3 *db;
	sqlite3_stmt *has, *add;
};

static const char schema[] = "BEGIN IMMEDIATE;"
			     "CREATE TABLE IF NOT EXISTS seen(name TEXT NOT NULL,"
			     " content INTEGER NOT NULL, at INTEGER NOT NULL,"
			     " PRIMARY KEY(name, content)) WITHOUT ROWID;"
			     "PRAGMA user_version=" NUMBER(FORMAT) ";"
								   "COMMIT";

static int
unusable(struct oqs_seen *seen, const char *path, struct why *why)
{
	why_set(why, ERR_STATE_UNUSABLE, NULL, "%s: %s", path,
	    seen->db == NULL ? "no memory" : sqlite3_errmsg(seen->db));
	return -1;
}

/* The one number that a statement gives, -1 when it gives none. */
static int64_t
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static int
prepare(struct oqs_seen *seen, const char *path, struct why *why)
{
	sqlite3 *db = seen->db;
	int64_t format;

	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL,
		NULL) != SQLITE_OK)
		return unusable(seen, path, why);
	if ((format = number(db, "PRAGMA user_version")) > FORMAT) {
		why_set(why, ERR_STATE_NEWER, NULL,
		    "%s: format %lld, this version knows " NUMBER(FORMAT), path, (long long)format);
		return -1;
	}
	if (format < FORMAT && sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
		return unusable(seen, path, why);
	if (sqlite3_prepare_v2(db, "SELECT 1 FROM seen WHERE name=?1 AND content=?2", -1,
		&seen->has, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO seen VALUES(?1, ?2, ?3)", -1, &seen->add,
		NULL) != SQLITE_OK)
		return unusable(seen, path, why);
	return 0;
}

struct oqs_seen *
oqs_seen_open(const char *path, struct why *why)
{
	struct oqs_seen *seen = calloc(1, sizeof *seen);
	mode_t before;
	int r;

	if (seen == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		return NULL;
	}
	before = umask(077);
	r = sqlite3_open_v2(path, &seen->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	umask(before);
	if (r != SQLITE_OK)
		unusable(seen, path, why);
	else if (prepare(seen, path, why) == 0)
		return seen;
	oqs_seen_close(seen);
	return NULL;
}

void
oqs_seen_close(struct oqs_seen *seen)
{
	if (seen == NULL)
		return;
	sqlite3_finalize(seen->has);
	sqlite3_finalize(seen->add);
	sqlite3_close(seen->db);
	free(seen);
}

static void
bind(sqlite3_stmt *s, const char *name, uint64_t content)
{
	sqlite3_reset(s);
	sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s, 2, (sqlite3_int64)content);
}

int
oqs_seen_has(struct oqs_seen *seen, const char *name, uint64_t content, struct why *why)
{
	int r;

	bind(seen->has, name, content);
	r = sqlite3_step(seen->has);
	sqlite3_reset(seen->has);
	if (r == SQLITE_ROW || r == SQLITE_DONE)
		return r == SQLITE_ROW;
	return unusable(seen, "state", why);
}

int
oqs_seen_add(struct oqs_seen *seen, const char *name, uint64_t content, int64_t at, struct why *why)
{
	int r;

	bind(seen->add, name, content);
	sqlite3_bind_int64(seen->add, 3, at);
	r = sqlite3_step(seen->add);
	sqlite3_reset(seen->add);
	return r == SQLITE_DONE ? 0 : unusable(seen, "state", why);
}
