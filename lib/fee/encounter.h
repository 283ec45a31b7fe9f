/*
 * An encounter: who came when to what kind of facility, and how the insurance was verified. Read
 * from members of its own, from what oq-verify, oq-consent and oq-query wrote, and from what holds
 * for every line (oq-fee --set).
 */
#ifndef OQ_FEE_ENCOUNTER_H
#define OQ_FEE_ENCOUNTER_H

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "fee/facts.h"

enum verified { BY_UNKNOWN, BY_CARD, BY_OTHER };
enum agreed { AGREED_UNKNOWN, AGREED, NOT_AGREED };

struct encounter { /* texts are borrowed from the JSON they came from, or constants */
	struct date date;
	int64_t day, month; /* days since 1970-01-01; of the first of its month */
	const char *facility_type, *visit_type;
	enum verified verified;
	enum agreed agreed; /* to all of what is asked for; only where there was a card */
	const char *verified_why, *agreed_why; /* reasons (records.csv, fee.reason), never NULL */
	int64_t facts[FACTS];
	struct buf patient; /* what tells the patient from others; empty: nothing does */
};

/* What holds where a line says nothing. */
struct ordinary {
	json_t *members;	   /* of --set, as texts */
	const char *facility_type; /* NULL: not known */
	int64_t facts[FACTS];
};

/* 0, or -1 without memory. */
int ordinary_init(struct ordinary *);
void ordinary_free(struct ordinary *);
/* Takes one "member=value". 1, or 0 if there is no such member or value, -1 without memory. */
int ordinary_set(struct ordinary *, const char *text);
/*
 * The kind of facility that a ten-digit institution code names with its third digit; NULL: none
 * that this table of fees knows.
 */
const char *facility_type_of(const char *code);

void encounter_init(struct encounter *);
void encounter_free(struct encounter *);

/*
 * Reads a record. 0, or -1 with why: member-malformed, visit-date-malformed, facility-type-missing,
 * visit-type-missing, out-of-memory.
 */
int encounter_read(struct encounter *, const json_t *record, const struct ordinary *, struct why *);

/*
 * What a record says of how it was verified and agreed to, where the line has no member of its own
 * for that: sets verified, agreed, their reasons, and facts. (said.c)
 */
void encounter_said(struct encounter *, const json_t *record);

#endif
