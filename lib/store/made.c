/* Which asks are remembered, and what their answers were made from. */
#include <string.h>

#include "base/clock.h"
#include "store/audit_private.h"
#include "store/people.h"

#define PLACE_BITS 8 /* of a place: which entry of the row */

_Static_assert(AUDIT_GROUP <= 1 << PLACE_BITS, "a place names an entry of a group");

void
made_keys(struct audit *a)
{
	unsigned char which[] = "ask 0";

	for (size_t i = 0; i < ASK_KEYS; i++, which[4]++)
		a->ask_keys[i] = siphash(a->digest_key, which, sizeof which);
}

uint64_t
audit_asker(const struct audit *a, const struct text *facility)
{
	return siphash(a->digest_key, facility->s, facility->n);
}

/*
 * A sum of products with secret keys: of two asks, whoever chooses them, the highest bits, which
 * say where they are looked for, agree no oftener than of any two numbers (multilinear hashing).
 */
uint64_t
audit_hash(const struct audit *a, uint64_t asker, const struct ask *ask)
{
	const uint64_t *key = a->ask_keys;

	return asker + key[0] * (uint32_t)ask->low + key[1] * (ask->low >> 32) +
	       key[2] * (uint32_t)ask->high + key[3] * (ask->high >> 32) + key[4] * ask->rest;
}

static int
is_remembered(const struct audit_entry *e)
{
	return e->made.format != 0 && e->ask.rest != 0;
}

void
audit_expect(const struct audit *a, uint64_t ask_hash)
{
	asks_expect(&a->asks, ask_hash);
}

void
made_tick(struct audit *a, int64_t at, int64_t id)
{
	int64_t hour = at / 3600, oldest = id;
	struct mark *mark = &a->marks[(uint64_t)hour % MARKS];

	if (mark->hour == hour && mark->id <= id)
		return;
	*mark = (struct mark){ hour, id };
	for (size_t i = 0; i < MARKS; i++)
		if (a->marks[i].hour > hour - MARKS && a->marks[i].id != 0 &&
		    a->marks[i].id < oldest)
			oldest = a->marks[i].id;
	asks_expire(&a->asks, (uint64_t)oldest << PLACE_BITS);
}

int
made_remember(struct audit *a, const struct audit_entry *e)
{
	uint64_t place = (uint64_t)a->group.id << PLACE_BITS | (a->group.n - 1);

	made_tick(a, e->at, a->group.id);
	if (!is_remembered(e))
		return 0;
	if (a->n_added == AUDIT_BATCH || asks_add(&a->asks, e->ask_hash, place) == -1)
		return -1;
	a->added[a->n_added++] = (struct ask_place){ e->ask_hash, place };
	return 0;
}

void
made_forget_batch(struct audit *a)
{
	for (size_t i = 0; i < a->n_added; i++)
		asks_forget(&a->asks, a->added[i].hash, a->added[i].place);
	a->n_added = 0;
}

/* Takes row `stmt` (id, entries) into the group. 1, 0 if it is damaged, -1 without memory. */
static int
take_row(struct group *g, sqlite3_stmt *stmt)
{
	g->id = sqlite3_column_int64(stmt, 0);
	buf_reset(&g->bytes);
	if (buf_add(&g->bytes, sqlite3_column_blob(stmt, 1),
		(size_t)sqlite3_column_bytes(stmt, 1)) == -1)
		return -1;
	return group_index(g, NULL);
}

/* Remembers what a row has. 1, or 0 when all of it is too old. */
static int
load_row(struct audit *a, const struct group *g, int64_t now, int *failed)
{
	struct audit_entry e;
	int young = 0;

	for (size_t i = 0; i < g->n && !*failed; i++) {
		group_entry(g, i, &e);
		if (e.at + AUDIT_KEEP <= now)
			continue;
		young = 1;
		made_tick(a, e.at, g->id);
		if (is_remembered(&e))
			*failed =
			    asks_add(&a->asks, audit_hash(a, audit_asker(a, &e.facility), &e.ask),
				(uint64_t)g->id << PLACE_BITS | i) == -1;
	}
	return young;
}

int
made_load(struct audit *a, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt;
	int step = SQLITE_ROW, r, failed = 0, young = 1;

	if (db_prepare(a->db, &stmt, "SELECT id, entries FROM audit ORDER BY id DESC", why) == -1)
		return -1;
	while (young && !failed && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (a->last_id == 0)
			a->last_id = sqlite3_column_int64(stmt, 0);
		if ((r = take_row(&a->read, stmt)) == 0)
			break; /* audit --verify tells where; what is older is not trusted */
		if (r == -1)
			failed = 1;
		else
			young = load_row(a, &a->read, now, &failed);
	}
	a->read.id = 0;
	if (failed)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the index of asks");
	else if (young && step != SQLITE_DONE && step != SQLITE_ROW)
		failed = db_failed(a->db, why);
	sqlite3_finalize(stmt);
	return failed ? -1 : 0;
}

int
made_catch_up(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_SINCE];
	int64_t now = clock_now();
	int step, failed = 0;

	sqlite3_bind_int64(stmt, 1, a->last_id);
	while (!failed && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		a->last_id = sqlite3_column_int64(stmt, 0);
		failed = take_row(&a->read, stmt) == -1;
		if (!failed) /* of a damaged row what can be read */
			load_row(a, &a->read, now, &failed);
		a->read.id = 0;
	}
	if (failed)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the index of asks");
	else if (step != SQLITE_DONE)
		failed = db_failed(a->db, why);
	sqlite3_reset(stmt);
	a->group.id = a->last_id + 1;
	return failed ? -1 : 0;
}

/* Reads a row back unless it is the one read last. 1, 0 if it is gone or damaged, -1 with why. */
static int
read_row(struct audit *a, int64_t id, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_GET];
	int r = 0, step;

	if (a->read.id == id)
		return 1;
	sqlite3_bind_int64(stmt, 1, id);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		r = take_row(&a->read, stmt);
		if (r != 1)
			a->read.id = 0;
		if (r == -1)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, "a row of the audit");
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

int
audit_made(struct audit *a, uint64_t ask_hash, const struct text *facility, const struct ask *ask,
    int64_t now, struct audit_entry *e, struct why *why)
{
	uint64_t place;
	size_t at = 0;

	if (audit_begin(a, why) == -1)
		return -1;
	while ((place = asks_next(&a->asks, ask_hash, &at)) != 0) {
		int64_t id = (int64_t)(place >> PLACE_BITS);
		size_t i = place & ((1 << PLACE_BITS) - 1);
		const struct group *g = id == a->group.id ? &a->group : &a->read;
		int r = g == &a->group ? 1 : read_row(a, id, why);

		if (r == -1)
			return -1;
		if (r == 0 || i >= g->n)
			continue;
		group_entry(g, i, e);
		if (e->at + AUDIT_KEEP > now && ask_same(&e->ask, ask) &&
		    e->facility.n == facility->n &&
		    memcmp(e->facility.s, facility->s, facility->n) == 0)
			return 1;
	}
	return 0;
}
