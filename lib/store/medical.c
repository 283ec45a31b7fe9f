#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/medical_private.h"

#define MEDICAL_FILE "medical.db"

static const struct db_format format = {
	.what = "medical information",
	.version = 1,
	.schema = "CREATE TABLE synthetic(seed INTEGER NOT NULL, people INTEGER NOT NULL);"
		  "CREATE TABLE drug(id INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
		  " month INTEGER NOT NULL, doc TEXT NOT NULL, recorded_at INTEGER NOT NULL,"
		  " replaced_at INTEGER);"
		  "CREATE INDEX drug_person ON drug(person, month);"
		  "CREATE TABLE checkup(id INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
		  " examined_on INTEGER NOT NULL, doc TEXT NOT NULL, recorded_at INTEGER NOT NULL,"
		  " replaced_at INTEGER);"
		  "CREATE INDEX checkup_person ON checkup(person, examined_on);"
		  "CREATE TABLE place(facility TEXT PRIMARY KEY, municipality TEXT NOT NULL) "
		  "WITHOUT ROWID;"
		  "CREATE TABLE disaster(id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL,"
		  " area TEXT NOT NULL, kinds TEXT NOT NULL, from_day INTEGER NOT NULL,"
		  " to_day INTEGER NOT NULL, recorded_at INTEGER NOT NULL, closed_at INTEGER);",
};

/* Known at a moment: before it recorded, and not before it replaced. */
#define KNOWN_THEN " AND recorded_at < ?2 AND (replaced_at IS NULL OR replaced_at >= ?2)"

static const char *const sql[MEDICAL_STMTS] = {
	[MEDICAL_DRUGS] = "SELECT doc FROM drug WHERE person = ?1" KNOWN_THEN
			  " AND month >= ?3 ORDER BY month DESC, id",
	[MEDICAL_CHECKUPS] =
	    "SELECT doc FROM checkup WHERE person = ?1" KNOWN_THEN " ORDER BY examined_on DESC, id",
	[MEDICAL_SET_PLACE] = "INSERT OR REPLACE INTO place VALUES(?, ?)",
	[MEDICAL_PLACE] = "SELECT municipality FROM place WHERE facility = ?",
	[WINDOW_ADD] = "INSERT INTO disaster(event, area, kinds, from_day, to_day, recorded_at)"
		       " VALUES(?, ?, ?, ?, ?, ?)",
	[WINDOW_CLOSE] = "UPDATE disaster SET closed_at = ? WHERE id = ? AND closed_at IS NULL",
	[WINDOW_EACH] = "SELECT id, event, area, kinds, from_day, to_day, recorded_at, closed_at"
			" FROM disaster ORDER BY id",
};

int
medical_create(const char *dir, uint64_t seed, int64_t people, struct why *why)
{
	char path[4096], insert[128];
	sqlite3 *db;
	int r = -1;

	snprintf(insert, sizeof insert, "INSERT INTO synthetic VALUES(%lld, %lld)",
	    (long long)(int64_t)seed, (long long)people);
	if (db_path(path, sizeof path, dir, MEDICAL_FILE, why) == -1 ||
	    db_create(&db, path, &format, why) == -1)
		return -1;
	if (db_run(db, insert, why) == 0)
		r = db_settle(db, why);
	sqlite3_close(db);
	return r;
}

static int
read_synthetic(struct medical *m, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(m->db, &stmt, "SELECT seed, people FROM synthetic", why) == -1)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		m->seed = (uint64_t)sqlite3_column_int64(stmt, 0);
		m->people = sqlite3_column_int64(stmt, 1);
		r = 0;
	} else {
		db_failed(m->db, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
prepare_all(struct medical *m, struct why *why)
{
	for (size_t i = 0; i < MEDICAL_STMTS; i++)
		if (db_prepare(m->db, &m->stmts[i], sql[i], why) == -1)
			return -1;
	return 0;
}

struct medical *
medical_open(const char *dir, enum medical_mode mode, struct why *why)
{
	struct medical *m = calloc(1, sizeof *m);
	char path[4096];

	if (m == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
		return NULL;
	}
	if (db_path(path, sizeof path, dir, MEDICAL_FILE, why) == -1 ||
	    (mode == MEDICAL_WRITE && access(path, F_OK) == -1 && errno == ENOENT &&
		medical_create(dir, 0, 0, why) == -1) ||
	    db_open(&m->db, path, &format, mode == MEDICAL_READ ? DB_READ : DB_WRITE, why) == -1 ||
	    read_synthetic(m, why) == -1 || prepare_all(m, why) == -1) {
		medical_close(m);
		return NULL;
	}
	return m;
}

void
medical_close(struct medical *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < MEDICAL_STMTS; i++)
		sqlite3_finalize(m->stmts[i]);
	sqlite3_close(m->db);
	free(m);
}

int
medical_seed(const struct medical *m, int64_t person, uint64_t *seed)
{
	*seed = m->seed;
	return person >= 1 && person <= m->people;
}

/* Hands over the docs of the bound statement, and resets it. */
static int
hand_over(struct medical *m, sqlite3_stmt *stmt, medical_each *each, void *arg, struct why *why)
{
	int r = 0, step = SQLITE_DONE;

	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		r = each((const char *)sqlite3_column_text(stmt, 0),
		    (size_t)sqlite3_column_bytes(stmt, 0), arg);
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(m->db, why);
	sqlite3_reset(stmt);
	return r;
}

int
medical_drugs(struct medical *m, int64_t person, int64_t from_month, int64_t before,
    medical_each *each, void *arg, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[MEDICAL_DRUGS];

	sqlite3_bind_int64(stmt, 1, person);
	sqlite3_bind_int64(stmt, 2, before);
	sqlite3_bind_int64(stmt, 3, from_month);
	return hand_over(m, stmt, each, arg, why);
}

int
medical_checkups(struct medical *m, int64_t person, int64_t before, medical_each *each, void *arg,
    struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[MEDICAL_CHECKUPS];

	sqlite3_bind_int64(stmt, 1, person);
	sqlite3_bind_int64(stmt, 2, before);
	return hand_over(m, stmt, each, arg, why);
}

int
medical_set_place(
    struct medical *m, const char *facility, const char *municipality, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[MEDICAL_SET_PLACE];

	sqlite3_bind_text(stmt, 1, facility, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, municipality, -1, SQLITE_STATIC);
	return db_done(stmt, why);
}

int
medical_place(struct medical *m, const char *facility, char *out, size_t n, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[MEDICAL_PLACE];
	int r = 0, step;

	sqlite3_bind_text(stmt, 1, facility, -1, SQLITE_STATIC);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		snprintf(out, n, "%s", (const char *)sqlite3_column_text(stmt, 0));
		r = 1;
	} else if (step != SQLITE_DONE) {
		r = db_failed(m->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}
