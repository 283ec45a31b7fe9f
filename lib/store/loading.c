/*
 * Many covers at once. They are sorted by slot in memory, because a tree filled in the order of
 * its key is written once, and one filled at random is read and written over and over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/people_private.h"

#define PACKED_BYTES_MAX ((size_t)1 << 36)

struct row {
	int64_t slot; /* first where its hash says, then where it stands */
	int64_t person;
	size_t at; /* in docs */
	uint32_t len, n;
	int more;
};

struct loading {
	struct people *people;
	int64_t now, last_person;
	uint32_t n_of_person;
	struct buf docs;
	struct row *rows;
	size_t n, room;
};

struct loading *
loading_begin(struct people *p, struct why *why)
{
	struct loading *l = calloc(1, sizeof *l);

	if (l == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "loading");
		return NULL;
	}
	l->people = p;
	l->now = clock_now();
	l->last_person = -1;
	buf_init(&l->docs, PACKED_BYTES_MAX);
	/* No log of what is not there yet: it would be written twice. */
	if (db_run(p->db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN IMMEDIATE",
		why) == -1) {
		free(l);
		return NULL;
	}
	return l;
}

void
loading_drop(struct loading *l)
{
	sqlite3_exec(l->people->db, "ROLLBACK", NULL, NULL, NULL);
	buf_free(&l->docs);
	free(l->rows);
	free(l);
}

int
loading_insurer(
    struct loading *l, const char *number, const char *name, uint32_t *insurer, struct why *why)
{
	sqlite3 *db = l->people->db;
	sqlite3_stmt *stmt;
	int r;

	if (db_prepare(db, &stmt,
		"INSERT INTO insurer SELECT coalesce(max(id) + 1, 0), ?, ? FROM insurer",
		why) == -1)
		return -1;
	sqlite3_bind_text(stmt, 1, number, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
	r = db_done(stmt, why);
	*insurer = (uint32_t)sqlite3_last_insert_rowid(db);
	sqlite3_finalize(stmt);
	return r;
}

static struct row *
new_row(struct loading *l)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 1024 : l->room * 2;
		struct row *rows = reallocarray(l->rows, room, sizeof *rows);

		if (rows == NULL)
			return NULL;
		l->rows = rows;
		l->room = room;
	}
	return &l->rows[l->n];
}

int
loading_cover(struct loading *l, const struct cover *c, struct why *why)
{
	const struct insurer *insurer = people_insurer(l->people, c->insurer);
	struct row *row = new_row(l);
	struct cover_key key;
	size_t at = l->docs.len;

	if (insurer == NULL || row == NULL || cover_pack(&l->docs, c) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "person %lld", (long long)c->person);
		return -1;
	}
	key = people_key(c, insurer);
	l->n_of_person = c->person == l->last_person ? l->n_of_person + 1 : 0;
	l->last_person = c->person;
	*row = (struct row){ people_slot(l->people, &key), c->person, at,
		(uint32_t)(l->docs.len - at), l->n_of_person, 0 };
	l->n++;
	return 0;
}

static int
by_slot(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
by_person(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

/* A row whose place is taken moves on, and all before it say that there is more. */
static void
settle_slots(struct loading *l)
{
	qsort(l->rows, l->n, sizeof *l->rows, by_slot);
	for (size_t i = 1; i < l->n; i++)
		if (l->rows[i].slot <= l->rows[i - 1].slot) {
			l->rows[i].slot = l->rows[i - 1].slot + 1;
			l->rows[i - 1].more = 1;
		}
}

static int
insert_covers(struct loading *l, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(l->people->db, &stmt,
		"INSERT INTO cover(slot, person, more, recorded_at, doc) VALUES(?, ?, ?, ?, ?)",
		why) == -1)
		return -1;
	for (size_t i = 0; i < l->n && r == 0; i++) {
		const struct row *row = &l->rows[i];

		sqlite3_bind_int64(stmt, 1, row->slot);
		sqlite3_bind_int64(stmt, 2, row->person);
		sqlite3_bind_int(stmt, 3, row->more);
		sqlite3_bind_int64(stmt, 4, l->now);
		sqlite3_bind_blob(stmt, 5, l->docs.data + row->at, (int)row->len, SQLITE_STATIC);
		r = db_done(stmt, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

static int
insert_persons(struct loading *l, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = 0;

	if (db_prepare(l->people->db, &stmt, "INSERT INTO person_cover VALUES(?, ?, ?)", why) == -1)
		return -1;
	qsort(l->rows, l->n, sizeof *l->rows, by_person);
	for (size_t i = 0; i < l->n && r == 0; i++) {
		sqlite3_bind_int64(stmt, 1, l->rows[i].person);
		sqlite3_bind_int64(stmt, 2, l->rows[i].n);
		sqlite3_bind_int64(stmt, 3, l->rows[i].slot);
		r = db_done(stmt, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

int
loading_end(struct loading *l, struct why *why)
{
	sqlite3 *db = l->people->db;
	int r = -1;

	settle_slots(l);
	if (insert_covers(l, why) == 0 && insert_persons(l, why) == 0 &&
	    db_run(db, "UPDATE setting SET value = value + 1 WHERE name = 'generation'; COMMIT",
		why) == 0)
		r = db_settle(db, why);
	loading_drop(l);
	return r;
}
