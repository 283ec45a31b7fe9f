#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/bulk.h"
#include "ask/result.h"
#include "gen/names.h"
#include "model/insured.h"
#include "options/words.h"
#include "pipe/record.h"
#include "route/registration.h"

#define LINE_MAX_BYTES ((size_t)8 << 20)

/* A question of the file. */
struct asked_for {
	char item[BULK_ITEM_SIZE];
	char ask[ASK_SIZE];
	int64_t id;
	char birth_date[DATE_SIZE]; /* as it was asked; "": not known */
	const json_t *unit;	    /* NULL: none yet */
	int differs;		    /* from another unit about the same */
};

struct matching {
	const struct bulk_kind *kind;
	struct journal *journal;
	const struct bulk_file *file;
	const char *tool;
	int counts_agree;
	struct asked_for *all;
	size_t n, room;
	/* Units, by what is wrong with them. */
	size_t foreign, repeated, differing, missing, refused;
};

static int
add_question(void *arg, int64_t id, const char *ask, const char *text, struct why *why)
{
	struct matching *m = arg;
	struct asked_for *one;
	json_t *question, *insured;
	const char *birth_date;

	if (m->n == m->room) {
		why_set(why, ERR_JOURNAL_DAMAGED, NULL, "a file holds more than it should");
		return -1;
	}
	one = &m->all[m->n++];
	question = json_loads(text, 0, NULL);
	insured = json_object_get(question, OBJECT_INSURED);
	birth_date = record_text(insured, INSURED_BIRTH_DATE);
	*one = (struct asked_for){ .id = id };
	snprintf(one->ask, sizeof one->ask, "%s", ask);
	if (m->kind->registers)
		registration_item(insured, one->item);
	else
		snprintf(one->item, sizeof one->item, "%s", ask);
	snprintf(
	    one->birth_date, sizeof one->birth_date, "%s", birth_date == NULL ? "" : birth_date);
	json_decref(question);
	return 0;
}

static int
by_item(const void *a, const void *b)
{
	return strcmp(((const struct asked_for *)a)->item, ((const struct asked_for *)b)->item);
}

static struct asked_for *
find(const struct matching *m, const char *item)
{
	struct asked_for wanted;

	if (item == NULL || strlen(item) >= sizeof wanted.item)
		return NULL;
	memcpy(wanted.item, item, strlen(item) + 1);
	return bsearch(&wanted, m->all, m->n, sizeof wanted, by_item);
}

/* The other side's own no to one person. */
static int
is_refused(const json_t *unit)
{
	const char *code = record_text(json_object_get(unit, RECORD_ERROR), ERROR_CODE);

	return code != NULL && error_find(code) == ERR_OQS_REFUSED;
}

/* Matches the units, by our identifier and nothing else, and counts what does not fit. */
static void
match(struct matching *m, const json_t *bulk)
{
	const json_t *unit;
	size_t i;

	json_array_foreach (json_object_get(bulk, BULK_UNITS), i, unit) {
		struct asked_for *one = find(m, record_text(unit, BULK_ITEM));
		int differs = record_holds(
		    json_object_get(unit, BULK_CONFLICTS), OQS_CONFLICTS_ANSWERS_DIFFER);

		if (one == NULL)
			m->foreign++;
		else if (differs && one->unit == NULL)
			m->differing++;
		else if (!differs && one->unit != NULL && json_equal(one->unit, unit))
			m->repeated++;
		else if (!differs && one->unit != NULL) {
			m->differing += !one->differs;
			one->differs = 1;
		}
		if (one != NULL && one->unit == NULL)
			one->unit = unit;
	}
	for (i = 0; i < m->n; i++) {
		m->missing += m->all[i].unit == NULL;
		m->refused += m->all[i].unit != NULL && is_refused(m->all[i].unit);
	}
}

/* Says what does not fit: numbers, nobody's data. */
static void
say(const struct matching *m)
{
	if (m->foreign + m->repeated + m->differing + m->missing == 0 && m->counts_agree)
		return;
	fprintf(stderr,
	    _("%s: the result of reception %s does not fit: asked for %zu, missing %zu, nobody's "
	      "%zu, "
	      "twice %zu, twice and different %zu"),
	    m->tool, m->file->reception, m->n, m->missing, m->foreign, m->repeated, m->differing);
	fprintf(stderr, "%s\n", m->counts_agree ? "" : _("; its own counts are wrong"));
}

static int
keep(struct journal *j, int64_t id, const struct buf *line, struct why *why)
{
	if (!buf_failed(line))
		return bulk_answer(j, id, line->data, line->len, why);
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "an answer");
	return -1;
}

int
result_error(struct journal *j, int64_t id, const char *ask, const struct why *cause,
    const char *tool, struct why *why)
{
	struct buf line;
	int r;

	buf_init(&line, LINE_MAX_BYTES);
	buf_addf(&line, "{\"" QUESTION_ASK "\":\"%s\",\"" RECORD_ERROR "\":", ask);
	why_json(&line, cause, tool);
	buf_addc(&line, '}');
	r = keep(j, id, &line, why);
	buf_free(&line);
	return r;
}

/* The answer with what disagrees about it among its flags. */
static void
put_flags(json_t *eligibility, const json_t *unit, int counts_agree)
{
	json_t *flags = json_object_get(eligibility, ELIGIBILITY_FLAGS);

	if (record_holds(json_object_get(unit, BULK_CONFLICTS), OQS_CONFLICTS_IDENTIFIER_REPEATED))
		json_array_append_new(flags, json_string(OQS_CONFLICTS_IDENTIFIER_REPEATED));
	if (!counts_agree)
		json_array_append_new(flags, json_string(OQS_CONFLICTS_COUNTS_DISAGREE));
}

/* The unit's answer or error as a line. 0, or -1 with why. */
static int
keep_unit(const struct matching *m, const struct asked_for *one, struct why *why)
{
	const char *name = m->kind->single->member;
	json_t *member = json_object_get(one->unit, name);
	struct buf line;
	char *text;
	int r;

	if (member == NULL)
		member = json_object_get(one->unit, name = RECORD_ERROR);
	else
		put_flags(member, one->unit, m->counts_agree);
	text = json_dumps(member, JSON_COMPACT);
	buf_init(&line, LINE_MAX_BYTES);
	buf_addf(&line, "{\"" QUESTION_ASK "\":\"%s\",\"%s\":", one->ask, name);
	buf_adds(&line, text == NULL ? "null" : text);
	buf_addc(&line, '}');
	free(text);
	r = keep(m->journal, one->id, &line, why);
	buf_free(&line);
	return r;
}

/* Our identifier over somebody else's data. */
static int
is_foreign(const struct asked_for *one)
{
	const char *theirs = record_text(one->unit, INSURED_BIRTH_DATE);

	return theirs != NULL && strcmp(theirs, one->birth_date) != 0;
}

static int
keep_answer(const struct matching *m, const struct asked_for *one, struct why *why)
{
	const char *reception = m->file->reception;
	struct why cause;

	if (one->unit != NULL && !one->differs && !is_foreign(one))
		return keep_unit(m, one, why);
	if (one->differs)
		why_set(&cause, ERR_OQS_ANSWERS_DIFFER, NULL, "%s", reception);
	else if (one->unit != NULL)
		why_set(&cause, ERR_TERMINAL_ANSWER_FOREIGN, NULL, "%s: Birthdate", reception);
	else if (m->kind->registers)
		why_set(
		    &cause, ERR_REGISTRATION_ECHO_DIFFERS, NULL, "%s: no unit has it", reception);
	else
		why_set(&cause, ERR_OQS_IDENTIFIER_MISSING, NULL, "%s", reception);
	return result_error(m->journal, one->id, one->ask, &cause, m->tool, why);
}

int
result_take(struct journal *j, const struct bulk_file *f, const json_t *bulk,
    const struct ask_options *o, struct why *why)
{
	struct matching m = {
		.kind = o->bulk->kind,
		.journal = j,
		.file = f,
		.tool = o->tool,
		.counts_agree = json_is_true(json_object_get(bulk, BULK_COUNTS_AGREE)),
		.all = calloc(f->n + 1, sizeof *m.all),
		.room = f->n,
	};
	int r = -1;

	why_set(why, ERR_OUT_OF_MEMORY, NULL, "a result");
	if (m.all == NULL || bulk_questions(j, f->id, add_question, &m, why) == -1)
		goto out;
	qsort(m.all, m.n, sizeof *m.all, by_item);
	match(&m, bulk);
	if (m.n > 0 && m.refused == m.n && date_days(f->day) > date_days(date_today())) {
		result_explain(json_object_get(m.all[0].unit, RECORD_ERROR), why);
		r = 0;
		goto out;
	}
	say(&m);
	r = 1;
	for (size_t i = 0; i < m.n && r == 1; i++)
		if (keep_answer(&m, &m.all[i], why) == -1)
			r = -1;
out:
	free(m.all);
	return r;
}

void
result_explain(const json_t *error, struct why *why)
{
	const json_t *upstream = json_object_get(error, ERROR_UPSTREAM);
	const char *detail = record_text(error, ERROR_DETAIL);
	enum error_id id = error_find(record_text(error, ERROR_CODE));

	why_set(why, id == ERR_NONE ? ERR_OQS_ANSWER_INCOMPLETE : id,
	    record_text(error, ERROR_POINTER), "%s", detail == NULL ? "" : detail);
	why_upstream(
	    why, record_text(upstream, NOTICE_CODE), record_text(upstream, NOTICE_MESSAGE));
}
