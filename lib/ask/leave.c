#include "ask/leave.h"
#include "ask/before.h"
#include "ask/change.h"
#include "ask/desk.h"
#include "ask/service.h"
#include "gen/names.h"
#include "pipe/progress.h"
#include "pipe/splice.h"

#define SCRATCH_MAX ((size_t)64 << 20) /* an answer and a record at their ceilings, spliced */

void
leaving_init(struct leaving *l)
{
	buf_init(&l->value, SCRATCH_MAX);
	buf_init(&l->record, SCRATCH_MAX);
}

void
leaving_free(struct leaving *l)
{
	buf_free(&l->value);
	buf_free(&l->record);
}

void
report(struct leaving *l, const struct why *why)
{
	if (l->reported[why->id])
		return;
	l->reported[why->id] = 1;
	progress_clear();
	why_print(why, l->options->tool);
}

static void
leave_as_came(struct leaving *l, struct batch *b, const struct item *i)
{
	(void)b;
	output_as_came(l->output, &i->line, i->verdict);
}

static void
leave_broken(struct leaving *l, struct batch *b, const struct item *i)
{
	(void)b;
	output_broken(l->output, &i->line, i->why);
}

/* The text of the card's answer that stands in the line. */
static const char *
kept_answer(const struct line *line, size_t *len)
{
	size_t at;

	return splice_find(line->text, line->len, OBJECT_ELIGIBILITY, &at, len) ? line->text + at
										: NULL;
}

/*
 * A card's answer stays when asking again failed: it came with the patient and cannot be had
 * again. Only an older recheck goes, for no old answer stands beside a new error.
 */
static void
fail_recheck(struct leaving *l, const struct line *line, const struct why *why)
{
	struct line without = *line;
	size_t len;
	const char *kept = kept_answer(line, &len);

	buf_reset(&l->value);
	buf_reset(&l->record);
	if (kept != NULL && splice_drop(&l->value, kept, len, ELIGIBILITY_RECHECK) == 0 &&
	    splice_put(&l->record, line->text, line->len, OBJECT_ELIGIBILITY, l->value.data,
		l->value.len) == 0) {
		without.text = l->record.data;
		without.len = l->record.len;
	}
	output_failure(l->output, &without, NULL, why);
}

static void
leave_failed(struct leaving *l, struct batch *b, const struct item *i)
{
	(void)b;
	if (l->options->desk != NULL)
		desk_failure(l->options->desk, i->why);
	if (i->recheck)
		fail_recheck(l, &i->line, i->why);
	else
		output_failure(l->output, &i->line, l->options->service->member, i->why);
}

static void
leave_unanswered(struct leaving *l, const struct item *i, const struct why *why)
{
	struct item failed = *i;

	failed.why = why;
	tally_asked(l->tally, why->id);
	report(l, why);
	leave_failed(l, NULL, &failed);
}

/* Puts the answer into the card's answer as its `recheck`. The result's text, or NULL. */
static const struct buf *
inside_kept(struct leaving *l, const struct line *line)
{
	size_t len;
	const char *kept = kept_answer(line, &len);

	buf_reset(&l->record);
	if (kept == NULL || splice_put(&l->record, kept, len, ELIGIBILITY_RECHECK, l->value.data,
				l->value.len) == -1)
		return NULL;
	return &l->record;
}

/* Says in the answer what differs from the one before, where there is one. 0, or -1 without memory. */
static int
tell_changes(struct leaving *l, const struct item *i)
{
	json_t *was = i->before == 0 ? NULL : before_get(l->options->before, i->before);
	int r = was == NULL ? 0 : change_put(was, &l->value, &l->record);

	json_decref(was);
	return r;
}

/* What goes into the line as our member, or NULL without memory. */
static const struct buf *
new_value(
    struct leaving *l, const struct item *i, const struct answer *answer, enum verdict *verdict)
{
	if (l->options->service->value(answer, &l->value, verdict) == -1 ||
	    tell_changes(l, i) == -1)
		return NULL;
	return i->recheck ? inside_kept(l, &i->line) : &l->value;
}

static void
leave_stopped(struct leaving *l, struct batch *b, const struct item *i)
{
	struct why why;

	(void)b;
	if (i->why != NULL) {
		leave_unanswered(l, i, i->why);
	} else {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		leave_unanswered(l, i, &why);
	}
}

/* The line with what of the answer is taken over beside our member; else as it is. */
static struct line
with_beside(struct leaving *l, const struct line *line, const struct answer *answer)
{
	const char *name = l->options->service->beside;
	struct line with = *line;
	size_t at, len;

	if (name == NULL || !splice_find(answer->line, answer->len, name, &at, &len))
		return with;
	buf_reset(&l->record);
	if (splice_put(&l->record, line->text, line->len, name, answer->line + at, len) == 0) {
		with.text = l->record.data;
		with.len = with.bytes = l->record.len;
	}
	return with;
}

static void
leave_answered(
    struct leaving *l, const struct item *i, const struct answer *answer, enum verdict verdict)
{
	const struct buf *value = new_value(l, i, answer, &verdict);
	struct line line;

	if (value == NULL) {
		leave_stopped(l, NULL, i);
		return;
	}
	tally_asked(l->tally, ERR_NONE);
	if (l->options->desk != NULL)
		desk_answer(l->options->desk, l->value.data, l->value.len);
	line = with_beside(l, &i->line, answer);
	output_answer(
	    l->output, &line, l->options->service->member, value->data, value->len, verdict);
}

/* Nobody was asked: the service makes the answer of what it left for it. */
static void
leave_own(struct leaving *l, struct batch *b, const struct item *i)
{
	char now[TIME_SIZE];
	struct answer answer = { "{}", 2, now, l->route, 0, i->own };
	enum verdict verdict = i->verdict;

	(void)b;
	time_format(clock_now(), now);
	if (l->options->service->value(&answer, &l->value, &verdict) == -1)
		leave_stopped(l, NULL, i);
	else
		output_answer(l->output, &i->line, l->options->service->member, l->value.data,
		    l->value.len, verdict);
}

static void
leave_kept(struct leaving *l, struct batch *b, const struct item *i)
{
	const struct given *given = &i->given;
	char asked_at[TIME_SIZE];
	struct answer answer = { given->line, given->len, asked_at, l->route, given->reused,
		i->own };

	(void)b;
	time_format(given->asked_at, asked_at);
	leave_answered(l, i, &answer, i->verdict);
}

static void
leave_asked(struct leaving *l, struct batch *b, const struct item *i)
{
	const struct question *q = &b->window.questions[i->question];
	struct answer answer = { b->window.answers.data + q->answer_at, q->answer_len, b->asked_at,
		l->route, 0, i->own };

	if (q->why.id != ERR_NONE)
		leave_unanswered(l, i, &q->why);
	else
		leave_answered(l, i, &answer, (enum verdict)q->note);
}

static void (*const ways[])(struct leaving *, struct batch *, const struct item *) = {
	[WAY_ASK] = leave_asked,
	[WAY_KEPT] = leave_kept,
	[WAY_OWN] = leave_own,
	[WAY_STOPPED] = leave_stopped,
	[WAY_AS_CAME] = leave_as_came,
	[WAY_BROKEN] = leave_broken,
	[WAY_FAILED] = leave_failed,
};

void
leave(struct leaving *l, struct batch *b, const struct item *i)
{
	ways[i->way](l, b, i);
}
