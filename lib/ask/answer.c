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
answer_read(const struct window *w, const struct question *q, const char *asked_at,
    const char *route, struct buf *value, enum verdict *verdict, struct why *why)
{
	const json_t *error = json_object_get(q->answer, RECORD_ERROR);
	const json_t *eligibility = json_object_get(q->answer, OBJECT_ELIGIBILITY);
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS);
	const char *text;
	size_t at, len;

	if (q->answer == NULL || error != NULL) {
		*why = q->why;
		if (q->answer != NULL)
			explain(error, why);
		return 0;
	}
	text = w->answers.data + q->answer_at;
	if (status == NULL || !splice_find(text, q->answer_len, OBJECT_ELIGIBILITY, &at, &len)) {
		why_set(why, ERR_HUB_FAILED, NULL, "an answer without a status");
		return 0;
	}
	*verdict = status_verdict(status);
	buf_reset(value);
	if (json_object_get(eligibility, ELIGIBILITY_ASKED_AT) == NULL &&
	    json_object_get(eligibility, ELIGIBILITY_ROUTE) == NULL)
		append_ours(value, text + at, len, asked_at, route);
	else
		replace_ours(value, text + at, len, asked_at, route);
	if (!buf_failed(value))
		return 1;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return 0;
}
