#include <string.h>

#include "ask/answer.h"
#include "gen/names.h"
#include "model/status.h"
#include "pipe/record.h"
#include "pipe/splice.h"

void
answer_explain(const json_t *error, struct why *why)
{
	const char *code = record_text(error, ERROR_CODE);
	const char *words = record_text(error, ERROR_DETAIL);
	enum error_id id = error_find(code);

	if (words == NULL)
		words = record_text(error, ERROR_TITLE);
	why_set(
	    why, id == ERR_NONE ? ERR_HUB_FAILED : id, record_text(error, ERROR_POINTER), "%s", "");
	why_upstream(why, code, words);
}

/* A short text of ours as JSON. */
static void
quote(struct buf *out, const char *text)
{
	buf_addjson(out, text, strlen(text));
}

/* The members that we know: whether there are such in the answer already, they are ours. */
struct ours {
	const char *name;
	const char *text; /* NULL: true */
};
#define OURS 3

static void
ours_of(const struct answer *a, struct ours out[static OURS])
{
	out[0] = (struct ours){ ELIGIBILITY_ASKED_AT, a->asked_at };
	out[1] = (struct ours){ ELIGIBILITY_ROUTE, a->route };
	out[2] = (struct ours){ a->reused ? ELIGIBILITY_REUSED : NULL, NULL };
}

static void
put_value(struct buf *out, const struct ours *o)
{
	if (o->text == NULL)
		buf_adds(out, "true");
	else
		quote(out, o->text);
}

/* Where there are members of our names already (a hub of a later version), ours take their place. */
static void
replace_ours(struct buf *value, const char *text, size_t len, const struct ours *ours)
{
	struct buf before, value_of_ours;

	buf_init(&before, value->max);
	buf_init(&value_of_ours, value->max);
	buf_add(value, text, len);
	for (size_t i = 0; i < OURS && ours[i].name != NULL; i++) {
		struct buf swap = before;

		before = *value;
		*value = swap;
		buf_reset(value);
		buf_reset(&value_of_ours);
		put_value(&value_of_ours, &ours[i]);
		if (buf_failed(&before))
			value->error = buf_failed(&before);
		else
			splice_put(value, before.data, before.len, ours[i].name, value_of_ours.data,
			    value_of_ours.len);
	}
	buf_free(&before);
	buf_free(&value_of_ours);
}

/* The object's bytes, and our members behind them. */
static void
append_ours(struct buf *value, const char *text, size_t len, const struct ours *ours)
{
	buf_add(value, text, len - 1); /* without its brace; it has a status, so it is not empty */
	for (size_t i = 0; i < OURS && ours[i].name != NULL; i++) {
		buf_adds(value, ",\"");
		buf_adds(value, ours[i].name);
		buf_adds(value, "\":");
		put_value(value, &ours[i]);
	}
	buf_addc(value, '}');
}

int
answer_read(const json_t *answer, struct question *q, struct why *why)
{
	const json_t *error = json_object_get(answer, RECORD_ERROR);
	const json_t *eligibility = json_object_get(answer, OBJECT_ELIGIBILITY);
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS);

	q->why.id = ERR_NONE;
	if (error != NULL) {
		answer_explain(error, &q->why);
		return 0;
	}
	q->note = (int)status_verdict(status);
	if (status != NULL)
		return 0;
	why_set(why, ERR_HUB_FAILED, NULL, "an answer without a status");
	return -1;
}

static int
has_any(const char *object, size_t len, const struct ours *ours)
{
	size_t at, n;

	for (size_t i = 0; i < OURS && ours[i].name != NULL; i++)
		if (splice_find(object, len, ours[i].name, &at, &n))
			return 1;
	return 0;
}

int
answer_value(const struct answer *a, struct buf *value, enum verdict *verdict)
{
	struct ours ours[OURS];
	size_t at, len;

	(void)verdict; /* as the reader found it */
	buf_reset(value);
	ours_of(a, ours);
	if (!splice_find(a->line, a->len, OBJECT_ELIGIBILITY, &at, &len))
		return -1;
	if (has_any(a->line + at, len, ours))
		replace_ours(value, a->line + at, len, ours);
	else
		append_ours(value, a->line + at, len, ours);
	return buf_failed(value) ? -1 : 0;
}
