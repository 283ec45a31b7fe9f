/* Questions that travel in files: rows of their own, since each waits for its answer by itself. */
#include <stdio.h>
#include <string.h>

#include "store/bulk.h"
#include "store/journal_private.h"

#define COLUMNS                                                                                    \
	"id, state, day, ask, name, fetch, fetching, litter, reception, sent_at, accepted_at,"     \
	" (SELECT count(*) FROM bulk_question WHERE file = bulk_file.id)"

static const char *const sql[BULK_STMTS] = {
	[BULK_FIND] = "SELECT id, ifnull(file, 0), ask, today, met, answer IS NOT NULL,"
		      " (SELECT ended_at IS NOT NULL FROM run WHERE run.id = met), answered_at"
		      " FROM bulk_question WHERE key = ? ORDER BY id DESC LIMIT 1",
	[BULK_MEET] = "UPDATE bulk_question SET met = ? WHERE id = ?",
	[BULK_ADD] = "INSERT INTO bulk_question(ask, key, day, at, met, question)"
		     " VALUES(?, ?, ?, ?, ?, ?)",
	[BULK_GET_ANSWER] = "SELECT answer FROM bulk_question WHERE id = ? AND answer IS NOT NULL",
	[BULK_GET_FILE] = "SELECT " COLUMNS " FROM bulk_file WHERE id = ?",
	[BULK_PUT_FILE] =
	    "INSERT INTO bulk_file VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT(id) DO UPDATE SET state = excluded.state, name = excluded.name,"
	    " fetch = excluded.fetch, fetching = excluded.fetching, litter = excluded.litter,"
	    " reception = excluded.reception, sent_at = excluded.sent_at,"
	    " accepted_at = excluded.accepted_at",
	[BULK_JOIN] = "UPDATE bulk_question SET file = ? WHERE id = ?",
	[BULK_MOVE] = "UPDATE bulk_question SET file = ?, today = 1 WHERE file = ?",
	[BULK_QUESTIONS] = "SELECT id, ask, question FROM bulk_question WHERE file = ? ORDER BY id",
	[BULK_ANSWER] = "UPDATE bulk_question SET answer = ?, answered_at = ? WHERE id = ?",
	[BULK_LITTER] = "SELECT " COLUMNS " FROM bulk_file WHERE litter = 1 LIMIT 1",
};

static void
get_file(sqlite3_stmt *stmt, struct bulk_file *f)
{
	*f = (struct bulk_file){ .id = sqlite3_column_int64(stmt, 0),
		.state = (enum bulk_state)sqlite3_column_int(stmt, 1),
		.day = date_of_days(sqlite3_column_int64(stmt, 2)),
		.fetching = sqlite3_column_int(stmt, 6),
		.litter = sqlite3_column_int(stmt, 7),
		.sent_at = sqlite3_column_int64(stmt, 9),
		.accepted_at = sqlite3_column_int64(stmt, 10),
		.n = (size_t)sqlite3_column_int64(stmt, 11) };
	db_text(f->ask, sizeof f->ask, stmt, 3);
	db_text(f->name, sizeof f->name, stmt, 4);
	db_text(f->fetch, sizeof f->fetch, stmt, 5);
	db_text(f->reception, sizeof f->reception, stmt, 8);
}

/* Ends a statement of at most one row: 1 it had one, 0 it had none, -1 with why. */
static int
end(struct journal *j, sqlite3_stmt *stmt, int step, struct why *why)
{
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		db_failed(j->db, why);
	sqlite3_reset(stmt);
	return step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : -1;
}

int
bulk_find(struct journal *j, const unsigned char key[static JOURNAL_KEY_SIZE],
    struct bulk_question *q, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_FIND];
	int step;

	sqlite3_bind_blob(stmt, 1, key, JOURNAL_KEY_SIZE, SQLITE_STATIC);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		*q = (struct bulk_question){ .id = sqlite3_column_int64(stmt, 0),
			.file = sqlite3_column_int64(stmt, 1),
			.today = sqlite3_column_int(stmt, 3),
			.again = sqlite3_column_int64(stmt, 4) == j->run,
			.answered = sqlite3_column_int(stmt, 5) };
		db_text(q->ask, sizeof q->ask, stmt, 2);
		q->over = q->answered && !q->again && sqlite3_column_int(stmt, 6);
		q->young = q->over && j->reuse != 0 && sqlite3_column_int64(stmt, 7) >= j->reuse;
	}
	return end(j, stmt, step, why);
}

int
bulk_meet(struct journal *j, const struct bulk_question *q, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_MEET];

	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, j->run);
	sqlite3_bind_int64(stmt, 2, q->id);
	return db_done(stmt, why);
}

int
bulk_add(struct journal *j, const unsigned char key[static JOURNAL_KEY_SIZE], struct date day,
    const char *text, size_t len, struct bulk_question *q, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_ADD];

	*q = (struct bulk_question){ .id = 0 };
	ask_new(q->ask);
	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_text(stmt, 1, q->ask, -1, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 2, key, JOURNAL_KEY_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, date_days(day));
	sqlite3_bind_int64(stmt, 4, clock_now());
	sqlite3_bind_int64(stmt, 5, j->run);
	sqlite3_bind_text(stmt, 6, text, (int)len, SQLITE_STATIC);
	if (db_done(stmt, why) == -1)
		return -1;
	q->id = sqlite3_last_insert_rowid(j->db);
	return 0;
}

int
bulk_answer_of(struct journal *j, int64_t question, struct buf *out, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_GET_ANSWER];
	int step;

	sqlite3_bind_int64(stmt, 1, question);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW &&
	    buf_add(out, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0)) ==
		-1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "an answer of the journal");
		sqlite3_reset(stmt);
		return -1;
	}
	return end(j, stmt, step, why);
}

int
bulk_file_new(struct journal *j, struct date day, struct bulk_file *f, struct why *why)
{
	*f = (struct bulk_file){ .state = BULK_PLANNED, .day = day };
	ask_new(f->ask);
	if (bulk_file_put(j, f, why) == -1)
		return -1;
	f->id = sqlite3_last_insert_rowid(j->db);
	return 0;
}

int
bulk_file_get(struct journal *j, int64_t id, struct bulk_file *f, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_GET_FILE];
	int step;

	sqlite3_bind_int64(stmt, 1, id);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		get_file(stmt, f);
	if (step == SQLITE_DONE)
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "a file of questions is missing");
	return end(j, stmt, step, why) == 1 ? 0 : -1;
}

int
bulk_file_put(struct journal *j, const struct bulk_file *f, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_PUT_FILE];

	if (journal_begin(j, why) == -1)
		return -1;
	if (f->id == 0)
		sqlite3_bind_null(stmt, 1);
	else
		sqlite3_bind_int64(stmt, 1, f->id);
	sqlite3_bind_int(stmt, 2, (int)f->state);
	sqlite3_bind_int64(stmt, 3, date_days(f->day));
	sqlite3_bind_text(stmt, 4, f->ask, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 5, f->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 6, f->fetch, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 7, f->fetching);
	sqlite3_bind_int(stmt, 8, f->litter);
	sqlite3_bind_text(stmt, 9, f->reception, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 10, f->sent_at);
	sqlite3_bind_int64(stmt, 11, f->accepted_at);
	return db_done(stmt, why);
}

int
bulk_join(struct journal *j, struct bulk_question *q, struct bulk_file *f, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_JOIN];

	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, f->id);
	sqlite3_bind_int64(stmt, 2, q->id);
	if (db_done(stmt, why) == -1)
		return -1;
	q->file = f->id;
	f->n++;
	return 0;
}

int
bulk_move(struct journal *j, struct bulk_file *from, struct bulk_file *to, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_MOVE];

	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, to->id);
	sqlite3_bind_int64(stmt, 2, from->id);
	if (db_done(stmt, why) == -1)
		return -1;
	to->n += from->n;
	from->n = 0;
	return 0;
}

int
bulk_questions(struct journal *j, int64_t file, bulk_each *each, void *arg, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_QUESTIONS];
	int step, stopped = 0;

	sqlite3_bind_int64(stmt, 1, file);
	while (!stopped && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		stopped = each(arg, sqlite3_column_int64(stmt, 0),
			      (const char *)sqlite3_column_text(stmt, 1),
			      (const char *)sqlite3_column_text(stmt, 2), why) == -1;
	if (stopped) {
		sqlite3_reset(stmt);
		return -1;
	}
	return end(j, stmt, step, why);
}

int
bulk_answer(struct journal *j, int64_t question, const char *line, size_t len, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_ANSWER];

	if (journal_begin(j, why) == -1)
		return -1;
	sqlite3_bind_text(stmt, 1, line, (int)len, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, clock_now());
	sqlite3_bind_int64(stmt, 3, question);
	return db_done(stmt, why);
}

int
bulk_litter(struct journal *j, struct bulk_file *f, struct why *why)
{
	sqlite3_stmt *stmt = j->bulk[BULK_LITTER];
	int step;

	if ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		get_file(stmt, f);
	return end(j, stmt, step, why);
}

/* What a run that was cut had planned: the lines of this run may be others. Their asks stay theirs. */
static const char dissolve[] = "UPDATE bulk_question SET file = NULL"
			       " WHERE file IN (SELECT id FROM bulk_file WHERE state = 0);"
			       "DELETE FROM bulk_file WHERE litter = 0 AND id NOT IN"
			       " (SELECT file FROM bulk_question WHERE file IS NOT NULL)";

static int
forget_old(struct journal *j, struct why *why)
{
	char text[128];

	snprintf(text, sizeof text, "DELETE FROM bulk_question WHERE day < %lld AND at < %lld",
	    (long long)date_days(date_today()) - JOURNAL_KEEP_DAYS,
	    (long long)(clock_now() - JOURNAL_KEEP));
	return db_run(j->db, text, why);
}

int
bulk_open(struct journal *j, struct why *why)
{
	if (journal_begin(j, why) == -1 || forget_old(j, why) == -1 ||
	    db_run(j->db, dissolve, why) == -1)
		return -1;
	for (size_t i = 0; i < BULK_STMTS; i++)
		if (db_prepare(j->db, &j->bulk[i], sql[i], why) == -1)
			return -1;
	return 0;
}
