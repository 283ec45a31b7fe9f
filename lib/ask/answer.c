#include <string.h>

#include "ask/answer.h"
#include "gen/names.h"
#include "model/status.h"
#include "pipe/record.h"
#include "pipe/splice.h"

/* An `error` of the other side: its code is ours if we know it, its words are kept as they came. */
static void
explain(const json_t *error, struct why *why)
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

/* Where there are members of our names already (a hub of a later version), ours take their place. */
static void
replace_ours(
    struct buf *value, const char *text, size_t len, const char *asked_at, const char *route)
{
	struct buf half, ours;

	buf_init(&half, value->max);
	buf_init(&ours, value->max);
	quote(&ours, asked_at);
	splice_put(&half, text, len, ELIGIBILITY_ASKED_AT, ours.data, ours.len);
	buf_reset(&ours);
	quote(&ours, route);
	if (buf_failed(&half) == 0)
		splice_put(value, half.data, half.len, ELIGIBILITY_ROUTE, ours.data, ours.len);
	else
		value->error = buf_failed(&half);
	buf_free(&half);
	buf_free(&ours);
}

/* The object's bytes, and our two members behind them. */
static void
append_ours(
    struct buf *value, const char *text, size_t len, const char *asked_at, const char *route)
{
	buf_add(value, text, len - 1); /* without its brace; it has a status, so it is not empty */
	buf_adds(value, ",\"" ELIGIBILITY_ASKED_AT "\":");
	quote(value, asked_at);
	buf_adds(value, ",\"" ELIGIBILITY_ROUTE "\":");
	quote(value, route);
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
		explain(error, &q->why);
		return 0;
	}
	q->note = (int)status_verdict(status);
	if (status != NULL)
		return 0;
	why_set(why, ERR_HUB_FAILED, NULL, "an answer without a status");
	return -1;
}

static int
has_member(const char *object, size_t len, const char *name)
{
	size_t at, n;

	return splice_find(object, len, name, &at, &n);
}

int
answer_value(const struct window *w, const struct question *q, const char *asked_at,
    const char *route, struct buf *value)
{
	const char *line = w->answers.data + q->answer_at, *text;
	size_t at, len;

	buf_reset(value);
	if (!splice_find(line, q->answer_len, OBJECT_ELIGIBILITY, &at, &len))
		return -1;
	text = line + at;
	if (has_member(text, len, ELIGIBILITY_ASKED_AT) || has_member(text, len, ELIGIBILITY_ROUTE))
		replace_ours(value, text, len, asked_at, route);
	else
		append_ours(value, text, len, asked_at, route);
	return buf_failed(value) ? -1 : 0;
}
