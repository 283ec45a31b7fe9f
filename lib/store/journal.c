/* Opening, ending and the age of a journal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/journal_private.h"

/* 4 MiB: few enough to be written again and again in place, three fsyncs in fifty more. */
#define LOG_PAGES "512"

const char *const journal_sql[JOURNAL_STMTS] = {
	[JOURNAL_BEGIN] = "BEGIN IMMEDIATE",
	[JOURNAL_COMMIT] = "COMMIT",
	[JOURNAL_ADD_WINDOW] = "INSERT INTO asked VALUES(?, ?, ?, ?, ?, ?, ?)",
	[JOURNAL_ADD_ANSWER] = "INSERT INTO answered VALUES(?, ?, ?, ?, ?, ?)",
	[JOURNAL_GET_WINDOW] = "SELECT run, sent_at, questions, names FROM asked WHERE id = ?",
	[JOURNAL_GET_ANSWER] = "SELECT * FROM answered WHERE id = ?",
	[JOURNAL_ADD_PLACES] = "INSERT INTO place VALUES(?, ?)",
	[JOURNAL_GET_PLACES] = "SELECT entries FROM place WHERE id = ?",
	[JOURNAL_ADD_TAKEN] = "INSERT INTO taken VALUES(?, ?, ?)",
	[JOURNAL_END_RUN] = "UPDATE run SET ended_at = ? WHERE id = ?",
};

/* 0 if SQLite finds no damage, or -1 with why. */
static int
check(sqlite3 *db, const char *path, struct why *why)
{
	sqlite3_stmt *stmt;
	const char *found = NULL;
	int step = SQLITE_ERROR;

	if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
	    (step = sqlite3_step(stmt)) == SQLITE_ROW)
		found = (const char *)sqlite3_column_text(stmt, 0);
	if (found == NULL || strcmp(found, "ok") != 0) {
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "%s: %s", path,
		    found != NULL ? found : sqlite3_errmsg(db));
		step = SQLITE_ERROR;
	}
	sqlite3_finalize(stmt);
	return step == SQLITE_ROW ? 0 : -1;
}

static int
run_with(sqlite3 *db, const char *text, int64_t first, int64_t second, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, &stmt, text, why) == -1)
		return -1;
	if (sqlite3_bind_parameter_count(stmt) > 0)
		sqlite3_bind_int64(stmt, 1, first);
	if (sqlite3_bind_parameter_count(stmt) > 1)
		sqlite3_bind_int64(stmt, 2, second);
	r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r;
}

/* Old age, and whatever hung on it. */
static int
forget_old(sqlite3 *db, struct why *why)
{
	static const char *const orphans[] = {
		"DELETE FROM answered WHERE id NOT IN (SELECT id FROM asked)",
		"DELETE FROM taken WHERE id NOT IN (SELECT id FROM asked)",
		"DELETE FROM run WHERE id NOT IN"
		" (SELECT run FROM asked UNION SELECT run FROM taken"
		"  UNION SELECT met FROM bulk_question)",
		/* A group's id begins with its last window: see journal_index.c. */
		"DELETE FROM place WHERE (id >> 8) < (SELECT ifnull(min(id), 1 << 48) FROM asked)",
	};

	if (run_with(db, "DELETE FROM asked WHERE last_day < ? AND sent_at < ?",
		date_days(date_today()) - JOURNAL_KEEP_DAYS, clock_now() - JOURNAL_KEEP, why) == -1)
		return -1;
	if (sqlite3_changes(db) == 0)
		return 0;
	for (size_t i = 0; i < sizeof orphans / sizeof *orphans; i++)
		if (run_with(db, orphans[i], 0, 0, why) == -1)
			return -1;
	return 0;
}

/* One number. 0, or -1 with why. */
static int
get(sqlite3 *db, const char *text, int64_t *value, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(db, &stmt, text, why) == -1)
		return -1;
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		*value = sqlite3_column_int64(stmt, 0);
		r = 0;
	} else {
		db_failed(db, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Calls each() for the rows. 0, or -1 with why. */
static int
each_row(struct journal *j, const char *text, void (*each)(struct journal *, sqlite3_stmt *),
    struct why *why)
{
	sqlite3_stmt *stmt;
	int step;

	if (db_prepare(j->db, &stmt, text, why) == -1)
		return -1;
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		each(j, stmt);
	if (step != SQLITE_DONE)
		db_failed(j->db, why);
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE ? 0 : -1;
}

static struct journal_past *
past_of(struct journal *j, sqlite3_stmt *stmt)
{
	return &j->past[sqlite3_column_int64(stmt, 0) - j->first];
}

static void
note_over(struct journal *j, sqlite3_stmt *stmt)
{
	memset(past_of(j, stmt)->over, 0xff, BITS_SIZE);
}

static void
note_taken(struct journal *j, sqlite3_stmt *stmt)
{
	const unsigned char *bits = sqlite3_column_blob(stmt, 1);

	if (sqlite3_column_bytes(stmt, 1) != BITS_SIZE)
		return;
	for (size_t i = 0; i < BITS_SIZE; i++)
		past_of(j, stmt)->over[i] |= bits[i];
}

int
journal_load_past(struct journal *j, struct why *why)
{
	int64_t places;

	if (get(j->db, "SELECT ifnull(min(id), 1) FROM asked", &j->first, why) == -1 ||
	    get(j->db, "SELECT ifnull(max(id), 0) + 1 FROM asked", &j->end, why) == -1 ||
	    get(j->db, "SELECT ifnull(max(id) >> 8, 0) + 1 FROM place", &places, why) == -1)
		return -1;
	j->filling.window = j->end > places ? j->end : places;
	if ((j->past = calloc((size_t)(j->end - j->first) + 1, sizeof *j->past)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the journal");
		return -1;
	}
	return each_row(j,
		   "SELECT asked.id FROM asked JOIN run ON run.id = run WHERE ended_at IS NOT NULL",
		   note_over, why) == -1 ||
		       each_row(j,
			   "SELECT taken.id, bits FROM taken JOIN asked USING(id)"
			   " JOIN run ON run.id = taken.run WHERE ended_at IS NOT NULL",
			   note_taken, why) == -1
		   ? -1
		   : 0;
}

/*
 * A run that said it ended, but was killed before it had, did not: whoever ran it was told so. That
 * is made durable before its mark goes.
 */
static int
revive(struct journal *j, struct why *why)
{
	if (run_with(j->db, "UPDATE run SET ended_at = NULL WHERE id = ? AND ended_at NOT NULL",
		j->cut, 0, why) == -1)
		return -1;
	if (sqlite3_changes(j->db) == 0)
		return 0;
	return journal_commit(j, why) == -1 ? -1 : journal_begin(j, why);
}

static int
begin_run(struct journal *j, struct why *why)
{
	if (get(j->db, "SELECT ifnull(max(id), 0) + 1 FROM run", &j->run, why) == -1 ||
	    run_with(j->db, "INSERT INTO run VALUES(?, ?, NULL)", j->run, clock_now(), why) == -1)
		return -1;
	if (journal_mark(j, j->run) == 0)
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", j->mark, strerror(errno));
	return -1;
}

/* What is deleted is overwritten: it is about people. */
static int
open_checked(struct journal *j, const char *path, struct why *why)
{
	if (db_open(&j->db, path, &journal_format, DB_WRITE, why) == -1) {
		if (why->id == ERR_STORE_UNUSABLE)
			why->id = ERR_JOURNAL_DAMAGED; /* the file can be read */
		return -1;
	}
	if (stat(path, &j->file) == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (check(j->db, path, why) == -1 ||
	    db_run(j->db,
		"PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA wal_autocheckpoint = " LOG_PAGES,
		why) == -1)
		return -1;
	for (size_t i = 0; i < JOURNAL_STMTS; i++)
		if (db_prepare(j->db, &j->stmts[i], journal_sql[i], why) == -1)
			return -1;
	return 0;
}

/* The first commit also holds what begins the run: until then nothing was asked. */
struct journal *
journal_open(const char *path, struct why *why)
{
	struct journal *j = calloc(1, sizeof *j);

	if (j == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		return NULL;
	}
	j->lock = -1;
	windows_init(j);
	j->mark = sqlite3_mprintf("%s-run", path);
	if (j->mark == NULL || index_init(&j->index) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		goto fail;
	}
	if (journal_lock(j, path, why) == -1 || journal_make(path, why) == -1 ||
	    open_checked(j, path, why) == -1 || journal_begin(j, why) == -1 ||
	    revive(j, why) == -1 || forget_old(j->db, why) == -1 ||
	    journal_load_past(j, why) == -1 || index_load(j, why) == -1 || begin_run(j, why) == -1)
		goto fail;
	return j;
fail:
	journal_close(j);
	return NULL;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < JOURNAL_STMTS; i++)
		sqlite3_finalize(j->stmts[i]);
	for (size_t i = 0; i < BULK_STMTS; i++)
		sqlite3_finalize(j->bulk[i]);
	sqlite3_close(j->db);
	index_free(&j->index);
	windows_free(j);
	free(j->past);
	sqlite3_free(j->mark);
	if (j->ended)
		journal_mark(
		    j, 0); /* if it fails, the run was cut: that costs questions, not answers */
	if (j->lock != -1)
		close(j->lock);
	free(j);
}

void
journal_reuse(struct journal *j, int64_t since)
{
	j->reuse = since;
}

int
journal_begin(struct journal *j, struct why *why)
{
	if (!j->open && db_done(j->stmts[JOURNAL_BEGIN], why) == -1)
		return -1;
	j->open = 1;
	return 0;
}

int
journal_commit(struct journal *j, struct why *why)
{
	if (!j->open)
		return 0;
	if (journal_stands(j, why) == -1 || db_done(j->stmts[JOURNAL_COMMIT], why) == -1)
		return -1;
	j->open = 0;
	return 0;
}

/* What this run has met of an earlier one is over with it, if it was of use. */
static int
end_past(struct journal *j, int64_t window, struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_ADD_TAKEN];
	struct journal_past *p = &j->past[window - j->first];
	static const unsigned char none[BITS_SIZE];

	if (memcmp(p->met, none, BITS_SIZE) == 0)
		return 0;
	sqlite3_bind_int64(stmt, 1, window);
	sqlite3_bind_int64(stmt, 2, j->run);
	sqlite3_bind_blob(stmt, 3, p->met, BITS_SIZE, SQLITE_STATIC);
	return db_done(stmt, why);
}

int
journal_end(struct journal *j, struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_END_RUN];

	if (journal_begin(j, why) == -1)
		return -1;
	for (int64_t w = j->first; w < j->end; w++)
		if (end_past(j, w, why) == -1)
			return -1;
	sqlite3_bind_int64(stmt, 1, clock_now());
	sqlite3_bind_int64(stmt, 2, j->run);
	if (db_done(stmt, why) == -1 || journal_commit(j, why) == -1)
		return -1;
	j->ended = 1;
	return 0;
}
