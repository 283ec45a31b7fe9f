#include <string.h>

#include "store/medical_private.h"

int
window_add(struct medical *m, struct window *w, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[WINDOW_ADD];

	sqlite3_bind_text(stmt, 1, w->event, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, w->area, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, w->kinds, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, w->from);
	sqlite3_bind_int64(stmt, 5, w->to);
	sqlite3_bind_int64(stmt, 6, w->recorded_at);
	if (db_done(stmt, why) == -1)
		return -1;
	w->id = sqlite3_last_insert_rowid(m->db);
	return 0;
}

int
window_close(struct medical *m, int64_t id, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[WINDOW_CLOSE];

	sqlite3_bind_int64(stmt, 1, now);
	sqlite3_bind_int64(stmt, 2, id);
	return db_done(stmt, why) == -1 ? -1 : sqlite3_changes(m->db) > 0;
}

static void
take_row(sqlite3_stmt *stmt, struct window *w)
{
	*w = (struct window){ .id = sqlite3_column_int64(stmt, 0),
		.from = (uint32_t)sqlite3_column_int64(stmt, 4),
		.to = (uint32_t)sqlite3_column_int64(stmt, 5),
		.recorded_at = sqlite3_column_int64(stmt, 6),
		.closed_at = sqlite3_column_int64(stmt, 7) };
	db_text(w->event, sizeof w->event, stmt, 1);
	db_text(w->area, sizeof w->area, stmt, 2);
	db_text(w->kinds, sizeof w->kinds, stmt, 3);
}

int
window_each(
    struct medical *m, int (*each)(const struct window *, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt = m->stmts[WINDOW_EACH];
	int r = 0, step = SQLITE_DONE;
	struct window w;

	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		take_row(stmt, &w);
		r = each(&w, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(m->db, why);
	sqlite3_reset(stmt);
	return r;
}
