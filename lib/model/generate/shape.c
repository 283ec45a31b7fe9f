#include <string.h>

#include "shape.h"

const struct link links[] = {
	{ "record", "insured", HOLDS_ONE, "insured", "資格情報（照会）",
	    "what is asked by number" },
	{ "record", "card", HOLDS_ONE, "card", "マイナンバーカード", "what was read from a card" },
	{ "record", "disaster", HOLDS_ONE, "disaster", "災害時の本人特定",
	    "what is asked by in a disaster" },
	{ "record", "consent", HOLDS_ONE, "consent", "同意", "written by oq-consent" },
	{ "record", "eligibility", HOLDS_ONE, "eligibility", "資格確認結果",
	    "written by oq-verify" },
	{ "record", "registration", HOLDS_ONE, "registration", "照会番号登録結果",
	    "written by oq-reference" },
	{ "record", "medical", HOLDS_ONE, "medical", "診療・薬剤情報等", "written by oq-query" },
	{ "record", "fees", HOLDS_ARRAY, "fee", NULL, NULL },
	{ "record", "subsidy", HOLDS_ONE, "subsidy", "補助金", "written by oq-subsidy-report" },
	{ "record", "what_if", HOLDS_ONE, "what_if", "仮定", "written by oq-subsidy-report --if" },
	{ "record", "package", HOLDS_ONE, "package", "証拠書類の包み",
	    "written by oq-subsidy-report --package and --verify" },
	{ "record", "upload", HOLDS_ONE, "upload", "アップロード用ファイル",
	    "written by oq-subsidy-report --portal" },
	{ "record", "error", HOLDS_ONE, "error", NULL, NULL },
	{ "record", "oqs", HOLDS_ONE, "oqs", NULL, NULL },
	{ "record", "row", HOLDS_ONE, "row", NULL, NULL },
	{ "record", "readiness", HOLDS_ONE, "readiness", NULL, NULL },
	{ "record", "screen", HOLDS_ONE, "screen", NULL, NULL },
	{ "record", "onboarding", HOLDS_ONE, "onboarding", NULL, NULL },
	{ "record", "mandate", HOLDS_ONE, "mandate", NULL, NULL },
	{ "record", "adoption", HOLDS_ONE, "adoption", NULL, NULL },
	{ "record", "adoption_check", HOLDS_ONE, "adoption_check", NULL, NULL },
	{ "readiness", "telephone", HOLDS_ARRAY, "telephone", NULL, NULL },
	{ "eligibility", "changed", HOLDS_ARRAY, "change", NULL, NULL },
	{ "eligibility", "notices", HOLDS_ARRAY, "notice", NULL, NULL },
	{ "eligibility", "policies", HOLDS_ARRAY, "policy", NULL, NULL },
	{ "eligibility", "consents", HOLDS_MAP, "grant", NULL, NULL },
	{ "eligibility", "recheck", HOLDS_ONE, "eligibility", NULL, NULL },
	{ "registration", "notices", HOLDS_ARRAY, "notice", NULL, NULL },
	{ "insured", "limit_certificate", HOLDS_ONE, "limit", NULL, NULL },
	{ "policy", "elderly", HOLDS_ONE, "elderly", NULL, NULL },
	{ "policy", "limit_certificate", HOLDS_ONE, "limit", NULL, NULL },
	{ "policy", "specific_diseases", HOLDS_ARRAY, "specific_disease", NULL, NULL },
	{ "policy", "medical_tickets", HOLDS_ARRAY, "ticket", NULL, NULL },
	{ "grant", "said", HOLDS_ARRAY, "said", NULL, NULL },
	{ "consent", "purposes", HOLDS_MAP, "grant", NULL, NULL },
	{ "medical", "refused", HOLDS_ARRAY, "refusal", NULL, NULL },
	{ "medical", "failed", HOLDS_ARRAY, "failed", NULL, NULL },
	{ "medical", "pdf", HOLDS_ARRAY, "pdf", NULL, NULL },
	{ "medical", "looks", HOLDS_ARRAY, "look", NULL, NULL },
	{ "failed", "error", HOLDS_ONE, "error", NULL, NULL },
	{ "medical", "drugs", HOLDS_ARRAY, "drug", NULL, NULL },
	{ "medical", "treatments", HOLDS_ARRAY, "treatment", NULL, NULL },
	{ "medical", "checkups", HOLDS_ARRAY, "checkup", NULL, NULL },
	{ "checkup", "items", HOLDS_ARRAY, "item", NULL, NULL },
	{ "project", "grace_notice", HOLDS_ONE, "grace_notice", NULL, NULL },
	{ "project", "suppliers", HOLDS_ARRAY, "supplier", NULL, NULL },
	{ "supplier", "items", HOLDS_ARRAY, "cost", NULL, NULL },
	{ "what_if", "facts", HOLDS_ARRAY, "what_if_change", NULL, NULL },
	{ "what_if", "changed", HOLDS_ARRAY, "what_if_change", NULL, NULL },
	{ "totals", "all", HOLDS_ONE, "total", NULL, NULL },
	{ "totals", "by_class", HOLDS_ARRAY, "total", NULL, NULL },
	{ "totals", "by_prefecture", HOLDS_ARRAY, "total", NULL, NULL },
	{ "totals", "by_regime", HOLDS_ARRAY, "total", NULL, NULL },
	{ "subsidy", "deadlines", HOLDS_ARRAY, "deadline", NULL, NULL },
	{ "subsidy", "explanation", HOLDS_ARRAY, "subsidy_step", NULL, NULL },
	{ "package", "checks", HOLDS_ARRAY, "check", NULL, NULL },
	{ "evidence", "amounts", HOLDS_ARRAY, "amount", NULL, NULL },
	{ "evidence", "documents", HOLDS_ARRAY, "document", NULL, NULL },
	{ "oqs", "asked", HOLDS_ONE, "asked", NULL, NULL },
	{ "oqs", "person", HOLDS_ONE, "person", NULL, NULL },
	{ "oqs", "counts", HOLDS_ONE, "counts", NULL, NULL },
	{ "oqs", "encoding", HOLDS_ONE, "encoding", NULL, NULL },
	{ "oqs", "unknown", HOLDS_ARRAY, "unknown", NULL, NULL },
	{ "oqs", "notices", HOLDS_ARRAY, "notice", NULL, NULL },
};
const size_t n_links = sizeof links / sizeof *links;

const struct link *
link_find(const char *object, const char *member)
{
	for (size_t i = 0; i < n_links; i++)
		if (strcmp(links[i].object, object) == 0 && strcmp(links[i].member, member) == 0)
			return &links[i];
	return NULL;
}

/*
 * records.csv says what a member is where it is known. These are not always known: a record on
 * its way in has what its caller gave it; a message decoded from a file was not asked by us.
 */
enum presence
member_presence(const char *object, const char *member, const char *type)
{
	static const struct {
		const char *object, *member; /* NULL: every member */
		enum presence presence;
	} exceptions[] = {
		{ "record", NULL, MAYBE_ABSENT },
		{ "insured", "birth_date", MAYBE_ABSENT }, /* a registration goes without */
		{ "insured", "limit_certificate_consent", MAYBE_ABSENT },
		{ "eligibility", "status", PRESENT },
		{ "eligibility", "asked_at", MAYBE_ABSENT },
		{ "eligibility", "route", MAYBE_ABSENT },
		{ "eligibility", NULL, PRESENT_ANSWERED },
		{ "policy", "insurer_number", MAYBE_ABSENT }, /* optional in the message */
		{ "purpose", NULL, MAYBE_ABSENT },
	};

	if (strchr(type, '?') != NULL)
		return MAYBE_ABSENT;
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (strcmp(exceptions[i].object, object) == 0 &&
		    (exceptions[i].member == NULL || strcmp(exceptions[i].member, member) == 0))
			return exceptions[i].presence;
	return PRESENT;
}
