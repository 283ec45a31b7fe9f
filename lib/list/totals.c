#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "list/mode.h"
#include "list/said.h"
#include "model/insured.h"
#include "model/status.h"
#include "options/words.h"
#include "pipe/record.h"

/*
 * Totals hold no text of a record: only words of ours, dates, and numbers. What a record says in
 * another word is counted as not known.
 */

#define VERDICTS (VERDICT_NOT_ASKED + 1)
#define SOURCES	 2 /* card, number */

struct counts {
	uint64_t read, reused, by[SOURCES][VERDICTS], none[VERDICTS];
};

struct totals {
	const struct page *page;
	int monthly;
	struct counts all;
	uint64_t returned; /* asked by number, and not valid: a claim on these keys comes back */
	json_t *days;	   /* date: [card, number, yes, no, unknown, not-asked] */
	json_t *statuses, *causes, *actors;
	int failed;
};

static void *
open_totals(const struct page *page, int monthly)
{
	struct totals *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	*t = (struct totals){ .page = page,
		.monthly = monthly,
		.days = json_object(),
		.statuses = json_object(),
		.causes = json_object(),
		.actors = json_object() };
	return t;
}

static void *
day_open(const struct page *page)
{
	return open_totals(page, 0);
}

static void *
month_open(const struct page *page)
{
	return open_totals(page, 1);
}

static void
count(struct totals *t, json_t *counts, const char *word)
{
	json_int_t n = json_integer_value(json_object_get(counts, word));

	t->failed |= json_object_set_new(counts, word, json_integer(n + 1)) == -1;
}

static const char *
known_status(const json_t *eligibility)
{
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS);

	/* A word has words for people, or it is not one of ours. */
	return status == NULL || said(status) == status ? ELIGIBILITY_STATUS_UNKNOWN : status;
}

/* 0 card, 1 number, -1 where the record does not say. */
static int
source_of(const json_t *record)
{
	const char *source =
	    record_text(json_object_get(record, OBJECT_ELIGIBILITY), ELIGIBILITY_SOURCE);

	if (source != NULL && strcmp(source, ELIGIBILITY_SOURCE_CARD) == 0)
		return 0;
	if (source != NULL && strcmp(source, ELIGIBILITY_SOURCE_NUMBER) == 0)
		return 1;
	if (json_object_get(record, OBJECT_CARD) != NULL)
		return 0;
	return json_object_get(record, OBJECT_INSURED) != NULL ? 1 : -1;
}

/* What a word of the record is, where it is one of the actors. */
static void
count_actor(struct totals *t, const json_t *object)
{
	static const char *const actors[] = { ELIGIBILITY_ACTOR_PATIENT, ELIGIBILITY_ACTOR_FACILITY,
		ELIGIBILITY_ACTOR_INSURER, ELIGIBILITY_ACTOR_NETWORK, ELIGIBILITY_ACTOR_CENTRAL,
		ELIGIBILITY_ACTOR_OPERATOR };
	const char *word = record_text(object, ELIGIBILITY_ACTOR);

	for (size_t i = 0; word != NULL && i < sizeof actors / sizeof *actors; i++)
		if (strcmp(word, actors[i]) == 0)
			count(t, t->actors, actors[i]);
}

static void
count_day(struct totals *t, const json_t *record, enum verdict verdict)
{
	struct date day;
	char text[DATE_SIZE];
	json_t *row, *cell;

	if (record == NULL || !visit_date_read(record, &day, NULL))
		return;
	date_format(day, text);
	if ((row = json_object_get(t->days, text)) == NULL) {
		row = json_pack("[iiii]", 0, 0, 0, 0);
		t->failed |= json_object_set_new(t->days, text, row) == -1;
	}
	cell = json_array_get(row, verdict);
	if (cell != NULL)
		json_integer_set(cell, json_integer_value(cell) + 1);
}

/* Of an answer its status; of a failure the code, where it is one of ours. */
static enum verdict
judge(struct totals *t, const json_t *record, const struct why *why)
{
	const json_t *error = json_object_get(record, RECORD_ERROR);
	const json_t *eligibility = json_object_get(record, OBJECT_ELIGIBILITY);
	enum error_id id = record == NULL ? why->id : error_find(record_text(error, ERROR_CODE));
	const char *status = known_status(eligibility);
	enum verdict verdict = status_verdict(status);

	if (record == NULL || error != NULL) {
		count(t, t->causes,
		    id == ERR_NONE ? ELIGIBILITY_STATUS_UNKNOWN : error_rows[id].code);
		count_actor(t, error);
		return VERDICT_UNKNOWN;
	}
	count(t, t->statuses, status);
	if (verdict == VERDICT_UNKNOWN)
		count(t, t->causes, status);
	count_actor(t, eligibility);
	return verdict;
}

static int
take(void *arg, const json_t *record, const struct line *line, const struct why *why)
{
	struct totals *t = arg;
	enum verdict verdict = judge(t, record, why);
	int source = source_of(record);

	(void)line;
	t->all.read++;
	t->all.reused += json_is_true(
	    json_object_get(json_object_get(record, OBJECT_ELIGIBILITY), ELIGIBILITY_REUSED));
	if (source == -1)
		t->all.none[verdict]++;
	else
		t->all.by[source][verdict]++;
	t->returned += source == 1 && verdict == VERDICT_NO;
	count_day(t, record, verdict);
	return t->failed ? -1 : 0;
}

static void
put_counts(struct sheet *s, const uint64_t *by)
{
	uint64_t all = 0;

	for (int i = 0; i < VERDICTS; i++)
		all += by[i];
	sheet_putf(s, "%llu", (unsigned long long)all);
	for (int i = 0; i < VERDICTS; i++)
		sheet_putf(s, "%llu", (unsigned long long)by[i]);
}

static void
show(struct totals *t, const char *heading, struct sheet *s)
{
	const struct page *p = t->page;

	t->failed |= sheet_failed(s);
	if (s->n_rows > 0) {
		p->form->heading(p->fp, heading);
		p->form->sheet(p->fp, s);
	}
	sheet_free(s);
}

/* A row for each way of asking, and one for all of it. */
static void
show_sources(struct totals *t)
{
	const struct column columns[] = {
		{ _("Asked"), 0 },
		{ _("All"), COLUMN_RIGHT },
		{ _("Valid"), COLUMN_RIGHT },
		{ _("Not valid"), COLUMN_RIGHT },
		{ _("Not known"), COLUMN_RIGHT },
		{ _("Not asked"), COLUMN_RIGHT },
	};
	const struct {
		const char *name;
		const uint64_t *by;
	} rows[] = {
		{ _("by card"), t->all.by[0] },
		{ _("by number"), t->all.by[1] },
		{ _("neither"), t->all.none },
	};
	uint64_t sum[VERDICTS] = { 0 };
	struct sheet s;

	sheet_init(&s, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		sheet_row(&s, 0);
		sheet_put(&s, rows[i].name);
		put_counts(&s, rows[i].by);
		for (int v = 0; v < VERDICTS; v++)
			sum[v] += rows[i].by[v];
	}
	sheet_row(&s, ROW_STRONG);
	sheet_put(&s, _("all"));
	put_counts(&s, sum);
	show(t, _("By card and by number"), &s);
}

/* Words and how often they came; with what is to be done about an error. */
static void
show_words(struct totals *t, const char *heading, json_t *counts, int with_step)
{
	const struct column columns[] = {
		{ heading, 0 },
		{ _("Number"), COLUMN_RIGHT },
		{ with_step ? _("What to do") : "", 0 },
	};
	struct sheet s;
	const char *word;
	json_t *n;

	sheet_init(&s, columns, with_step ? 3 : 2);
	json_object_foreach (counts, word, n) {
		enum error_id id = error_find(word);

		sheet_row(&s, 0);
		sheet_put(&s, said(word));
		sheet_putf(&s, "%lld", (long long)json_integer_value(n));
		if (id != ERR_NONE)
			sheet_put(&s, said_next(error_rows[id].next, t->page->reader.japanese));
	}
	show(t, heading, &s);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
show_days(struct totals *t)
{
	const struct column columns[] = {
		{ _("Date"), 0 },
		{ _("All"), COLUMN_RIGHT },
		{ _("Valid"), COLUMN_RIGHT },
		{ _("Not valid"), COLUMN_RIGHT },
		{ _("Not known"), COLUMN_RIGHT },
		{ _("Not asked"), COLUMN_RIGHT },
	};
	size_t n = json_object_size(t->days), i = 0;
	const char **names = calloc(n + 1, sizeof *names), *name;
	struct sheet s;
	json_t *row;

	if (names == NULL) {
		t->failed = 1;
		return;
	}
	json_object_foreach (t->days, name, row)
		names[i++] = name;
	qsort(names, n, sizeof *names, by_name);
	sheet_init(&s, columns, sizeof columns / sizeof *columns);
	for (i = 0; i < n; i++) {
		uint64_t by[VERDICTS];

		row = json_object_get(t->days, names[i]);
		for (size_t v = 0; v < VERDICTS; v++)
			by[v] = (uint64_t)json_integer_value(json_array_get(row, v));
		sheet_row(&s, 0);
		sheet_put(&s, names[i]);
		put_counts(&s, by);
	}
	free(names);
	show(t, _("Day by day"), &s);
}

static void
say_number(const struct totals *t, const char *what, uint64_t n)
{
	char line[512];

	snprintf(line, sizeof line, "%s: %llu", what, (unsigned long long)n);
	t->page->form->line(t->page->fp, line);
}

static int
finish(void *arg)
{
	struct totals *t = arg;
	const struct page *p = t->page;

	p->form->begin(p->fp,
	    t->monthly ? _("Checks of insurance, a month") : _("Checks of insurance, a day"),
	    p->reader.japanese ? "ja" : "en");
	say_number(t, _("Records"), t->all.read);
	if (t->monthly)
		say_number(t,
		    _("Bookings whose claim, on the keys we had, would have come back (返戻)"),
		    t->returned);
	else
		say_number(t, _("of these from an earlier answer"), t->all.reused);
	show_sources(t);
	if (!t->monthly)
		show_words(t, _("Answers"), t->statuses, 0);
	show_words(t, _("Not known, by cause"), t->causes, 1);
	if (!t->monthly)
		show_words(t, _("Who has to act"), t->actors, 0);
	if (t->monthly || json_object_size(t->days) > 1)
		show_days(t);
	p->form->end(p->fp);
	return t->failed ? -1 : 0;
}

static void
close_totals(void *arg)
{
	struct totals *t = arg;

	if (t == NULL)
		return;
	json_decref(t->days);
	json_decref(t->statuses);
	json_decref(t->causes);
	json_decref(t->actors);
	free(t);
}

const struct mode mode_day = { "day", day_open, take, finish, close_totals };
const struct mode mode_month = { "month", month_open, take, finish, close_totals };
