/*
 * Parts of the hub by themselves.
 *	hub siphash | packed | folded | usual | asks | shortened | entries | migrate DIR | day
 * Each ends with 0, or says on stderr what is wrong.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/random.h"
#include "hub/question.h"
#include "model/fold.h"
#include "same_question.h"
#include "store/asks.h"
#include "store/audit_private.h"
#include "store/cover.h"
#include "store/day.h"
#include "store/db.h"
#include "store/siphash.h"

static uint64_t seed = 1;

static uint32_t
below(uint32_t n)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

/* The example of the paper (appendix A) and OpenSSL's neighbours: key 00..0f, text 00..0e. */
static int
test_siphash(char **args)
{
	unsigned char key[16], text[15];

	(void)args;
	for (unsigned char i = 0; i < 16; i++)
		key[i] = i;
	for (unsigned char i = 0; i < 15; i++)
		text[i] = i;
	if (siphash(key, text, sizeof text) != 0xa129ca6149be45e5)
		errx(1, "not the value of the paper");
	if (siphash(key, text, 0) != 0x726fdb47dd0e0e31)
		errx(1, "not the value for nothing");
	return 0;
}

static struct text
some_text(char *room, size_t max)
{
	static const char from[] = "0129AZaz -\"\\\x01";
	size_t n = below((uint32_t)max + 1);

	for (size_t i = 0; i < n; i++)
		room[i] = from[below(sizeof from - 1)];
	return (struct text){ room, n };
}

static int
same(const struct text *a, const struct text *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->s, b->s, a->n) == 0);
}

/* What was packed is unpacked, and nothing shorter or longer. */
static int
test_packed(char **args)
{
	static char rooms[11][TEXT_MAX];

	(void)args;
	for (int round = 0; round < 2000; round++) {
		struct cover in = { .insurer = below(1 << 24),
			.sex = 1,
			.loss_reason = 99,
			.birth_date = below(1 << 24),
			.lost_on = below(1 << 24),
			.postal_code = below(9999999),
			.n_diseases = below(DISEASES_MAX + 1),
			.n_tickets = below(TICKETS_MAX + 1) },
			     out;
		struct text *texts[] = { &in.symbol, &in.number, &in.branch, &in.insured_name,
			&in.name, &in.name_other, &in.kana, &in.kana_other, &in.address,
			&in.folded_symbol, &in.folded_number };
		struct buf packed;

		for (size_t i = 0; i < 11; i++)
			*texts[i] = some_text(rooms[i], round % 10 == 0 ? TEXT_MAX : 12);
		if (round % 2 == 0)
			in.folded_number = in.number;
		in.limit.kind = (uint8_t)below(4);
		memcpy(in.limit.class, "A01", 3);
		in.limit.long_stay_on = below(1 << 24);
		buf_init(&packed, COVER_PACKED_MAX);
		if (cover_pack(&packed, &in) == -1)
			errx(1, "cannot be packed");
		memset(&out, 0x55, sizeof out);
		if (!cover_unpack((unsigned char *)packed.data, packed.len, &out))
			errx(1, "cannot be unpacked");
		if (out.insurer != in.insurer || out.birth_date != in.birth_date ||
		    out.lost_on != in.lost_on || out.loss_reason != 99 ||
		    out.postal_code != in.postal_code || out.n_tickets != in.n_tickets ||
		    out.limit.kind != in.limit.kind || !same(&out.name, &in.name) ||
		    !same(&out.address, &in.address) ||
		    !same(&out.folded_symbol, &in.folded_symbol) ||
		    !same(&out.folded_number, &in.folded_number))
			errx(1, "round %d: another cover comes out", round);
		for (size_t n = 0; n < packed.len; n += 1 + n / 8)
			if (cover_unpack((unsigned char *)packed.data, n, &out))
				errx(1, "half a cover is none");
		buf_free(&packed);
	}
	return 0;
}

static void
append(char to[static QUESTION_TEXT_MAX], const char *piece)
{
	size_t n = strlen(to);

	snprintf(to + n, QUESTION_TEXT_MAX - n, "%s", piece);
}

/* The short way of question_key() folds as lib/model does. */
static int
test_folded(char **args)
{
	static const char *const pieces[] = { "0", "00", "1", "A", "a", "-", " ", "Ａ", "１", "－",
		"ｶﾞ", "ー", "国", "　", "\x7f" };
	struct question q;
	struct cover_key key;
	struct buf scratch, folded;

	(void)args;
	buf_init(&scratch, 1 << 16);
	buf_init(&folded, 1 << 16);
	for (int round = 0; round < 100000; round++) {
		const struct {
			char *from;
			int (*fold)(struct buf *, const char *);
			struct text *to;
		} texts[] = {
			{ q.insurer_number, fold_insurer_number, &key.insurer_number },
			{ q.symbol, fold_symbol, &key.symbol },
			{ q.number, fold_number, &key.number },
		};

		memset(&q, 0, sizeof q);
		for (size_t i = 0; i < 3; i++)
			for (uint32_t n = below(5); n > 0; n--)
				append(
				    texts[i].from, pieces[below(sizeof pieces / sizeof *pieces)]);
		buf_reset(&scratch);
		if (question_key(&q, &scratch, &key, NULL) == -1)
			errx(1, "no key");
		for (size_t i = 0; i < 3; i++) {
			struct text want;

			buf_reset(&folded);
			if (texts[i].fold(&folded, texts[i].from) == -1)
				errx(1, "not folded");
			want = (struct text){ folded.data, folded.len };
			if (!same(texts[i].to, &want))
				errx(1, "\"%s\" becomes \"%.*s\", not \"%.*s\"", texts[i].from,
				    (int)texts[i].to->n, texts[i].to->s, (int)want.n, want.s);
		}
	}
	buf_free(&scratch);
	buf_free(&folded);
	return 0;
}

/* The short way and the long way read the lines of stdin alike, and the same lines changed. */
static int
test_usual(char **args)
{
	char *line = NULL;
	size_t size = 0, usual = 0, lines = 0;
	ssize_t n;

	(void)args;
	while ((n = getline(&line, &size, stdin)) > 0) {
		if (line[n - 1] == '\n')
			n--;
		for (int round = 0; round < 50; round++) {
			struct question a, b;
			int r;

			if (round > 0)
				line[below((uint32_t)n)] = "\"{}:,\\09az\xe3 "[below(12)];
			memset(&a, 'x', sizeof a); /* nothing of a question before is left */
			memset(&b, 'x', sizeof b);
			r = question_read(line, (size_t)n, &a, NULL);
			if (r != question_read_any(line, (size_t)n, &b, NULL) ||
			    !same_question(&a, &b))
				errx(1, "read in two ways: %.*s", (int)n, line);
			usual += (size_t)r;
			lines++;
		}
	}
	free(line);
	if (lines == 0 || usual == 0 || usual == lines)
		errx(1, "%zu of %zu lines were questions", usual, lines);
	return 0;
}

/* What was added is found, what was forgotten or is old is not, also after growing. */
static int
test_asks(char **args)
{
	enum { MANY = 5000000 };
	struct asks a;
	size_t at;

	(void)args;
	asks_init(&a);
	for (uint64_t i = 1; i <= MANY; i++)
		if (asks_add(&a, i % 1000 == 0 ? 42 : i * 0x9e3779b97f4a7c15, i) == -1)
			errx(1, "no memory");
	for (uint64_t i = 1; i <= MANY; i++) {
		if (i % 1000 == 0)
			continue;
		at = 0;
		if (asks_next(&a, i * 0x9e3779b97f4a7c15, &at) != i)
			errx(1, "%llu is lost", (unsigned long long)i);
	}
	asks_forget(&a, 0x9e3779b97f4a7c15, 1);
	at = 0;
	if (asks_next(&a, 0x9e3779b97f4a7c15, &at) != 0)
		errx(1, "1 was to be forgotten");
	asks_expire(&a, 1001);
	at = 0;
	if (asks_next(&a, (uint64_t)7 * 0x9e3779b97f4a7c15, &at) != 0)
		errx(1, "7 is old");
	for (uint64_t found = 0, place = (at = 0, 1); place != 0; found++) {
		place = asks_next(&a, 42, &at);
		if (place == 0 && found != MANY / 1000 - 1)
			errx(1, "%llu places have one hash", (unsigned long long)found);
	}
	asks_free(&a);
	return 0;
}

static const struct db_format one = { "things", 1, "CREATE TABLE t(a); INSERT INTO t VALUES(1);",
	NULL, 0 };
static const char *const steps[] = { "ALTER TABLE t ADD COLUMN b", "UPDATE t SET b = a + 1" };
static const char *const bad_steps[] = { "ALTER TABLE t ADD COLUMN b", "UPDATE u SET b = 1" };

static int
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

/* An older store is brought up to date with a copy kept; a newer one is refused; a step that fails
 * leaves all as it was. */
static int
test_migrate(char **args)
{
	const struct db_format three = { "things", 3, "", steps, 0 },
			       broken = { "things", 3, "", bad_steps, 0 };
	char path[4096], copy[4100];
	struct why why;
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/things.db", args[0]);
	snprintf(copy, sizeof copy, "%s.v1", path);
	if (db_create(&db, path, &one, &why) == -1 || db_settle(db, &why) == -1)
		errx(1, "%s", why.detail);
	sqlite3_close(db);
	if (db_open(&db, path, &three, DB_READ, &why) != -1 || why.id != ERR_STORE_UNUSABLE)
		errx(1, "reading does not migrate");
	if (db_open(&db, path, &broken, DB_WRITE, &why) != -1)
		errx(1, "a step that fails was taken for done");
	if (db_open(&db, path, &one, DB_READ, &why) == -1 ||
	    number(db, "SELECT count(*) FROM t") != 1)
		errx(1, "the store is not as it was: %s", why.detail);
	sqlite3_close(db);
	remove(copy);
	if (db_open(&db, path, &three, DB_WRITE, &why) == -1 ||
	    number(db, "SELECT b FROM t") != 2 || number(db, "PRAGMA user_version") != 3)
		errx(1, "not migrated: %s", why.detail);
	sqlite3_close(db);
	if (db_open(&db, copy, &one, DB_READ, &why) == -1 || number(db, "SELECT a FROM t") != 1)
		errx(1, "no copy: %s", why.detail);
	sqlite3_close(db);
	if (db_open(&db, path, &one, DB_WRITE, &why) != -1 || why.id != ERR_STORE_NEWER)
		errx(1, "a newer store is to be refused");
	return 0;
}

/* An ask in seventeen bytes is the same ask again, and what is none is not packed. */
static int
test_shortened(char **args)
{
	char ask[ASK_SIZE], again[ASK_SIZE];
	struct ask packed;

	(void)args;
	for (int i = 0; i < 100000; i++) {
		size_t at = below(ASK_SIZE - 1);
		int valid;

		ask_new(ask);
		ask[ASK_SIZE - 2] = "abcdefghijklmnopqrstuvwxyz234567"[below(32)];
		ask[at] = (char)(i % 2 == 0 ? (int)below(256) : ask[at]);
		valid = ask_valid(ask);
		if (ask_pack(ask, &packed) != valid || (packed.rest != 0) != valid)
			errx(1, "%s: %s", ask, valid ? "not packed" : "packed");
		ask_unpack(&packed, again);
		if (strcmp(valid ? ask : "", again) != 0)
			errx(1, "%s becomes %s", ask, again);
	}
	return 0;
}

/* A row as programs wrote it before asks were packed: the same entries with their asks in text. */
static void
as_before(const struct group *g, struct group *out)
{
	enum { PACKED = 17 }; /* bytes of an ask today */
	unsigned char chain[2 * AUDIT_HASH_SIZE + 512] = { 0 };
	char ask[ASK_SIZE];
	struct audit_entry e;
	unsigned n;

	group_init(out, 1);
	for (size_t i = 0; i < g->n; i++) {
		size_t at = g->at[i] + 6,
		       end = i + 1 < g->n ? g->at[i + 1] : g->bytes.len - AUDIT_HASH_SIZE;
		size_t len = end - at - PACKED + ASK_SIZE - 1;
		unsigned char *entry = chain + AUDIT_HASH_SIZE;

		group_entry(g, i, &e);
		memcpy(entry, g->bytes.data + at, end - at - PACKED);
		entry[len - ASK_SIZE] = ASK_SIZE - 1;
		ask_unpack(&e.ask, ask);
		memcpy(entry + len - ASK_SIZE + 1, ask, ASK_SIZE - 1);
		EVP_Digest(chain, AUDIT_HASH_SIZE + len, chain, &n, EVP_sha256(), NULL);
		buf_add(&out->bytes, chain, 4);
		buf_addc(&out->bytes, (char)len);
		buf_addc(&out->bytes, 0);
		buf_add(&out->bytes, entry, len);
	}
	buf_add(&out->bytes, chain, AUDIT_HASH_SIZE);
}

/* Entries of today and of programs before are read alike, and both chains hold. */
static int
test_entries(char **args)
{
	struct chain chain = { 0 }, again = { 0 }, before = { 0 };
	struct audit_entry e = { .at = 1, .kind = AUDIT_VERIFY, .facility = { "4719999999", 10 } };
	struct audit_entry now, then;
	struct group g, old;
	char ask[ASK_SIZE];

	(void)args;
	group_init(&g, 1);
	for (int i = 0; i < AUDIT_GROUP; i++) {
		ask_new(ask);
		ask_pack(ask, &e.ask);
		e.person = i;
		e.result = i % 2 == 0 ? (struct text){ "valid", 5 } : (struct text){ "", 0 };
		if (group_add(&g, &chain, &e) == -1)
			errx(1, "no memory");
	}
	as_before(&g, &old);
	if (!group_index(&g, &again) || memcmp(&again, &chain, sizeof chain) != 0)
		errx(1, "the chain does not hold");
	if (!group_index(&old, &before) || old.n != g.n || before.n != chain.n)
		errx(1, "the chain of before does not hold: entry %zu", old.n);
	for (size_t i = 0; i < g.n; i++) {
		group_entry(&g, i, &now);
		group_entry(&old, i, &then);
		if (!ask_same(&now.ask, &then.ask) || now.person != then.person ||
		    now.result.n != then.result.n)
			errx(1, "entry %zu was another before", i);
	}
	if (!ask_same(&now.ask, &e.ask))
		errx(1, "the last ask, %s, becomes another", ask);
	group_free(&g);
	group_free(&old);
	return 0;
}

static int
test_day(char **args)
{
	uint32_t last = 0;

	(void)args;
	for (int64_t days = date_days((struct date){ 1850, 1, 1 }); days < 60000; days++) {
		struct date date = date_of_days(days);
		uint32_t packed = day_of(date);
		char text[DATE_SIZE] = "", want[DATE_SIZE];

		day_write(text, packed);
		date_format(date, want);
		if (packed <= last || packed >= 1 << 24 || strcmp(text, want) != 0 ||
		    date_days(day_date(packed)) != days)
			errx(1, "%s becomes %s", want, text);
		last = packed;
	}
	return 0;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **);
} tests[] = {
	{ "siphash", 0, test_siphash },
	{ "packed", 0, test_packed },
	{ "folded", 0, test_folded },
	{ "usual", 0, test_usual },
	{ "asks", 0, test_asks },
	{ "shortened", 0, test_shortened },
	{ "entries", 0, test_entries },
	{ "migrate", 1, test_migrate },
	{ "day", 0, test_day },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof tests / sizeof *tests; i++)
		if (strcmp(argv[1], tests[i].name) == 0 && argc == 2 + tests[i].args)
			return tests[i].run(argv + 2);
	errx(2, "usage: hub TEST [DIR]");
}
