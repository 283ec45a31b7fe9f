/*
 * Finding keys, in memory that does not grow with their number (but for 8 bytes a group).
 *
 * Keys are SHA-256, so that any of their bits are as good as a hash's.
 */
#include <sys/mman.h>

#include <stdlib.h>
#include <string.h>

#include "store/journal_private.h"

#define GROUP	     32768 /* places that move into the file together */
#define TABLE	     (2 * GROUP)
#define BUCKETS	     256 /* rows of a group: by the first 8 bits of the hash */
#define FILTER_LINES ((size_t)1 << 15)
#define LINE_BYTES   64
#define FILTER_SIZE  (FILTER_LINES * LINE_BYTES) /* one large page */
#define PROBES	     4 /* at a million keys one unknown key in 400 is looked for in vain */

/*
 * Zero pages of the system: one question touches a few of them, and needs not pay for all. The
 * filter is touched everywhere, or, while the table does, nowhere: a large page is found faster.
 */
int
index_init(struct journal_index *x)
{
	x->table = calloc(TABLE, sizeof *x->table);
	x->memory = calloc(2, FILTER_SIZE);
	if (x->table == NULL || x->memory == NULL)
		return -1;
	x->filter = x->memory + FILTER_SIZE - (uintptr_t)x->memory % FILTER_SIZE;
	madvise(x->filter, FILTER_SIZE, MADV_HUGEPAGE); /* where there are none, small ones do */
	return 0;
}

void
index_free(struct journal_index *x)
{
	free(x->table);
	free(x->memory);
	free(x->groups);
}

static uint64_t
hash_of(const unsigned char *key)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < 8; i++)
		hash = hash << 8 | key[i];
	return hash;
}

/* The bits of one key stand in one cache line: looking for them in four costs more than SHA-256. */
static unsigned char *
filter_line(const struct journal_index *x, uint64_t hash)
{
	return x->filter + hash % FILTER_LINES * LINE_BYTES;
}

/* The n-th of them, by bits that neither choose the line nor, all of them, the slot. */
static size_t
probe(uint64_t hash, unsigned n)
{
	return (hash >> (16 + 9 * n)) % (LINE_BYTES * 8);
}

static void
filter_add(struct journal_index *x, uint64_t hash)
{
	unsigned char *line = filter_line(x, hash);

	for (unsigned i = 0; i < PROBES; i++)
		line[probe(hash, i) / 8] |= (unsigned char)(1 << probe(hash, i) % 8);
}

/* 0: no key of that hash is in the file. */
static int
filter_has(const struct journal_index *x, uint64_t hash)
{
	const unsigned char *line = filter_line(x, hash);

	for (unsigned i = 0; i < PROBES; i++)
		if ((line[probe(hash, i) / 8] & 1 << probe(hash, i) % 8) == 0)
			return 0;
	return 1;
}

/* Places stand in the order of their hashes, nearly: sorting them is one walk. */
static size_t
slot_of(uint64_t hash)
{
	return hash / (UINT64_MAX / TABLE + 1);
}

static void
table_put(struct journal_index *x, struct place place)
{
	size_t i = slot_of(place.hash);

	while (x->table[i].place != 0 && x->table[i].hash != place.hash)
		i = (i + 1) % TABLE;
	x->used += x->table[i].place == 0;
	x->table[i] = place;
}

static uint64_t
table_get(const struct journal_index *x, uint64_t hash)
{
	size_t i = slot_of(hash);

	while (x->table[i].place != 0 && x->table[i].hash != hash)
		i = (i + 1) % TABLE;
	return x->table[i].place;
}

/* Both are too large for a cache, and asked for at random. */
void
index_expect(const struct journal_index *x, const unsigned char *key)
{
	uint64_t hash = hash_of(key);

	__builtin_prefetch(x->table + slot_of(hash));
	__builtin_prefetch(filter_line(x, hash));
}

void
index_put(struct journal_index *x, const unsigned char *key, uint64_t place)
{
	table_put(x, (struct place){ hash_of(key), place });
}

static int
by_hash(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Looks through the rows of one group. What is_it() returned, or 0. */
static int
find_in_group(struct journal *j, int64_t group, uint64_t hash,
    int (*is_it)(struct journal *, uint64_t place, void *, struct why *), void *arg,
    struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_GET_PLACES];
	const struct place wanted = { .hash = hash }, *found = NULL;
	uint64_t place = 0;
	int step;

	sqlite3_bind_int64(stmt, 1, (group << 8) | (int64_t)(hash >> 56));
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW)
		found = bsearch(&wanted, sqlite3_column_blob(stmt, 0),
		    (size_t)sqlite3_column_bytes(stmt, 0) / sizeof wanted, sizeof wanted, by_hash);
	if (found != NULL)
		place = found->place;
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		db_failed(j->db, why);
	sqlite3_reset(stmt);
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		return -1;
	return place == 0 ? 0 : is_it(j, place, arg, why);
}

int
index_find(struct journal *j, const unsigned char *key,
    int (*is_it)(struct journal *, uint64_t place, void *, struct why *), void *arg,
    struct why *why)
{
	struct journal_index *x = &j->index;
	uint64_t hash = hash_of(key), place = table_get(x, hash);
	int r = place == 0 ? 0 : is_it(j, place, arg, why);

	if (r != 0 || x->n_groups == 0 || !filter_has(x, hash))
		return r;
	for (size_t i = x->n_groups; r == 0 && i > 0; i--)
		r = find_in_group(j, x->groups[i - 1], hash, is_it, arg, why);
	return r;
}

static int
add_group(struct journal_index *x, int64_t last, struct why *why)
{
	int64_t *more = realloc(x->groups, (x->n_groups + 1) * sizeof *more);

	if (more == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the journal's index");
		return -1;
	}
	x->groups = more;
	x->groups[x->n_groups++] = last;
	return 0;
}

/* Writes sorted places, a row for each bucket that has any. 0, or -1 with why. */
static int
write_group(struct journal *j, int64_t group, const struct place *places, size_t n, struct why *why)
{
	sqlite3_stmt *stmt = j->stmts[JOURNAL_ADD_PLACES];
	size_t from = 0;

	for (uint64_t bucket = 0; bucket < BUCKETS; bucket++) {
		size_t to = from;

		while (to < n && places[to].hash >> 56 == bucket)
			to++;
		if (to == from)
			continue;
		sqlite3_bind_int64(stmt, 1, (group << 8) | (int64_t)bucket);
		sqlite3_bind_blob(
		    stmt, 2, places + from, (int)((to - from) * sizeof *places), SQLITE_STATIC);
		if (db_done(stmt, why) == -1)
			return -1;
		from = to;
	}
	return 0;
}

/* Puts one more among the sorted places: nearly always at their end. */
static void
insert(struct place *places, size_t n, struct place place)
{
	for (; n > 0 && places[n - 1].hash > place.hash; n--)
		places[n] = places[n - 1];
	places[n] = place;
}

/* Empties the table into places, sorted, and into the filter. How many. */
static size_t
take_out(struct journal_index *x, struct place *places)
{
	size_t n = 0;

	for (size_t i = 0; i < TABLE; i++)
		if (x->table[i].place != 0)
			insert(places, n++, x->table[i]);
	for (size_t i = 0; i < n; i++)
		filter_add(x, places[i].hash);
	memset(x->table, 0, TABLE * sizeof *x->table);
	x->used = 0;
	return n;
}

int
index_flush(struct journal *j, int64_t last, struct why *why)
{
	struct journal_index *x = &j->index;
	struct place *places;
	size_t n;
	int r;

	if (x->used < GROUP)
		return 0;
	if ((places = calloc(x->used, sizeof *places)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the journal's index");
		return -1;
	}
	n = take_out(x, places);
	r = write_group(j, last, places, n, why) == -1 ? -1 : add_group(x, last, why);
	free(places);
	return r;
}

static int
load_groups(struct journal *j, struct why *why)
{
	sqlite3_stmt *stmt;
	int step, r = 0;

	if (db_prepare(j->db, &stmt, "SELECT DISTINCT id >> 8 FROM place ORDER BY 1", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		r = add_group(&j->index, sqlite3_column_int64(stmt, 0), why);
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(j->db, why);
	sqlite3_finalize(stmt);
	return r;
}

/* The questions of a window's row; those of no group are put into the table too. */
static void
load_window(struct journal *j, sqlite3_stmt *stmt)
{
	struct journal_index *x = &j->index;
	int64_t window = sqlite3_column_int64(stmt, 0);
	const struct journal_record *r = sqlite3_column_blob(stmt, 1);
	size_t n = (size_t)sqlite3_column_bytes(stmt, 1) / sizeof *r;
	int grouped = x->n_groups > 0 && window <= x->groups[x->n_groups - 1];

	for (size_t i = 0; i < n && i < JOURNAL_WINDOW; i++)
		if (grouped)
			filter_add(x, hash_of(r[i].key));
		else
			index_put(x, r[i].key, (uint64_t)window << 8 | i);
}

int
index_load(struct journal *j, struct why *why)
{
	sqlite3_stmt *stmt;
	int step, r = 0;

	if (load_groups(j, why) == -1 ||
	    db_prepare(j->db, &stmt, "SELECT id, questions FROM asked ORDER BY id", why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		load_window(j, stmt);
		r = index_flush(j, sqlite3_column_int64(stmt, 0), why);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(j->db, why);
	sqlite3_finalize(stmt);
	return r;
}
