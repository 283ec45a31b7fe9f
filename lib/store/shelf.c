#include <stdlib.h>
#include <string.h>

#include "store/people_private.h"
#include "store/reserve.h"
#include "store/shelf.h"

#define STOP_ROWS  4096 /* so often it is asked whether to go on */
#define CACHE_LINE 64
#define ROW_LINES  4 /* most rows end within */

/* Where a slot's row is, or the last row of a person so far: at is 0 where the place is free. */
struct place {
	int64_t key;
	uint64_t at; /* in rows */
};

struct places {
	struct place *table;
	size_t size; /* a power of two */
};

/* Before its doc in rows. */
struct head {
	int64_t person;
	uint64_t sibling; /* another row of the person; a ring */
	uint16_t len;
	uint8_t more, current;
};

struct shelf {
	int64_t generation;
	struct places slots;
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

static int
places_make(struct places *p, int64_t n)
{
	for (p->size = 4096; p->size / 4 * 3 <= (size_t)n; p->size *= 2)
		;
	p->table = reserve(p->size * sizeof *p->table);
	return p->table != NULL;
}

static void
places_free(struct places *p)
{
	reserve_free(p->table, p->size * sizeof *p->table);
}

/* Spreads numbers that are not hashes, such as those of persons. */
static size_t
spread(int64_t key)
{
	return (size_t)((uint64_t)key * 0x9e3779b97f4a7c15 >> 20);
}

static struct place *
place_of(const struct places *p, int64_t key, size_t begin)
{
	size_t i = begin & (p->size - 1);

	while (p->table[i].at != 0 && p->table[i].key != key)
		i = (i + 1) & (p->size - 1);
	return &p->table[i];
}

/* Puts the row into the ring of its person. */
static void
join_ring(struct shelf *s, struct places *persons, struct head *head)
{
	struct place *place = place_of(persons, head->person, spread(head->person));
	struct head last;

	head->sibling = s->used;
	if (place->at != 0) {
		memcpy(&last, s->rows + place->at, sizeof last);
		head->sibling = last.sibling;
		last.sibling = s->used;
		memcpy(s->rows + place->at, &last, sizeof last);
	}
	*place = (struct place){ head->person, s->used };
}

static int
take_row(struct shelf *s, struct places *persons, sqlite3_stmt *stmt, struct why *why)
{
	struct head head = { .person = sqlite3_column_int64(stmt, 1),
		.len = (uint16_t)sqlite3_column_bytes(stmt, 4),
		.more = (uint8_t)sqlite3_column_int(stmt, 2),
		.current = (uint8_t)sqlite3_column_int(stmt, 3) };
	int64_t slot = sqlite3_column_int64(stmt, 0);

	if (s->n == s->n_max || head.len > COVER_PACKED_MAX) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "slot %lld: the cover is damaged",
		    (long long)slot);
		return -1;
	}
	join_ring(s, persons, &head);
	*place_of(&s->slots, slot, (size_t)slot) = (struct place){ slot, s->used };
	memcpy(s->rows + s->used, &head, sizeof head);
	memcpy(s->rows + s->used + sizeof head, sqlite3_column_blob(stmt, 4), head.len);
	s->used += sizeof head + head.len;
	s->n++;
	return 0;
}

/* 1 when all is read, 0 when it was stopped, -1 with why. */
static int
read_rows(struct shelf *s, struct places *persons, sqlite3 *db, int (*stop)(void *), void *arg,
    struct why *why)
{
	sqlite3_stmt *stmt;
	int step, r = 0;

	if (db_prepare(db, &stmt, "SELECT slot, person, more, replaced_at IS NULL, doc FROM cover",
		why) == -1)
		return -1;
	while ((step = sqlite3_step(stmt)) == SQLITE_ROW && r == 0 &&
	       (s->n % STOP_ROWS != 0 || !stop(arg)))
		r = take_row(s, persons, stmt, why);
	if (r == 0 && step != SQLITE_DONE && step != SQLITE_ROW)
		r = db_failed(db, why);
	sqlite3_finalize(stmt);
	return r == -1 ? -1 : step == SQLITE_DONE;
}

/* Room for n covers. Nothing stands at 0, which means free. */
static int
make_room(struct shelf *s, struct places *persons, int64_t n, struct why *why)
{
	s->n_max = (size_t)n;
	s->used = 1;
	s->room = 1 + s->n_max * (sizeof(struct head) + COVER_PACKED_MAX);
	if (!places_make(&s->slots, n) || !places_make(persons, n))
		return no_memory(why);
	s->rows = reserve(s->room);
	return s->rows == NULL ? no_memory(why) : 0;
}

static int
fill(struct shelf *s, struct people *p, int (*stop)(void *), void *arg, struct why *why)
{
	struct places persons = { 0 };
	int64_t n;
	int r = -1;

	s->generation = people_generation(p);
	if ((n = people_covers(p, why)) != -1 && make_room(s, &persons, n, why) == 0)
		r = read_rows(s, &persons, p->db, stop, arg, why);
	places_free(&persons);
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
	places_free(&s->slots);
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

static struct shelf_row
row_at(const struct shelf *s, uint64_t at)
{
	struct head head;

	memcpy(&head, s->rows + at, sizeof head);
	return (struct shelf_row){ .person = head.person,
		.more = head.more,
		.current = head.current,
		.doc = s->rows + at + sizeof head,
		.len = head.len,
		.at = at };
}

void
shelf_expect(const struct shelf *s, int64_t slot)
{
	__builtin_prefetch(&s->slots.table[(size_t)slot & (s->slots.size - 1)]);
}

void
shelf_expect_row(const struct shelf *s, int64_t slot)
{
	const struct place *place = place_of(&s->slots, slot, (size_t)slot);

	for (size_t line = 0; place->at != 0 && line < ROW_LINES; line++)
		__builtin_prefetch(s->rows + place->at + line * CACHE_LINE);
}

int
shelf_get(const struct shelf *s, int64_t slot, struct shelf_row *out)
{
	const struct place *place = place_of(&s->slots, slot, (size_t)slot);

	if (place->at == 0)
		return 0;
	*out = row_at(s, place->at);
	return 1;
}

void
shelf_sibling(const struct shelf *s, struct shelf_row *row)
{
	struct head head;

	memcpy(&head, s->rows + row->at, sizeof head);
	*row = row_at(s, head.sibling);
}
