/*
 * A document holds months that hold dates that hold drugs and treatments; a record has two flat
 * lists. An entry's `group` says which month block and date block it stood in, so that what is on
 * one receipt stays together, and the way back is open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "oqs/raw.h"
#include "oqs/record.h"

static const char *const origins[] = { DRUG_ORIGIN_CLAIM, DRUG_ORIGIN_DISPENSING,
	DRUG_ORIGIN_PRESCRIPTION };

/* The record names them alike in drugs and treatments; a date is `date` in a treatment. */
static const char *const month_members[] = { DRUG_MONTH, DRUG_FACILITY_CODE, DRUG_FACILITY_NAME,
	DRUG_FACILITY_KIND, DRUG_PRESCRIBER_CODE, DRUG_PRESCRIBER_NAME, DRUG_OWN, DRUG_IN_OUT,
	NULL };

struct date_member {
	const char *in_block, *in_entry;
};
static const struct date_member drug_dates[] = {
	{ DRUG_DISPENSED_ON, DRUG_DISPENSED_ON },
	{ DRUG_PRESCRIBED_ON, DRUG_PRESCRIBED_ON },
};
static const struct date_member treatment_dates[] = {
	{ DRUG_DISPENSED_ON, TREATMENT_DATE },
	{ DRUG_PRESCRIBED_ON, TREATMENT_PRESCRIBED_ON },
};

static const struct list {
	const char *name;
	const struct date_member *dates;
} lists[] = {
	{ MEDICAL_DRUGS, drug_dates },
	{ MEDICAL_TREATMENTS, treatment_dates },
};

static void
copy_member(json_t *to, const char *to_name, const json_t *from, const char *name)
{
	json_t *v = json_object_get(from, name);

	if (v != NULL)
		json_object_set(to, to_name, v);
}

/* Where the message does not say whose it is, the codes do. */
static void
compute_own(json_t *entry, const char *facility)
{
	const char *code = json_string_value(json_object_get(entry, DRUG_FACILITY_CODE));

	if (facility == NULL || code == NULL || json_object_get(entry, DRUG_OWN) != NULL)
		return;
	json_object_set_new(entry, DRUG_OWN, json_boolean(strcmp(code, facility) == 0));
	json_object_set_new(entry, DRUG_FLAGS, json_pack("[s]", DRUG_FLAGS_OWN_COMPUTED));
}

struct position {
	const char *origin;
	const json_t *month, *date;
	char group[48];
	const char *facility;
};

static void
flatten_entries(json_t *medical, const struct list *list, const struct position *at)
{
	json_t *entry, *out;
	size_t i;

	json_array_foreach (json_object_get(at->date, list->name), i, entry) {
		json_t *flat = json_object();

		if (list == &lists[0])
			json_object_set_new(flat, DRUG_ORIGIN, json_string(at->origin));
		for (const char *const *m = month_members; *m != NULL; m++)
			copy_member(flat, *m, at->month, *m);
		for (size_t k = 0; k < 2; k++)
			copy_member(
			    flat, list->dates[k].in_entry, at->date, list->dates[k].in_block);
		json_object_update(flat, entry);
		compute_own(flat, at->facility);
		json_object_set_new(flat, DRUG_GROUP, json_string(at->group));
		out = oqs_array_in(medical, list->name);
		json_array_append_new(out, flat);
	}
}

/* Takes the entries off the dates of a month. Returns whether every date had some. */
static int
strip_entries(json_t *month)
{
	json_t *dates = json_object_get(month, OQS_DATES), *date;
	int all = json_array_size(dates) > 0;
	size_t i, k;

	json_array_foreach (dates, i, date) {
		size_t n = 0;

		for (k = 0; k < sizeof lists / sizeof *lists; k++) {
			n += json_array_size(json_object_get(date, lists[k].name));
			json_object_del(date, lists[k].name);
		}
		all &= n > 0;
	}
	return all;
}

static void
flatten_months(json_t *medical, const char *origin, json_t *months, const char *facility)
{
	json_t *month, *date;
	size_t m, d;

	json_array_foreach (months, m, month) {
		json_array_foreach (json_object_get(month, OQS_DATES), d, date) {
			struct position at = {
				.origin = origin, .month = month, .date = date, .facility = facility
			};

			snprintf(at.group, sizeof at.group, "%zu.%zu", m + 1, d + 1);
			for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
				flatten_entries(medical, &lists[i], &at);
		}
	}
}

/* Months of which a date, or the month itself, holds no entry would be lost: kept in `blocks`. */
static void
keep_bare(json_t *medical, const char *origin, json_t *months)
{
	json_t *month, *bare = json_array();
	size_t m;

	json_array_foreach (months, m, month) {
		json_array_append(bare, strip_entries(month) ? json_null() : month);
	}
	while (json_is_null(json_array_get(bare, json_array_size(bare) - 1)))
		json_array_remove(bare, json_array_size(bare) - 1);
	if (json_array_size(bare) > 0)
		json_object_set(oqs_object_in(medical, MEDICAL_BLOCKS), origin, bare);
	json_decref(bare);
}

int
oqs_medical_flatten(json_t *medical, const char *facility)
{
	for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
		json_t *months = json_incref(json_object_get(medical, origins[i]));

		if (months == NULL)
			continue;
		json_object_del(medical, origins[i]);
		flatten_months(medical, origins[i], months, facility);
		keep_bare(medical, origins[i], months);
		json_decref(months);
	}
	return 0;
}

/* The n-th (from 1) object of an array, made together with those before it. */
static json_t *
nth(json_t *array, size_t n)
{
	json_t *o = json_array_get(array, n - 1);

	while (json_array_size(array) < n)
		json_array_append_new(array, json_object());
	if (json_is_null(o) || o == NULL)
		json_array_set_new(array, n - 1, json_object());
	return json_array_get(array, n - 1);
}

static int
same_member(const json_t *a, const json_t *b, const char *name)
{
	const json_t *x = json_object_get(a, name), *y = json_object_get(b, name);

	return x == y || json_equal(x, y);
}

/* Did they stand in one month and date? Each origin has blocks of its own. */
static int
same_blocks(const json_t *a, const json_t *b, const struct list *list)
{
	if (!same_member(a, b, DRUG_ORIGIN))
		return 0;
	for (const char *const *m = month_members; *m != NULL; m++)
		if (!same_member(a, b, *m))
			return 0;
	for (size_t k = 0; k < 2; k++)
		if (!same_member(a, b, list->dates[k].in_entry))
			return 0;
	return 1;
}

#define BLOCKS_MAX 100000 /* more months or dates than anybody has */

/* The numbers of "1.2": 1, or 0 when it is none. */
static int
read_group(const char *group, size_t *m, size_t *d)
{
	char *end;

	*m = strtoul(group, &end, 10);
	if (*end != '.')
		return 0;
	*d = strtoul(end + 1, &end, 10);
	return *end == '\0' && *m > 0 && *d > 0 && *m < BLOCKS_MAX && *d < BLOCKS_MAX;
}

/*
 * Month and date of an entry: by its group, else after the last ones, shared with the entry before
 * it when all that the blocks hold is equal.
 */
static void
blocks_of(const json_t *entry, const json_t *before, const struct list *list, const json_t *months,
    size_t *m, size_t *d)
{
	const char *group = json_string_value(json_object_get(entry, DRUG_GROUP));

	if (group != NULL && read_group(group, m, d))
		return;
	*m = json_array_size(months);
	*d = 1;
	if (before == NULL || *m == 0 || !same_blocks(entry, before, list))
		++*m;
}

static void
fold_entry(json_t *medical, const struct list *list, json_t *entry, const json_t *before)
{
	const char *origin = json_string_value(json_object_get(entry, DRUG_ORIGIN));
	json_t *months, *month, *date, *bare = json_copy(entry);
	size_t m, d;

	months = oqs_array_in(medical, origin == NULL ? DRUG_ORIGIN_CLAIM : origin);
	blocks_of(entry, before, list, months, &m, &d);
	month = nth(months, m);
	date = nth(oqs_array_in(month, OQS_DATES), d);
	if (json_array_size(json_object_get(entry, DRUG_FLAGS)) > 0)
		json_object_del(bare, DRUG_OWN); /* computed, not said */
	for (const char *const *p = month_members; *p != NULL; p++) {
		copy_member(month, *p, bare, *p);
		json_object_del(bare, *p);
	}
	for (size_t k = 0; k < 2; k++) {
		copy_member(date, list->dates[k].in_block, bare, list->dates[k].in_entry);
		json_object_del(bare, list->dates[k].in_entry);
	}
	json_object_del(bare, DRUG_ORIGIN);
	json_object_del(bare, DRUG_GROUP);
	json_object_del(bare, DRUG_FLAGS);
	json_array_append_new(oqs_array_in(date, list->name), bare);
}

int
oqs_medical_fold(json_t *medical)
{
	json_object_update(medical, json_object_get(medical, MEDICAL_BLOCKS));
	json_object_del(medical, MEDICAL_BLOCKS);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		json_t *entries = json_incref(json_object_get(medical, lists[i].name)), *entry;
		const json_t *before = NULL;
		size_t k;

		json_object_del(medical, lists[i].name);
		json_array_foreach (entries, k, entry) {
			fold_entry(medical, &lists[i], entry, before);
			before = entry;
		}
		json_decref(entries);
	}
	return 0;
}
