#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "options/words.h"
#include "readiness/cells.h"
#include "readiness/onboarding.h"
#include "view/text.h"

#define BARS_MAX 8
#define NAME	 56 /* columns */

/* What became of one step. */
struct judged {
	const char *state;
	int has_due, has_from;
	struct date due, from;
	size_t bars[BARS_MAX], n_bars; /* rows that come first */
};

static const char *
cell(const struct onboarding *o, size_t row, const char *column)
{
	return table_cell(o->steps, row, column);
}

static size_t
row_of(const struct onboarding *o, const char *key, size_t len)
{
	size_t row = 0;

	while (row < table_rows(o->steps) &&
	       (strlen(cell(o, row, "key")) != len || strncmp(cell(o, row, "key"), key, len) != 0))
		row++;
	return row;
}

/* The last day of the grant's rules for this step, where regime and grace are known. */
static int
grant_due(const struct onboarding *o, size_t row, struct date *due)
{
	const char *fact = cell(o, row, "fact");

	for (size_t i = 0;
	     *fact != '\0' && *o->kept->regime != '\0' && i < table_rows(o->deadlines); i++) {
		const char *regimes = table_cell(o->deadlines, i, "regimes");
		const char *graces = table_cell(o->deadlines, i, "grace");

		/* What is only recalled is no deadline to rely on. */
		if (strcmp(table_cell(o->deadlines, i, "fact"), fact) == 0 &&
		    strcmp(table_cell(o->deadlines, i, "confidence"), "recalled") != 0 &&
		    (*regimes == '\0' || cell_has_word(regimes, o->kept->regime)) &&
		    (*graces == '\0' || cell_has_word(graces, o->kept->grace)) &&
		    date_parse(table_cell(o->deadlines, i, "to"), due))
			return 1;
	}
	return 0;
}

/* The last day that follows from when another step, or this one the last time, was done. */
static int
counted_due(const struct onboarding *o, size_t row, struct date *due)
{
	const char *from = cell(o, row, "due_from"), *days = cell(o, row, "due_days");
	const char *months = cell(o, row, "due_months");
	size_t base = row_of(o, from, strlen(from));

	if (*cell(o, row, "repeats") != '\0' && o->kept->step[row].has_done)
		base = row;
	if (base >= table_rows(o->steps) || !o->kept->step[base].has_done)
		return 0;
	*due = o->kept->step[base].done;
	if (*months != '\0')
		*due = months_later(*due, strtol(months, NULL, 10));
	if (*days != '\0')
		*due = date_of_days(date_days(*due) + strtol(days, NULL, 10));
	return *months != '\0' || *days != '\0';
}

static void
find_due(const struct onboarding *o, size_t row, struct judged *j)
{
	const char *before = cell(o, row, "from_days");

	if (o->kept->step[row].has_due) {
		j->due = o->kept->step[row].due;
		j->has_due = 1;
	} else {
		j->has_due = counted_due(o, row, &j->due) || grant_due(o, row, &j->due);
	}
	if (j->has_due && *before != '\0') {
		j->from = date_of_days(date_days(j->due) - strtol(before, NULL, 10));
		j->has_from = 1;
	}
}

/* Which steps come first and are not done? */
static void
find_bars(const struct onboarding *o, size_t row, struct judged *j)
{
	const char *after = cell(o, row, "after");

	while (*after != '\0' && j->n_bars < BARS_MAX) {
		size_t len = strcspn(after, " "), first = row_of(o, after, len);

		if (first < table_rows(o->steps) && !o->kept->step[first].has_done)
			j->bars[j->n_bars++] = first;
		after += len + strspn(after + len, " ");
	}
}

static struct judged
judge(const struct onboarding *o, size_t row)
{
	struct judged j = { .state = ONBOARDING_STATE_OPEN };
	int64_t today = date_days(o->on);

	find_due(o, row, &j);
	find_bars(o, row, &j);
	if (o->kept->step[row].has_done && *cell(o, row, "repeats") == '\0')
		j.state = ONBOARDING_STATE_DONE;
	else if (j.has_due && date_days(j.due) < today)
		j.state = ONBOARDING_STATE_OVERDUE;
	else if (j.n_bars > 0)
		j.state = ONBOARDING_STATE_BLOCKED;
	else if (j.has_from && date_days(j.from) > today)
		j.state = ONBOARDING_STATE_LATER;
	return j;
}

static int
is(const struct judged *j, const char *state)
{
	return strcmp(j->state, state) == 0;
}

static void
put(json_t *object, const char *name, const char *text)
{
	if (*text != '\0')
		json_object_set_new(object, name, json_string(text));
}

static void
put_date(json_t *object, const char *name, int has, struct date date)
{
	char text[DATE_SIZE];

	if (!has)
		return;
	date_format(date, text);
	json_object_set_new(object, name, json_string(text));
}

static json_t *
record_of(const struct onboarding *o, size_t row, const struct judged *j)
{
	json_t *s = json_object(), *list = json_array(), *days = json_array();
	const char *p = cell(o, row, "reminders");
	char *end;

	json_object_set_new(
	    s, ONBOARDING_STEP, json_integer(strtol(cell(o, row, "step"), NULL, 10)));
	put(s, ONBOARDING_KEY, cell(o, row, "key"));
	put(s, ONBOARDING_NAME, cell(o, row, "name"));
	put(s, ONBOARDING_NAME_JA, cell(o, row, "name_ja"));
	put(s, ONBOARDING_STATE, j->state);
	put(s, ONBOARDING_ACTOR, cell(o, row, "actor"));
	put(s, ONBOARDING_DETAIL, cell(o, row, "detail"));
	put_date(s, ONBOARDING_DONE_ON, o->kept->step[row].has_done, o->kept->step[row].done);
	put_date(s, ONBOARDING_FROM, j->has_from, j->from);
	put_date(s, ONBOARDING_DUE_ON, j->has_due, j->due);
	for (size_t i = 0; i < j->n_bars; i++)
		json_array_append_new(list, json_string(cell(o, j->bars[i], "key")));
	for (long n = strtol(p, &end, 10); end != p; p = end, n = strtol(p, &end, 10))
		json_array_append_new(days, json_integer(n));
	if (json_array_size(list) > 0 && !is(j, ONBOARDING_STATE_DONE))
		json_object_set(s, ONBOARDING_BLOCKED_BY, list);
	if (j->has_due && json_array_size(days) > 0)
		json_object_set(s, ONBOARDING_REMINDERS, days);
	json_decref(list);
	json_decref(days);
	put(s, ONBOARDING_SOURCE, cell(o, row, "source"));
	put(s, ONBOARDING_CONFIDENCE, cell(o, row, "confidence"));
	return json_pack("{so}", RECORD_ONBOARDING, s);
}

int
onboarding_records(const struct onboarding *o, struct output *out)
{
	int failed = 0;

	for (size_t row = 0; row < table_rows(o->steps) && row < ONBOARDING_STEPS && !failed;
	     row++) {
		struct judged j = judge(o, row);
		json_t *record = record_of(o, row, &j);
		char *text = json_dumps(record, JSON_COMPACT);

		failed = text == NULL ||
			 output_record(out, text, strlen(text),
			     is(&j, ONBOARDING_STATE_OVERDUE) ? VERDICT_NO : VERDICT_YES) == -1;
		free(text);
		json_decref(record);
	}
	return failed ? -1 : 0;
}

static const char *
name_of(const struct onboarding *o, size_t row)
{
	return cell(o, row, words_japanese() ? "name_ja" : "name");
}

void
onboarding_text(const struct onboarding *o, FILE *fp)
{
	static const struct {
		const char *state, *said;
	} words[] = {
		{ ONBOARDING_STATE_DONE, N_("done") },
		{ ONBOARDING_STATE_OPEN, N_("to do") },
		{ ONBOARDING_STATE_BLOCKED, N_("waits") },
		{ ONBOARDING_STATE_LATER, N_("later") },
		{ ONBOARDING_STATE_OVERDUE, N_("LATE") },
	};
	char day[DATE_SIZE];

	for (size_t row = 0; row < table_rows(o->steps) && row < ONBOARDING_STEPS; row++) {
		struct judged j = judge(o, row);
		int due = j.has_due && !is(&j, ONBOARDING_STATE_DONE);
		size_t bars = is(&j, ONBOARDING_STATE_BLOCKED) ? j.n_bars : 0;

		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (is(&j, words[i].state))
				view_text_cell(fp, _(words[i].said), 7);
		view_text_cell(fp, name_of(o, row), due || bars > 0 ? NAME : 0);
		if (due) {
			date_format(j.due, day);
			fprintf(fp, _(" until %s"), day);
		}
		for (size_t i = 0; i < bars; i++)
			fprintf(fp, i == 0 ? _(" for: %s") : ", %s", name_of(o, j.bars[i]));
		fputc('\n', fp);
	}
}

#define FOLD 75 /* octets of a line (RFC 5545, 3.1) */

/* A content line, escaped and folded, never inside a character. */
static void
calendar_line(FILE *fp, const char *name, const char *text)
{
	size_t column = strlen(name) + 1;

	fprintf(fp, "%s:", name);
	for (const char *p = text; *p != '\0'; p++) {
		int escape = strchr("\\;,", *p) != NULL;

		if (column + 5 > FOLD && ((unsigned char)*p & 0xc0) != 0x80) {
			fputs("\r\n ", fp);
			column = 1;
		}
		if (escape)
			fputc('\\', fp);
		fputc((unsigned char)*p < 0x20 ? ' ' : *p, fp);
		column += 1U + (unsigned)escape;
	}
	fputs("\r\n", fp);
}

static void
calendar_alarms(FILE *fp, const char *reminders, const char *name)
{
	char *end;

	for (long n = strtol(reminders, &end, 10); end != reminders;
	     reminders = end, n = strtol(reminders, &end, 10)) {
		fprintf(fp, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P%ldD\r\n", n);
		calendar_line(fp, "DESCRIPTION", name);
		fputs("END:VALARM\r\n", fp);
	}
}

void
onboarding_calendar(const struct onboarding *o, int64_t now, FILE *fp)
{
	struct date stamp = date_of_days(now / (24 * 60 * 60));
	int64_t second = now % (24 * 60 * 60);

	fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//oq//oq-readiness//EN\r\n", fp);
	for (size_t row = 0; row < table_rows(o->steps) && row < ONBOARDING_STEPS; row++) {
		struct judged j = judge(o, row);

		if (!j.has_due || is(&j, ONBOARDING_STATE_DONE))
			continue;
		fprintf(fp,
		    "BEGIN:VEVENT\r\nUID:%s-%04d%02d%02d@oq-readiness\r\n"
		    "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\n"
		    "DTSTART;VALUE=DATE:%04d%02d%02d\r\nTRANSP:TRANSPARENT\r\n",
		    cell(o, row, "key"), j.due.year, j.due.month, j.due.day, stamp.year,
		    stamp.month, stamp.day, (int)(second / 3600), (int)(second / 60 % 60),
		    (int)(second % 60), j.due.year, j.due.month, j.due.day);
		calendar_line(fp, "SUMMARY", name_of(o, row));
		if (*cell(o, row, "detail") != '\0')
			calendar_line(fp, "DESCRIPTION", cell(o, row, "detail"));
		calendar_alarms(fp, cell(o, row, "reminders"), name_of(o, row));
		fputs("END:VEVENT\r\n", fp);
	}
	fputs("END:VCALENDAR\r\n", fp);
}
