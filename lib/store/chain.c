/*
 * The chain of entries. A row of `audit` holds a group: for each entry its hash, the length of
 * its bytes, and the bytes: n, at, kind, person, purposes, then facility, operator and result, each
 * with its length before it. Numbers have their lowest byte first.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "store/audit_private.h"

#define FIXED_SIZE 29 /* n, at, kind, person, purposes */
#define TEXTS	   3

static void
put64(struct buf *out, int64_t value)
{
	uint64_t le = htole64((uint64_t)value);

	buf_add(out, &le, sizeof le);
}

static void
put_text(struct buf *out, const struct text *t)
{
	size_t n = t->n > TEXT_MAX ? TEXT_MAX : t->n;

	buf_addc(out, (char)n);
	buf_add(out, t->s, n);
}

static int
next_hash(struct audit *a, const unsigned char *before, const void *bytes, size_t n,
    unsigned char out[static AUDIT_HASH_SIZE])
{
	return EVP_DigestInit_ex2(a->digest, a->sha256, NULL) == 1 &&
	       EVP_DigestUpdate(a->digest, before, AUDIT_HASH_SIZE) == 1 &&
	       EVP_DigestUpdate(a->digest, bytes, n) == 1 &&
	       EVP_DigestFinal_ex(a->digest, out, NULL) == 1;
}

int
chain_add(struct audit *a, const struct audit_entry *e, struct why *why)
{
	static const char room[AUDIT_HASH_SIZE + 2];
	struct buf *out = &a->entries;
	size_t at = out->len, n;
	uint32_t purposes = htole32(e->purposes);
	unsigned char *p;

	buf_add(out, room, sizeof room);
	put64(out, a->pending.n + 1);
	put64(out, e->at);
	buf_addc(out, (char)e->kind);
	put64(out, e->person);
	buf_add(out, &purposes, sizeof purposes);
	put_text(out, &e->facility);
	put_text(out, &e->who);
	put_text(out, &e->result);
	if (buf_failed(out)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the audit");
		return -1;
	}
	p = (unsigned char *)out->data + at;
	n = out->len - at - sizeof room;
	p[AUDIT_HASH_SIZE] = (unsigned char)(n & 255);
	p[AUDIT_HASH_SIZE + 1] = (unsigned char)(n >> 8);
	if (!next_hash(a, a->pending.hash, p + sizeof room, n, p)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "SHA-256");
		return -1;
	}
	memcpy(a->pending.hash, p, AUDIT_HASH_SIZE);
	a->pending.n++;
	return 0;
}

/* One entry of a blob: where its hash and bytes stand. */
struct stored {
	const unsigned char *hash, *bytes;
	size_t n;
};

/* 1 and *pos moves on, or 0 and it stays put: at the end, or where the blob is damaged. */
static int
stored_next(const unsigned char *blob, size_t len, size_t *pos, struct stored *out)
{
	const unsigned char *p = blob + *pos;
	size_t n;

	if (*pos >= len || len - *pos < AUDIT_HASH_SIZE + 2)
		return 0;
	n = p[AUDIT_HASH_SIZE] | (size_t)p[AUDIT_HASH_SIZE + 1] << 8;
	if (n < FIXED_SIZE + TEXTS || len - *pos - AUDIT_HASH_SIZE - 2 < n)
		return 0;
	*out = (struct stored){ p, p + AUDIT_HASH_SIZE + 2, n };
	*pos += AUDIT_HASH_SIZE + 2 + n;
	return 1;
}

static int64_t
get64(const unsigned char *p)
{
	uint64_t le;

	memcpy(&le, p, sizeof le);
	return (int64_t)le64toh(le);
}

static int
get_text(const struct stored *s, size_t *pos, struct text *out)
{
	size_t n;

	if (*pos >= s->n || s->n - *pos - 1 < (n = s->bytes[*pos]))
		return 0;
	*out = (struct text){ (const char *)s->bytes + *pos + 1, n };
	*pos += 1 + n;
	return 1;
}

static int
entry_read(const struct stored *s, struct audit_entry *e)
{
	size_t pos = FIXED_SIZE;
	uint32_t purposes;

	e->n = get64(s->bytes);
	e->at = get64(s->bytes + 8);
	e->kind = (enum audit_kind)s->bytes[16];
	e->person = get64(s->bytes + 17);
	memcpy(&purposes, s->bytes + 25, sizeof purposes);
	e->purposes = le32toh(purposes);
	return get_text(s, &pos, &e->facility) && get_text(s, &pos, &e->who) &&
	       get_text(s, &pos, &e->result) && pos == s->n;
}

int
chain_last(const unsigned char *blob, size_t len, struct chain *out)
{
	struct stored s = { 0 };
	size_t pos = 0;

	while (stored_next(blob, len, &pos, &s))
		;
	if (pos != len || s.hash == NULL)
		return 0;
	memcpy(out->hash, s.hash, AUDIT_HASH_SIZE);
	out->n = get64(s.bytes);
	return 1;
}

/* Calls each() for the entries of one row. Its return, or -1 where the row is damaged. */
static int
each_of_row(
    sqlite3_stmt *stmt, int (*each)(const struct audit_entry *, void *), void *arg, struct why *why)
{
	const unsigned char *blob = sqlite3_column_blob(stmt, 1);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 1), pos = 0;
	struct audit_entry e = { .writer = sqlite3_column_int64(stmt, 0) };
	struct stored s;
	int r = 0;

	while (r == 0 && stored_next(blob, len, &pos, &s) && entry_read(&s, &e))
		r = each(&e, arg);
	if (r == 0 && pos != len) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "the audit is damaged after entry %lld",
		    (long long)e.n);
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

	if (db_prepare(a->db, &stmt, "SELECT writer, entries FROM audit ORDER BY id", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		r = each_of_row(stmt, each, arg, why);
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(a->db, why);
	sqlite3_finalize(stmt);
	return r;
}

/* Follows the chain through one row. 1, or 0 when an entry does not follow the one before. */
static int
follow(struct audit *a, sqlite3_stmt *stmt, struct chain *end)
{
	const unsigned char *blob = sqlite3_column_blob(stmt, 2);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 2), pos = 0;
	unsigned char hash[AUDIT_HASH_SIZE];
	struct audit_entry e;
	struct stored s;

	if (sqlite3_column_int64(stmt, 1) != end->n + 1)
		return 0;
	while (stored_next(blob, len, &pos, &s)) {
		if (!entry_read(&s, &e) || e.n != end->n + 1 ||
		    !next_hash(a, end->hash, s.bytes, s.n, hash) ||
		    memcmp(hash, s.hash, sizeof hash) != 0)
			return 0;
		end->n = e.n;
		memcpy(end->hash, hash, sizeof hash);
	}
	return pos == len && len > 0;
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

int
audit_verify(
    struct audit *a, void (*each)(const struct audit_verdict *, void *), void *arg, struct why *why)
{
	struct chain end = { 0 };
	sqlite3_stmt *stmt;
	int64_t writer = 0;
	int whole = 1, all_whole = 1, rows = 0, step;

	if (db_prepare(a->db, &stmt, "SELECT writer, n, entries FROM audit ORDER BY writer, id",
		why) == -1)
		return -1;
	for (; (step = sqlite3_step(stmt)) == SQLITE_ROW; rows++) {
		if (rows == 0 || writer != sqlite3_column_int64(stmt, 0)) {
			if (rows > 0)
				tell(&end, writer, whole, each, arg);
			writer = sqlite3_column_int64(stmt, 0);
			end = (struct chain){ 0 };
			whole = 1;
		}
		if (whole && !follow(a, stmt, &end))
			whole = all_whole = 0;
	}
	if (step != SQLITE_DONE)
		all_whole = db_failed(a->db, why);
	else if (rows > 0)
		tell(&end, writer, whole, each, arg);
	sqlite3_finalize(stmt);
	return all_whole;
}
