#include <string.h>

#include "gen/names.h"
#include "model/desk_line.h"

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

/* "3割", "25%", with a mark when it was derived. */
static void
add_percent(struct buf *line, int percent, const char *mark)
{
	if (percent % 10 == 0)
		buf_addf(line, " %d割%s", percent / 10, mark);
	else
		buf_addf(line, " %d%%%s", percent, mark);
}

/* The share that the answer holds, or else the derived one. */
static void
add_share(struct buf *line, const json_t *policy, int derived)
{
	const json_t *held = json_object_get(policy, POLICY_COPAY_PERCENT);

	if (held == NULL)
		held =
		    json_object_get(json_object_get(policy, POLICY_ELDERLY), ELDERLY_COPAY_PERCENT);
	if (json_is_integer(held))
		add_percent(line, (int)json_integer_value(held), "");
	else if (derived >= 0)
		add_percent(line, derived, "*");
}

const json_t *
desk_policy(const json_t *eligibility)
{
	const json_t *covering = json_object_get(eligibility, ELIGIBILITY_COVERING);
	json_int_t at = json_integer_value(json_array_get(covering, 0));

	return json_array_get(
	    json_object_get(eligibility, ELIGIBILITY_POLICIES), at < 0 ? 0 : (size_t)at);
}

int
desk_line(struct buf *out, const json_t *eligibility, int derived)
{
	const json_t *policy = desk_policy(eligibility);

	add(out, in_japanese(text_in(eligibility, ELIGIBILITY_STATUS)));
	add(out, text_in(policy, POLICY_INSURER_NAME));
	add(out, in_japanese(text_in(policy, POLICY_RELATION)));
	add_share(out, policy, derived);
	if (json_object_get(policy, POLICY_LIMIT_CERTIFICATE) != NULL)
		add(out, "限度額○");
	add(out, text_in(eligibility, ELIGIBILITY_AS_OF));
	return buf_failed(out) ? -1 : 0;
}

int
desk_line_failure(struct buf *out, const struct why *why)
{
	add(out, "不明");
	add(out, why_sentence(why, 1));
	return buf_failed(out) ? -1 : 0;
}
