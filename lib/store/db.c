#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/db.h"

#define BUSY_MILLISECONDS 10000

int
db_failed(sqlite3 *db, struct why *why)
{
	const char *name = db == NULL ? NULL : sqlite3_db_filename(db, "main");
	int full = db != NULL && sqlite3_errcode(db) == SQLITE_FULL;

	why_set(why, full ? ERR_FILE_UNWRITABLE : ERR_STORE_UNUSABLE, NULL, "%s: %s",
	    name == NULL ? "" : name, db == NULL ? "no memory" : sqlite3_errmsg(db));
	return -1;
}

int
db_run(sqlite3 *db, const char *sql, struct why *why)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_failed(db, why);
}

int
db_prepare(sqlite3 *db, sqlite3_stmt **stmt, const char *sql, struct why *why)
{
	int r = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);

	return r == SQLITE_OK ? 0 : db_failed(db, why);
}

int
db_done(sqlite3_stmt *stmt, struct why *why)
{
	int r = sqlite3_step(stmt);

	if (r != SQLITE_DONE)
		db_failed(sqlite3_db_handle(stmt), why);
	sqlite3_reset(stmt);
	return r == SQLITE_DONE ? 0 : -1;
}

void
db_text(char *to, size_t n, sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	snprintf(to, n, "%s", text == NULL ? "" : (const char *)text);
}

int
db_path(char *out, size_t n, const char *dir, const char *file, struct why *why)
{
	int len = snprintf(out, n, "%s/%s", dir, file);

	if (len > 0 && (size_t)len < n)
		return 0;
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: the name is too long", dir);
	return -1;
}

/* One thread a connection (NOMUTEX): the caller sees to it. */
static int
connect(sqlite3 **db, const char *path, int flags, struct why *why)
{
	*db = NULL;
	if (sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(*db, BUSY_MILLISECONDS) != SQLITE_OK) {
		db_failed(*db, why);
		sqlite3_close(*db);
		*db = NULL;
		return -1;
	}
	return 0;
}

static int
set_version(sqlite3 *db, int version, struct why *why)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
	return db_run(db, sql, why);
}

int
db_create(sqlite3 **db, const char *path, const struct db_format *format, struct why *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	*db = NULL;
	if (fd == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	close(fd);
	if (connect(db, path, SQLITE_OPEN_READWRITE, why) == -1)
		return -1;
	if (db_run(*db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", why) == -1 ||
	    db_run(*db, format->schema, why) == -1 ||
	    set_version(*db, format->version, why) == -1) {
		sqlite3_close(*db);
		*db = NULL;
		return -1;
	}
	return 0;
}

int
db_settle(sqlite3 *db, struct why *why)
{
	const char *name = sqlite3_db_filename(db, "main");
	int r = db_run(db, "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL", why);
	int fd = open(name, O_RDWR | O_CLOEXEC);

	if (r == 0 && (fd == -1 || fsync(fd) == -1)) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", name, strerror(errno));
		r = -1;
	}
	if (fd != -1)
		close(fd);
	return r;
}

static int
read_version(sqlite3 *db, int *version, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, &stmt, "PRAGMA user_version", why) == -1)
		return -1;
	r = sqlite3_step(stmt) == SQLITE_ROW ? 0 : db_failed(db, why);
	*version = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return r;
}

/* A copy of the whole store beside it, before anything is changed. */
static int
keep_copy(sqlite3 *db, int version, struct why *why)
{
	sqlite3_stmt *stmt;
	char *path = sqlite3_mprintf("%s.v%d", sqlite3_db_filename(db, "main"), version);
	int r = -1;

	if (path == NULL || db_prepare(db, &stmt, "VACUUM INTO ?", why) == -1)
		goto out;
	if (sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC) == SQLITE_OK)
		r = db_done(stmt, why);
	sqlite3_finalize(stmt);
out:
	sqlite3_free(path);
	return r;
}

static int
migrate(sqlite3 *db, const struct db_format *format, int version, struct why *why)
{
	int r;

	if (keep_copy(db, version, why) == -1 || db_run(db, "BEGIN IMMEDIATE", why) == -1)
		return -1;
	for (r = 0; r == 0 && version < format->version; version++)
		r = db_run(db, format->steps[version - 1], why);
	if (r == 0 && (r = set_version(db, version, why)) == 0)
		r = db_run(db, "COMMIT", why);
	if (r == -1)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* why says what failed before */
	return r;
}

static int
check_version(sqlite3 *db, const struct db_format *format, enum db_mode mode, struct why *why)
{
	int version;

	if (read_version(db, &version, why) == -1)
		return -1;
	if (version > format->version) {
		why_set(why, ERR_STORE_NEWER, NULL, "%s: format %d, this version knows %d",
		    sqlite3_db_filename(db, "main"), version, format->version);
		return -1;
	}
	if (version == format->version ||
	    (mode == DB_READ && format->readable > 0 && version >= format->readable))
		return 0;
	if (version == 0 || mode == DB_READ) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "%s: not a store of %s in format %d",
		    sqlite3_db_filename(db, "main"), format->what, format->version);
		return -1;
	}
	return migrate(db, format, version, why);
}

int
db_open(sqlite3 **db, const char *path, const struct db_format *format, enum db_mode mode,
    struct why *why)
{
	/* Reading a store in WAL mode takes its index file, which must be writable. */
	if (connect(db, path, SQLITE_OPEN_READWRITE, why) == -1)
		return -1;
	if (check_version(*db, format, mode, why) == -1 ||
	    /* Nothing of a person goes to a temporary file, which restraint would refuse anyway. */
	    db_run(*db,
		"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY",
		why) == -1 ||
	    (mode == DB_READ && db_run(*db, "PRAGMA query_only = ON", why) == -1)) {
		sqlite3_close(*db);
		*db = NULL;
		return -1;
	}
	return 0;
}
