#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/db.h"
#include "store/looks.h"

#define LOOKS_FILE "looks.db"

/* seen: the last row of the audit that was taken in. */
static const struct db_format format = {
	.what = "looks",
	.version = 1,
	.schema = "CREATE TABLE seen(row INTEGER NOT NULL);"
		  "INSERT INTO seen VALUES(0);"
		  "CREATE TABLE look(person INTEGER NOT NULL, at INTEGER NOT NULL,"
		  " writer INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL,"
		  " facility TEXT NOT NULL, who TEXT NOT NULL, purposes INTEGER NOT NULL,"
		  " result TEXT NOT NULL, PRIMARY KEY(person, at, writer, n)) WITHOUT ROWID;",
};

enum looks_stmt {
	LOOKS_BEGIN,
	LOOKS_COMMIT,
	LOOKS_ROLLBACK,
	LOOKS_SEEN,
	LOOKS_SET_SEEN,
	LOOKS_ADD,
	LOOKS_EACH,
	LOOKS_STMTS,
};

static const char *const sql[LOOKS_STMTS] = {
	[LOOKS_BEGIN] = "BEGIN IMMEDIATE",
	[LOOKS_COMMIT] = "COMMIT",
	[LOOKS_ROLLBACK] = "ROLLBACK",
	[LOOKS_SEEN] = "SELECT row FROM seen",
	[LOOKS_SET_SEEN] = "UPDATE seen SET row = ?",
	[LOOKS_ADD] = "INSERT OR IGNORE INTO look VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[LOOKS_EACH] = "SELECT at, writer, n, kind, facility, who, purposes, result FROM look"
		       " WHERE person = ? ORDER BY at DESC, writer, n DESC LIMIT ?",
};

struct looks {
	sqlite3 *db;
	sqlite3_stmt *stmts[LOOKS_STMTS];
	struct audit *audit; /* to read, of its own: reading moves what a handle has in hand */
};

static int
create(const char *path, struct why *why)
{
	sqlite3 *db;
	int r;

	if (db_create(&db, path, &format, why) == -1)
		return -1;
	r = db_settle(db, why);
	sqlite3_close(db);
	return r;
}

static int
prepare_all(struct looks *l, struct why *why)
{
	for (size_t i = 0; i < LOOKS_STMTS; i++)
		if (db_prepare(l->db, &l->stmts[i], sql[i], why) == -1)
			return -1;
	return 0;
}

struct looks *
looks_open(const char *dir, struct why *why)
{
	struct looks *l = calloc(1, sizeof *l);
	char path[4096];

	if (l == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
		return NULL;
	}
	if (db_path(path, sizeof path, dir, LOOKS_FILE, why) == -1 ||
	    (access(path, F_OK) == -1 && errno == ENOENT && create(path, why) == -1) ||
	    db_open(&l->db, path, &format, DB_WRITE, why) == -1 || prepare_all(l, why) == -1 ||
	    (l->audit = audit_open(dir, AUDIT_READ, why)) == NULL) {
		looks_close(l);
		return NULL;
	}
	return l;
}

void
looks_close(struct looks *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < LOOKS_STMTS; i++)
		sqlite3_finalize(l->stmts[i]);
	sqlite3_close(l->db);
	audit_close(l->audit);
	free(l);
}

struct adding {
	struct looks *looks;
	struct why *why;
};

static int
add(const struct audit_entry *e, void *arg)
{
	struct adding *a = arg;
	sqlite3_stmt *stmt = a->looks->stmts[LOOKS_ADD];

	if (e->person == 0)
		return 0;
	sqlite3_bind_int64(stmt, 1, e->person);
	sqlite3_bind_int64(stmt, 2, e->at);
	sqlite3_bind_int64(stmt, 3, e->writer);
	sqlite3_bind_int64(stmt, 4, e->n);
	sqlite3_bind_int(stmt, 5, (int)e->kind);
	sqlite3_bind_text(stmt, 6, e->facility.s, (int)e->facility.n, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 7, e->who.s, (int)e->who.n, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 8, e->purposes);
	sqlite3_bind_text(stmt, 9, e->result.s, (int)e->result.n, SQLITE_STATIC);
	return db_done(stmt, a->why);
}

static int
read_seen(struct looks *l, int64_t *row, struct why *why)
{
	sqlite3_stmt *stmt = l->stmts[LOOKS_SEEN];
	int r = sqlite3_step(stmt) == SQLITE_ROW ? 0 : db_failed(l->db, why);

	*row = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return r;
}

static int
follow(struct looks *l, int64_t rows, struct why *why)
{
	struct adding a = { l, why };
	sqlite3_stmt *stmt = l->stmts[LOOKS_SET_SEEN];
	int64_t seen, row;
	int more;

	if (read_seen(l, &seen, why) == -1)
		return -1;
	row = seen;
	more = audit_after(l->audit, &row, rows, add, &a, why);
	if (more == -1 || row == seen)
		return more; /* then nothing is written at all */
	sqlite3_bind_int64(stmt, 1, row);
	return db_done(stmt, why) == -1 ? -1 : more;
}

int
looks_follow(struct looks *l, int64_t rows, struct why *why)
{
	int more;

	if (db_done(l->stmts[LOOKS_BEGIN], why) == -1)
		return -1;
	more = follow(l, rows, why);
	if (more != -1 && db_done(l->stmts[LOOKS_COMMIT], why) == -1)
		more = -1;
	if (more == -1)
		db_done(l->stmts[LOOKS_ROLLBACK], NULL); /* why says what failed before */
	return more;
}

static struct text
column_text(sqlite3_stmt *stmt, int column)
{
	const char *s = (const char *)sqlite3_column_text(stmt, column);

	return (struct text){ s, (size_t)sqlite3_column_bytes(stmt, column) };
}

int
looks_each(struct looks *l, int64_t person, int64_t most,
    int (*each)(const struct audit_entry *, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt = l->stmts[LOOKS_EACH];
	int r = 0, step = SQLITE_DONE;

	sqlite3_bind_int64(stmt, 1, person);
	sqlite3_bind_int64(stmt, 2, most);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct audit_entry e = { .person = person,
			.at = sqlite3_column_int64(stmt, 0),
			.writer = sqlite3_column_int64(stmt, 1),
			.n = sqlite3_column_int64(stmt, 2),
			.kind = (enum audit_kind)sqlite3_column_int(stmt, 3),
			.facility = column_text(stmt, 4),
			.who = column_text(stmt, 5),
			.purposes = (uint16_t)sqlite3_column_int(stmt, 6),
			.result = column_text(stmt, 7) };

		r = each(&e, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(l->db, why);
	sqlite3_reset(stmt);
	return r;
}
