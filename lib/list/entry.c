#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "gen/names.h"
#include "list/entry.h"
#include "list/said.h"
#include "model/advice.h"
#include "model/desk_line.h"
#include "model/fold.h"
#include "model/insured.h"
#include "model/status.h"
#include "options/words.h"
#include "pipe/record.h"

#define TEXT_MAX ((size_t)64 << 10)
#define NO_TIME	 INT64_MAX

/* Headers under which receipt computers export a name; the mapping leaves them as they are. */
static const char *const name_headers[] = { "氏名", "患者氏名", "患者名", "名前", "漢字氏名",
	"name", NULL };
static const char *const kana_headers[] = { "カナ", "カナ氏名", "氏名カナ", "患者カナ", "フリガナ",
	"患者氏名カナ", "kana", NULL };

/* A copy, or NULL for none; *failed when there is no memory. */
static char *
copy(const char *text, int *failed)
{
	char *new = text == NULL || *text == '\0' ? NULL : strdup(text);

	*failed |= text != NULL && *text != '\0' && new == NULL;
	return new;
}

static char *
copy_buf(struct buf *b, int *failed)
{
	char *new = copy(b->data, failed);

	*failed |= buf_failed(b) != 0;
	buf_free(b);
	return new;
}

const json_t *
entry_policy(const json_t *record)
{
	return desk_policy(json_object_get(record, OBJECT_ELIGIBILITY));
}

static const char *
first_of(const json_t *object, const char *const *names)
{
	const char *text = NULL;

	while (text == NULL && *names != NULL)
		text = record_text(object, *names++);
	return text;
}

/* The centre's spelling, else that of the clinic's list. */
static const char *
text_of(const json_t *record, const char *member, const char *const *headers)
{
	const char *text = record_text(entry_policy(record), member);

	return text != NULL ? text : first_of(json_object_get(record, RECORD_ROW), headers);
}

/* Our number for the patient, else the id, else the line. */
static char *
number_of(const json_t *record, uint64_t order, int *failed)
{
	const char *text = record_text(json_object_get(record, RECORD_ROW), ROW_PATIENT_NUMBER);
	const json_t *seq = json_object_get(record, RECORD_SEQ);
	char line[32];

	if (text == NULL)
		text = record_text(record, RECORD_ID);
	if (text != NULL)
		return copy(text, failed);
	snprintf(line, sizeof line, "#%llu",
	    json_is_integer(seq) ? (unsigned long long)json_integer_value(seq)
				 : (unsigned long long)order);
	return copy(line, failed);
}

/* A time that is none is shown as it stands, and comes last. */
static void
take_time(struct entry *e, const json_t *record, int *failed)
{
	const char *text = record_text(json_object_get(record, RECORD_ROW), ROW_BOOKED_AT);
	char full[TIME_SIZE];
	int64_t t;

	e->at = NO_TIME;
	if (text != NULL && time_parse(text, &t)) {
		e->at = t / 60;
		time_format(t, full);
		full[16] = '\0';
		text = full + 11;
	}
	e->time = copy(text, failed);
}

/* "a b c" of the keys that the members of a household share; branches differ. */
static void
take_household(struct entry *e, const json_t *record, int *failed)
{
	const json_t *keys = json_object_get(record, OBJECT_INSURED);
	const char *insurer, *symbol, *number;
	struct buf b;

	if (record_text(keys, INSURED_NUMBER) == NULL)
		keys = entry_policy(record);
	insurer = record_text(keys, INSURED_INSURER_NUMBER);
	symbol = record_text(keys, INSURED_SYMBOL);
	number = record_text(keys, INSURED_NUMBER);
	if (insurer == NULL || number == NULL)
		return;
	buf_init(&b, TEXT_MAX);
	fold_insurer_number(&b, insurer);
	buf_addc(&b, '\n');
	fold_symbol(&b, symbol == NULL ? "" : symbol);
	buf_addc(&b, '\n');
	fold_number(&b, number);
	e->household = copy_buf(&b, failed);
}

/* Is there a change that somebody has to take over? */
static int
has_changed(const json_t *eligibility)
{
	json_t *change;
	size_t i;

	json_array_foreach (json_object_get(eligibility, ELIGIBILITY_CHANGED), i, change) {
		if (!json_is_true(json_object_get(change, CHANGE_HARMLESS)))
			return 1;
	}
	return 0;
}

/* What the answer comes to: its status, or what is to be said beside a valid one. */
static const char *
case_of(const json_t *eligibility)
{
	const char *status = record_text(eligibility, ELIGIBILITY_STATUS);

	if (status == NULL)
		return ELIGIBILITY_STATUS_UNKNOWN;
	if (strcmp(status, ELIGIBILITY_STATUS_VALID) != 0)
		return status;
	if (has_changed(eligibility))
		return ELIGIBILITY_CHANGED;
	if (record_holds(json_object_get(eligibility, ELIGIBILITY_FLAGS),
		error_rows[ERR_CERTIFICATE_EXPIRED_GRACE].code))
		return error_rows[ERR_CERTIFICATE_EXPIRED_GRACE].code;
	return status;
}

/* The sentence with the day for {date}. */
static char *
sentence_for(const char *sentence, struct date day, int japanese, int *failed)
{
	static const char hole[] = "{date}";
	const char *at = strstr(sentence, hole);
	struct buf b;

	buf_init(&b, TEXT_MAX);
	buf_add(&b, sentence, at == NULL ? strlen(sentence) : (size_t)(at - sentence));
	if (at != NULL) {
		said_date(&b, day, japanese);
		buf_adds(&b, at + sizeof hole - 1);
	}
	return copy_buf(&b, failed);
}

/* What the table has no row for stays with what the record says. */
static void
advise(struct entry *e, const char *what, const json_t *eligibility, const struct reader *r,
    int *failed)
{
	struct advice a = { .actor = record_text(eligibility, ELIGIBILITY_ACTOR),
		.next = record_text(eligibility, ELIGIBILITY_NEXT) };

	const struct asked_of asked = {
		.status = what,
		.route = record_text(eligibility, ELIGIBILITY_ROUTE),
		.source = record_text(eligibility, ELIGIBILITY_SOURCE),
		.place = r->place,
		.day = e->day,
	};

	if (advice_find(r->advice, &asked, r->japanese, &a))
		e->certain = strcmp(a.confidence, FEE_CONFIDENCE_CONFIRMED) == 0;
	e->act = a.actor != NULL;
	e->actor = copy(said(a.actor), failed);
	e->step = copy(said_next(a.next, r->japanese), failed);
	if (a.sentence != NULL && a.actor != NULL &&
	    (strcmp(a.actor, ELIGIBILITY_ACTOR_PATIENT) == 0 || strcmp(r->place, ADVICE_DESK) == 0))
		e->say = sentence_for(a.sentence, e->day, r->japanese, failed);
}

static void
take_answer(struct entry *e, const json_t *eligibility, const struct reader *r, int *failed)
{
	const char *what = case_of(eligibility);
	const char *reason = record_text(eligibility, ELIGIBILITY_REASON);

	e->verdict = status_verdict(record_text(eligibility, ELIGIBILITY_STATUS));
	if (e->verdict == VERDICT_NOT_ASKED) {
		e->status = copy(said(reason != NULL ? reason : what), failed);
		return;
	}
	if (e->verdict == VERDICT_UNKNOWN && said(what) == what)
		what = ELIGIBILITY_STATUS_UNKNOWN;
	e->status = copy(said(what), failed);
	advise(e, what, eligibility, r, failed);
}

/* actor and next: of a record's own error, or of the line that was none. */
static void
take_failure(
    struct entry *e, const char *actor, const char *next, const struct reader *r, int *failed)
{
	e->verdict = VERDICT_UNKNOWN;
	e->act = 1;
	e->certain = 1;
	e->status = copy(said(ELIGIBILITY_STATUS_UNKNOWN), failed);
	e->actor = copy(said(actor != NULL ? actor : ELIGIBILITY_ACTOR_FACILITY), failed);
	e->step = copy(said_next(next, r->japanese), failed);
}

static void
take_person(struct entry *e, const json_t *record, int *failed)
{
	const json_t *row = json_object_get(record, RECORD_ROW);

	e->name = copy(text_of(record, POLICY_NAME, name_headers), failed);
	e->kana = copy(text_of(record, POLICY_KANA, kana_headers), failed);
	e->phone = copy(record_text(row, ROW_PHONE), failed);
	e->doctor = copy(record_text(row, ROW_DOCTOR), failed);
	take_time(e, record, failed);
	take_household(e, record, failed);
}

int
entry_take(struct entry *e, const json_t *record, const struct line *line, const struct why *why,
    const struct reader *r)
{
	const json_t *error = json_object_get(record, RECORD_ERROR);
	int failed = 0;

	*e = (struct entry){ .order = line->number, .at = NO_TIME };
	if (record == NULL || !visit_date_read(record, &e->day, NULL))
		e->day = date_today();
	e->number = number_of(record, line->number, &failed);
	take_person(e, record, &failed);
	if (record == NULL)
		take_failure(e, error_rows[why->id].actor, error_rows[why->id].next, r, &failed);
	else if (error != NULL)
		take_failure(
		    e, record_text(error, ERROR_ACTOR), record_text(error, ERROR_NEXT), r, &failed);
	else
		take_answer(e, json_object_get(record, OBJECT_ELIGIBILITY), r, &failed);
	return failed ? -1 : 0;
}

void
entry_free(struct entry *e)
{
	char **const texts[] = { &e->time, &e->number, &e->name, &e->kana, &e->phone, &e->doctor,
		&e->status, &e->actor, &e->step, &e->say, &e->household };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(*texts[i]);
	*e = (struct entry){ .verdict = VERDICT_UNKNOWN };
}
