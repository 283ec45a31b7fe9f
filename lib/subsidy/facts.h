/*
 * What is known of one project: a facility, its suppliers, the lines of their breakdowns.
 *
 * Texts are borrowed from what they were read from. Whatever may be unsaid is NULL or UNSAID.
 * The members are three tables, by which JSON, sheets, templates and --if all read and write.
 */
#ifndef OQ_SUBSIDY_FACTS_H
#define OQ_SUBSIDY_FACTS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define UNSAID INT64_MIN /* of yen, counts, days (since 1970-01-01), and yes or no */
/* No amount of a receipt is longer: eleven digits. Sums and products of these fit. */
#define YEN_MAX INT64_C(99999999999)

struct category;

struct cost {
	const char *category, *label, *applies_to;
	int64_t incl, excl; /* yen; either */
	int64_t tax_pct, quantity, eligible;
	/* From here on by cost.c. */
	const struct category *kind; /* NULL: a discount */
	int64_t yen;		     /* with tax */
	int64_t net;		     /* after what is spread over it */
	int64_t counted;	     /* of that, eligible */
	/* Of yen, what the breakdown states as eligible: as on the receipt, so that a discount has
	 * its own part; over the lines of a supplier it comes to what is counted. */
	int64_t stated;
};

struct supplier {
	const char *name, *address, *phone, *registration_number, *document, *receipt_no;
	const char *addressee, *tax_rounding, *receipt_file, *contract_file;
	int64_t issued_on, paid_on, total;
	int64_t shared;	 /* the receipt is for several facilities */
	size_t first, n; /* its lines in project.costs */
	int64_t sum;	 /* of its lines with tax, by cost.c */
};

struct project {
	const char *code, *name, *facility_class, *founder, *corporate_name;
	const char *postcode, *address, *phone;
	int64_t readers, prescriptions;
	int64_t reader_applied_on, vendor_contract_on, operation_started_on, project_completed_on,
	    application_on;
	int64_t grace_type, grace_accepted;
	int64_t already_paid, report_present, start_date_entered;
	struct supplier *suppliers;
	size_t n_suppliers, room_suppliers;
	struct cost *costs;
	size_t n_costs, room_costs;
};

enum field_kind { FIELD_TEXT, FIELD_DAY, FIELD_YEN, FIELD_COUNT, FIELD_BOOL };

struct field {
	const char *name; /* in a nested project */
	const char *flat; /* in a flat line, and an English header */
	const char *ja;	  /* a Japanese header */
	size_t at;
	const struct choice *choices; /* what a text may be, or NULL */
	enum field_kind kind;
	int inner; /* of grace_notice in a nested project */
};

struct choice {
	const char *word, *ja;
};

extern const struct field project_fields[], supplier_fields[], cost_fields[];
extern const size_t n_project_fields, n_supplier_fields, n_cost_fields;

/* The field with that header (an English or a Japanese one), or NULL. */
const struct field *field_find(const struct field *, size_t n, const char *name);

/* The Japanese name of a facility's class; "" if it is none. */
const char *class_name(const char *word);

/* Everything unsaid; the room for suppliers and lines stays. */
void project_reset(struct project *);
void project_free(struct project *);
/* A new supplier, whose lines begin here, all unsaid. NULL without memory. */
struct supplier *project_supplier(struct project *);
/* A new line of that supplier, whose lines come one after the other. The same. */
struct cost *project_cost(struct project *, struct supplier *);
/* All members of one of the three, unsaid. */
void facts_reset(void *base, const struct field *, size_t n);

/*
 * Reads one value as people write it, in a cell or behind --if: dates in every form, digits in
 * either width and with separators, はい or true, a Japanese word for ours. Blank is unsaid.
 * text is kept where the field is a text. 1, or 0 if it is none.
 */
int fact_read(void *base, const struct field *, const char *text);

/* What a fact is, as it would be written: the caller's, or NULL (unsaid, or without memory). */
char *fact_text(const void *base, const struct field *);

/* Reads a JSON project. 0, or -1 with why (member-malformed, out-of-memory). Borrows its texts. */
int project_read(struct project *, const json_t *, struct why *);
/*
 * The members of one of the three that stand in an object, `at` being its JSON Pointer; NULL: it is
 * a flat line, as the rows of a sheet are. The same returns.
 */
int facts_read(
    void *base, const struct field *, size_t n, const json_t *, const char *at, struct why *);

#endif
