#include <stdlib.h>

#include "store/journal_private.h"

/* A journal that is only read: it has no run, lock or index of its own. */
struct journal_earlier {
	struct journal j;
};

static int
open_read(struct journal *j, const char *path, struct why *why)
{
	static const enum journal_stmt used[] = { JOURNAL_GET_WINDOW, JOURNAL_GET_ANSWER };

	if (db_open(&j->db, path, &journal_format, DB_READ, why) == -1)
		return -1;
	for (size_t i = 0; i < sizeof used / sizeof *used; i++)
		if (db_prepare(j->db, &j->stmts[used[i]], journal_sql[used[i]], why) == -1)
			return -1;
	return journal_load_past(j, why);
}

struct journal_earlier *
journal_earlier_open(const char *path, struct why *why)
{
	struct journal_earlier *e = calloc(1, sizeof *e);

	if (e == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		return NULL;
	}
	windows_init(&e->j);
	if (open_read(&e->j, path, why) == 0)
		return e;
	journal_earlier_close(e);
	return NULL;
}

void
journal_earlier_close(struct journal_earlier *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < JOURNAL_STMTS; i++)
		sqlite3_finalize(e->j.stmts[i]);
	sqlite3_close(e->j.db);
	windows_free(&e->j);
	free(e->j.past);
	free(e);
}

/* Those of a window that count. 0, or what each() returned. */
static int
each_of_window(const struct journal *j, sqlite3_stmt *stmt,
    int (*each)(const unsigned char *key, uint64_t place, void *), void *arg)
{
	int64_t window = sqlite3_column_int64(stmt, 0);
	const struct journal_record *records = sqlite3_column_blob(stmt, 1);
	size_t n = (size_t)sqlite3_column_bytes(stmt, 1) / sizeof *records;
	int r = 0;

	if (window < j->first || window >= j->end)
		return 0; /* of the run that has the journal meanwhile */
	for (size_t i = 0; i < n && i < JOURNAL_WINDOW && r == 0; i++)
		if (bit(j->past[window - j->first].over, i))
			r = each(records[i].key, (uint64_t)window << 8 | i, arg);
	return r;
}

int
journal_earlier_each(struct journal_earlier *e,
    int (*each)(const unsigned char *key, uint64_t place, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt;
	int step = SQLITE_DONE, r = 0;

	if (db_prepare(e->j.db, &stmt,
		"SELECT id, questions FROM asked JOIN answered USING(id) ORDER BY id", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		r = each_of_window(&e->j, stmt, each, arg);
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(e->j.db, why);
	sqlite3_finalize(stmt);
	return r;
}

int
journal_earlier_get(
    struct journal_earlier *e, uint64_t place, const char **answer, size_t *len, struct why *why)
{
	struct journal_found found;
	size_t at = place & 255;
	int r = window_load(&e->j, place_window(place), why);

	if (r != 1 || at >= e->j.loaded.n || !e->j.loaded.answered)
		return r == -1 ? -1 : 0;
	window_answer(&e->j.loaded, at, &found);
	*answer = found.answer;
	*len = found.len;
	return found.state == JOURNAL_ANSWERED;
}

uint64_t
journal_place(const struct journal_found *found)
{
	return (uint64_t)found->window << 8 | found->at;
}
