#include <endian.h>
#include <string.h>

#include "store/audit_private.h"
#include "store/redeemed.h"

/* Longer than a question is remembered, and than a consent lives that names the presence (24 h). */
#define KEEP (AUDIT_KEEP + 3600)

/* Takes id, jti, facility, person, ask, expires_at, in_grace, slots. 1, or 0 if it is damaged. */
static int
take_row(sqlite3_stmt *stmt, struct redeemed *r)
{
	size_t bytes = (size_t)sqlite3_column_bytes(stmt, 7);

	memset(r, 0, sizeof *r);
	r->id = sqlite3_column_int64(stmt, 0);
	db_text(r->jti, sizeof r->jti, stmt, 1);
	db_text(r->facility, sizeof r->facility, stmt, 2);
	r->person = sqlite3_column_int64(stmt, 3);
	db_text(r->ask, sizeof r->ask, stmt, 4);
	r->expires_at = sqlite3_column_int64(stmt, 5);
	r->in_grace = sqlite3_column_int(stmt, 6);
	r->n = bytes / sizeof *r->slots;
	if (bytes > sizeof r->slots || bytes % sizeof *r->slots != 0)
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		uint64_t le;

		memcpy(&le, (const char *)sqlite3_column_blob(stmt, 7) + i * sizeof le, sizeof le);
		r->slots[i] = (int64_t)le64toh(le);
	}
	return 1;
}

/* Steps the bound statement and resets it. 1, 0 if there is no row, or -1 with why. */
static int
read_one(struct audit *a, sqlite3_stmt *stmt, struct redeemed *out, struct why *why)
{
	int step = sqlite3_step(stmt), r = 0;

	if (step == SQLITE_ROW && take_row(stmt, out)) {
		r = 1;
	} else if (step == SQLITE_ROW) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "a redeemed presence is damaged");
		r = -1;
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

int
redeemed_find(struct audit *a, const char *jti, struct redeemed *out, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_REDEEMED_JTI];

	sqlite3_bind_text(stmt, 1, jti, -1, SQLITE_STATIC);
	return read_one(a, stmt, out, why);
}

int
redeemed_get(struct audit *a, int64_t id, struct redeemed *out, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_REDEEMED_ID];

	sqlite3_bind_int64(stmt, 1, id);
	return read_one(a, stmt, out, why);
}

/* Unless the jti is there already. 0, or -1 with why. */
static int
insert(struct audit *a, const struct redeemed *r, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_REDEEM];
	uint64_t slots[CANDIDATES_MAX];

	for (size_t i = 0; i < r->n; i++)
		slots[i] = htole64((uint64_t)r->slots[i]);
	sqlite3_bind_text(stmt, 1, r->jti, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, r->facility, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, r->person);
	sqlite3_bind_text(stmt, 4, r->ask, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 5, r->expires_at);
	sqlite3_bind_int(stmt, 6, r->in_grace);
	sqlite3_bind_blob(stmt, 7, slots, (int)(r->n * sizeof *slots), SQLITE_STATIC);
	return db_done(stmt, why);
}

int
redeem(struct audit *a, struct redeemed *r, struct why *why)
{
	struct redeemed there;

	if (audit_begin(a, why) == -1 || insert(a, r, why) == -1)
		return -1;
	switch (redeemed_find(a, r->jti, &there, why)) {
	case 1:
		break;
	case 0:
		why_set(why, ERR_STORE_UNUSABLE, NULL, "a presence could not be redeemed");
		return -1;
	default:
		return -1;
	}
	if (strcmp(there.facility, r->facility) != 0 || strcmp(there.ask, r->ask) != 0)
		return 0;
	*r = there;
	return 1;
}

int
redeemed_forget(struct audit *a, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_FORGET];

	sqlite3_bind_int64(stmt, 1, now - KEEP);
	return db_done(stmt, why);
}
