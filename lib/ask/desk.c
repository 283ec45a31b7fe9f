/* In Japanese, whatever the language of the messages: it is said about a patient in Japan. */
#include <string.h>

#include "ask/desk.h"
#include "base/buf.h"
#include "gen/names.h"
#include "pipe/record.h"

#define DESK_MAX 1024

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
	{ POLICY_RELATION_INSURED, "本人" },
	{ POLICY_RELATION_DEPENDANT, "家族" },
};

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

static void
say(struct tty *desk, struct buf *line)
{
	buf_addc(line, '\n');
	if (!buf_failed(line))
		tty_say(desk, line->data);
	buf_free(line);
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

void
desk_answer(struct tty *desk, const char *text, size_t len)
{
	const struct line value = { .text = text, .len = len, .bytes = len };
	json_t *eligibility = record_parse(&value, NULL);
	const json_t *policy = policy_of(eligibility);
	struct buf line;

	buf_init(&line, DESK_MAX);
	add(&line, in_japanese(record_text(eligibility, ELIGIBILITY_STATUS)));
	add(&line, record_text(policy, POLICY_INSURER_NAME));
	add(&line, in_japanese(record_text(policy, POLICY_RELATION)));
	add(&line, record_text(eligibility, ELIGIBILITY_AS_OF));
	say(desk, &line);
	json_decref(eligibility);
}

void
desk_failure(struct tty *desk, const struct why *why)
{
	struct buf line;

	buf_init(&line, DESK_MAX);
	add(&line, "不明");
	add(&line, why_sentence(why, 1));
	say(desk, &line);
}
