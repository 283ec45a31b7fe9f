#include <stdlib.h>
#include <string.h>

#include "store/audit_private.h"
#include "store/consents.h"

/* Takes CONSENT_COLUMNS. */
static void
take_row(sqlite3_stmt *stmt, struct held *h)
{
	db_text(h->jti, sizeof h->jti, stmt, 0);
	db_text(h->facility, sizeof h->facility, stmt, 1);
	h->person = sqlite3_column_int64(stmt, 2);
	h->purposes = (uint16_t)sqlite3_column_int(stmt, 3);
	h->expires_at = sqlite3_column_int64(stmt, 4);
	h->withdrawn_at = sqlite3_column_int64(stmt, 5);
	db_text(h->token, sizeof h->token, stmt, 6);
	h->registered_at = 0;
	h->registers = 0;
}

int
consent_registered(struct audit *a, int64_t person, int64_t *at, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_REGISTERED];
	int r = 0, step;

	*at = 0;
	sqlite3_bind_int64(stmt, 1, person);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		*at = sqlite3_column_int64(stmt, 0);
		r = 1;
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

int
consent_find(struct audit *a, const char *jti, struct held *h, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_CONSENT_FIND];
	int r = 0, step;

	sqlite3_bind_text(stmt, 1, jti, -1, SQLITE_STATIC);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		take_row(stmt, h);
		r = 1;
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	sqlite3_reset(stmt);
	if (r == 1 && h->person != 0 &&
	    consent_registered(a, h->person, &h->registered_at, why) == -1)
		return -1;
	return r;
}

/* Writes the row, over an older one of that number. 0, or -1 with why. */
static int
put(struct audit *a, const struct held *h, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_CONSENT_PUT];

	sqlite3_bind_text(stmt, 1, h->jti, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, h->facility, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, h->person);
	sqlite3_bind_int(stmt, 4, h->purposes);
	sqlite3_bind_int64(stmt, 5, h->expires_at);
	sqlite3_bind_int64(stmt, 6, h->withdrawn_at);
	sqlite3_bind_text(stmt, 7, h->token, -1, SQLITE_STATIC);
	return db_done(stmt, why);
}

/* The person is registered from now on, if not already. 0, or -1 with why. */
static int
enroll(struct audit *a, struct held *h, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_REGISTER];

	sqlite3_bind_int64(stmt, 1, h->person);
	sqlite3_bind_int64(stmt, 2, now);
	sqlite3_bind_text(stmt, 3, h->facility, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 4, h->jti, -1, SQLITE_STATIC);
	if (db_done(stmt, why) == -1)
		return -1;
	h->registers = sqlite3_changes(a->db) > 0;
	return consent_registered(a, h->person, &h->registered_at, why) == -1 ? -1 : 0;
}

int
consent_keep(struct audit *a, struct held *h, int64_t now, struct why *why)
{
	struct held *there = calloc(1, sizeof *there);
	int r, same = 1;

	if (there == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a consent");
		return -1;
	}
	h->withdrawn_at = 0;
	if ((r = audit_begin(a, why)) == 0 && (r = consent_find(a, h->jti, there, why)) == 1) {
		same = strcmp(there->facility, h->facility) == 0 &&
		       (there->token[0] == '\0' || strcmp(there->token, h->token) == 0);
		h->withdrawn_at = there->withdrawn_at;
		h->registered_at = there->registered_at;
	}
	if (r != -1 && same && (r == 0 || there->token[0] == '\0'))
		r = put(a, h, why);
	if (r != -1 && same && h->registers && h->withdrawn_at == 0)
		r = enroll(a, h, now, why);
	else
		h->registers = 0;
	free(there);
	return r == -1 ? -1 : same;
}

int
consent_withdraw(struct audit *a, struct held *h, int64_t now, struct why *why)
{
	char facility[CODE_SIZE], jti[ASK_SIZE];
	int r;

	memcpy(facility, h->facility, sizeof facility);
	memcpy(jti, h->jti, sizeof jti);
	if (audit_begin(a, why) == -1 || (r = consent_find(a, jti, h, why)) == -1)
		return -1;
	if (r == 0) {
		memset(h, 0, sizeof *h);
		memcpy(h->facility, facility, sizeof facility);
		memcpy(h->jti, jti, sizeof jti);
	}
	if (strcmp(h->facility, facility) != 0)
		return 0;
	if (h->withdrawn_at != 0)
		return 1;
	h->withdrawn_at = now;
	return put(a, h, why) == -1 ? -1 : 1;
}

int
consent_each(struct audit *a, int (*each)(const struct held *, void *), void *arg, struct why *why)
{
	struct held *h = calloc(1, sizeof *h);
	sqlite3_stmt *stmt = NULL;
	int r = -1, step = SQLITE_DONE;

	if (h == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a consent");
	else
		r = db_prepare(
		    a->db, &stmt, "SELECT " CONSENT_COLUMNS " FROM consent ORDER BY id", why);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		take_row(stmt, h);
		r = each(h, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(a->db, why);
	sqlite3_finalize(stmt);
	free(h);
	return r;
}
