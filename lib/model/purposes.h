/*
 * What a consent can be for: the purposes of records.csv, in its order, one bit each in a set
 * (struct audit_entry keeps such sets, so the order never changes).
 */
#ifndef OQ_MODEL_PURPOSES_H
#define OQ_MODEL_PURPOSES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum purpose {
	FOR_DRUGS,
	FOR_TREATMENTS,
	FOR_OPERATIONS,
	FOR_CHECKUPS,
	FOR_DISEASES,
	FOR_INFECTIONS,
	FOR_ALLERGIES,
	FOR_CONTRAINDICATIONS,
	FOR_TESTS,
	FOR_PRESCRIPTIONS,
	FOR_LIMIT_CERTIFICATE,
	FOR_SPECIFIC_DISEASES,
	POLICY_PURPOSES, /* those before it are what a policy speaks of; the others only hubs know */
	FOR_INSURANCE_USE = POLICY_PURPOSES,
	PURPOSES,
};

#define PURPOSE_SET(p) ((uint16_t)(1U << (p)))

struct purpose_row {
	const char *name;
	int timed; /* a consent to it has an end */
};
extern const struct purpose_row purpose_rows[PURPOSES];

/* The purpose of that name of n bytes, PURPOSES if there is none. */
enum purpose purpose_find(const char *name, size_t n);

/* Adds "name":["drugs",...], those of the set. 0, or -1 when out has failed. */
int purposes_write(struct buf *out, const char *name, uint16_t set);

#endif
