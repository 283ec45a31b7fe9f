/* The `insured` object of a record: what a number question needs, and nothing else. */
#ifndef OQ_MODEL_INSURED_H
#define OQ_MODEL_INSURED_H

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"

#define QUESTION_ASK "ask" /* the identity of a question, in question and answer lines */

struct insured { /* texts are borrowed from the JSON they came from */
	const char *insurer_number;
	const char *symbol; /* NULL: none */
	const char *number;
	const char *branch; /* NULL: none */
	const char *birth_date;
	int limit_certificate_consent; /* 0 or 1; absent is 0 */
	/* Of the limit certificate that is known already; both NULL: none. */
	const char *limit_kind, *limit_class;
	const char *reference_number; /* only where it is to be registered */
};

/*
 * Reads and checks `insured` of a record (the record itself is given). day is the visit date.
 * 1, or 0 with why whose pointer names the member.
 */
int insured_read(const json_t *record, struct date day, struct insured *, struct why *);

/*
 * The same for registering a reference number (照会番号), which takes one and no birth date. 1, or 0 with
 * why.
 */
int registration_read(const json_t *record, struct insured *, struct why *);
/* Only the late-stage elderly have no branch: has another none? 1 or 0. */
int registration_lacks_branch(const struct insured *);

/* Reads `visit_date` of a record, today when absent. 1, or 0 with why. */
int visit_date_read(const json_t *record, struct date *, struct why *);

/*
 * Adds the question line of PROTOCOL 1, without line feed: {"ask","visit_date","insured"} with
 * known members only. Insurer number and branch go out in half width without padding (a record
 * may hold them as the paper was typed); symbol and number go out as given, because how they are
 * compared is the other side's to say. 0, or -1 when out has failed.
 */
int question_write(
    struct buf *out, const char *ask, const char *visit_date, const struct insured *);

/*
 * The same for registering, whose `insured` holds the keys and the reference number:
 * {"ask","insured"}.
 */
int registration_write(struct buf *out, const char *ask, const struct insured *);

/*
 * The same by card: {"ask","visit_date","presence"}, and "consent" unless it is NULL; the tokens
 * need no escape.
 */
int question_write_card(struct buf *out, const char *ask, const char *visit_date,
    const char *presence, const char *consent);

#endif
