/*
 * The chain of entries. A row of `audit` holds a group: for each entry the first four bytes of its
 * hash (which finds the entry that was changed), the length of its bytes, and the bytes; then the
 * whole hash of the last entry.
 *
 * An entry's bytes: at, kind, purposes, person, digest, answered_at, slot, judgement, format, then
 * facility, who, result and ask, each with its length before it. Numbers have their lowest byte
 * first. An ask has 17 bytes, packed, in entries of format 5 and later, and before 26 as in text: with
 * 26 most entries took one more block of the hash.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* EVP costs three times what the hash of two blocks does */
#include <openssl/sha.h>

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/copy.h"
#include "store/audit_private.h"

#define MARK_SIZE  4
#define HEAD_SIZE  (MARK_SIZE + 2)
#define FIXED_SIZE 45
#define TEXTS	   4
#define ASK_PACKED 17
#define ENTRY_MAX  (HEAD_SIZE + FIXED_SIZE + TEXTS * (1 + TEXT_MAX))
#define BYTES_MAX  (AUDIT_GROUP * ENTRY_MAX + AUDIT_HASH_SIZE)

void
group_init(struct group *g, int64_t id)
{
	g->id = id;
	g->n = 0;
	buf_init(&g->bytes, BYTES_MAX);
}

void
group_free(struct group *g)
{
	buf_free(&g->bytes);
}

static unsigned char *
put(unsigned char *p, uint64_t value, size_t n)
{
	uint64_t le = htole64(value);

	memcpy(p, &le, n);
	return p + n;
}

static unsigned char *
put_text(unsigned char *p, const char *s, size_t n)
{
	if (n > TEXT_MAX)
		n = TEXT_MAX;
	*p++ = (unsigned char)n;
	copy_short((char *)p, s, n);
	return p + n;
}

/* With its length before it, as a text. */
static unsigned char *
put_ask(unsigned char *p, const struct ask *ask)
{
	if (ask->rest == 0)
		return put(p, 0, 1);
	p = put(p, ASK_PACKED, 1);
	p = put(p, ask->low, 8);
	p = put(p, ask->high, 8);
	return put(p, ask->rest & (ASK_THERE - 1), 1);
}

static void
next_hash(unsigned char hash[static AUDIT_HASH_SIZE], const void *bytes, size_t n)
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, hash, AUDIT_HASH_SIZE);
	SHA256_Update(&ctx, bytes, n);
	SHA256_Final(hash, &ctx);
}

int
group_add(struct group *g, struct chain *chain, const struct audit_entry *e)
{
	size_t was = g->n == 0 ? 0 : g->bytes.len - AUDIT_HASH_SIZE;
	unsigned char *start, *p;

	g->bytes.len = was; /* the hash of the last entry stands at the end only */
	start = (unsigned char *)buf_room(&g->bytes, ENTRY_MAX + AUDIT_HASH_SIZE);
	if (start == NULL || g->n == AUDIT_GROUP)
		return -1;
	p = put(start + HEAD_SIZE, (uint64_t)e->at, 8);
	p = put(p, e->kind, 1);
	p = put(p, e->purposes, 2);
	p = put(p, (uint64_t)e->person, 8);
	p = put(p, e->made.digest, 8);
	p = put(p, (uint64_t)e->made.answered_at, 8);
	p = put(p, (uint64_t)e->made.slot, 8);
	p = put(p, e->made.judgement, 1);
	p = put(p, e->made.format, 1);
	p = put_text(p, e->facility.s, e->facility.n);
	p = put_text(p, e->who.s, e->who.n);
	p = put_text(p, e->result.s, e->result.n);
	p = put_ask(p, &e->ask);
	next_hash(chain->hash, start + HEAD_SIZE, (size_t)(p - start) - HEAD_SIZE);
	memcpy(start, chain->hash, MARK_SIZE);
	put(start + MARK_SIZE, (uint64_t)(p - start) - HEAD_SIZE, 2);
	memcpy(p, chain->hash, AUDIT_HASH_SIZE);
	chain->n++;
	g->at[g->n++] = was;
	g->bytes.len = (size_t)(p - (unsigned char *)g->bytes.data) + AUDIT_HASH_SIZE;
	return 0;
}

static uint64_t
get(const unsigned char *p, size_t n)
{
	uint64_t le = 0;

	memcpy(&le, p, n);
	return le64toh(le);
}

/* Do the four texts fill the rest of the entry exactly, and is the ask no longer than one? */
static int
texts_fit(const unsigned char *p, size_t n)
{
	size_t pos = FIXED_SIZE, last = 0;

	for (int i = 0; i < TEXTS; i++) {
		if (pos >= n)
			return 0;
		last = p[pos];
		pos += 1 + last;
	}
	return pos == n && last < ASK_SIZE;
}

int
group_index(struct group *g, struct chain *chain)
{
	const unsigned char *bytes = (const unsigned char *)g->bytes.data;
	size_t pos = 0, end, n;

	g->n = 0;
	if (g->bytes.len < AUDIT_HASH_SIZE)
		return 0;
	for (end = g->bytes.len - AUDIT_HASH_SIZE; pos < end && g->n < AUDIT_GROUP; pos += n) {
		const unsigned char *p = bytes + pos;

		if (end - pos < HEAD_SIZE)
			return 0;
		n = get(p + MARK_SIZE, 2);
		if (n > end - pos - HEAD_SIZE || !texts_fit(p + HEAD_SIZE, n))
			return 0;
		if (chain != NULL) {
			unsigned char before[AUDIT_HASH_SIZE];

			memcpy(before, chain->hash, sizeof before);
			next_hash(chain->hash, p + HEAD_SIZE, n);
			if (memcmp(chain->hash, p, MARK_SIZE) != 0) {
				memcpy(chain->hash, before, sizeof before);
				return 0;
			}
			chain->n++;
		}
		g->at[g->n++] = pos;
		n += HEAD_SIZE;
	}
	return pos == end && g->n > 0 &&
	       (chain == NULL || memcmp(chain->hash, bytes + end, AUDIT_HASH_SIZE) == 0);
}

static const unsigned char *
get_text(const unsigned char *p, struct text *out)
{
	*out = (struct text){ (const char *)p + 1, *p };
	return p + 1 + *p;
}

/* Packed, or in an older entry as text; which of them its length says. */
static void
get_ask(const struct text *t, struct ask *ask)
{
	const unsigned char *p = (const unsigned char *)t->s;
	char text[ASK_SIZE] = "";

	if (t->n == ASK_PACKED) {
		*ask = (struct ask){ get(p, 8), get(p + 8, 8), (uint8_t)(p[16] | ASK_THERE) };
		return;
	}
	memcpy(text, t->s, t->n);
	ask_pack(text, ask);
}

void
group_entry(const struct group *g, size_t i, struct audit_entry *e)
{
	const unsigned char *p = (const unsigned char *)g->bytes.data + g->at[i] + HEAD_SIZE;
	struct text ask;

	e->at = (int64_t)get(p, 8);
	e->kind = (enum audit_kind)p[8];
	e->purposes = (uint16_t)get(p + 9, 2);
	e->person = (int64_t)get(p + 11, 8);
	e->made = (struct made){ .digest = get(p + 19, 8),
		.answered_at = (int64_t)get(p + 27, 8),
		.slot = (int64_t)get(p + 35, 8),
		.judgement = p[43],
		.format = p[44] };
	p = get_text(p + FIXED_SIZE, &e->facility);
	p = get_text(p, &e->who);
	p = get_text(p, &e->result);
	get_text(p, &ask);
	get_ask(&ask, &e->ask);
}

const unsigned char *
group_hash(const struct group *g)
{
	return (const unsigned char *)g->bytes.data + g->bytes.len - AUDIT_HASH_SIZE;
}
