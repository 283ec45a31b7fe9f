#include <string.h>

#include "store/people_private.h"

/* role, code, may_attest, added_at, revoked_at from column `first` on. */
static void
take_row(sqlite3_stmt *stmt, int first, struct credential *out)
{
	db_text(out->role, sizeof out->role, stmt, first);
	db_text(out->code, sizeof out->code, stmt, first + 1);
	out->may_attest = sqlite3_column_int(stmt, first + 2);
	out->added_at = sqlite3_column_int64(stmt, first + 3);
	out->revoked_at = sqlite3_column_int64(stmt, first + 4);
}

int
credential_find(struct people *p, const unsigned char fingerprint[static CREDENTIAL_SIZE],
    struct credential *out, struct why *why)
{
	sqlite3_stmt *stmt = p->stmts[PEOPLE_CREDENTIAL];
	int r;

	sqlite3_bind_blob(stmt, 1, fingerprint, CREDENTIAL_SIZE, SQLITE_STATIC);
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		memcpy(out->fingerprint, fingerprint, CREDENTIAL_SIZE);
		take_row(stmt, 0, out);
		r = 1;
		break;
	case SQLITE_DONE:
		r = 0;
		break;
	default:
		r = db_failed(p->db, why);
		break;
	}
	sqlite3_reset(stmt);
	return r;
}

int
credential_add(struct people *p, const struct credential *c, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(p->db, &stmt,
		"INSERT INTO credential(fingerprint, role, code, may_attest, added_at)"
		" VALUES(?, ?, ?, ?, ?)",
		why) == -1)
		return -1;
	sqlite3_bind_blob(stmt, 1, c->fingerprint, CREDENTIAL_SIZE, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, c->role, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, c->code, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 4, c->may_attest);
	sqlite3_bind_int64(stmt, 5, c->added_at);
	r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r;
}

int
credential_revoke(struct people *p, const char *code, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(p->db, &stmt,
		"UPDATE credential SET revoked_at = ? WHERE code = ? AND revoked_at IS NULL",
		why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, now);
	sqlite3_bind_text(stmt, 2, code, -1, SQLITE_STATIC);
	r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r == -1 ? -1 : sqlite3_changes(p->db);
}

int
credential_each(
    struct people *p, int (*each)(const struct credential *, void *), void *arg, struct why *why)
{
	struct credential c;
	sqlite3_stmt *stmt;
	int r = 0, step = SQLITE_DONE;

	if (db_prepare(p->db, &stmt,
		"SELECT fingerprint, role, code, may_attest, added_at, revoked_at FROM credential"
		" ORDER BY code, added_at, fingerprint",
		why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		const void *fingerprint = sqlite3_column_blob(stmt, 0);

		memset(&c, 0, sizeof c);
		if (sqlite3_column_bytes(stmt, 0) == CREDENTIAL_SIZE)
			memcpy(c.fingerprint, fingerprint, CREDENTIAL_SIZE);
		take_row(stmt, 1, &c);
		r = each(&c, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(p->db, why);
	sqlite3_finalize(stmt);
	return r;
}
