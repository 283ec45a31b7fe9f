#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "consent/withdraw.h"
#include "gen/names.h"
#include "pipe/record.h"

#define SERVICE	   "consent"
#define HELD	   "held"
#define ANSWER_MAX ((size_t)1 << 16)

/* {"ask","held":{...}}, or {"ask","error"}. */
static int
read_held(const json_t *answer, struct question *q, struct why *why)
{
	const json_t *error = json_object_get(answer, RECORD_ERROR);
	const char *code = record_text(error, ERROR_CODE);
	enum error_id id = error_find(code);

	q->why.id = ERR_NONE;
	if (error != NULL) {
		why_set(&q->why, id == ERR_NONE ? ERR_HUB_FAILED : id, NULL, "%s", "");
		why_upstream(&q->why, code, record_text(error, ERROR_DETAIL));
		return 0;
	}
	if (json_is_object(json_object_get(answer, HELD)))
		return 0;
	why_set(why, ERR_HUB_FAILED, NULL, "an answer that does not say what is held");
	return -1;
}

/* 1 when the window holds the question, or 0 with why. */
static int
write_question(struct window *w, const char *withdrawal, struct why *why)
{
	const struct question *q = window_next(w, NULL);

	buf_addf(&w->body, "{\"ask\":\"%s\",\"withdrawal\":\"%s\"}", q->ask, withdrawal);
	if (window_added(w) == 0)
		return 1;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return 0;
}

int
withdraw_tell(struct route *route, const char *token, struct why *why)
{
	struct window *w = malloc(sizeof *w), *done = NULL;
	int told = 0;

	if (w == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return 0;
	}
	window_init(w, SERVICE, read_held, ANSWER_MAX);
	if (write_question(w, token, why) && route_start(route, w) == 0) {
		while (done == NULL)
			done = route_work(route, -1, NULL, 0);
		told = w->questions[0].answered && w->questions[0].why.id == ERR_NONE;
		if (!told)
			*why = w->questions[0].why;
	}
	window_free(w);
	free(w);
	return told;
}

int
withdraw_enter(const struct withdrawing *d, struct agreement *a, struct buf *token, struct why *why)
{
	struct ledger_draft draft;
	struct withdrawal w;

	if (a->withdrawal != NULL && buf_adds(token, a->withdrawal) == 0)
		return 0;
	withdrawal_new(
	    &w, d->facility, a->token->consent.audience, a->token->consent.id, clock_now());
	if (d->operator!= NULL)
		snprintf(w.operator, sizeof w.operator, "%s", d->operator);
	draft = draft_withdrawal(&w);
	a->withdrawn_at = w.issued;
	return ledger_append(d->ledger, d->signer, &draft, token, why);
}
