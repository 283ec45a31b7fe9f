/* Answers kept for 48 hours, a block of them in a row. */
#include <endian.h>
#include <string.h>

#include "store/audit_private.h"
#include "store/people.h"

#define BLOCK_BYTES_MAX ((size_t)64 << 20)

/* Of one answer, in `asks`: whose, which, of what question, and where its line ends. */
struct record {
	char facility[CODE_SIZE - 1]; /* filled up with NULs */
	char ask[ASK_SIZE - 1];
	unsigned char digest[16];
	unsigned char end[4];
};

void
block_init(struct block *b)
{
	*b = (struct block){ 0 };
	buf_init(&b->asks, AUDIT_GROUP * sizeof(struct record));
	buf_init(&b->bodies, BLOCK_BYTES_MAX);
}

void
block_free(struct block *b)
{
	buf_free(&b->asks);
	buf_free(&b->bodies);
}

static const struct record *
record_at(const struct block *b, size_t i)
{
	return (const struct record *)(const void *)(b->asks.data + i * sizeof(struct record));
}

static uint32_t
end_of(const struct block *b, size_t i)
{
	uint32_t end;

	memcpy(&end, record_at(b, i)->end, sizeof end);
	return le32toh(end);
}

/* The facility and the ask as they stand in a record; its hash is the index's. */
static uint64_t
hash_of(const struct audit *a, struct record *r, const struct text *facility, const char *ask)
{
	memset(r, 0, sizeof *r);
	memcpy(r->facility, facility->s,
	    facility->n < sizeof r->facility ? facility->n : sizeof r->facility);
	memcpy(r->ask, ask, sizeof r->ask);
	return siphash(a->digest_key, r, offsetof(struct record, digest));
}

int
answers_load(struct audit *a, int64_t now, struct why *why)
{
	sqlite3_stmt *stmt;
	int step, r = 0;

	if (db_prepare(a->db, &stmt, "SELECT id, at, asks FROM answer ORDER BY id", why) == -1)
		return -1;
	a->group.id = 1;
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW && r == 0) {
		const struct record *records = sqlite3_column_blob(stmt, 2);
		size_t n = (size_t)sqlite3_column_bytes(stmt, 2) / sizeof *records;

		a->group.id = sqlite3_column_int64(stmt, 0) + 1;
		if (a->oldest_at == 0)
			a->oldest_at = sqlite3_column_int64(stmt, 1);
		if (sqlite3_column_int64(stmt, 1) + AUDIT_KEEP <= now)
			continue;
		for (size_t i = 0; i < n && i < AUDIT_GROUP && r == 0; i++)
			r = asks_add(&a->asks,
			    siphash(a->digest_key, &records[i], offsetof(struct record, digest)),
			    (uint64_t)(a->group.id - 1) << 8 | i);
	}
	if (r == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the index of answers");
	else if (step != SQLITE_DONE)
		r = db_failed(a->db, why);
	sqlite3_finalize(stmt);
	return r;
}

int
audit_keep(struct audit *a, const struct kept *k, int64_t now, struct why *why)
{
	struct block *b = &a->group;
	struct record r;
	uint64_t hash = hash_of(a, &r, &k->facility, k->ask);
	uint32_t end = htole32((uint32_t)(b->bodies.len + k->line.n));
	uint64_t digest[2] = { htole64(k->digest[0]), htole64(k->digest[1]) };

	memcpy(r.digest, digest, sizeof r.digest);
	memcpy(r.end, &end, sizeof r.end);
	if (b->n == AUDIT_GROUP || buf_add(&b->bodies, k->line.s, k->line.n) == -1 ||
	    buf_add(&b->asks, &r, sizeof r) == -1 ||
	    asks_add(&a->asks, hash, (uint64_t)b->id << 8 | b->n) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the answers to keep");
		return -1;
	}
	b->at = now;
	b->n++;
	return 0;
}

void
answers_forget_group(struct audit *a)
{
	struct block *b = &a->group;

	for (size_t i = 0; i < b->n; i++)
		asks_forget(&a->asks,
		    siphash(a->digest_key, record_at(b, i), offsetof(struct record, digest)),
		    (uint64_t)b->id << 8 | i);
}

int
answers_insert(struct audit *a, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_ADD_ANSWERS];
	const struct block *b = &a->group;

	if (b->n == 0)
		return 0;
	if (a->oldest_at == 0)
		a->oldest_at = b->at;
	sqlite3_bind_int64(stmt, 1, b->id);
	sqlite3_bind_int64(stmt, 2, b->at);
	sqlite3_bind_blob(stmt, 3, b->asks.data, (int)b->asks.len, SQLITE_STATIC);
	sqlite3_bind_blob(stmt, 4, b->bodies.data, (int)b->bodies.len, SQLITE_STATIC);
	return db_done(stmt, why);
}

int
answers_expire(struct audit *a, int64_t now, struct why *why)
{
	sqlite3_stmt *oldest = a->stmts[AUDIT_OLDEST];

	if (a->oldest_at == 0 || a->oldest_at + AUDIT_KEEP > now)
		return 0;
	sqlite3_bind_int64(a->stmts[AUDIT_EXPIRE], 1, now - AUDIT_KEEP);
	if (db_done(a->stmts[AUDIT_EXPIRE], why) == -1)
		return -1;
	a->oldest_at = 0;
	if (sqlite3_step(oldest) == SQLITE_ROW) {
		asks_expire(&a->asks, (uint64_t)sqlite3_column_int64(oldest, 0) << 8);
		a->oldest_at = sqlite3_column_int64(oldest, 1);
	}
	sqlite3_reset(oldest);
	return 0;
}

static int
copy_blob(struct buf *to, sqlite3_stmt *stmt, int column)
{
	buf_reset(to);
	return buf_add(
	    to, sqlite3_column_blob(stmt, column), (size_t)sqlite3_column_bytes(stmt, column));
}

/* Reads a block back unless it is the one read last. 1, 0 if it is gone, or -1 with why. */
static int
read_block(struct audit *a, int64_t id, struct why *why)
{
	sqlite3_stmt *stmt = a->stmts[AUDIT_GET_ANSWERS];
	struct block *b = &a->read;
	int step, r = 0;

	if (b->id == id)
		return 1;
	b->id = 0;
	sqlite3_bind_int64(stmt, 1, id);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		b->at = sqlite3_column_int64(stmt, 0);
		if (copy_blob(&b->asks, stmt, 1) == 0 && copy_blob(&b->bodies, stmt, 2) == 0) {
			b->n = b->asks.len / sizeof(struct record);
			b->id = id;
			r = 1;
		} else {
			why_set(why, ERR_OUT_OF_MEMORY, NULL, "a block of answers");
			r = -1;
		}
	} else if (step != SQLITE_DONE) {
		r = db_failed(a->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

/* Takes line i of the block if it is this ask's. 1 or 0. */
static int
take(const struct block *b, size_t i, const struct record *wanted, struct kept *out)
{
	const struct record *r = record_at(b, i);
	size_t from, to;

	if (i >= b->n || memcmp(r, wanted, offsetof(struct record, digest)) != 0)
		return 0;
	from = i == 0 ? 0 : end_of(b, i - 1);
	to = end_of(b, i);
	if (from > to || to > b->bodies.len)
		return 0;
	memcpy(out->digest, r->digest, sizeof r->digest);
	out->digest[0] = le64toh(out->digest[0]);
	out->digest[1] = le64toh(out->digest[1]);
	out->line = (struct text){ b->bodies.data + from, to - from };
	return 1;
}

int
audit_kept(struct audit *a, const char *facility, const char *ask, int64_t now, struct kept *out,
    struct why *why)
{
	struct text code = { facility, strlen(facility) };
	struct record wanted;
	uint64_t hash = hash_of(a, &wanted, &code, ask), place;
	size_t at = 0;

	while ((place = asks_next(&a->asks, hash, &at)) != 0) {
		int64_t id = (int64_t)(place >> 8);
		const struct block *b = id == a->group.id ? &a->group : &a->read;
		int r = b == &a->group ? 1 : read_block(a, id, why);

		if (r == -1)
			return -1;
		if (r == 1 && b->at + AUDIT_KEEP > now && take(b, place & 255, &wanted, out))
			return 1;
	}
	return 0;
}
