/* Reading the audit: every entry, and whether the chain holds. */
#include <stdio.h>
#include <string.h>

#include "store/audit_private.h"

static int
take_bytes(struct group *g, sqlite3_stmt *stmt, int column)
{
	buf_reset(&g->bytes);
	return buf_add(&g->bytes, sqlite3_column_blob(stmt, column),
	    (size_t)sqlite3_column_bytes(stmt, column));
}

/* The entries of one row. What each() returned, or -1 with why where the row is damaged. */
static int
each_of_row(struct group *g, sqlite3_stmt *stmt, int (*each)(const struct audit_entry *, void *),
    void *arg, struct why *why)
{
	struct audit_entry e;
	int r = 0, whole = take_bytes(g, stmt, 2) == 0 && group_index(g, NULL);

	for (size_t i = 0; i < g->n && r == 0; i++) {
		group_entry(g, i, &e);
		e.writer = sqlite3_column_int64(stmt, 0);
		e.n = sqlite3_column_int64(stmt, 1) + (int64_t)i;
		r = each(&e, arg);
	}
	if (r == 0 && !whole) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "the audit is damaged after entry %lld",
		    sqlite3_column_int64(stmt, 1) + (long long)g->n - 1);
		r = -1;
	}
	return r;
}

int
audit_each(
    struct audit *a, int (*each)(const struct audit_entry *, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = 0, step = SQLITE_DONE;

	if (db_prepare(a->db, &stmt, "SELECT writer, n, entries FROM audit ORDER BY id", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		r = each_of_row(&a->read, stmt, each, arg, why);
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(a->db, why);
	sqlite3_finalize(stmt);
	return r;
}

int
audit_after(struct audit *a, int64_t *row, int64_t rows,
    int (*each)(const struct audit_entry *, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_AFTER];
	int64_t n = 0;
	int r = 0, step = SQLITE_DONE;

	sqlite3_bind_int64(stmt, 1, *row);
	sqlite3_bind_int64(stmt, 2, rows);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		r = each_of_row(&a->read, stmt, each, arg, why);
		*row = sqlite3_column_int64(stmt, 3);
		n++;
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(a->db, why);
	sqlite3_reset(stmt);
	return r != 0 ? -1 : n == rows;
}

static void
tell(const struct chain *end, int64_t writer, int whole,
    void (*each)(const struct audit_verdict *, void *), void *arg)
{
	struct audit_verdict v = { .writer = writer, .entries = end->n };

	if (!whole)
		v.broken = end->n + 1;
	for (size_t i = 0; i < AUDIT_HASH_SIZE; i++)
		snprintf(v.hash + 2 * i, 3, "%02x", end->hash[i]);
	each(&v, arg);
}

/* The writer whose chain is being followed. */
struct following {
	int64_t writer;
	struct chain end;
	int whole;
};

/* Does the row go on where the chain ended? 1, 0, or -1 without memory. */
static int
follow(struct audit *a, sqlite3_stmt *stmt, struct following *f)
{
	if (take_bytes(&a->read, stmt, 2) == -1)
		return -1;
	return sqlite3_column_int64(stmt, 1) == f->end.n + 1 && group_index(&a->read, &f->end);
}

int
audit_verify(
    struct audit *a, void (*each)(const struct audit_verdict *, void *), void *arg, struct why *why)
{
	struct following f = { .whole = 1 };
	sqlite3_stmt *stmt;
	int all_whole = 1, rows = 0, step, r;

	if (db_prepare(a->db, &stmt, "SELECT writer, n, entries FROM audit ORDER BY writer, id",
		why) == -1)
		return -1;
	for (; all_whole != -1 && (step = sqlite3_step(stmt)) == SQLITE_ROW; rows++) {
		int64_t writer = sqlite3_column_int64(stmt, 0);

		if (rows > 0 && writer != f.writer)
			tell(&f.end, f.writer, f.whole, each, arg);
		if (rows == 0 || writer != f.writer)
			f = (struct following){ .writer = writer, .whole = 1 };
		if (!f.whole)
			continue;
		if ((r = follow(a, stmt, &f)) == 1)
			continue;
		f.whole = 0;
		all_whole = r;
		if (r == -1)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, "the audit");
	}
	if (all_whole != -1 && step != SQLITE_DONE)
		all_whole = db_failed(a->db, why);
	else if (all_whole != -1 && rows > 0)
		tell(&f.end, f.writer, f.whole, each, arg);
	sqlite3_finalize(stmt);
	return all_whole;
}
