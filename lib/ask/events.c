#include <stdio.h>
#include <string.h>

#include "ask/query.h"
#include "gen/names.h"
#include "pipe/record.h"

#define KEY_MAX 128 /* of a facility's code and a date; what is longer is no such pair */

static const char *const origins[] = { DRUG_ORIGIN_CLAIM, DRUG_ORIGIN_DISPENSING,
	DRUG_ORIGIN_PRESCRIPTION };
#define ORIGINS (sizeof origins / sizeof *origins)

/* The place of a drug's origin in the table; ORIGINS for a word this version does not know. */
static size_t
rank_of(const json_t *drug)
{
	const char *origin = record_text(drug, DRUG_ORIGIN);
	size_t rank = 0;

	while (rank < ORIGINS && (origin == NULL || strcmp(origin, origins[rank]) != 0))
		rank++;
	return rank;
}

/* What happened at a facility on a day: its key. 1, or 0 when one of them is not known. */
static int
make_key(char out[static KEY_MAX], const char *what, const char *facility, const char *day)
{
	if (facility == NULL || day == NULL)
		return 0;
	return snprintf(out, KEY_MAX, "%s %s %s", what, facility, day) < KEY_MAX;
}

/* The events that a drug belongs to: what was dispensed, and what was prescribed. */
static size_t
keys_of(const json_t *drug, char keys[static 2][KEY_MAX])
{
	const char *facility = record_text(drug, DRUG_FACILITY_CODE);
	const char *prescriber = record_text(drug, DRUG_PRESCRIBER_CODE);
	const char *dispensed = record_text(drug, DRUG_DISPENSED_ON);
	const char *prescribed = record_text(drug, DRUG_PRESCRIBED_ON);
	size_t n = 0;

	n += (size_t)make_key(keys[n], "dispensed", facility, dispensed);
	n += (size_t)make_key(
	    keys[n], "prescribed", prescriber == NULL ? facility : prescriber, prescribed);
	return n;
}

/* Remembers for each event the best origin that tells it. */
static json_t *
best_origins(const json_t *drugs)
{
	json_t *best = json_object(), *drug;
	size_t i;

	json_array_foreach (drugs, i, drug) {
		char keys[2][KEY_MAX];
		json_int_t rank = (json_int_t)rank_of(drug);

		for (size_t k = 0, n = keys_of(drug, keys); k < n; k++) {
			const json_t *known = json_object_get(best, keys[k]);

			if (known == NULL || json_integer_value(known) > rank)
				json_object_set_new(best, keys[k], json_integer(rank));
		}
	}
	return best;
}

/*
 * Is it told by a better origin? Of what was dispensed only what was dispensed tells it better:
 * one prescription may be dispensed in parts, at several places.
 */
static int
told_better(const json_t *best, const json_t *drug)
{
	size_t rank = rank_of(drug);
	char keys[2][KEY_MAX];
	size_t n = keys_of(drug, keys);
	int dispensed = record_text(drug, DRUG_DISPENSED_ON) != NULL;

	for (size_t k = 0; rank < ORIGINS && k < n; k++) {
		int of_prescribing = keys[k][0] == 'p';

		if (of_prescribing && dispensed)
			continue;
		if ((size_t)json_integer_value(json_object_get(best, keys[k])) < rank)
			return 1;
	}
	return 0;
}

void
events_once(json_t *medical)
{
	json_t *drugs = json_object_get(medical, MEDICAL_DRUGS), *kept, *best, *drug;
	size_t i;

	if (drugs == NULL)
		return;
	kept = json_array();
	best = best_origins(drugs);
	json_array_foreach (drugs, i, drug) {
		if (!told_better(best, drug))
			json_array_append(kept, drug);
	}
	json_object_set_new(medical, MEDICAL_DRUGS, kept);
	json_decref(best);
}
