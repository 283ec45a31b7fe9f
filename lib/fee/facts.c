#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fee/facts.h"
#include "gen/names.h"

#define LONG_AGO "0001-01-01"
#define NEVER	 "9999-12-31"
#define DECIMALS 3

const struct fact_row fact_rows[FACTS] = {
	[FACT_NO_DATA_STORED] = { ENCOUNTER_NO_DATA_STORED, KIND_BOOL, NULL, "false",
	    FEE_REASON_NO_DATA_STORED, NULL },
	[FACT_OTHER_INSTITUTION] = { ENCOUNTER_INFORMATION_FROM_OTHER_INSTITUTION, KIND_BOOL, NULL,
	    "false", FEE_REASON_INFORMATION_FROM_OTHER_INSTITUTION, NULL },
	[FACT_CARD_UNREADABLE] = { ENCOUNTER_CARD_UNREADABLE, KIND_BOOL, NULL, "false",
	    FEE_REASON_CARD_UNREADABLE, NULL },
	[FACT_CERTIFICATE_EXPIRED] = { ENCOUNTER_CERTIFICATE_EXPIRED, KIND_BOOL, NULL, "false",
	    FEE_REASON_CERTIFICATE_EXPIRED, NULL },
	[FACT_ASKED_OTHER_MEDICINES] = { ENCOUNTER_ASKED_OTHER_MEDICINES, KIND_BOOL, NULL, "true",
	    FEE_REASON_MEDICINES_NOT_ASKED, NULL },
	[FACT_INSURANCE_COVERED] = { ENCOUNTER_INSURANCE_COVERED_BY_SYSTEM, KIND_BOOL, NULL, "true",
	    FEE_REASON_INSURANCE_NOT_COVERED, NULL },
	[FACT_SETTING] = { ENCOUNTER_SETTING, KIND_WORD,
	    "outpatient telemedicine home_visit house_call", "outpatient",
	    FEE_REASON_SETTING_EXCLUDED, NULL },
	[FACT_CLAIMS_MODE] = { ENCOUNTER_CLAIMS_MODE, KIND_WORD, "online disc paper", "online",
	    FEE_REASON_CLAIMS_NOT_ONLINE, NULL },
	[FACT_NOTICE_RECEIVED] = { ENCOUNTER_ONLINE_CLAIMS_NOTICE_RECEIVED, KIND_DAY, NULL, NEVER,
	    FEE_REASON_CLAIMS_NOT_ONLINE, NULL },
	[FACT_OPERATION_STARTED] = { ENCOUNTER_OPERATION_STARTED_ON, KIND_DAY, NULL, LONG_AGO,
	    FEE_REASON_NOT_IN_OPERATION, NULL },
	[FACT_NOTIFIED_DX] = { ENCOUNTER_NOTIFIED_DX, KIND_BOOL, NULL, "true",
	    FEE_REASON_NOT_NOTIFIED, NULL },
	[FACT_USAGE_RATE] = { ENCOUNTER_USAGE_RATE_PCT, KIND_DECIMAL, NULL, NULL,
	    FEE_REASON_USAGE_RATE_TOO_LOW, FEE_REASON_USAGE_RATE_UNKNOWN },
	[FACT_E_PRESCRIPTION] = { ENCOUNTER_E_PRESCRIPTION, KIND_BOOL, NULL, NULL,
	    FEE_REASON_NO_E_PRESCRIPTION, FEE_REASON_E_PRESCRIPTION_UNKNOWN },
	[FACT_PAEDIATRIC] = { ENCOUNTER_PAEDIATRIC_SPECIAL, KIND_BOOL, NULL, "false",
	    FEE_REASON_USAGE_RATE_TOO_LOW, NULL },
	[FACT_NOTIFIED_RENKEI] = { ENCOUNTER_NOTIFIED_RENKEI, KIND_BOOL, NULL, "true",
	    FEE_REASON_NOT_NOTIFIED, NULL },
	[FACT_RENKEI_TIER] = { ENCOUNTER_NOTIFIED_RENKEI_TIER, KIND_COUNT, NULL, NULL,
	    FEE_REASON_NOT_NOTIFIED, FEE_REASON_TIER_UNKNOWN },
	[FACT_ITEMISED_STATEMENT] = { ENCOUNTER_ITEMISED_STATEMENT_CHARGED, KIND_BOOL, NULL,
	    "false", FEE_REASON_WITH_ITEMISED_STATEMENT, NULL },
	/* No rule asks for it; it is what a patient's share is reckoned with. */
	[FACT_BILL_POINTS] = { ENCOUNTER_BILL_POINTS, KIND_COUNT, NULL, "0",
	    FEE_REASON_NOT_IN_TABLE, NULL },
};

enum fact
fact_find(const char *name, size_t n)
{
	enum fact f = 0;

	while (
	    f < FACTS && (*fact_rows[f].name != *name || strncmp(fact_rows[f].name, name, n) != 0 ||
			     fact_rows[f].name[n] != '\0'))
		f++;
	return f;
}

/* The index of a word among words with blanks between, or -1. */
static int64_t
word_index(const char *words, const char *word)
{
	size_t n = strlen(word), len;

	for (int64_t i = 0; *words != '\0'; i++) {
		len = strcspn(words, " ");
		if (len == n && memcmp(words, word, n) == 0)
			return i;
		words += len + strspn(words + len, " ");
	}
	return -1;
}

/* Digits, and as many decimals as are allowed, as one number. 1, or 0. */
static int
read_digits(const char *s, int decimals, int64_t *value)
{
	size_t whole = strspn(s, "0123456789"), parts = 0;

	*value = 0;
	if (whole == 0 || whole > 9)
		return 0;
	for (size_t i = 0; i < whole; i++)
		*value = *value * 10 + (s[i] - '0');
	s += whole;
	if (decimals > 0 && *s == '.' && (parts = strspn(s + 1, "0123456789")) > 0)
		s++;
	for (int i = 0; i < decimals; i++)
		*value = *value * 10 + ((size_t)i < parts ? s[i] - '0' : 0);
	/* Zeros behind the decimals that are kept say nothing. */
	while (parts > (size_t)decimals && s[parts - 1] == '0')
		parts--;
	return parts <= (size_t)decimals && s[parts + strspn(s + parts, "0")] == '\0';
}

int
fact_read(enum fact f, const char *text, int64_t *value)
{
	const struct fact_row *row = &fact_rows[f];
	struct date day;

	switch (row->kind) {
	case KIND_BOOL:
		*value = word_index("false true", text);
		return *value != -1;
	case KIND_WORD:
		*value = word_index(row->words, text);
		return *value != -1;
	case KIND_DAY:
		if (!date_parse(text, &day))
			return 0;
		*value = date_days(day);
		return 1;
	case KIND_COUNT:
		return read_digits(text, 0, value);
	case KIND_DECIMAL:
		return read_digits(text, DECIMALS, value);
	}
	return 0;
}

void
facts_ordinary(int64_t values[static FACTS])
{
	for (enum fact f = 0; f < FACTS; f++)
		if (fact_rows[f].ordinary == NULL ||
		    !fact_read(f, fact_rows[f].ordinary, &values[f]))
			values[f] = FACT_UNSAID;
}

void
member_malformed(struct why *why, const char *name, const char *should_be)
{
	char pointer[64];

	snprintf(pointer, sizeof pointer, "/%s", name);
	why_set(why, ERR_MEMBER_MALFORMED, pointer, "%s is %s", name, should_be);
}

static const char *
should_be(const struct fact_row *row)
{
	switch (row->kind) {
	case KIND_BOOL:
		return "true or false";
	case KIND_WORD:
		return row->words;
	case KIND_DAY:
		return "a day, YYYY-MM-DD";
	case KIND_COUNT:
		return "a whole number";
	case KIND_DECIMAL:
		return "a number with at most three decimals";
	}
	return "";
}

/* A number of JSON; a percentage of 12.3 is not 12.299999. 1, or 0. */
static int
read_number(enum fact f, const json_t *member, int64_t *value)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%.12g", json_number_value(member));

	return n > 0 && (size_t)n < sizeof text && fact_read(f, text, value);
}

/* One member, in JSON's own type or as a text. 1, or 0 if it is none of that fact. */
static int
take(enum fact f, const json_t *member, int64_t *value)
{
	const char *text = json_string_value(member);

	if (text != NULL)
		return strlen(text) == json_string_length(member) && fact_read(f, text, value);
	if (json_is_boolean(member))
		return fact_read(f, json_is_true(member) ? "true" : "false", value);
	return json_is_number(member) && read_number(f, member, value);
}

int
facts_take(int64_t values[static FACTS], const json_t *object, struct why *why)
{
	for (enum fact f = 0; f < FACTS; f++) {
		const json_t *member = json_object_get(object, fact_rows[f].name);

		if (member == NULL || json_is_null(member))
			continue;
		if (!take(f, member, &values[f])) {
			member_malformed(why, fact_rows[f].name, should_be(&fact_rows[f]));
			return -1;
		}
	}
	return 0;
}
