#include <string.h>

#include "store/people_private.h"

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

void
card_hash(const char *digits, unsigned char out[static CARD_HASH_SIZE])
{
	for (size_t i = 0; i < CARD_HASH_SIZE; i++, digits += 2)
		out[i] = (unsigned char)(nibble(digits[0]) << 4 | nibble(digits[1]));
}

/* Takes CARD_COLUMNS. */
static void
take_row(sqlite3_stmt *stmt, struct card *out)
{
	unsigned char *const hashes[] = { out->certificate, out->fingerprint };

	memset(out, 0, sizeof *out);
	for (int i = 0; i < 2; i++)
		if (sqlite3_column_bytes(stmt, i) == CARD_HASH_SIZE)
			memcpy(hashes[i], sqlite3_column_blob(stmt, i), CARD_HASH_SIZE);
	db_text(out->serial, sizeof out->serial, stmt, 2);
	out->person = sqlite3_column_int64(stmt, 3);
	out->not_after = sqlite3_column_int64(stmt, 4);
	out->added_at = sqlite3_column_int64(stmt, 5);
	out->revoked_at = sqlite3_column_int64(stmt, 6);
}

int
card_find(struct people *p, enum card_key key, const unsigned char hash[static CARD_HASH_SIZE],
    struct card *out, struct why *why)
{
	sqlite3_stmt *stmt = p->stmts[key == CARD_BY_CERTIFICATE ? PEOPLE_CARD_CERTIFICATE
								 : PEOPLE_CARD_FINGERPRINT];
	int r = 0, step;

	sqlite3_bind_blob(stmt, 1, hash, CARD_HASH_SIZE, SQLITE_STATIC);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		take_row(stmt, out);
		r = 1;
	} else if (step != SQLITE_DONE) {
		r = db_failed(p->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

int
card_add(struct people *p, const struct card *c, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(p->db, &stmt,
		"INSERT INTO card(certificate, fingerprint, serial, person, not_after, added_at)"
		" VALUES(?, ?, ?, ?, ?, ?)",
		why) == -1)
		return -1;
	sqlite3_bind_blob(stmt, 1, c->certificate, CARD_HASH_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 2, c->fingerprint, CARD_HASH_SIZE, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, c->serial, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, c->person);
	sqlite3_bind_int64(stmt, 5, c->not_after);
	sqlite3_bind_int64(stmt, 6, c->added_at);
	r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r;
}

int
card_revoke(struct people *p, const char *serial, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(p->db, &stmt,
		"UPDATE card SET revoked_at = ? WHERE serial = ? AND revoked_at IS NULL",
		why) == -1)
		return -1;
	sqlite3_bind_int64(stmt, 1, now);
	sqlite3_bind_text(stmt, 2, serial, -1, SQLITE_STATIC);
	r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r == -1 ? -1 : sqlite3_changes(p->db);
}

int
card_each(struct people *p, int (*each)(const struct card *, void *), void *arg, struct why *why)
{
	struct card c;
	sqlite3_stmt *stmt;
	int r = 0, step = SQLITE_DONE;

	if (db_prepare(p->db, &stmt,
		"SELECT " CARD_COLUMNS " FROM card ORDER BY person, added_at, serial", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		take_row(stmt, &c);
		r = each(&c, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(p->db, why);
	sqlite3_finalize(stmt);
	return r;
}
