#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/desk_line.h"

#define MEDICAL_AID "A1" /* card_class: no share by age */

static const struct said {
	const char *word, *ja;
} said[] = {
	{ ELIGIBILITY_STATUS_VALID, "有効" },
	{ ELIGIBILITY_STATUS_VALID_UNREGISTERED, "有効（この医療機関への委託登録なし）" },
	{ ELIGIBILITY_STATUS_INVALID, "無効" },
	{ ELIGIBILITY_STATUS_INVALID_REPLACED, "無効（新しい資格あり）" },
	{ ELIGIBILITY_STATUS_NOT_FOUND, "該当資格なし" },
	{ ELIGIBILITY_STATUS_AMBIGUOUS, "複数該当" },
	{ ELIGIBILITY_STATUS_PENDING, "処理中" },
	{ ELIGIBILITY_STATUS_UNKNOWN, "不明" },
	{ POLICY_RELATION_INSURED, "本人" },
	{ POLICY_RELATION_DEPENDANT, "家族" },
};

static const char *
text_in(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The words for a word; an unknown one as it is. */
static const char *
in_japanese(const char *word)
{
	for (size_t i = 0; word != NULL && i < sizeof said / sizeof *said; i++)
		if (strcmp(said[i].word, word) == 0)
			return said[i].ja;
	return word;
}

/* A piece of the line. What would steer the terminal does not reach it. */
static void
add(struct buf *line, const char *text)
{
	if (text == NULL)
		return;
	if (line->len > 0)
		buf_addc(line, ' ');
	for (const char *p = text; *p != '\0'; p++)
		buf_addc(line, (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
}

static int
percent_in(const json_t *object, const char *name, int *percent)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_integer(v))
		return 0;
	*percent = (int)json_integer_value(v);
	return 1;
}

/* A cell that is a number; -1 when it is none, or not there. */
static long
number(const struct table *shares, size_t row, const char *column)
{
	const char *cell = table_cell(shares, row, column);
	char *end;
	long n = cell == NULL ? -1 : strtol(cell, &end, 10);

	return cell == NULL || end == cell || *end != '\0' ? -1 : n;
}

static int
percent_by_age(const json_t *policy, struct date day, const struct table *shares, int *percent)
{
	const char *birth = text_in(policy, POLICY_BIRTH_DATE);
	struct date born;
	int age;

	if (shares == NULL || birth == NULL || !date_parse(birth, &born))
		return 0;
	age = date_age(born, day, 0);
	for (size_t at = 0; table_find(shares, "percent", NULL, day, &at); at++)
		if (age >= number(shares, at, "age_from") && age <= number(shares, at, "age_to")) {
			*percent = (int)number(shares, at, "percent");
			return 1;
		}
	return 0;
}

int
share_percent(
    const json_t *policy, struct date day, const struct table *shares, int *percent, int *derived)
{
	const char *class = text_in(policy, POLICY_CARD_CLASS);

	*derived = 0;
	if (percent_in(policy, POLICY_COPAY_PERCENT, percent) ||
	    percent_in(json_object_get(policy, POLICY_ELDERLY), ELDERLY_COPAY_PERCENT, percent))
		return 1;
	if (class != NULL && strcmp(class, MEDICAL_AID) == 0)
		return 0;
	*derived = 1;
	return percent_by_age(policy, day, shares, percent);
}

static void
add_share(struct buf *line, const json_t *policy, const char *as_of, const struct table *shares)
{
	struct date day;
	int percent, derived;

	if (as_of == NULL || !date_parse(as_of, &day) ||
	    !share_percent(policy, day, shares, &percent, &derived))
		return;
	if (percent % 10 == 0)
		buf_addf(line, " %d割", percent / 10);
	else
		buf_addf(line, " %d%%", percent);
	buf_adds(line, derived ? "*" : "");
}

/* The policy to name: the first that covers the day, else the first. */
static const json_t *
policy_of(const json_t *eligibility)
{
	const json_t *covering = json_object_get(eligibility, ELIGIBILITY_COVERING);
	json_int_t at = json_integer_value(json_array_get(covering, 0));

	return json_array_get(
	    json_object_get(eligibility, ELIGIBILITY_POLICIES), at < 0 ? 0 : (size_t)at);
}

int
desk_line(struct buf *out, const json_t *eligibility, const struct table *shares)
{
	const json_t *policy = policy_of(eligibility);
	const char *as_of = text_in(eligibility, ELIGIBILITY_AS_OF);

	add(out, in_japanese(text_in(eligibility, ELIGIBILITY_STATUS)));
	add(out, text_in(policy, POLICY_INSURER_NAME));
	add(out, in_japanese(text_in(policy, POLICY_RELATION)));
	add_share(out, policy, as_of, shares);
	if (json_object_get(policy, POLICY_LIMIT_CERTIFICATE) != NULL)
		add(out, "限度額○");
	add(out, as_of);
	return buf_failed(out) ? -1 : 0;
}

int
desk_line_failure(struct buf *out, const struct why *why)
{
	add(out, "不明");
	add(out, why_sentence(why, 1));
	return buf_failed(out) ? -1 : 0;
}
