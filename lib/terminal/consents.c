#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/fold.h"
#include "oqs/put.h"
#include "pipe/record.h"
#include "terminal/consents.h"

#define NOTE_MAX ((size_t)64 << 10)
#define FOLD_MAX 256

/* Members of a note, beside those of records. */
#define NOTE_POLICIES "policies"
#define NOTE_PERSON   "person"

static const char *const key_members[] = { POLICY_INSURER_NUMBER, POLICY_SYMBOL, POLICY_NUMBER,
	POLICY_BRANCH };

static void
copy(json_t *to, const char *to_name, const json_t *from, const char *name)
{
	if (json_object_get(from, name) != NULL)
		json_object_set(to, to_name, json_object_get(from, name));
}

/* Whom a medical message is about, from any of his policies. */
static json_t *
person_of(const json_t *policy)
{
	json_t *person = json_object();

	copy(person, PERSON_NAME, policy, POLICY_NAME);
	copy(person, PERSON_KANA, policy, POLICY_KANA);
	copy(person, PERSON_BIRTH_DATE, policy, POLICY_BIRTH_DATE);
	copy(person, PERSON_SEX, policy, POLICY_SEX);
	return person;
}

static json_t *
keys_of(const json_t *policies)
{
	json_t *keys = json_array(), *policy;
	size_t i;

	json_array_foreach (policies, i, policy) {
		json_t *key = json_object();

		for (size_t k = 0; k < sizeof key_members / sizeof *key_members; k++)
			copy(key, key_members[k], policy, key_members[k]);
		json_array_append_new(keys, key);
	}
	return keys;
}

int
consents_keep(const struct spool *spool, const char *receipt, int64_t expires,
    const json_t *policies, struct why *why)
{
	char until[TIME_SIZE];
	struct buf text;
	json_t *note;
	int r;

	time_format(expires, until);
	note = json_pack("{ss ss so so}", CONSENT_RECEIPT, receipt, CONSENT_EXPIRES_AT, until,
	    NOTE_POLICIES, keys_of(policies), NOTE_PERSON, person_of(json_array_get(policies, 0)));
	buf_init(&text, NOTE_MAX);
	if ((r = oqs_put(&text, note)) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a consent");
	else
		r = spool_note(spool, &text, why);
	json_decref(note);
	buf_free(&text);
	return r;
}

/* Are two texts the same for whoever compares them, by how they are folded? */
static int
same(int (*fold)(struct buf *, const char *), const char *a, const char *b)
{
	struct buf x, y;
	int r;

	buf_init(&x, FOLD_MAX);
	buf_init(&y, FOLD_MAX);
	r = fold(&x, a == NULL ? "" : a) == 0 && fold(&y, b == NULL ? "" : b) == 0 &&
	    x.len == y.len && (x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
	buf_free(&x);
	buf_free(&y);
	return r;
}

static int
fits(const json_t *policy, const json_t *insured)
{
	const char *ours = record_text(policy, POLICY_BRANCH);
	const char *theirs = record_text(insured, INSURED_BRANCH);

	return same(fold_insurer_number, record_text(policy, POLICY_INSURER_NUMBER),
		   record_text(insured, INSURED_INSURER_NUMBER)) &&
	       same(fold_symbol, record_text(policy, POLICY_SYMBOL),
		   record_text(insured, INSURED_SYMBOL)) &&
	       same(fold_number, record_text(policy, POLICY_NUMBER),
		   record_text(insured, INSURED_NUMBER)) &&
	       (ours == NULL || theirs == NULL || strcmp(ours, theirs) == 0);
}

struct search {
	const json_t *insured;
	json_t *best; /* the note */
	int64_t best_until;
};

/* One note: 1 when it is over and may go. */
static int
look_at(void *arg, const struct buf *bytes)
{
	struct search *s = arg;
	json_t *note = json_loadb(bytes->data, bytes->len, 0, NULL), *policy;
	const char *end = record_text(note, CONSENT_EXPIRES_AT);
	int64_t until = 0;
	size_t i;
	int over = end == NULL || !time_parse(end, &until) || clock_now() >= until;

	json_array_foreach (json_object_get(note, NOTE_POLICIES), i, policy) {
		if (over || until <= s->best_until || !fits(policy, s->insured))
			continue;
		json_decref(s->best);
		s->best = json_incref(note);
		s->best_until = until;
	}
	json_decref(note);
	return over;
}

int
consents_find(
    const struct spool *spool, const json_t *insured, struct kept_consent *out, struct why *why)
{
	struct search s = { .insured = insured };
	const char *receipt;
	int r = spool_notes(spool, look_at, &s, why);

	*out = (struct kept_consent){ 0 };
	receipt = record_text(s.best, CONSENT_RECEIPT);
	if (r == 0 && receipt != NULL && (out->receipt = strdup(receipt)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a consent");
		r = -1;
	}
	if (out->receipt != NULL)
		out->person = json_incref(json_object_get(s.best, NOTE_PERSON));
	json_decref(s.best);
	return r == -1 ? -1 : out->receipt != NULL;
}
