#include <stdlib.h>
#include <string.h>

#include "store/people_private.h"
#include "store/reserve.h"
#include "store/shelf.h"

#define STOP_ROWS  4096 /* so often it is asked whether to go on */
#define CACHE_LINE 64
#define ROW_LINES  4 /* most rows end within */

/*
 * Rows stand in the order of their slots, each at a multiple of UNIT. Slots are hashes, so they
 * are spread evenly: a directory of as many parts as there are rows says where each part begins,
 * and a row is the first or second of its part. The directory is small enough to stay near.
 */
#define UNIT 8

/* Before its doc in rows. */
struct head {
	int64_t slot, person;
	uint32_t sibling; /* another row of the person, in UNITs; a ring */
	uint16_t len;
	uint8_t more, current;
};

/* The last row of each person so far: only while rows are read. */
struct last {
	int64_t person;
	uint32_t at; /* in UNITs; 0: free */
};

struct lasts {
	struct last *table;
	size_t size; /* a power of two */
};

struct shelf {
	int64_t generation;
	uint32_t *parts; /* in UNITs; one more than there are parts: the end */
	size_t n_parts;	 /* a power of two */
	int shift;	 /* of a slot: its part */
	size_t n, n_max;
	unsigned char *rows;
	size_t used, room;
};

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "the covers do not fit into memory");
	return -1;
}

/* Where the last row of the person is noted, or free. */
static struct last *
last_of(const struct lasts *lasts, int64_t person)
{
	size_t i = (size_t)((uint64_t)person * 0x9e3779b97f4a7c15 >> 20) & (lasts->size - 1);

	while (lasts->table[i].at != 0 && lasts->table[i].person != person)
		i = (i + 1) & (lasts->size - 1);
	return &lasts->table[i];
}

static struct head
head_at(const struct shelf *s, size_t at)
{
	struct head head;

	memcpy(&head, s->rows + at, sizeof head);
	return head;
}

/* Puts the row that comes next into the ring of its person. */
static void
join_ring(struct shelf *s, struct lasts *lasts, struct head *head)
{
	struct last *last = last_of(lasts, head->person);
	uint32_t at = (uint32_t)(s->used / UNIT);

	head->sibling = at;
	if (last->at != 0) {
		struct head before = head_at(s, (size_t)last->at * UNIT);

		head->sibling = before.sibling;
		before.sibling = at;
		memcpy(s->rows + (size_t)last->at * UNIT, &before, sizeof before);
	}
	*last = (struct last){ head->person, at };
}

static int
take_row(struct shelf *s, struct lasts *lasts, sqlite3_stmt *stmt, struct why *why)
{
	struct head head = { .slot = sqlite3_column_int64(stmt, 0),
		.person = sqlite3_column_int64(stmt, 1),
		.len = (uint16_t)sqlite3_column_bytes(stmt, 4),
		.more = (uint8_t)sqlite3_column_int(stmt, 2),
		.current = (uint8_t)sqlite3_column_int(stmt, 3) };
	size_t size = (sizeof head + head.len + UNIT - 1) / UNIT * UNIT;

	if (s->n == s->n_max || head.slot < 0 || head.len > COVER_PACKED_MAX ||
	    (s->used + size) / UNIT > UINT32_MAX) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "slot %lld: the cover is damaged",
		    (long long)head.slot);
		return -1;
	}
	join_ring(s, lasts, &head);
	memcpy(s->rows + s->used, &head, sizeof head);
	memcpy(s->rows + s->used + sizeof head, sqlite3_column_blob(stmt, 4), head.len);
	s->used += size;
	s->n++;
	return 0;
}

/* Says of each part where its first row is, or would be. */
static void
make_directory(struct shelf *s)
{
	size_t part = 0;

	for (size_t at = UNIT; at < s->used;) {
		struct head head = head_at(s, at);

		for (; part <= (size_t)(head.slot >> s->shift); part++)
			s->parts[part] = (uint32_t)(at / UNIT);
		at += (sizeof head + head.len + UNIT - 1) / UNIT * UNIT;
	}
	for (; part <= s->n_parts; part++)
		s->parts[part] = (uint32_t)(s->used / UNIT);
}

/* 1 when all is read, 0 when it was stopped, -1 with why. */
static int
read_rows(struct shelf *s, struct lasts *lasts, sqlite3 *db, int (*stop)(void *), void *arg,
    struct why *why)
{
	sqlite3_stmt *stmt;
	int step, r = 0;

	if (db_prepare(db, &stmt,
		"SELECT slot, person, more, replaced_at IS NULL, doc FROM cover ORDER BY slot",
		why) == -1)
		return -1;
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW && r == 0 &&
	       (s->n % STOP_ROWS != 0 || !stop(arg)))
		r = take_row(s, lasts, stmt, why);
	if (r == 0 && step != SQLITE_DONE && step != SQLITE_ROW)
		r = db_failed(db, why);
	sqlite3_finalize(stmt);
	return r == -1 ? -1 : step == SQLITE_DONE;
}

/* Room for n covers. Nothing stands at 0, which means free. */
static int
make_room(struct shelf *s, struct lasts *lasts, int64_t n, struct why *why)
{
	s->n_max = (size_t)n;
	s->used = UNIT;
	s->room = UNIT + s->n_max * (sizeof(struct head) + COVER_PACKED_MAX + UNIT);
	s->rows = reserve(s->room);
	for (s->n_parts = 1, s->shift = 63; s->n_parts < s->n_max; s->n_parts *= 2)
		s->shift--;
	s->parts = reserve((s->n_parts + 1) * sizeof *s->parts);
	lasts->size = s->n_parts * 2;
	lasts->table = reserve(lasts->size * sizeof *lasts->table);
	return s->rows == NULL || s->parts == NULL || lasts->table == NULL ? no_memory(why) : 0;
}

static int
fill(struct shelf *s, struct people *p, int (*stop)(void *), void *arg, struct why *why)
{
	struct lasts lasts = { 0 };
	int64_t n;
	int r = -1;

	s->generation = people_generation(p);
	if ((n = people_covers(p, why)) != -1 && make_room(s, &lasts, n, why) == 0)
		r = read_rows(s, &lasts, p->db, stop, arg, why);
	if (r == 1)
		make_directory(s);
	reserve_free(lasts.table, lasts.size * sizeof *lasts.table);
	return r;
}

struct shelf *
shelf_load(const char *dir, int (*stop)(void *), void *arg, struct why *why)
{
	struct people *p = people_open(dir, PEOPLE_READ, why);
	struct shelf *s = calloc(1, sizeof *s);
	int r = -1;

	if (s == NULL) {
		no_memory(why);
	} else if (p != NULL && people_begin(p, why) == 0) {
		r = fill(s, p, stop, arg, why);
		people_end(p);
	}
	people_close(p);
	if (r == 1)
		return s;
	if (r == 0)
		why_set(why, ERR_NONE, NULL, NULL);
	shelf_free(s);
	return NULL;
}

void
shelf_free(struct shelf *s)
{
	if (s == NULL)
		return;
	reserve_free(s->parts, (s->n_parts + 1) * sizeof *s->parts);
	reserve_free(s->rows, s->room);
	free(s);
}

int64_t
shelf_generation(const struct shelf *s)
{
	return s->generation;
}

int64_t
shelf_covers(const struct shelf *s)
{
	return (int64_t)s->n;
}

void
shelf_expect(const struct shelf *s, int64_t slot)
{
	__builtin_prefetch(&s->parts[slot >> s->shift]);
}

void
shelf_expect_row(const struct shelf *s, int64_t slot)
{
	const unsigned char *row = s->rows + (size_t)s->parts[slot >> s->shift] * UNIT;

	for (size_t line = 0; line < ROW_LINES; line++)
		__builtin_prefetch(row + line * CACHE_LINE);
}

static void
fill_row(const struct shelf *s, size_t at, const struct head *head, struct shelf_row *out)
{
	*out = (struct shelf_row){ .person = head->person,
		.more = head->more,
		.current = head->current,
		.doc = s->rows + at + sizeof *head,
		.len = head->len,
		.at = at };
}

int
shelf_get(const struct shelf *s, int64_t slot, struct shelf_row *out)
{
	size_t at = (size_t)s->parts[slot >> s->shift] * UNIT;

	while (at < s->used) {
		struct head head = head_at(s, at);

		if (head.slot > slot)
			return 0;
		if (head.slot == slot) {
			fill_row(s, at, &head, out);
			return 1;
		}
		at += (sizeof head + head.len + UNIT - 1) / UNIT * UNIT;
	}
	return 0;
}

void
shelf_sibling(const struct shelf *s, struct shelf_row *row)
{
	struct head head = head_at(s, row->at);
	size_t at = (size_t)head.sibling * UNIT;

	head = head_at(s, at);
	fill_row(s, at, &head, row);
}
