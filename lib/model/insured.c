#include <string.h>

#include "gen/names.h"
#include "model/checks.h"
#include "model/digits.h"
#include "model/insured.h"

#define ELDERLY_LAW	   "39" /* of insurers of the late-stage elderly */
#define IN_INSURED(member) "/" OBJECT_INSURED "/" member

/* Says where, for a check that does not know from which object its text came. */
static int
at(struct why *why, const char *pointer)
{
	if (why != NULL)
		snprintf(why->pointer, sizeof why->pointer, "%s", pointer);
	return 0;
}

/* A text member: absent, null and empty are one, NULL. 1, or 0 with why if it is no text. */
static int
text_member(
    const json_t *insured, const char *name, const char *pointer, const char **out, struct why *why)
{
	const json_t *member = json_object_get(insured, name);

	*out = NULL;
	if (member == NULL || json_is_null(member))
		return 1;
	if (!json_is_string(member)) {
		why_set(why, ERR_MEMBER_MALFORMED, pointer, "%s is a text", name);
		return 0;
	}
	/* Cut at a NUL it would be somebody else's. */
	if (strlen(json_string_value(member)) != json_string_length(member)) {
		why_set(why, ERR_MEMBER_MALFORMED, pointer, "%s holds a NUL", name);
		return 0;
	}
	if (json_string_length(member) > 0)
		*out = json_string_value(member);
	return 1;
}

static int
consent_member(const json_t *insured, int *out, struct why *why)
{
	const json_t *member = json_object_get(insured, INSURED_LIMIT_CERTIFICATE_CONSENT);

	*out = json_is_true(member);
	if (member == NULL || json_is_null(member) || json_is_boolean(member))
		return 1;
	why_set(why, ERR_MEMBER_MALFORMED, IN_INSURED(INSURED_LIMIT_CERTIFICATE_CONSENT),
	    "%s is true or false", INSURED_LIMIT_CERTIFICATE_CONSENT);
	return 0;
}

static int
is_limit_kind(const char *kind)
{
	for (const struct word_row *w = words_limit_kind; w->word != NULL; w++)
		if (strcmp(w->word, kind) == 0)
			return 1;
	return 0;
}

/* A01 to B10, or one that is added to them. */
static int
is_limit_class(const char *class)
{
	return strlen(class) == 3 && strspn(class, "AB") == 1 &&
	       strspn(class + 1, "0123456789") == 2;
}

/*
 * What is known of the limit certificate: of use only when it is kind and class. 1, or 0 with why.
 */
static int
limit_members(const json_t *insured, struct insured *out, struct why *why)
{
	static const char kind[] = IN_INSURED(INSURED_LIMIT_CERTIFICATE) "/" LIMIT_KIND,
			  class[] = IN_INSURED(INSURED_LIMIT_CERTIFICATE) "/" LIMIT_CLASS;
	const json_t *limit = json_object_get(insured, INSURED_LIMIT_CERTIFICATE);

	if (!text_member(limit, LIMIT_KIND, kind, &out->limit_kind, why) ||
	    !text_member(limit, LIMIT_CLASS, class, &out->limit_class, why))
		return 0;
	if (out->limit_kind == NULL || out->limit_class == NULL) {
		out->limit_kind = out->limit_class = NULL;
		return 1;
	}
	if (is_limit_kind(out->limit_kind) && is_limit_class(out->limit_class))
		return 1;
	why_set(why, ERR_MEMBER_MALFORMED, is_limit_kind(out->limit_kind) ? class : kind,
	    "no limit certificate has that");
	return 0;
}

static int
members_read(const json_t *insured, struct insured *out, struct why *why)
{
	const struct {
		const char *name, *pointer;
		const char **to;
	} texts[] = {
		{ INSURED_INSURER_NUMBER, IN_INSURED(INSURED_INSURER_NUMBER),
		    &out->insurer_number },
		{ INSURED_SYMBOL, IN_INSURED(INSURED_SYMBOL), &out->symbol },
		{ INSURED_NUMBER, IN_INSURED(INSURED_NUMBER), &out->number },
		{ INSURED_BRANCH, IN_INSURED(INSURED_BRANCH), &out->branch },
		{ INSURED_BIRTH_DATE, IN_INSURED(INSURED_BIRTH_DATE), &out->birth_date },
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!text_member(insured, texts[i].name, texts[i].pointer, texts[i].to, why))
			return 0;
	return consent_member(insured, &out->limit_certificate_consent, why) &&
	       limit_members(insured, out, why);
}

/* What oq-consent was told by word of mouth counts before the flag. */
static void
heed_consent(const json_t *record, struct insured *out)
{
	const json_t *purposes =
	    json_object_get(json_object_get(record, OBJECT_CONSENT), CONSENT_PURPOSES);
	const json_t *grant = json_object_get(purposes, PURPOSE_LIMIT_CERTIFICATE);
	const char *decision = json_string_value(json_object_get(grant, GRANT_DECISION));

	if (decision != NULL && strcmp(decision, GRANT_DECISION_GIVEN) == 0)
		out->limit_certificate_consent = 1;
	if (decision != NULL && strcmp(decision, GRANT_DECISION_REFUSED) == 0)
		out->limit_certificate_consent = 0;
}

/* What every question needs, and beside that this one. 1, or 0 with why. */
static int
missing_none(const struct insured *in, const char *own, const char *pointer, enum error_id id,
    struct why *why)
{
	const struct {
		const char *text, *pointer;
		enum error_id id;
	} needed[] = {
		{ in->insurer_number, IN_INSURED(INSURED_INSURER_NUMBER),
		    ERR_INSURER_NUMBER_MISSING },
		{ in->number, IN_INSURED(INSURED_NUMBER), ERR_NUMBER_MISSING },
		{ own, pointer, id },
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (needed[i].text == NULL) {
			why_set(why, needed[i].id, needed[i].pointer, "%s", "");
			return 0;
		}
	return 1;
}

/* `insured` with its members, unchecked: borrowed, or NULL with why. */
static const json_t *
object_read(const json_t *record, struct insured *in, struct why *why)
{
	const json_t *insured = json_object_get(record, OBJECT_INSURED);

	memset(in, 0, sizeof *in);
	if (insured == NULL || json_is_null(insured)) {
		why_set(why, ERR_INSURED_MISSING, "/" OBJECT_INSURED, "%s", "");
		return NULL;
	}
	if (!json_is_object(insured)) {
		why_set(why, ERR_MEMBER_MALFORMED, "/" OBJECT_INSURED, "%s is an object",
		    OBJECT_INSURED);
		return NULL;
	}
	return members_read(insured, in, why) ? insured : NULL;
}

/* The keys of an insurance. 1, or 0 with why. */
static int
check_keys(const struct insured *in, struct why *why)
{
	if (!check_insurer_number(in->insurer_number, why))
		return at(why, IN_INSURED(INSURED_INSURER_NUMBER));
	if (in->symbol != NULL && !check_symbol(in->symbol, why))
		return at(why, IN_INSURED(INSURED_SYMBOL));
	if (!check_number(in->number, why))
		return at(why, IN_INSURED(INSURED_NUMBER));
	if (in->branch != NULL && !check_branch(in->branch, why))
		return at(why, IN_INSURED(INSURED_BRANCH));
	return 1;
}

int
insured_read(const json_t *record, struct date day, struct insured *in, struct why *why)
{
	if (object_read(record, in, why) == NULL ||
	    !missing_none(
		in, in->birth_date, IN_INSURED(INSURED_BIRTH_DATE), ERR_BIRTH_DATE_MISSING, why))
		return 0;
	heed_consent(record, in);
	if (!check_keys(in, why))
		return 0;
	if (!check_birth_date(in->birth_date, day, why))
		return at(why, IN_INSURED(INSURED_BIRTH_DATE));
	return 1;
}

int
registration_read(const json_t *record, struct insured *in, struct why *why)
{
	static const char pointer[] = IN_INSURED(INSURED_REFERENCE_NUMBER);
	const json_t *insured = object_read(record, in, why);

	if (insured == NULL ||
	    !text_member(insured, INSURED_REFERENCE_NUMBER, pointer, &in->reference_number, why))
		return 0;
	if (!missing_none(in, in->reference_number, pointer, ERR_REFERENCE_NUMBER_MISSING, why) ||
	    !check_keys(in, why))
		return 0;
	return check_reference_number(in->reference_number, why) ? 1 : at(why, pointer);
}

int
registration_lacks_branch(const struct insured *in)
{
	char digits[DIGITS_SIZE];

	return in->branch == NULL && (digits_half(in->insurer_number, digits) != 8 ||
					 strncmp(digits, ELDERLY_LAW, strlen(ELDERLY_LAW)) != 0);
}

int
visit_date_read(const json_t *record, struct date *day, struct why *why)
{
	const json_t *member = json_object_get(record, RECORD_VISIT_DATE);

	if (member == NULL || json_is_null(member)) {
		*day = date_today();
		return 1;
	}
	if (json_is_string(member) && json_string_length(member) == DATE_SIZE - 1 &&
	    date_parse(json_string_value(member), day))
		return 1;
	why_set(why, ERR_VISIT_DATE_MALFORMED, "/" RECORD_VISIT_DATE, "write it YYYY-MM-DD");
	return 0;
}

static void
put_text(struct buf *out, const char *name, const char *text)
{
	buf_addc(out, '"');
	buf_adds(out, name);
	buf_adds(out, "\":");
	buf_addjson(out, text, strlen(text));
}

/* Half width and without padding on the way out; the record keeps what was given. */
static void
put_digits(struct buf *out, const char *name, const char *text)
{
	char digits[DIGITS_SIZE];

	digits_half(text, digits);
	put_text(out, name, digits);
}

/* What every question begins with. */
static void
begin(struct buf *out, const char *ask, const char *visit_date)
{
	buf_adds(out, "{\"" QUESTION_ASK "\":\"");
	buf_adds(out, ask);
	buf_adds(out, "\",");
	put_text(out, RECORD_VISIT_DATE, visit_date);
}

int
question_write_card(struct buf *out, const char *ask, const char *visit_date, const char *presence,
    const char *consent)
{
	begin(out, ask, visit_date);
	buf_adds(out, ",\"" CARD_PRESENCE "\":\"");
	buf_adds(out, presence);
	if (consent != NULL) {
		buf_adds(out, "\",\"" OBJECT_CONSENT "\":\"");
		buf_adds(out, consent);
	}
	return buf_adds(out, "\"}");
}

/* What names an insurance. */
static void
put_keys(struct buf *out, const struct insured *in)
{
	put_digits(out, INSURED_INSURER_NUMBER, in->insurer_number);
	if (in->symbol != NULL) {
		buf_addc(out, ',');
		put_text(out, INSURED_SYMBOL, in->symbol);
	}
	buf_addc(out, ',');
	put_text(out, INSURED_NUMBER, in->number);
	if (in->branch != NULL) {
		buf_addc(out, ',');
		put_digits(out, INSURED_BRANCH, in->branch);
	}
}

int
registration_write(struct buf *out, const char *ask, const struct insured *in)
{
	buf_addf(out, "{\"" QUESTION_ASK "\":\"%s\",\"" OBJECT_INSURED "\":{", ask);
	put_text(out, INSURED_REFERENCE_NUMBER, in->reference_number);
	buf_addc(out, ',');
	put_keys(out, in);
	buf_adds(out, "}}");
	return buf_failed(out) ? -1 : 0;
}

int
question_write(struct buf *out, const char *ask, const char *visit_date, const struct insured *in)
{
	begin(out, ask, visit_date);
	buf_adds(out, ",\"" OBJECT_INSURED "\":{");
	put_keys(out, in);
	buf_addc(out, ',');
	put_text(out, INSURED_BIRTH_DATE, in->birth_date);
	if (in->limit_certificate_consent)
		buf_adds(out, ",\"" INSURED_LIMIT_CERTIFICATE_CONSENT "\":true");
	if (in->limit_kind != NULL)
		buf_addf(out,
		    ",\"" INSURED_LIMIT_CERTIFICATE "\":{\"" LIMIT_KIND "\":\"%s\",\"" LIMIT_CLASS
		    "\":\"%s\"}",
		    in->limit_kind, in->limit_class);
	buf_adds(out, "}}");
	return buf_failed(out) ? -1 : 0;
}
