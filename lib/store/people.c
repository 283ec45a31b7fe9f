#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/copy.h"
#include "base/random.h"
#include "store/people_private.h"
#include "store/shelf.h"

#define CARD_TABLE                                                                                 \
	"CREATE TABLE card(certificate BLOB PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE,"        \
	" serial TEXT NOT NULL, person INTEGER NOT NULL, not_after INTEGER NOT NULL,"              \
	" added_at INTEGER NOT NULL, revoked_at INTEGER) WITHOUT ROWID;"

static const char *const steps[] = {
	CARD_TABLE,  /* 2: cards */
	BIRTH_INDEX, /* 3: people are found without a number */
};

static const struct db_format format = {
	.what = "people",
	.version = 3,
	.steps = steps,
	.schema = "CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
		  "CREATE TABLE insurer(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,"
		  " name TEXT NOT NULL);"
		  "CREATE TABLE cover(slot INTEGER PRIMARY KEY, person INTEGER NOT NULL,"
		  " more INTEGER NOT NULL, recorded_at INTEGER NOT NULL, replaced_at INTEGER,"
		  " doc BLOB NOT NULL);"
		  "CREATE TABLE person_cover(person INTEGER NOT NULL, n INTEGER NOT NULL,"
		  " slot INTEGER NOT NULL REFERENCES cover, PRIMARY KEY(person, n)) WITHOUT ROWID;"
		  "CREATE TABLE credential(fingerprint BLOB PRIMARY KEY, role TEXT NOT NULL,"
		  " code TEXT NOT NULL, may_attest INTEGER NOT NULL, added_at INTEGER NOT NULL,"
		  " revoked_at INTEGER) WITHOUT ROWID;" CARD_TABLE BIRTH_INDEX,
};

#define CARD_BY "SELECT " CARD_COLUMNS " FROM card WHERE "

static const char *const sql[PEOPLE_STMTS] = {
	[PEOPLE_BEGIN] = "BEGIN",
	[PEOPLE_COMMIT] = "COMMIT",
	[PEOPLE_FIND] = "SELECT person, more, replaced_at IS NULL, doc FROM cover WHERE slot = ?",
	[PEOPLE_DATES] = "SELECT c.doc FROM person_cover p JOIN cover c USING(slot)"
			 " WHERE p.person = ? AND c.replaced_at IS NULL",
	[PEOPLE_OF] = "SELECT slot FROM person_cover p JOIN cover c USING(slot)"
		      " WHERE p.person = ? AND c.replaced_at IS NULL ORDER BY p.n",
	[PEOPLE_BORN] = "SELECT person, doc FROM cover WHERE " BIRTH_OF_DOC
			" = ? AND replaced_at IS NULL ORDER BY person",
	[PEOPLE_CREDENTIAL] = "SELECT role, code, may_attest, added_at, revoked_at FROM credential"
			      " WHERE fingerprint = ?",
	[PEOPLE_CARD_CERTIFICATE] = CARD_BY "certificate = ?",
	[PEOPLE_CARD_FINGERPRINT] = CARD_BY "fingerprint = ?",
	[PEOPLE_GENERATION] = "SELECT value FROM setting WHERE name = 'generation'",
};

static int
set_setting(sqlite3 *db, const char *name, const void *value, size_t n, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(db, &stmt, "INSERT INTO setting VALUES(?, ?)", why) == -1)
		return -1;
	if (sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
	    sqlite3_bind_blob(stmt, 2, value, (int)n, SQLITE_STATIC) == SQLITE_OK)
		r = db_done(stmt, why);
	sqlite3_finalize(stmt);
	return r;
}

/* Copies at most n bytes; *len is how many there were. 0, or -1 with why. */
static int
get_setting(sqlite3 *db, const char *name, void *to, size_t n, size_t *len, struct why *why)
{
	sqlite3_stmt *stmt;
	int r = -1;

	if (db_prepare(db, &stmt, "SELECT value FROM setting WHERE name = ?", why) == -1)
		return -1;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		const void *value = sqlite3_column_blob(stmt, 0);

		*len = (size_t)sqlite3_column_bytes(stmt, 0);
		if (value != NULL)
			memcpy(to, value, *len < n ? *len : n);
		r = 0;
	} else {
		db_failed(db, why);
	}
	sqlite3_finalize(stmt);
	return r;
}

int
people_create(const char *dir, const char *name, struct why *why)
{
	unsigned char key[SIPHASH_KEY_SIZE];
	char path[4096];
	sqlite3 *db;
	int r;

	random_bytes(key, sizeof key);
	if (db_path(path, sizeof path, dir, PEOPLE_FILE, why) == -1 ||
	    db_create(&db, path, &format, why) == -1)
		return -1;
	if (set_setting(db, "hash_key", key, sizeof key, why) == -1 ||
	    set_setting(db, "name", name, strlen(name), why) == -1 ||
	    db_run(db, "INSERT INTO setting VALUES('generation', 0)", why) == -1) {
		sqlite3_close(db);
		return -1;
	}
	r = db_settle(db, why);
	sqlite3_close(db);
	return r;
}

static int
read_settings(struct people *p, struct why *why)
{
	size_t n;

	if (get_setting(p->db, "hash_key", p->hash_key, sizeof p->hash_key, &n, why) == -1)
		return -1;
	if (n != sizeof p->hash_key) {
		why_set(why, ERR_STORE_UNUSABLE, NULL, "the key of the slots has %zu bytes", n);
		return -1;
	}
	return get_setting(p->db, "name", p->name, sizeof p->name - 1, &n, why);
}

static int
prepare_all(struct people *p, struct why *why)
{
	for (size_t i = 0; i < PEOPLE_STMTS; i++)
		if (db_prepare(p->db, &p->stmts[i], sql[i], why) == -1)
			return -1;
	return 0;
}

struct people *
people_open(const char *dir, enum people_mode mode, struct why *why)
{
	struct people *p = calloc(1, sizeof *p);
	char path[4096];

	if (p == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
		return NULL;
	}
	if (db_path(path, sizeof path, dir, PEOPLE_FILE, why) == -1 ||
	    db_open(&p->db, path, &format, mode == PEOPLE_READ ? DB_READ : DB_WRITE, why) == -1 ||
	    db_run(p->db, "PRAGMA mmap_size = 0", why) == -1 || read_settings(p, why) == -1 ||
	    prepare_all(p, why) == -1) {
		people_close(p);
		return NULL;
	}
	return p;
}

static void
forget_insurers(struct people *p)
{
	for (size_t i = 0; i < p->n_insurers; i++)
		free((void *)(uintptr_t)p->insurers[i].number.s);
	free(p->insurers);
	p->insurers = NULL;
	p->n_insurers = 0;
}

void
people_close(struct people *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PEOPLE_STMTS; i++)
		sqlite3_finalize(p->stmts[i]);
	sqlite3_close(p->db);
	forget_insurers(p);
	free(p);
}

const char *
people_name(const struct people *p)
{
	return p->name;
}

int64_t
people_covers(struct people *p, struct why *why)
{
	sqlite3_stmt *stmt;
	int64_t n;

	if (db_prepare(p->db, &stmt, "SELECT count(*) FROM cover", why) == -1)
		return -1;
	n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0)
					     : db_failed(p->db, why);
	sqlite3_finalize(stmt);
	return n;
}

int64_t
people_generation(struct people *p)
{
	sqlite3_stmt *stmt = p->stmts[PEOPLE_GENERATION];
	int64_t generation = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;

	sqlite3_reset(stmt);
	return generation;
}

void
people_use_shelf(struct people *p, const struct shelf *shelf)
{
	p->shelf = shelf;
}

int
people_begin(struct people *p, struct why *why)
{
	if (db_done(p->stmts[PEOPLE_BEGIN], why) == -1)
		return -1;
	p->on_shelf = p->shelf != NULL && shelf_generation(p->shelf) == people_generation(p);
	return 0;
}

void
people_end(struct people *p)
{
	db_done(p->stmts[PEOPLE_COMMIT], NULL); /* nothing was written: it has nothing to lose */
}

/* Number and name in one block. Insurers are only ever added, with ids from 0 upwards. */
static int
keep_insurer(struct people *p, const char *number, const char *name)
{
	size_t n = strlen(number), m = strlen(name);
	struct insurer *all = reallocarray(p->insurers, p->n_insurers + 1, sizeof *all);
	char *block = malloc(n + m + 1);

	if (all != NULL)
		p->insurers = all;
	if (all == NULL || block == NULL) {
		free(block);
		return 0;
	}
	memcpy(block, number, n);
	memcpy(block + n, name, m + 1);
	all[p->n_insurers] = (struct insurer){ { block, n }, { block + n, m }, 0 };
	all[p->n_insurers].plain = text_plain(&all[p->n_insurers].name);
	p->n_insurers++;
	return 1;
}

static void
read_insurers(struct people *p)
{
	sqlite3_stmt *stmt;

	forget_insurers(p);
	if (db_prepare(p->db, &stmt, "SELECT number, name FROM insurer ORDER BY id", NULL) == -1)
		return;
	while (sqlite3_step(stmt) == SQLITE_ROW)
		if (!keep_insurer(p, (const char *)sqlite3_column_text(stmt, 0),
			(const char *)sqlite3_column_text(stmt, 1)))
			break;
	sqlite3_finalize(stmt);
}

const struct insurer *
people_insurer(struct people *p, uint32_t insurer)
{
	if (insurer >= p->n_insurers)
		read_insurers(p);
	return insurer < p->n_insurers ? &p->insurers[insurer] : NULL;
}

static struct text
unpadded(struct text t)
{
	while (t.n > 1 && *t.s == '0') {
		t.s++;
		t.n--;
	}
	return t;
}

struct cover_key
people_key(const struct cover *c, const struct insurer *insurer)
{
	return (struct cover_key){ .insurer_number = unpadded(insurer->number),
		.symbol = c->folded_symbol,
		.number = c->folded_number,
		.birth_date = c->birth_date };
}

static int
same(const struct text *a, const struct text *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0);
}

static int
same_key(const struct cover_key *a, const struct cover_key *b)
{
	return a->birth_date == b->birth_date && same(&a->insurer_number, &b->insurer_number) &&
	       same(&a->symbol, &b->symbol) && same(&a->number, &b->number);
}

int64_t
people_slot(const struct people *p, const struct cover_key *key)
{
	const struct text *texts[] = { &key->insurer_number, &key->symbol, &key->number };
	char bytes[3 * (1 + TEXT_MAX) + sizeof key->birth_date], *end = bytes;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*end++ = (char)texts[i]->n;
		end = copy_short(end, texts[i]->s, texts[i]->n);
	}
	memcpy(end, &key->birth_date, sizeof key->birth_date);
	end += sizeof key->birth_date;
	return (int64_t)(siphash(p->hash_key, bytes, (size_t)(end - bytes)) >> 1);
}

/* Takes a row as the next candidate; its doc stays where it is. 1, or 0 if it is damaged. */
static int
take_row(const struct shelf_row *row, int64_t slot, struct candidates *out)
{
	struct cover *c = &out->covers[out->n];

	if (!cover_unpack(row->doc, row->len, c))
		return 0;
	c->person = row->person;
	c->slot = slot;
	out->n++;
	return 1;
}

/* Reads a row of the file; its doc is copied to the candidates. 1, 0 if there is none, -1 with why. */
static int
read_file(
    struct people *p, int64_t slot, struct candidates *out, struct shelf_row *row, struct why *why)
{
	sqlite3_stmt *stmt = p->stmts[PEOPLE_FIND];
	int r = 0, step;

	sqlite3_bind_int64(stmt, 1, slot);
	if ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
		row->person = sqlite3_column_int64(stmt, 0);
		row->more = sqlite3_column_int(stmt, 1);
		row->current = sqlite3_column_int(stmt, 2);
		row->len = (size_t)sqlite3_column_bytes(stmt, 3);
		row->doc = out->docs + out->used;
		if (row->len <= sizeof out->docs - out->used) {
			memcpy(out->docs + out->used, sqlite3_column_blob(stmt, 3), row->len);
			out->used += row->len;
			r = 1;
		} else {
			row->len = 0; /* longer than any cover */
			r = 1;
		}
	} else if (step != SQLITE_DONE) {
		r = db_failed(p->db, why);
	}
	sqlite3_reset(stmt);
	return r;
}

/* Reads one slot. 1 and the row as the next candidate, 0 if it is empty, -1 with why. */
static int
read_slot(
    struct people *p, int64_t slot, struct candidates *out, struct shelf_row *row, struct why *why)
{
	int r = p->on_shelf ? shelf_get(p->shelf, slot, row) : read_file(p, slot, out, row, why);

	if (r != 1 || take_row(row, slot, out))
		return r;
	why_set(why, ERR_STORE_UNUSABLE, NULL, "slot %lld: the cover is damaged", (long long)slot);
	return -1;
}

/* Is the last candidate of this key? */
static int
fits(struct people *p, const struct candidates *all, const struct cover_key *key)
{
	const struct cover *c = &all->covers[all->n - 1];
	const struct insurer *insurer = people_insurer(p, c->insurer);
	struct cover_key its;

	if (insurer == NULL)
		return 0;
	its = people_key(c, insurer);
	return same_key(&its, key);
}

void
people_locate(const struct people *p, struct cover_key *key)
{
	key->slot = people_slot(p, key);
}

void
people_expect(const struct people *p, const struct cover_key *key)
{
	if (p->on_shelf)
		shelf_expect(p->shelf, key->slot);
}

void
people_expect_row(const struct people *p, const struct cover_key *key)
{
	if (p->on_shelf)
		shelf_expect_row(p->shelf, key->slot);
}

int
people_find(struct people *p, const struct cover_key *key, struct candidates *out, struct why *why)
{
	struct shelf_row row = { .more = 1 };
	int64_t slot = key->slot;
	int r = 1;

	out->n = out->used = 0;
	for (; r == 1 && row.more && out->n < CANDIDATES_MAX; slot++)
		if ((r = read_slot(p, slot, out, &row, why)) == 1 &&
		    (!row.current || !fits(p, out, key)))
			out->n--;
	return r == -1 ? -1 : 0;
}

int
people_get(struct people *p, int64_t slot, struct candidates *out, struct why *why)
{
	struct shelf_row row = { 0 };

	out->n = out->used = 0;
	return read_slot(p, slot, out, &row, why);
}

int
people_slots(
    struct people *p, const int64_t *slots, size_t n, struct candidates *out, struct why *why)
{
	struct shelf_row row = { 0 };

	out->n = out->used = 0;
	for (size_t i = 0; i < n && i < CANDIDATES_MAX; i++)
		switch (read_slot(p, slots[i], out, &row, why)) {
		case 1:
			break;
		case 0:
			why_set(why, ERR_STORE_UNUSABLE, NULL, "slot %lld: the cover is gone",
			    (long long)slots[i]);
			return -1;
		default:
			return -1;
		}
	return 0;
}

int
people_of(struct people *p, int64_t person, struct candidates *out, struct why *why)
{
	sqlite3_stmt *stmt = p->stmts[PEOPLE_OF];
	int64_t slots[CANDIDATES_MAX];
	size_t n = 0;
	int step = SQLITE_DONE;

	sqlite3_bind_int64(stmt, 1, person);
	while (n < CANDIDATES_MAX && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		slots[n++] = sqlite3_column_int64(stmt, 0);
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		db_failed(p->db, why);
	sqlite3_reset(stmt);
	if (step != SQLITE_ROW && step != SQLITE_DONE)
		return -1;
	return people_slots(p, slots, n, out, why);
}

static int
row_includes(const unsigned char *doc, size_t n, uint32_t day)
{
	struct cover c;

	return cover_unpack(doc, n, &c) && cover_includes(&c, day);
}

static int
covered_on_shelf(const struct shelf *shelf, int64_t slot, uint32_t day)
{
	struct shelf_row first, row;

	if (!shelf_get(shelf, slot, &first))
		return 0;
	row = first;
	do {
		if (row.current && row_includes(row.doc, row.len, day))
			return 1;
		shelf_sibling(shelf, &row);
	} while (row.at != first.at);
	return 0;
}

int
people_covered(struct people *p, const struct cover *cover, uint32_t day, struct why *why)
{
	sqlite3_stmt *stmt = p->stmts[PEOPLE_DATES];
	int found = 0, step = SQLITE_ROW;

	if (p->on_shelf)
		return covered_on_shelf(p->shelf, cover->slot, day);
	sqlite3_bind_int64(stmt, 1, cover->person);
	while (!found && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		found = row_includes(
		    sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0), day);
	if (!found && step != SQLITE_DONE)
		found = db_failed(p->db, why);
	sqlite3_reset(stmt);
	return found;
}

int
people_born(struct people *p, uint32_t birth_date, int (*each)(const struct cover *, void *),
    void *arg, struct why *why)
{
	const unsigned char birth[] = { (unsigned char)birth_date, (unsigned char)(birth_date >> 8),
		(unsigned char)(birth_date >> 16) };
	sqlite3_stmt *stmt = p->stmts[PEOPLE_BORN];
	int r = 0, step = SQLITE_DONE;
	struct cover c;

	sqlite3_bind_blob(stmt, 1, birth, sizeof birth, SQLITE_STATIC);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cover_unpack(
			sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1), &c))
			continue; /* who asks for it by number is told */
		c.person = sqlite3_column_int64(stmt, 0);
		if (c.birth_date == birth_date)
			r = each(&c, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(p->db, why);
	sqlite3_reset(stmt);
	return r;
}

int
people_each(struct people *p, int (*each)(const struct cover *, void *), void *arg, struct why *why)
{
	sqlite3_stmt *stmt;
	struct cover c;
	int r = 0, step = SQLITE_DONE;

	if (db_prepare(p->db, &stmt,
		"SELECT p.person, c.doc FROM person_cover p CROSS JOIN cover c USING(slot)"
		" WHERE c.replaced_at IS NULL ORDER BY p.person, p.n",
		why) == -1)
		return -1;
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!cover_unpack(
			sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1), &c)) {
			why_set(why, ERR_STORE_UNUSABLE, NULL, "person %lld: the cover is damaged",
			    (long long)sqlite3_column_int64(stmt, 0));
			r = -1;
			break;
		}
		c.person = sqlite3_column_int64(stmt, 0);
		r = each(&c, arg);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(p->db, why);
	sqlite3_finalize(stmt);
	return r;
}
