/* oq-records.5: every object, member and word of records.csv, for people. */
#include <string.h>

#include "generate.h"
#include "shape.h"

static const struct {
	const char *object, *what;
} objects[] = {
	{ "record", "A line is one of these." },
	{ "insured", "What is asked by number, as it stands on paper or in the receipt computer." },
	{ "eligibility", "What the other side said about the insurance on the day of the visit." },
	{ "policy", "One insurance of the person." },
	{ "elderly", "The certificate of an elderly recipient." },
	{ "limit", "A certificate that limits what the patient pays." },
	{ "specific_disease", "A certificate of a specific disease." },
	{ "ticket", "A ticket of medical aid." },
	{ "notice", "What the other side added to its answer." },
	{ "grant", "One consent, as the other side or the patient gave it." },
	{ "said", "What one policy said, where not all said the same." },
	{ "purpose", "The keys of an object of grants." },
	{ "card", "What a card reader or a face reader found." },
	{ "disaster", "A person without a card, in a disaster." },
	{ "consent", "What the patient was asked and answered." },
	{ "medical", "Medical information that was consented to." },
	{ "registration", "What became of registering our own key for the patient." },
	{ "row", "What else a line of the bookings had, by header; these members when it did." },
	{ "change", "What differs from an earlier answer." },
	{ "refusal", "A purpose that was not asked for." },
	{ "failed", "A purpose that was asked for and not answered." },
	{ "pdf", "A file that was saved." },
	{ "drug", "One drug, as one source tells it." },
	{ "treatment", "One treatment." },
	{ "checkup", "One specific health checkup." },
	{ "item", "One result or answer of a checkup." },
	{ "fee", "One surcharge of the fee schedule, given or considered." },
	{ "encounter", "Members of a line of oq-fee, beside a record's or instead of it." },
	{ "fee_rule", "Not in a record: a row of the fee table (oq-fee --list)." },
	{ "adoption", "One figure of how many facilities verify online." },
	{ "adoption_check", "What recomputing or comparing published figures came to." },
	{ "facility", "Not in a record: a facility that is counted, one a line (oq-adoption)." },
	{ "subsidy", "What a facility gets back for introducing online verification." },
	{ "deadline", "A day until which something must have happened." },
	{ "subsidy_step", "One link of the chain from a receipt to an amount, or what was found." },
	{ "what_if", "How the subsidy would change with other facts; subsidy is the changed one." },
	{ "what_if_change", "One member that is otherwise." },
	{ "package", "The evidence of a project in one archive, and what became of checking it." },
	{ "upload", "The documents of a project in the one file that the portal takes." },
	{ "check", "What an application comes back for, judged by a package." },
	{ "oqs", "Where a record that came from an OQS message was found." },
	{ "asked", "What a request for medical information asks." },
	{ "person", "Whom a message is about." },
	{ "counts", "What a bulk result says of itself." },
	{ "encoding", "How a message was encoded." },
	{ "unknown", "What a message holds and the table does not know." },
	{ "audit", "Not in a record: one entry of a hub's audit." },
	{ "chain", "Not in a record: what checking the audit of one writer came to." },
	{ "credential", "Not in a record: a certificate that a hub knows." },
	{ "issued_card", "Not in a record: a card that a hub knows (oq-hub card list)." },
	{ "held", "Not in a record: what a hub holds of a consent." },
	{ "readiness", "One step of a check-in, and what is the matter with it." },
	{ "telephone", "Somebody to call." },
	{ "screen", "What a day of face results tells of one screen of the face reader." },
	{ "onboarding", "One step of introducing online verification." },
	{ "mandate", "Whether a facility is obliged to verify online." },
	{ "look", "An entry of the audit, as the person it is about may see it." },
	{ "ledger", "Not in a record: an entry of the consent ledger (oq-consent)." },
	{ "agreement", "Not in a record: a consent of the ledger (oq-consent list, withdraw)." },
	{ "ledger_check", "Not in a record: what became of a ledger (oq-consent check-ledger)." },
	{ "window", "Not in a record: a disaster in which no card is needed (oq-hub disaster)." },
	{ "hello", "Not in a record: what a hub says of itself." },
	{ "summary", "Not in a record: the file that\n.Fl -summary\nwrites, one object." },
	{ "project", "Not in a record: a project whose subsidy is asked for, one a line." },
	{ "evidence",
	    "Not in a record: record.json of a package, a project with these and its subsidy." },
	{ "amount", "A row of the rules, as an amount was reckoned by it." },
	{ "document", "One document of a package." },
	{ "totals", "Not in a record: the file that\n.Fl -totals\nwrites, one object." },
	{ "total", "The sum over some facilities." },
	{ "grace_notice", "The notice by which a project got more time." },
	{ "supplier", "One supplier of a project, with its receipt." },
	{ "cost", "One line of a breakdown." },
	{ "error", "Why something could not be done; after RFC 9457." },
};

static const char intro[] =
    ".Sh DESCRIPTION\n"
    "Commands of oq read and write records: one JSON object a line, UTF-8, ended by\n"
    "a line feed.\n"
    "This page lists every object, its members and the words they hold.\n"
    "The same table is the source of the JSON Schema\n"
    ".Pa oq-record.schema.json .\n"
    ".Pp\n"
    "Members are only ever added, and lists of words may grow: a reader takes a member it does "
    "not\n"
    "know for somebody else's, and a word it does not know for\n"
    ".Dq \"don't know\" .\n"
    "Members of the caller's own are kept, byte for byte.\n"
    "Records are the same in every locale.\n"
    ".Pp\n"
    "A type with a question mark may be absent; a member that does not apply is\n"
    "left out, never\n"
    "null.\n"
    ".Bl -tag -width boolean\n"
    ".It date\n"
    "YYYY-MM-DD.\n"
    ".It month\n"
    "YYYY-MM.\n"
    ".It time\n"
    "YYYY-MM-DDThh:mm:ss+09:00, Japan time.\n"
    ".It word\n"
    "Lower case, digits and hyphens; one of those listed, where any are.\n"
    ".It array\n"
    "Items in the order in which they came.\n"
    ".El\n";

static const char closing[] =
    ".Sh EXAMPLES\n"
    "What a receipt computer knows of a patient, and nothing asked yet:\n"
    ".Bd -literal\n"
    "{\"id\":\"1001\",\"insured\":{\"insurer_number\":\"06130488\",\"symbol\":\"12\",\n"
    "\"number\":\"3456\",\"branch\":\"01\",\"birth_date\":\"1980-01-02\"}}\n"
    ".Ed\n"
    ".Pp\n"
    "(one line; it is broken here to fit the page.)\n"
    ".Sh SEE ALSO\n"
    ".Xr oq-adoption 1 ,\n"
    ".Xr oq-ask 1 ,\n"
    ".Xr oq-fee 1 ,\n"
    ".Xr oq-from-csv 1 ,\n"
    ".Xr oq-subsidy-report 1 ,\n"
    ".Xr oq-verify 1 ,\n"
    ".Xr oq-errors 7\n";

static void
put_word(FILE *fp, const char *code, const char *word, void *arg)
{
	int *first = arg;

	fputs(*first ? "Words:\n" : " ,\n", fp);
	fprintf(fp, ".Ql %s", word);
	if (code != NULL)
		fprintf(fp, "\n.Pq %s", code);
	*first = 0;
}

static const char *
presence_note(const char *object, const char *member, const char *type)
{
	if (strchr(type, '?') != NULL || *type == '\0')
		return "";
	switch (member_presence(object, member, type)) {
	case PRESENT:
		return "";
	case PRESENT_ANSWERED:
		return ", unless not asked or pending";
	case MAYBE_ABSENT:
		return ", where known";
	}
	return "";
}

static void
put_row(FILE *fp, const struct sheet *s, size_t row)
{
	const char *object = sheet_cell(s, row, "object"), *member = sheet_cell(s, row, "member");
	const char *type = sheet_cell(s, row, "type"), *ja = sheet_cell(s, row, "ja");
	const char *element = sheet_cell(s, row, "oqs_element"), *note = sheet_cell(s, row, "note");
	const struct link *link = link_find(object, member);
	int first = 1;

	fprintf(fp, ".It Va %s Pq \"%s%s\\&\"\n", member, *type == '\0' ? "grant" : type,
	    presence_note(object, member, type));
	if (*ja != '\0')
		fprintf(fp, "%s.\n", ja);
	if (*element != '\0')
		fprintf(fp, "In OQS messages\n.Ql %s .\n", element);
	if (*note != '\0') {
		put_roff(fp, note);
		fputs(".\n", fp);
	}
	if (link != NULL)
		fprintf(fp, "See\n.Sx %s .\n", link->target);
	each_word(fp, sheet_cell(s, row, "words"), put_word, &first);
	fputs(first ? "" : " .\n", fp);
}

static void
put_bare_links(FILE *fp, const char *object)
{
	for (size_t i = 0; i < n_links; i++)
		if (strcmp(links[i].object, object) == 0 && links[i].note != NULL)
			fprintf(fp, ".It Va %s Pq %s?\\&\n%s.\n%s.\nSee\n.Sx %s .\n",
			    links[i].member, links[i].holding == HOLDS_ARRAY ? "array" : "object",
			    links[i].ja, links[i].note, links[i].target);
}

static void
put_heading(FILE *fp, const char *object)
{
	fprintf(fp, ".Ss %s\n", object);
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (strcmp(objects[i].object, object) == 0)
			fprintf(fp, "%s\n", objects[i].what);
	fputs(".Bl -tag -width Ds\n", fp);
}

static void
put_object(FILE *fp, const struct sheet *s, size_t first)
{
	const char *object = sheet_cell(s, first, "object");

	put_heading(fp, object);
	for (size_t i = first; i != 0; i = row_next(s, i))
		put_row(fp, s, i);
	put_bare_links(fp, object);
	fputs(".El\n", fp);
}

void
write_records_5(FILE *fp, const char *const *paths)
{
	struct sheet s = sheet_read(paths[0]);

	put_page_head(
	    fp, "OQ-RECORDS", 5, "oq-records", "the lines that oq commands read and write");
	fputs(intro, fp);
	fputs(".Sh OBJECTS\n", fp);
	for (size_t i = 1; i < s.rows; i++)
		if (row_first(&s, i))
			put_object(fp, &s, i);
	fputs(closing, fp);
}
