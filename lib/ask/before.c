#define OPENSSL_SUPPRESS_DEPRECATED /* EVP needs memory, and not even says so when there is none */
#include <openssl/sha.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask/before.h"
#include "gen/names.h"
#include "model/fold.h"
#include "pipe/record.h"
#include "store/journal.h"

#define KEY_SIZE 16 /* of SHA-256: none is met twice by chance */
#define TEXT_MAX ((size_t)4096)
#define MAGIC	 "SQLite format 3"

struct entry {
	unsigned char key[KEY_SIZE];
	uint64_t
	    at; /* in the file, or the place in the journal; of equal keys the last one counts */
	uint64_t len;
};

struct before {
	int fd; /* of a file */
	struct journal_earlier *journal;
	struct entry *entries; /* sorted */
	size_t n, room;
	struct buf text;
};

/* 0, or -1 without memory. */
static int
add(struct before *b, const unsigned char *key, uint64_t at, uint64_t len)
{
	if (b->n == b->room) {
		size_t room = b->room == 0 ? 1024 : 2 * b->room;
		struct entry *more = realloc(b->entries, room * sizeof *more);

		if (more == NULL)
			return -1;
		b->entries = more;
		b->room = room;
	}
	memcpy(b->entries[b->n].key, key, KEY_SIZE);
	b->entries[b->n].at = at;
	b->entries[b->n++].len = len;
	return 0;
}

static int
in_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int r = memcmp(x->key, y->key, KEY_SIZE);

	return r != 0 ? r : (x->at > y->at) - (x->at < y->at);
}

/* 1, or 0 when the text is too long for anybody's key. */
static int
digest(const struct buf *text, unsigned char out[static KEY_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	SHA256_CTX ctx;

	if (buf_failed(text))
		return 0;
	SHA256_Init(&ctx);
	SHA256_Update(&ctx, text->data, text->len);
	SHA256_Final(hash, &ctx);
	memcpy(out, hash, KEY_SIZE);
	return 1;
}

/* The person's key, compared as people write it; an absent branch is not 00. 1, or 0: none. */
static int
person_key(const struct insured *p, unsigned char out[static KEY_SIZE])
{
	char memory[TEXT_MAX];
	struct buf text;

	if (p->insurer_number == NULL || p->number == NULL || p->birth_date == NULL)
		return 0;
	buf_over(&text, memory, sizeof memory);
	fold_insurer_number(&text, p->insurer_number);
	buf_addc(&text, '\n');
	fold_symbol(&text, p->symbol == NULL ? "" : p->symbol);
	buf_addc(&text, '\n');
	fold_number(&text, p->number);
	buf_addc(&text, '\n');
	fold_number(&text, p->branch == NULL ? "" : p->branch);
	buf_addc(&text, '\n');
	buf_adds(&text, p->birth_date);
	return digest(&text, out);
}

/* Of the members of `insured` or of a policy, which have the same names. */
static int
key_of_members(const json_t *o, unsigned char out[static KEY_SIZE])
{
	const struct insured p = { .insurer_number = record_text(o, INSURED_INSURER_NUMBER),
		.symbol = record_text(o, INSURED_SYMBOL),
		.number = record_text(o, INSURED_NUMBER),
		.branch = record_text(o, INSURED_BRANCH),
		.birth_date = record_text(o, INSURED_BIRTH_DATE) };

	return person_key(&p, out);
}

static int
card_key(const json_t *record, unsigned char out[static KEY_SIZE])
{
	const char *hash = record_text(json_object_get(record, OBJECT_CARD), CARD_CERTIFICATE);
	char memory[TEXT_MAX];
	struct buf text;

	if (hash == NULL)
		return 0;
	buf_over(&text, memory, sizeof memory);
	buf_adds(&text, "card\n");
	buf_adds(&text, hash);
	return digest(&text, out);
}

/* The policy that covers the day, of an answer to a card: so a booking by number meets it. */
static const json_t *
covering_policy(const json_t *eligibility)
{
	const json_t *first = json_array_get(json_object_get(eligibility, ELIGIBILITY_COVERING), 0);
	json_int_t at = json_integer_value(first);

	if (first == NULL || at < 0)
		return NULL;
	return json_array_get(json_object_get(eligibility, ELIGIBILITY_POLICIES), (size_t)at);
}

/* Takes in a line of the file, if it holds an answer. 0, or -1 without memory. */
static int
take_line(struct before *b, const struct line *line, uint64_t at)
{
	json_t *record = record_parse(line, NULL);
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	unsigned char key[KEY_SIZE];
	int r = 0;

	if (eligibility != NULL) {
		if (key_of_members(json_object_get(record, OBJECT_INSURED), key) ||
		    key_of_members(covering_policy(eligibility), key))
			r = add(b, key, at, line->len);
		if (r == 0 && card_key(record, key))
			r = add(b, key, at, line->len);
	}
	json_decref(record);
	return r;
}

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "the answers from before");
	return -1;
}

/* 0, or -1 with why. */
static int
read_file(struct before *b, const char *path, size_t max_line, struct why *why)
{
	struct lines *lines = lines_open(b->fd, max_line);
	struct line line;
	int got = -1, r = lines == NULL ? no_memory(why) : 0;

	while (r == 0 && (got = lines_next(lines, &line)) == 1)
		if (take_line(b, &line, line.at) == -1)
			r = no_memory(why);
	if (r == 0 && got == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		r = -1;
	}
	lines_close(lines);
	return r;
}

static int
take_place(const unsigned char *key, uint64_t place, void *arg)
{
	return add(arg, key, place, 0);
}

/* 0, or -1 with why. */
static int
read_journal(struct before *b, const char *path, struct why *why)
{
	int r;

	if ((b->journal = journal_earlier_open(path, why)) == NULL)
		return -1;
	why->id = ERR_NONE;
	r = journal_earlier_each(b->journal, take_place, b, why);
	return r == -1 && why->id == ERR_NONE ? no_memory(why) : r;
}

/* 1 a journal, 0 a file, which stays open, or -1 with why. */
static int
look_at(struct before *b, const char *path, struct why *why)
{
	char begin[sizeof MAGIC] = "";

	b->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (b->fd == -1 || pread(b->fd, begin, sizeof begin, 0) == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (memcmp(begin, MAGIC, sizeof begin) != 0)
		return 0;
	close(b->fd);
	b->fd = -1;
	return 1;
}

struct before *
before_open(const char *path, size_t max_line, struct why *why)
{
	struct before *b = calloc(1, sizeof *b);
	int is_journal, r = -1;

	if (b == NULL) {
		no_memory(why);
		return NULL;
	}
	b->fd = -1;
	buf_init(&b->text, max_line);
	if ((is_journal = look_at(b, path, why)) != -1)
		r = is_journal ? read_journal(b, path, why) : read_file(b, path, max_line, why);
	if (r == -1) {
		before_close(b);
		return NULL;
	}
	if (b->n > 0)
		qsort(b->entries, b->n, sizeof *b->entries, in_order);
	return b;
}

void
before_close(struct before *b)
{
	if (b == NULL)
		return;
	if (b->fd != -1)
		close(b->fd);
	journal_earlier_close(b->journal);
	buf_free(&b->text);
	free(b->entries);
	free(b);
}

int
before_of_journal(const struct before *b)
{
	return b->journal != NULL;
}

/* The last entry of that key which does not stand at own_place; 0: none, else its index + 1. */
static size_t
last_of(const struct before *b, const unsigned char *key, uint64_t own_place)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(b->entries[middle].key, key, KEY_SIZE) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low > 0 && memcmp(b->entries[low - 1].key, key, KEY_SIZE) == 0) {
		if (b->journal == NULL || b->entries[low - 1].at != own_place)
			return low;
		low--;
	}
	return 0;
}

size_t
before_find(const struct before *b, const struct decision *d, const unsigned char *journal_key,
    uint64_t own_place)
{
	unsigned char key[KEY_SIZE];
	size_t found = 0;

	if (b->journal != NULL)
		return journal_key == NULL ? 0 : last_of(b, journal_key, own_place);
	if (card_key(d->record, key))
		found = last_of(b, key, own_place);
	if (found == 0 && d->presence == NULL && person_key(&d->insured, key))
		found = last_of(b, key, own_place);
	return found;
}

/* Reads the line again. 1, or 0 when the file is not what it was. */
static int
read_line(struct before *b, const struct entry *e, struct line *line)
{
	char *to;

	buf_reset(&b->text);
	if (e->len == 0 || (to = buf_room(&b->text, e->len)) == NULL ||
	    pread(b->fd, to, e->len, (off_t)e->at) != (ssize_t)e->len)
		return 0;
	*line = (struct line){ .text = to, .len = e->len, .bytes = e->len };
	return 1;
}

json_t *
before_get(struct before *b, size_t found)
{
	const struct entry *e = &b->entries[found - 1];
	struct line line = { 0 };
	struct why ignored;
	json_t *record = NULL, *eligibility;

	if (b->journal != NULL
		? journal_earlier_get(b->journal, e->at, &line.text, &line.len, &ignored) == 1
		: read_line(b, e, &line))
		record = record_parse(&line, NULL);
	eligibility = json_incref(json_object_get(record, OBJECT_ELIGIBILITY));
	json_decref(record);
	return eligibility;
}
