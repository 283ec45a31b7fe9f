#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "model/fold.h"
#include "oqs/conflicts.h"

#define SEED  0x9e3779b97f4a7c15U
#define PRIME 0xff51afd7ed558ccdU

static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 32) * PRIME;
	return h ^ h >> 29;
}

/* Eight bytes at a time; the length ends the text, so that "a", "b" is not "ab". */
static uint64_t
hash_text(uint64_t h, const char *s)
{
	size_t n = strlen(s);
	uint64_t word;

	h ^= n;
	for (; n >= sizeof word; n -= sizeof word, s += sizeof word) {
		memcpy(&word, s, sizeof word);
		h = mix(h ^ word);
	}
	word = 0;
	memcpy(&word, s, n);
	return mix(h ^ word);
}

/* 0 stands for none. */
static uint64_t
hash_id(const char *s)
{
	uint64_t h = hash_text(SEED, s);

	return h == 0 ? 1 : h;
}

void
oqs_survey_free(struct oqs_survey *s)
{
	free(s->units);
	free(s->keys);
	buf_free(&s->folded);
	*s = (struct oqs_survey){ 0 };
}

void
oqs_survey_unit(struct oqs_survey *s)
{
	s->now = (struct oqs_unit){ 0 };
	if (s->folded.max == 0)
		buf_init(&s->folded, 4 * OQS_VALUE_MAX);
}

/* What stands where. An element that the table knows is told by its node. */
static uint64_t
hash_value(const struct oqs_walk *walk, const char *suffix, const char *text)
{
	const struct oqs_node *node = walk->frames[walk->depth - 1].node;
	uint64_t h = mix(SEED ^ (uintptr_t)node);

	for (size_t i = walk->unit_depth + 1; node == NULL && i < walk->depth; i++)
		h = hash_text(h, walk->frames[i].name);
	if (suffix != NULL)
		h = hash_text(h, suffix);
	return hash_text(h, text);
}

static const struct {
	const char *member;
	int (*fold)(struct buf *, const char *);
} folds[] = {
	{ INSURED_INSURER_NUMBER, fold_insurer_number },
	{ INSURED_SYMBOL, fold_symbol },
	{ INSURED_NUMBER, fold_number },
};

/* A part of the key as keys are compared: width, hyphens and zeros do not make another key. */
static uint64_t
hash_key(struct oqs_survey *s, const struct oqs_walk *walk, const struct oqs_node *node,
    const char *text)
{
	buf_reset(&s->folded);
	for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
		if (strcmp(oqs_node_member(node), folds[i].member) == 0 &&
		    folds[i].fold(&s->folded, text) == 0 && s->folded.len > 0)
			return hash_value(walk, NULL, s->folded.data);
	return hash_value(walk, NULL, text);
}

/*
 * Sums do not depend on the order of elements, which differs from file to file. The identifier and
 * what was asked are no part of the answer.
 */
void
oqs_survey_value(struct oqs_survey *s, const struct oqs_walk *walk, const char *suffix,
    const char *text, int answers)
{
	const struct oqs_node *node = walk->frames[walk->depth - 1].node;
	enum oqs_role role = node == NULL || suffix != NULL ? ROLE_ANSWER : node->role;

	if (role == ROLE_ID)
		s->now.id = hash_id(text);
	else if (role == ROLE_KEY && (answers || s->keys_repeat))
		s->now.key += hash_key(s, walk, node, text);
	else if (role != ROLE_KEY && answers)
		s->now.content += hash_value(walk, suffix, text);
	if (role == ROLE_RESULT && answers) {
		s->normal += strcmp(text, "1") == 0;
		s->failed += strcmp(text, "1") != 0;
	}
}

int
oqs_survey_unit_end(struct oqs_survey *s)
{
	if (s->n == s->room) {
		size_t room = s->room * 2 + 256;
		struct oqs_unit *more = reallocarray(s->units, room, sizeof *more);

		if (more == NULL)
			return -1;
		s->units = more;
		s->room = room;
	}
	s->units[s->n++] = s->now;
	return 0;
}

static int
compare(const void *va, const void *vb)
{
	const struct oqs_unit *a = va, *b = vb;

	return a->id != b->id		 ? (a->id < b->id ? -1 : 1)
	       : a->content < b->content ? -1
					 : a->content > b->content;
}

static int
compare_keys(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

int
oqs_survey_sort(struct oqs_survey *s)
{
	if (s->n == 0)
		return 0;
	if ((s->keys = reallocarray(NULL, s->n, sizeof *s->keys)) == NULL)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		s->keys[i] = s->units[i].key;
	qsort(s->units, s->n, sizeof *s->units, compare);
	qsort(s->keys, s->n, sizeof *s->keys, compare_keys);
	for (size_t i = 1; i < s->n; i++) {
		s->ids_repeat |= s->units[i].id != 0 && s->units[i].id == s->units[i - 1].id;
		s->keys_repeat |= s->keys[i] != 0 && s->keys[i] == s->keys[i - 1];
	}
	return 0;
}

/* The first unit whose identifier is not below id. */
static size_t
find(const struct oqs_survey *s, uint64_t id)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->units[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
oqs_survey_has(const struct oqs_survey *s, uint64_t id)
{
	size_t i = find(s, id);

	return i < s->n && s->units[i].id == id;
}

uint64_t
oqs_survey_id(const json_t *record)
{
	const char *id =
	    json_string_value(json_object_get(json_object_get(record, RECORD_OQS), OQS_ITEM_ID));

	return id == NULL ? 0 : hash_id(id);
}

/* Does the key stand twice in the sorted keys? */
static int
key_twice(const struct oqs_survey *s, uint64_t key)
{
	const uint64_t *at = bsearch(&key, s->keys, s->n, sizeof key, compare_keys);

	return at != NULL &&
	       ((at > s->keys && at[-1] == key) || (at + 1 < s->keys + s->n && at[1] == key));
}

/* CONFLICT_REPEATED, CONFLICT_DIFFERS, or 0 when no other unit has this identifier. */
static unsigned
id_conflict(const struct oqs_survey *s, uint64_t id)
{
	size_t first = find(s, id), last = first;

	while (last < s->n && s->units[last].id == id)
		last++;
	if (last - first < 2)
		return 0;
	return s->units[first].content == s->units[last - 1].content ? CONFLICT_REPEATED
								     : CONFLICT_DIFFERS;
}

unsigned
oqs_survey_conflicts(const struct oqs_survey *s, const struct oqs_survey *request)
{
	unsigned conflicts = 0;

	if (s->ids_repeat && s->now.id != 0)
		conflicts |= id_conflict(s, s->now.id);
	if (s->keys_repeat && s->now.key != 0 && key_twice(s, s->now.key))
		conflicts |= CONFLICT_SAME_KEY;
	if (request != NULL && (s->now.id == 0 || !oqs_survey_has(request, s->now.id)))
		conflicts |= CONFLICT_FOREIGN;
	return conflicts;
}

static int
count_is(const json_t *counts, const char *name, uint64_t n)
{
	const json_t *v = json_object_get(counts, name);

	return v == NULL || json_integer_value(v) == (json_int_t)n;
}

int
oqs_survey_counts_agree(const struct oqs_survey *s, const json_t *counts)
{
	return count_is(counts, COUNTS_PROCESSED, s->n) &&
	       count_is(counts, COUNTS_NORMAL, s->normal) &&
	       count_is(counts, COUNTS_ERROR, s->failed);
}
