#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/audit_private.h"

#define AUDIT_FILE "audit.db"
#define LOCK_FILE  "audit.lock"

/* Entries and asks stand before the bodies in their rows, so that reading them stops there. */
static const struct db_format format = {
	.what = "the audit",
	.version = 1,
	.schema = "PRAGMA page_size = 16384;"
		  "CREATE TABLE setting(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
		  "CREATE TABLE audit(id INTEGER PRIMARY KEY, writer INTEGER NOT NULL,"
		  " n INTEGER NOT NULL, entries BLOB NOT NULL);"
		  "CREATE TABLE answer(id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
		  " asks BLOB NOT NULL, bodies BLOB NOT NULL);"
		  "INSERT INTO setting VALUES('writer', random() & 0x7fffffffffffffff);"
		  "INSERT INTO setting VALUES('digest_key', randomblob(16));",
};

static const char *const sql[AUDIT_STMTS] = {
	[AUDIT_BEGIN] = "BEGIN IMMEDIATE",
	[AUDIT_COMMIT] = "COMMIT",
	[AUDIT_ROLLBACK] = "ROLLBACK",
	[AUDIT_ADD_ENTRIES] = "INSERT INTO audit(writer, n, entries) VALUES(?, ?, ?)",
	[AUDIT_ADD_ANSWERS] = "INSERT INTO answer VALUES(?, ?, ?, ?)",
	[AUDIT_GET_ANSWERS] = "SELECT at, asks, bodies FROM answer WHERE id = ?",
	[AUDIT_EXPIRE] = "DELETE FROM answer WHERE id IN"
			 " (SELECT id FROM answer WHERE at <= ? ORDER BY id LIMIT 4)",
	[AUDIT_OLDEST] = "SELECT id, at FROM answer ORDER BY id LIMIT 1",
};

static int
path_of(char *out, size_t n, const char *dir, const char *file, struct why *why)
{
	int len = snprintf(out, n, "%s/%s", dir, file);

	if (len > 0 && (size_t)len < n)
		return 0;
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: the name is too long", dir);
	return -1;
}

int
audit_create(const char *dir, struct why *why)
{
	char path[4096];
	sqlite3 *db;
	int r;

	if (path_of(path, sizeof path, dir, AUDIT_FILE, why) == -1 ||
	    db_create(&db, path, &format, why) == -1)
		return -1;
	r = db_settle(db, why);
	sqlite3_close(db);
	return r;
}

/* The lock file holds the number of the process that has it, for the message of the next. */
static int
lock(struct audit *a, const char *dir, struct why *why)
{
	char path[4096], pid[24] = "";

	if (path_of(path, sizeof path, dir, LOCK_FILE, why) == -1)
		return -1;
	if ((a->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (flock(a->lock, LOCK_EX | LOCK_NB) == -1) {
		if (read(a->lock, pid, sizeof pid - 1) == -1)
			pid[0] = '\0';
		why_set(why, ERR_STORE_IN_USE, NULL, "%s: process %s", dir, pid);
		return -1;
	}
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	if (ftruncate(a->lock, 0) == -1 || write_all(a->lock, pid, strlen(pid)) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

static int
log_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct audit *a = arg;

	(void)db, (void)name;
	a->log_pages = pages;
	return SQLITE_OK;
}

static int
read_settings(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt;
	int rows = 0;

	if (db_prepare(a->db, &stmt,
		"SELECT value FROM setting WHERE name IN ('writer', 'digest_key') ORDER BY name "
		"DESC",
		why) == -1)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW && ++rows)
		a->writer = sqlite3_column_int64(stmt, 0);
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_bytes(stmt, 0) == (int)sizeof a->digest_key && ++rows)
		memcpy(a->digest_key, sqlite3_column_blob(stmt, 0), sizeof a->digest_key);
	if (rows != 2)
		db_failed(a->db, why);
	sqlite3_finalize(stmt);
	return rows == 2 ? 0 : -1;
}

/* Where the chain of this store's writer ends. */
static int
read_head(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = 0, step;

	if (db_prepare(a->db, &stmt,
		"SELECT entries FROM audit WHERE writer = ? ORDER BY id DESC LIMIT 1", why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, a->writer);
	step = sqlite3_step(stmt);
	if (step == SQLITE_ROW) {
		if (!chain_last(sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0),
			&a->head)) {
			why_set(
			    why, ERR_STORE_UNUSABLE, NULL, "the audit's last entries are damaged");
			r = -1;
		}
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	a->pending = a->head;
	sqlite3_finalize(stmt);
	return r;
}

static int
prepare_all(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt;

	for (size_t i = 0; i < AUDIT_STMTS; i++)
		if (db_prepare(a->db, &a->stmts[i], sql[i], why) == -1)
			return -1;
	if (db_prepare(a->db, &stmt, "PRAGMA page_size", why) == -1)
		return -1;
	a->page_size = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return 0;
}

static int
open_writing(struct audit *a, const char *dir, struct why *why)
{
	if (lock(a, dir, why) == -1 || db_run(a->db, "PRAGMA wal_autocheckpoint = 0", why) == -1 ||
	    prepare_all(a, why) == -1 || read_head(a, why) == -1 ||
	    answers_load(a, clock_now(), why) == -1)
		return -1;
	sqlite3_wal_hook(a->db, log_grew, a);
	return 0;
}

struct audit *
audit_open(const char *dir, enum audit_mode mode, struct why *why)
{
	struct audit *a = calloc(1, sizeof *a);
	char path[4096];

	if (a == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
		return NULL;
	}
	a->lock = -1;
	buf_init(&a->entries, (size_t)1 << 20);
	block_init(&a->group);
	block_init(&a->read);
	asks_init(&a->asks);
	a->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	a->digest = EVP_MD_CTX_new();
	if (a->sha256 == NULL || a->digest == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "SHA-256");
		goto fail;
	}
	if (path_of(path, sizeof path, dir, AUDIT_FILE, why) == -1 ||
	    db_open(&a->db, path, &format, mode == AUDIT_READ ? DB_READ : DB_WRITE, why) == -1 ||
	    read_settings(a, why) == -1 || (mode == AUDIT_WRITE && open_writing(a, dir, why) == -1))
		goto fail;
	return a;
fail:
	audit_close(a);
	return NULL;
}

void
audit_close(struct audit *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < AUDIT_STMTS; i++)
		sqlite3_finalize(a->stmts[i]);
	sqlite3_close(a->db);
	EVP_MD_CTX_free(a->digest);
	EVP_MD_free(a->sha256);
	asks_free(&a->asks);
	block_free(&a->group);
	block_free(&a->read);
	buf_free(&a->entries);
	if (a->lock != -1)
		close(a->lock);
	free(a);
}

int
audit_note(struct audit *a, const struct audit_entry *e, struct why *why)
{
	if (chain_add(a, e, why) == -1)
		return -1;
	a->group_n++;
	return 0;
}

static int
insert_entries(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_ADD_ENTRIES];

	sqlite3_bind_int64(stmt, 1, a->writer);
	sqlite3_bind_int64(stmt, 2, a->head.n + 1);
	sqlite3_bind_blob(stmt, 3, a->entries.data, (int)a->entries.len, SQLITE_STATIC);
	return db_done(stmt, why);
}

static int
write_group(struct audit *a, struct why *why)
{
	if (db_done(a->stmts[AUDIT_BEGIN], why) == -1)
		return -1;
	if (insert_entries(a, why) == 0 && answers_insert(a, why) == 0 &&
	    answers_expire(a, a->group.at, why) == 0 && db_done(a->stmts[AUDIT_COMMIT], why) == 0)
		return 0;
	db_done(a->stmts[AUDIT_ROLLBACK], NULL); /* why says what failed before */
	return -1;
}

static void
begin_group(struct audit *a)
{
	a->group_n = 0;
	a->group.n = 0;
	buf_reset(&a->entries);
	buf_reset(&a->group.asks);
	buf_reset(&a->group.bodies);
}

void
audit_abandon(struct audit *a)
{
	a->pending = a->head;
	answers_forget_group(a);
	begin_group(a);
}

int
audit_commit(struct audit *a, struct why *why)
{
	if (a->group_n > 0 && write_group(a, why) == -1) {
		audit_abandon(a);
		return -1;
	}
	a->head = a->pending;
	if (a->group.n > 0)
		a->group.id++;
	begin_group(a);
	return 0;
}

int64_t
audit_log_bytes(const struct audit *a)
{
	return (int64_t)a->log_pages * a->page_size;
}

void
audit_idle(struct audit *a, int64_t now)
{
	if (answers_expire(a, now, NULL) == -1 ||
	    sqlite3_wal_checkpoint_v2(a->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) !=
		SQLITE_OK)
		return; /* it stays in the log, where it is as durable; next time */
	a->log_pages = 0;
}

void
audit_digest(const struct audit *a, const void *question, size_t n, uint64_t digest[static 2])
{
	siphash128(a->digest_key, question, n, digest);
}
