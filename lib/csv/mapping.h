/*
 * Which column of a CSV file becomes which member, and how its cells are read: a CSV of its own,
 * header,member,form (PROTOCOL 7).
 */
#ifndef OQ_CSV_MAPPING_H
#define OQ_CSV_MAPPING_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* Where a value goes. Members of `row` follow SLOT_ROW, one slot each. */
enum slot {
	SLOT_VISIT_DATE,
	SLOT_ID,
	SLOT_INSURER_NUMBER,
	SLOT_SYMBOL,
	SLOT_NUMBER,
	SLOT_SYMBOL_NUMBER, /* both in one cell */
	SLOT_BRANCH,
	SLOT_REFERENCE_NUMBER,
	SLOT_BIRTH_DATE,
	SLOT_CONSENT,
	SLOT_REASON,
	SLOT_ROW,
};

enum form {
	FORM_TEXT,
	FORM_DATE,
	FORM_TIME,	    /* of day, with its date or without */
	FORM_DIGITS,	    /* digits6-8: an insurer number */
	FORM_SYMBOL_NUMBER, /* symbol and number in one cell */
	FORM_SKIP_IF,	    /* skip-if:VALUE=REASON ...: such rows are not asked */
	FORM_YES_IF,	    /* yes-if:VALUE ...: true */
};

struct choice {		  /* one VALUE of skip-if or yes-if */
	const char *text; /* folded */
	int prefix;	  /* it was written with a * behind: the beginning is enough */
	const char *word;
};

struct choices {
	const char *form; /* as written: equal forms share their choices */
	const struct choice *items;
	size_t n;
};

struct rule {
	const char *header; /* as header_fold() leaves it */
	size_t slot;
	enum form form;
	const struct choices *choices; /* of skip-if and yes-if, else NULL */
};

struct mapping {
	const struct rule *rules; /* in the order written */
	size_t n;
	const char *const *row_names; /* members of `row`: slot SLOT_ROW + i is row_names[i] */
	size_t n_row_names;
	size_t slots;		       /* SLOT_ROW + n_row_names */
	struct mapping_memory *memory; /* what it lies in; NULL: in the program itself */
};

/*
 * The mapping for booking lists that is compiled in: lib/csv/booking.csv, as written and as read,
 * which is done when oq is built (lib/csv/generate/booking.c).
 */
extern const unsigned char booking_text[];
extern const size_t booking_text_size;
extern const struct mapping booking_mapping;

/*
 * Reads a mapping. name stands for it in messages. 0, or -1 with why that names the line.
 * The caller frees it with mapping_free(), also after -1.
 */
int mapping_parse(struct mapping *, const char *text, size_t n, const char *name, struct why *);
void mapping_free(struct mapping *);

/* Member names a slot is written under ("insured.symbol"), for messages. */
const char *slot_member(size_t slot);

/* A header as it is compared: width folded, without any blanks. 0, or -1 without memory. */
int header_fold(struct buf *out, const char *, size_t);

#endif
