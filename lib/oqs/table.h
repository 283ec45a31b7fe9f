/*
 * The messages of the file interface by one table: element path, JSON member, type, code table.
 * Decoding, encoding and disguising all walk it; a new element is one row.
 *
 * Source: facts oqs-interface.md 2 and 4 and the field names in records.csv.
 */
#ifndef OQ_OQS_TABLE_H
#define OQ_OQS_TABLE_H

#include "gen/names.h"

enum oqs_type {
	OQS_BLOCK, /* elements below; member names their object, NULL: that of the block above */
	OQS_UNIT,  /* the same, and each one is a record of its own (bulk) */
	OQS_TEXT,
	OQS_PADDED,  /* an insurer number: eight places on the wire, blanks before six digits */
	OQS_CODE,    /* text, kept; a value outside `codes` is flagged */
	OQS_WORD,    /* by `words` */
	OQS_GRANT,   /* by `words`, any other value is the word invalid */
	OQS_DATE,    /* YYYYMMDD */
	OQS_TIME,    /* YYYYMMDDhhmmss, Japan */
	OQS_UNTIL,   /* the same, of a consent */
	OQS_MONTH,   /* YYYYMM */
	OQS_INTEGER, /* no leading zeros */
	OQS_PERCENT, /* three digits */
	OQS_FLAG,    /* 0 1 */
	OQS_OWN,     /* 1 own institution, 2 another */
};

/* What oq-message anonymise does to the value. */
enum oqs_disguise {
	DISGUISE_TEXT, /* other characters of the same kind, check digit kept right */
	DISGUISE_KEEP,
	DISGUISE_INSURER,  /* kind of insurance kept */
	DISGUISE_FACILITY, /* point table kept */
	DISGUISE_BIRTH,	   /* another day of the same year */
	DISGUISE_PAST,	   /* some days earlier */
};

/*
 * A row. `member` is a path below the object of the block, or below the record when it begins with
 * '/'; one that ends with "/\*" is an array and its element repeats. Two rows with the same member
 * are two places known for one thing; the first is where it is written.
 */
struct oqs_row {
	const char *element; /* NULL ends a block */
	const char *member;
	enum oqs_type type;
	enum oqs_disguise disguise;
	const struct word_row *words;
	const char *codes; /* between blanks: " 1 2 9 " */
	const struct oqs_row *block;
};

enum oqs_kind {
	OQS_REQUEST,
	OQS_ACCEPTANCE,	  /* of a bulk request */
	OQS_REGISTRATION, /* of reference numbers */
	OQS_ELIGIBILITY,
	OQS_MEDICAL,
};

/* Of a month of drugs: only between the table and medical.c, never in a record. */
#define OQS_DATES "dates"

struct oqs_message {
	const char *type; /* OQSsiquc01res: what the name of the file begins with */
	enum oqs_kind kind;
	const struct oqs_row *root; /* what stands in XmlMsg, in the documented order */
	const char *source;	    /* eligibility.source when the message does not say */
	const char *list;	    /* what of medical it fills */
};

/* Is it one for several patients (mu), not for a single one (si)? 1 or 0. */
int oqs_message_bulk(const struct oqs_message *);

/*
 * The message whose type the file name (its last part, any letter case) begins with, followed by
 * '_', '.' or its end. NULL when there is none such.
 */
const struct oqs_message *oqs_message_find(const char *name);

#endif
