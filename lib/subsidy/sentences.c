/* A sentence for each code that a refusal or warning may have. */
#include <string.h>

#include "options/words.h"
#include "subsidy/text.h"

/* The first that the code holds counts: those with a day in them have a name before it. */
static const struct {
	const char *part, *sentence;
} sentences[] = {
	{ "OPERATION_START_UNKNOWN_",
	    N_("the day on which operation started decides on the difference") },
	{ "WINDOW_CLOSED_", N_("the last day has passed and no date is given") },
	{ "BASIC_RATE_NOT_CONFIRMED", N_("whether the basic rate was paid then is not known") },
	{ "CLASS_BY_PRESCRIPTIONS", N_("the number of prescriptions decides the class") },
	{ "READERS_BEYOND_TABLE", N_("the table ends before this number of readers") },
	{ "NO_READER", N_("no card reader was introduced") },
	{ "FACILITY_CODE_NOT_10_DIGITS", N_("a facility's code has ten digits") },
	{ "FACILITY_CODE_CHECK_DIGIT", N_("the check digit does not fit; old codes may be so") },
	{ "FACILITY_CODE_TWICE", N_("this facility had a project before") },
	{ "GRACE_TYPE_UNKNOWN", N_("no deadline is known for this kind of grace") },
	{ "GRACE_NOT_ACCEPTED", N_("the notice of grace was not accepted and does not count") },
	{ "RULE_UNCONFIRMED", N_("the rule is recalled only") },
	{ "NO_ELIGIBLE_LINE", N_("no line counts") },
	{ "ROUNDING_UNKNOWN", N_("how amounts below the cap are rounded is not known") },
	{ "MAIN_GRANT_ALREADY_PAID", N_("the grant was paid already") },
	{ "COMPLETION_REPORT_MISSING", N_("the completion report is missing") },
	{ "START_DATE_NOT_ENTERED", N_("the start of operation is not entered in the portal") },
	{ "FUTURE_DATE", N_("the date has not come yet") },
	{ "AMOUNT_TOO_LARGE", N_("no receipt has so large an amount") },
	{ "NEGATIVE_LINE_NAMES_NOTHING",
	    N_("a negative line must be a discount or name its lines") },
	{ "NOTHING_TO_SPREAD_OVER", N_("the lines it is for cost less, or are not there") },
	{ "DISCOUNT_OVER_LINE", N_("discounts are more than the line costs") },
	{ "TAX_ROUNDED_PER_LINE", N_("tax is rounded once a line; once a document is expected") },
	{ "ROUNDING_DIFFERENCE", N_("the difference can come from rounding the tax") },
	{ "RECEIPT_TOTAL_MISSING",
	    N_("the receipt's total is not given, so nothing was compared") },
	{ "RECEIPT_BREAKDOWN_MISMATCH", N_("the breakdown is not the receipt's total") },
	{ "TAX_EXCLUSIVE_AMOUNTS", N_("amounts without tax stand where they must have it") },
	{ "SHARED_RECEIPT_UNCHECKED", N_("other parts of the receipt were not looked at") },
	{ "SHARED_RECEIPT_MISMATCH", N_("the parts of the receipt do not make up its total") },
	{ "ELIGIBLE_AS_STATED", N_("the table leaves it open; it counts because you say so") },
	{ "NOT_ELIGIBLE_BY_TABLE", N_("by the table it does not count") },
	{ "DOCUMENT_UNKNOWN", N_("what kind of document it is was not said") },
	{ "ESTIMATE_NOT_RECEIPT", N_("an estimate proves no payment") },
	{ "INVOICE_NOT_RECEIPT", N_("an invoice proves no payment") },
	{ "PAID_AFTER_APPLICATION", N_("it must be paid before the application") },
	{ "ADDRESSEE_OTHER", N_("the addressee is neither facility, founder nor corporation") },
	{ "REGISTRATION_NUMBER_MISSING", N_("a registration number is expected") },
	{ "REGISTRATION_NUMBER_MALFORMED", N_("a registration number is T and 13 digits") },
	{ "REGISTRATION_NUMBER_CHECK_DIGIT", N_("the registration number's check digit is wrong") },
	{ "RECEIPT_FILE_MISSING", N_("the receipt's file is not there or empty") },
	{ "LUMP_LINE", N_("what was bought must be told in detail") },
	{ "MORE_THAN_", N_("the form has fewer rows") },
	{ "_DEADLINE_UNCONFIRMED_", N_("the deadline is recalled only") },
	{ "_AFTER_", N_("it came after the last day") },
	{ "_BEFORE_", N_("it came before the first day") },
};

static const char *
find_sentence(const char *code)
{
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
		if (strstr(code, sentences[i].part) != NULL)
			return sentences[i].sentence;
	return NULL;
}

const char *
code_sentence(const char *code)
{
	const char *sentence = find_sentence(code);

	return sentence == NULL ? "" : _(sentence);
}

const char *
code_sentence_japanese(const char *code)
{
	const char *sentence = find_sentence(code);

	return sentence == NULL ? "" : words_in_japanese(sentence);
}
