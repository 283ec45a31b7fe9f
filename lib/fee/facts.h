/*
 * What conditions of the fee table may ask about an encounter and its facility: one row a member
 * of `encounter` in records.csv, with what it ordinarily is.
 */
#ifndef OQ_FEE_FACTS_H
#define OQ_FEE_FACTS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum fact {
	FACT_NO_DATA_STORED,
	FACT_OTHER_INSTITUTION,
	FACT_CARD_UNREADABLE,
	FACT_CERTIFICATE_EXPIRED,
	FACT_ASKED_OTHER_MEDICINES,
	FACT_INSURANCE_COVERED,
	FACT_SETTING,
	FACT_CLAIMS_MODE,
	FACT_NOTICE_RECEIVED,
	FACT_OPERATION_STARTED,
	FACT_NOTIFIED_DX,
	FACT_USAGE_RATE,
	FACT_E_PRESCRIPTION,
	FACT_PAEDIATRIC,
	FACT_NOTIFIED_RENKEI,
	FACT_RENKEI_TIER,
	FACT_ITEMISED_STATEMENT,
	FACT_BILL_POINTS,
	FACTS,
};

enum fact_kind { KIND_BOOL, KIND_WORD, KIND_DAY, KIND_COUNT, KIND_DECIMAL };

#define FACT_UNSAID INT64_MIN

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order that a row is read */
struct fact_row {
	const char *name;
	enum fact_kind kind;
	const char *words;    /* KIND_WORD: separated by blanks; its value is the index */
	const char *ordinary; /* NULL: nobody can say */
	const char *fails;    /* reason where a condition on it is not met */
	const char *unknown; /* reason where it is not known; NULL where it has an ordinary value */
};
extern const struct fact_row fact_rows[FACTS];

/* The fact of that name of n bytes, or FACTS. */
enum fact fact_find(const char *name, size_t n);

/*
 * Reads a value: true or false, one of the words, YYYY-MM-DD (as days since 1970-01-01), digits,
 * digits with at most three decimals (as thousandths). 1, or 0 if it is none of that fact.
 */
int fact_read(enum fact, const char *text, int64_t *value);

/* Every fact as it ordinarily is; FACT_UNSAID where nobody can say. */
void facts_ordinary(int64_t values[static FACTS]);

/*
 * Takes from the object what it says of facts; the others stay what they are. 0, or -1 with why
 * (member-malformed).
 */
int facts_take(int64_t values[static FACTS], const json_t *object, struct why *);

/* member-malformed, with the name of the member. */
void member_malformed(struct why *, const char *name, const char *should_be);

#endif
