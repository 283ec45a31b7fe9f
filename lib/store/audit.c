#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/audit_private.h"

#define AUDIT_FILE "audit.db"
#define PAUSE	   1000000 /* nanoseconds between two tries, */
#define PATIENCE   10000   /* and milliseconds until the other process is taken to hang */

/* slots: 8 bytes each, the lowest first. */
#define PRESENCE_TABLE                                                                             \
	"CREATE TABLE presence(id INTEGER PRIMARY KEY, jti TEXT NOT NULL UNIQUE,"                  \
	" facility TEXT NOT NULL, person INTEGER NOT NULL, ask TEXT NOT NULL,"                     \
	" expires_at INTEGER NOT NULL, in_grace INTEGER NOT NULL, slots BLOB NOT NULL);"

/* withdrawn_at 0: it is not. A row without token was withdrawn before its consent came. */
#define CONSENT_TABLES                                                                             \
	"CREATE TABLE consent(id INTEGER PRIMARY KEY, jti TEXT NOT NULL UNIQUE,"                   \
	" facility TEXT NOT NULL, person INTEGER NOT NULL, purposes INTEGER NOT NULL,"             \
	" expires_at INTEGER NOT NULL, withdrawn_at INTEGER NOT NULL, token TEXT NOT NULL);"       \
	"CREATE TABLE registration(person INTEGER PRIMARY KEY, registered_at INTEGER NOT NULL,"    \
	" facility TEXT NOT NULL, consent TEXT NOT NULL);"

/* The chain of each place that a process can take (audit_writer.c). */
#define WRITER_TABLE "CREATE TABLE writer(place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE);"

static const char *const steps[] = {
	PRESENCE_TABLE, /* 2: presences that were redeemed */
	CONSENT_TABLES, /* 3: consents, and who is registered for insurance use */
	/* 4: several processes write, each its own chain */
	WRITER_TABLE "INSERT INTO writer SELECT 1, value FROM setting WHERE name = 'writer';"
		     "DELETE FROM setting WHERE name = 'writer'",
	"", /* 5: asks are packed in new entries (chain.c), which older programs cannot read */
};

static const struct db_format format = {
	.what = "the audit",
	.version = 5,
	.steps = steps,
	/* Large pages: a full group has 24 KiB, and each page is two writes to the log. */
	.schema = "PRAGMA page_size = 16384;"
		  "CREATE TABLE setting(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
		  "CREATE TABLE audit(id INTEGER PRIMARY KEY, writer INTEGER NOT NULL,"
		  " n INTEGER NOT NULL, entries BLOB NOT NULL);"
		  "INSERT INTO setting VALUES('digest_key', randomblob(16));" PRESENCE_TABLE
		      CONSENT_TABLES WRITER_TABLE,
};

#define PRESENCE_BY                                                                                \
	"SELECT id, jti, facility, person, ask, expires_at, in_grace, slots FROM presence WHERE "

static const char *const sql[AUDIT_STMTS] = {
	[AUDIT_BEGIN] = "BEGIN IMMEDIATE",
	[AUDIT_COMMIT] = "COMMIT",
	[AUDIT_ROLLBACK] = "ROLLBACK",
	[AUDIT_ADD] = "INSERT INTO audit VALUES(?, ?, ?, ?)",
	[AUDIT_SINCE] = "SELECT id, entries FROM audit WHERE id > ? ORDER BY id",
	[AUDIT_GET] = "SELECT id, entries FROM audit WHERE id = ?",
	[AUDIT_REDEEM] = "INSERT OR IGNORE INTO presence(jti, facility, person, ask, expires_at,"
			 " in_grace, slots) VALUES(?, ?, ?, ?, ?, ?, ?)",
	[AUDIT_FORGET] = "DELETE FROM presence WHERE expires_at < ?",
	[AUDIT_REDEEMED_JTI] = PRESENCE_BY "jti = ?",
	[AUDIT_REDEEMED_ID] = PRESENCE_BY "id = ?",
	[AUDIT_AFTER] = "SELECT writer, n, entries, id FROM audit WHERE id > ? ORDER BY id LIMIT ?",
	[AUDIT_CONSENT_FIND] = "SELECT " CONSENT_COLUMNS " FROM consent WHERE jti = ?",
	[AUDIT_CONSENT_PUT] = "INSERT INTO consent(" CONSENT_COLUMNS
			      ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(jti) DO UPDATE SET"
			      " person = ?3, purposes = ?4, expires_at = ?5, withdrawn_at = ?6,"
			      " token = ?7",
	[AUDIT_REGISTER] = "INSERT OR IGNORE INTO registration VALUES(?, ?, ?, ?)",
	[AUDIT_REGISTERED] = "SELECT registered_at FROM registration WHERE person = ?",
};

int
audit_create(const char *dir, struct why *why)
{
	char path[4096];
	sqlite3 *db;
	int r;

	if (db_path(path, sizeof path, dir, AUDIT_FILE, why) == -1 ||
	    db_create(&db, path, &format, why) == -1)
		return -1;
	r = db_settle(db, why);
	sqlite3_close(db);
	return r;
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
	int r = -1;

	if (db_prepare(a->db, &stmt, "SELECT value FROM setting WHERE name = 'digest_key'", why) ==
	    -1)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_bytes(stmt, 0) == (int)sizeof a->digest_key) {
		memcpy(a->digest_key, sqlite3_column_blob(stmt, 0), sizeof a->digest_key);
		made_keys(a);
		r = 0;
	} else {
		db_failed(a->db, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Where the chain of this writer ends. */
static int
read_head(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = 0, step;

	if (db_prepare(a->db, &stmt,
		"SELECT n, entries FROM audit WHERE writer = ? ORDER BY id DESC LIMIT 1",
		why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, a->writer);
	step = sqlite3_step(stmt);
	if (step == SQLITE_ROW) {
		if (buf_add(&a->read.bytes, sqlite3_column_blob(stmt, 1),
			(size_t)sqlite3_column_bytes(stmt, 1)) == 0 &&
		    group_index(&a->read, NULL)) {
			a->head.n = sqlite3_column_int64(stmt, 0) + (int64_t)a->read.n - 1;
			memcpy(a->head.hash, group_hash(&a->read), AUDIT_HASH_SIZE);
		} else {
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

/*
 * Another process has its turn, which is as long as a commit. SQLite's own waiting grows to a tenth
 * of a second, and whoever waits so would seldom meet the moment between two commits of the other.
 */
static int
wait_turn(void *arg, int times)
{
	const struct timespec pause = { .tv_nsec = PAUSE };
	struct audit *a = arg;

	if (times == 0)
		a->waits_since = clock_tick();
	nanosleep(&pause, NULL);
	return clock_tick() - a->waits_since < PATIENCE;
}

static int
open_writing(struct audit *a, const char *dir, struct why *why)
{
	if (writer_take(a, dir, why) == -1 ||
	    db_run(a->db, "PRAGMA wal_autocheckpoint = 0", why) == -1 || read_head(a, why) == -1 ||
	    made_load(a, clock_now(), why) == -1)
		return -1;
	sqlite3_wal_hook(a->db, log_grew, a);
	sqlite3_busy_handler(a->db, wait_turn, a);
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
	group_init(&a->group, 0);
	group_init(&a->read, 0);
	asks_init(&a->asks);
	if (db_path(path, sizeof path, dir, AUDIT_FILE, why) == -1 ||
	    db_open(&a->db, path, &format, mode == AUDIT_READ ? DB_READ : DB_WRITE, why) == -1 ||
	    read_settings(a, why) == -1 || prepare_all(a, why) == -1 ||
	    (mode == AUDIT_WRITE && open_writing(a, dir, why) == -1))
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
	asks_free(&a->asks);
	group_free(&a->group);
	group_free(&a->read);
	if (a->lock != -1)
		close(a->lock);
	free(a);
}

int
audit_begin(struct audit *a, struct why *why)
{
	if (a->begun)
		return 0;
	if (db_done(a->stmts[AUDIT_BEGIN], why) == -1)
		return -1;
	a->begun = 1;
	return made_catch_up(a, why);
}

/* Puts the gathered row into the file, not yet durable, and begins the next. */
static int
insert_group(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_ADD];
	struct group *g = &a->group;

	sqlite3_bind_int64(stmt, 1, g->id);
	sqlite3_bind_int64(stmt, 2, a->writer);
	sqlite3_bind_int64(stmt, 3, a->pending.n - (int64_t)g->n + 1);
	sqlite3_bind_blob(stmt, 4, g->bytes.data, (int)g->bytes.len, SQLITE_STATIC);
	if (db_done(stmt, why) == -1)
		return -1;
	g->id++;
	g->n = 0;
	buf_reset(&g->bytes);
	return 0;
}

int
audit_note(struct audit *a, const struct audit_entry *e, struct why *why)
{
	if (audit_begin(a, why) == -1 || (a->group.n == AUDIT_GROUP && insert_group(a, why) == -1))
		return -1;
	if (group_add(&a->group, &a->pending, e) == 0 && made_remember(a, e) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "the audit");
	return -1;
}

void
audit_abandon(struct audit *a)
{
	if (a->begun)
		db_done(a->stmts[AUDIT_ROLLBACK], NULL); /* the caller says what failed before */
	a->begun = 0;
	made_forget_batch(a);
	a->pending = a->head;
	a->group.n = 0;
	a->read.id = 0;
	buf_reset(&a->group.bytes);
}

int
audit_commit(struct audit *a, struct why *why)
{
	if ((a->group.n > 0 && insert_group(a, why) == -1) ||
	    (a->begun && db_done(a->stmts[AUDIT_COMMIT], why) == -1)) {
		audit_abandon(a);
		return -1;
	}
	a->begun = 0;
	a->n_added = 0;
	a->head = a->pending;
	a->last_id = a->group.id - 1;
	return 0;
}

int64_t
audit_log_bytes(const struct audit *a)
{
	return (int64_t)a->log_pages * a->page_size;
}

void
audit_checkpoint(struct audit *a, int all)
{
	int mode = all ? SQLITE_CHECKPOINT_FULL : SQLITE_CHECKPOINT_PASSIVE;

	/* Where it fails all stays in the log, which is as durable; next time. */
	if (sqlite3_wal_checkpoint_v2(a->db, NULL, mode, NULL, NULL) == SQLITE_OK)
		a->log_pages = 0;
}

uint64_t
audit_digest(const struct audit *a, const void *content, size_t n)
{
	return siphash(a->digest_key, content, n);
}
