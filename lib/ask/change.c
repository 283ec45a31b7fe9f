#include <string.h>

#include "ask/change.h"
#include "gen/names.h"
#include "model/fold.h"
#include "model/status.h"
#include "pipe/record.h"
#include "pipe/splice.h"

#define POLICIES_MAX 16
#define FOLDED_MAX   256
#define TEXT_SIZE    64
#define CHANGED_MAX  ((size_t)64 << 10)

/* Of two values that differ: is it harmless? 1 or 0. */
typedef int harmless(const char *was, const char *now);

static int
same_folded(int (*fold)(struct buf *, const char *), const char *a, const char *b)
{
	char memory[2][FOLDED_MAX];
	struct buf folded[2];

	for (size_t i = 0; i < 2; i++) {
		buf_over(&folded[i], memory[i], sizeof memory[i]);
		fold(&folded[i], i == 0 ? a : b);
	}
	return !buf_failed(&folded[0]) && !buf_failed(&folded[1]) &&
	       folded[0].len == folded[1].len && memcmp(memory[0], memory[1], folded[0].len) == 0;
}

static int
same_insurer(const char *was, const char *now)
{
	return same_folded(fold_insurer_number, was, now);
}

static int
same_symbol(const char *was, const char *now)
{
	return same_folded(fold_symbol, was, now);
}

static int
same_number(const char *was, const char *now)
{
	return same_folded(fold_number, was, now);
}

static int
never(const char *was, const char *now)
{
	(void)was, (void)now;
	return 0;
}

static int
always(const char *was, const char *now)
{
	(void)was, (void)now;
	return 1;
}

/* Dates are compared as they are written. */
static int
later(const char *was, const char *now)
{
	return strcmp(was, now) < 0;
}

static const struct {
	const char *object; /* within the policy; NULL: in itself */
	const char *member;
	const char *name; /* as it is told */
	harmless *harmless;
} rows[] = {
	{ NULL, POLICY_INSURER_NUMBER, POLICY_INSURER_NUMBER, same_insurer },
	{ NULL, POLICY_SYMBOL, POLICY_SYMBOL, same_symbol },
	{ NULL, POLICY_NUMBER, POLICY_NUMBER, same_number },
	{ NULL, POLICY_BRANCH, POLICY_BRANCH, same_number },
	{ NULL, POLICY_COPAY_PERCENT, POLICY_COPAY_PERCENT, never },
	{ POLICY_ELDERLY, ELDERLY_COPAY_PERCENT, POLICY_ELDERLY "." ELDERLY_COPAY_PERCENT, never },
	{ POLICY_LIMIT_CERTIFICATE, LIMIT_CLASS, POLICY_LIMIT_CERTIFICATE "." LIMIT_CLASS, never },
	{ NULL, POLICY_ACQUIRED_ON, POLICY_ACQUIRED_ON, never },
	{ NULL, POLICY_LOST_ON, POLICY_LOST_ON, never },
	/* A new certificate of the same insurance begins later; that it ends earlier matters. */
	{ NULL, POLICY_VALID_FROM, POLICY_VALID_FROM, always },
	{ NULL, POLICY_VALID_TO, POLICY_VALID_TO, later },
};

/* The member as text: NULL when it is absent, blank, or no text or number. */
static const char *
text_of(const json_t *object, const char *name, char number[static TEXT_SIZE])
{
	const json_t *v = json_object_get(object, name);
	const char *text = record_text(object, name);

	if (json_is_integer(v)) {
		snprintf(number, TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return number;
	}
	return text == NULL || text[0] == '\0' ? NULL : text;
}

static void
tell(struct buf *out, const char *member, const char *was, const char *now, int is_harmless)
{
	const char *const pairs[][2] = { { CHANGE_MEMBER, member }, { CHANGE_WAS, was },
		{ CHANGE_NOW, now } };

	buf_adds(out, out->len > 1 ? ",{" : "{");
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		buf_addf(out, "\"%s\":", pairs[i][0]);
		buf_addjson(out, pairs[i][1], strlen(pairs[i][1]));
		buf_addc(out, ',');
	}
	buf_addf(out, "\"" CHANGE_HARMLESS "\":%s}", is_harmless ? "true" : "false");
}

static void
compare_policies(struct buf *out, const json_t *was, const json_t *now)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *object = rows[i].object;
		char numbers[2][TEXT_SIZE];
		const char *a = text_of(object == NULL ? was : json_object_get(was, object),
		    rows[i].member, numbers[0]);
		const char *b = text_of(object == NULL ? now : json_object_get(now, object),
		    rows[i].member, numbers[1]);

		if (a != NULL && b != NULL && strcmp(a, b) != 0)
			tell(out, rows[i].name, a, b, rows[i].harmless(a, b));
	}
}

/* The policies that cover the day, or the only one there is. Returns how many. */
static size_t
policies_of(const json_t *eligibility, const json_t *out[static POLICIES_MAX])
{
	const json_t *all = json_object_get(eligibility, ELIGIBILITY_POLICIES);
	const json_t *covering = json_object_get(eligibility, ELIGIBILITY_COVERING);
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(covering) && n < POLICIES_MAX; i++) {
		json_int_t at = json_integer_value(json_array_get(covering, i));

		if (at >= 0 && (out[n] = json_array_get(all, (size_t)at)) != NULL)
			n++;
	}
	if (n == 0 && json_array_size(all) == 1)
		out[n++] = json_array_get(all, 0);
	return n;
}

static int
is_same_insurer(const json_t *was, const json_t *now)
{
	const char *a = record_text(was, POLICY_INSURER_NUMBER);
	const char *b = record_text(now, POLICY_INSURER_NUMBER);

	return a != NULL && b != NULL && same_insurer(a, b);
}

/* Takes the ones that are left out of those n; returns how many, and the last of them. */
static size_t
left_over(const json_t *const *policies, size_t n, const json_t **last)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (policies[i] != NULL) {
			*last = policies[i];
			left++;
		}
	return left;
}

/*
 * Policies of one insurer are compared with each other, and of the others one with one: which of
 * several took whose place cannot be told.
 */
static void
compare_all(struct buf *out, const json_t *was, const json_t *now)
{
	const json_t *a[POLICIES_MAX], *b[POLICIES_MAX], *old = NULL, *new = NULL;
	size_t n = policies_of(was, a), m = policies_of(now, b);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m && a[i] != NULL; k++)
			if (b[k] != NULL && is_same_insurer(a[i], b[k])) {
				compare_policies(out, a[i], b[k]);
				a[i] = b[k] = NULL;
			}
	if (left_over(a, n, &old) == 1 && left_over(b, m, &new) == 1)
		compare_policies(out, old, new);
}

static int
is_told(enum verdict v)
{
	return v == VERDICT_YES || v == VERDICT_NO;
}

/* out becomes the array. 1, or 0 when these two cannot be compared. */
static int
compare(struct buf *out, const json_t *was, const json_t *now)
{
	const char *a = record_text(was, ELIGIBILITY_STATUS);
	const char *b = record_text(now, ELIGIBILITY_STATUS);
	enum verdict before = status_verdict(a), after = status_verdict(b);

	if (!is_told(before) || !is_told(after))
		return 0;
	buf_addc(out, '[');
	if (strcmp(a, b) != 0)
		tell(out, ELIGIBILITY_STATUS, a, b, before == VERDICT_NO && after == VERDICT_YES);
	compare_all(out, was, now);
	buf_addc(out, ']');
	return 1;
}

int
change_put(const json_t *was, struct buf *value, struct buf *scratch)
{
	const struct line line = { .text = value->data, .len = value->len, .bytes = value->len };
	json_t *now = record_parse(&line, NULL);
	struct buf changed, swap;
	int r = now == NULL ? -1 : 0;

	buf_init(&changed, CHANGED_MAX);
	if (now != NULL && compare(&changed, was, now)) {
		buf_reset(scratch);
		r = buf_failed(&changed) ? -1
					 : splice_put(scratch, value->data, value->len,
					       ELIGIBILITY_CHANGED, changed.data, changed.len);
		swap = *value;
		*value = *scratch;
		*scratch = swap;
	}
	buf_free(&changed);
	json_decref(now);
	return r;
}
