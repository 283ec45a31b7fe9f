/* What applications come back for that can be seen on the documents (evidence_checks.csv). */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "gen/names.h"
#include "subsidy/assess.h"

#define NAME_SIZE 512

struct looking {
	const struct assessor *by;
	const struct project *project;
	struct assessment *out;
	const struct supplier *supplier;
	long number;
};

static struct step *
found(const struct looking *l, enum step_kind kind, const struct cite *cite, const char *fact,
    const char *code)
{
	struct step *step = find(l->out, kind, cite, "%s", code);

	step->supplier = l->number;
	step->fact = fact;
	return step;
}

static const struct cite *
check(const struct looking *l, const char *id)
{
	return check_cite(l->by->rules, id);
}

static void
look_at_kind(const struct looking *l)
{
	static const struct {
		const char *document, *code;
	} no_receipts[] = { { "estimate", "ESTIMATE_NOT_RECEIPT" },
		{ "invoice", "INVOICE_NOT_RECEIPT" } };
	const char *document = l->supplier->document;

	if (document == NULL) {
		found(l, STEP_WARNING, check(l, "C01"), SUPPLIER_DOCUMENT, "DOCUMENT_UNKNOWN");
		return;
	}
	for (size_t i = 0; i < sizeof no_receipts / sizeof *no_receipts; i++)
		if (strcmp(document, no_receipts[i].document) == 0)
			found(l, STEP_REFUSAL, check(l, "C01"), SUPPLIER_DOCUMENT,
			    no_receipts[i].code);
}

static void
look_at_dates(const struct looking *l)
{
	const struct supplier *s = l->supplier;

	if (s->issued_on != UNSAID && s->issued_on > l->by->today)
		found(l, STEP_REFUSAL, NULL, SUPPLIER_RECEIPT_ISSUED_ON, "FUTURE_DATE");
	if (s->paid_on != UNSAID && s->paid_on > l->by->today)
		found(l, STEP_REFUSAL, NULL, SUPPLIER_PAID_ON, "FUTURE_DATE");
	if (s->paid_on != UNSAID && l->project->application_on != UNSAID &&
	    s->paid_on > l->project->application_on)
		found(l, STEP_REFUSAL, check(l, "C12"), SUPPLIER_PAID_ON, "PAID_AFTER_APPLICATION");
}

/* For comparing: width and case folded, blanks and the polite ending of an address taken off. */
static void
plain_name(const char *name, char out[static NAME_SIZE])
{
	static const char *const endings[] = { "御中", "様", "殿" };
	char space[NAME_SIZE];
	struct buf folded;
	size_t n = 0;

	buf_over(&folded, space, sizeof space);
	text_fold(&folded, name, strlen(name));
	for (size_t i = 0; i < folded.len; i++)
		if (folded.data[i] != ' ')
			out[n++] = folded.data[i];
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(endings[i]);

		if (n > len && memcmp(out + n - len, endings[i], len) == 0) {
			n -= len;
			break;
		}
	}
	out[n] = '\0';
}

static void
look_at_addressee(const struct looking *l)
{
	const char *const names[] = { l->project->name, l->project->founder,
		l->project->corporate_name };
	char addressee[NAME_SIZE], name[NAME_SIZE];
	int any = 0;

	if (l->supplier->addressee == NULL)
		return;
	plain_name(l->supplier->addressee, addressee);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i] == NULL)
			continue;
		any = 1;
		plain_name(names[i], name);
		if (strcmp(name, addressee) == 0)
			return;
	}
	if (any)
		found(l, STEP_REFUSAL, NULL, SUPPLIER_ADDRESSEE, "ADDRESSEE_OTHER");
}

/*
 * The check digit of a corporate number's body, twelve digits: 9 less the remainder by 9 of the
 * digits weighted 1 and 2 from the right.
 */
static int
number_fits(const char *digits)
{
	int sum = 0;

	for (int i = 0; i < 12; i++) {
		int digit = digits[12 - i] - '0';

		sum += i % 2 == 0 ? digit : 2 * digit;
	}
	return digits[0] - '0' == 9 - sum % 9;
}

/* T and so many digits? */
static int
number_formed(const char *number, size_t digits)
{
	return number[0] == 'T' && strlen(number) == digits + 1 &&
	       strspn(number + 1, "0123456789") == digits;
}

static void
look_at_number(const struct looking *l)
{
	const struct limit *limit = &l->by->rules->limits[LIMIT_REGISTRATION];
	const char *number = l->supplier->registration_number, *code = NULL;

	if (number == NULL) {
		if (l->supplier->issued_on != UNSAID && l->supplier->issued_on >= limit->from)
			code = "REGISTRATION_NUMBER_MISSING";
	} else if (!number_formed(number, (size_t)limit->value)) {
		code = "REGISTRATION_NUMBER_MALFORMED";
	} else if (limit->value == 13 && !number_fits(number + 1)) {
		code = "REGISTRATION_NUMBER_CHECK_DIGIT";
	}
	if (code != NULL)
		found(l, STEP_WARNING, &limit->cite, SUPPLIER_REGISTRATION_NUMBER, code);
}

static void
look_for_file(const struct looking *l)
{
	char path[4096];
	struct stat st;
	int n;

	if (l->by->files == NULL || l->supplier->receipt_file == NULL)
		return;
	n = snprintf(path, sizeof path, "%s/%s", l->by->files, l->supplier->receipt_file);
	if (n < 0 || (size_t)n >= sizeof path || stat(path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_size == 0)
		found(l, STEP_REFUSAL, check(l, "C01"), SUPPLIER_RECEIPT_FILE,
		    "RECEIPT_FILE_MISSING");
}

/* "One set" says nothing of what was bought. */
static void
look_at_labels(const struct looking *l)
{
	const struct limit *rows = &l->by->rules->limits[LIMIT_ROWS];
	char label[NAME_SIZE];

	for (size_t i = 0; i < l->supplier->n; i++) {
		const char *said = l->project->costs[l->supplier->first + i].label;

		if (said == NULL || strlen(said) > 12)
			continue;
		plain_name(said, label);
		if (strcmp(label, "一式") == 0 || strcmp(label, "1式") == 0)
			found(l, STEP_REFUSAL, check(l, "C07"), COST_LABEL, "LUMP_LINE")->line =
			    (long)i;
	}
	if (l->supplier->n > (size_t)rows->value)
		find(l->out, STEP_WARNING, &rows->cite, "MORE_THAN_%lld_ROWS",
		    (long long)rows->value)
		    ->supplier = l->number;
}

void
documents_check(const struct assessor *by, const struct project *p, struct assessment *out)
{
	static void (*const looks[])(const struct looking *) = { look_at_kind, look_at_dates,
		look_at_addressee, look_at_number, look_for_file, look_at_labels };

	for (size_t i = 0; i < p->n_suppliers; i++) {
		struct looking l = { by, p, out, &p->suppliers[i], (long)i };

		for (size_t look = 0; look < sizeof looks / sizeof *looks; look++)
			looks[look](&l);
	}
}
