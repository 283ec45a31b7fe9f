#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "model/purposes.h"
#include "pipe/record.h"
#include "readiness/screens.h"

#define RECORD_MAX 1024

struct day {
	struct date date;
	uint64_t results, flags[POLICY_PURPOSES];
};

struct screens {
	struct day *days;
	size_t n, room;
};

struct screens *
screens_open(void)
{
	return calloc(1, sizeof(struct screens));
}

void
screens_close(struct screens *s)
{
	if (s != NULL)
		free(s->days);
	free(s);
}

/* The counts of a day, made on its first result; NULL without memory. */
static struct day *
day_of(struct screens *s, struct date date)
{
	/* A file of one day: the last one is nearly always it. */
	for (size_t i = s->n; i-- > 0;)
		if (date_days(s->days[i].date) == date_days(date))
			return &s->days[i];
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 4 : 2 * s->room;
		struct day *more = reallocarray(s->days, room, sizeof *more);

		if (more == NULL)
			return NULL;
		s->days = more;
		s->room = room;
	}
	s->days[s->n] = (struct day){ .date = date };
	return &s->days[s->n++];
}

/* Did anybody answer, or refuse: was there a screen? */
static int
has_flag(const json_t *consents, const char *purpose)
{
	const char *decision = record_text(json_object_get(consents, purpose), GRANT_DECISION);

	return decision != NULL && strcmp(decision, GRANT_DECISION_ABSENT) != 0;
}

int
screens_take(struct screens *s, const json_t *record)
{
	const json_t *e = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *consents = json_object_get(e, ELIGIBILITY_CONSENTS);
	const char *source = record_text(e, ELIGIBILITY_SOURCE);
	const char *on = record_text(record, RECORD_VISIT_DATE);
	struct day *day;
	struct date date;

	if (source == NULL || strcmp(source, ELIGIBILITY_SOURCE_CARD) != 0 ||
	    !json_is_object(consents))
		return 0;
	if (on == NULL)
		on = record_text(e, ELIGIBILITY_AS_OF);
	if (on == NULL || !date_parse(on, &date))
		return 0;
	if ((day = day_of(s, date)) == NULL)
		return -1;
	day->results++;
	for (int i = 0; i < POLICY_PURPOSES; i++)
		day->flags[i] += (uint64_t)has_flag(consents, purpose_rows[i].name);
	return 0;
}

static enum verdict
judge(const struct day *d, int purpose, const char **word)
{
	if (d->flags[purpose] > 0) {
		*word = SCREEN_RESULT_OK;
		return VERDICT_YES;
	}
	*word = d->results < SCREENS_ENOUGH ? SCREEN_RESULT_UNKNOWN : SCREEN_RESULT_FAIL;
	return d->results < SCREENS_ENOUGH ? VERDICT_UNKNOWN : VERDICT_NO;
}

int
screens_write(const struct screens *s, struct output *output)
{
	char space[RECORD_MAX], date[DATE_SIZE];
	struct buf out;
	int failed = 0;

	buf_over(&out, space, sizeof space);
	for (size_t d = 0; d < s->n; d++)
		for (int p = 0; p < POLICY_PURPOSES && !failed; p++) {
			const struct day *day = &s->days[d];
			const char *word;
			enum verdict verdict = judge(day, p, &word);

			date_format(day->date, date);
			buf_reset(&out);
			buf_addf(&out,
			    "{\"" RECORD_SCREEN "\":{\"" SCREEN_DATE "\":\"%s\",\"" SCREEN_PURPOSE
			    "\":\"%s\",\"" SCREEN_RESULTS "\":%llu,\"" SCREEN_FLAGS
			    "\":%llu,\"" SCREEN_RESULT "\":\"%s\"}}",
			    date, purpose_rows[p].name, (unsigned long long)day->results,
			    (unsigned long long)day->flags[p], word);
			failed = buf_failed(&out) ||
				 output_record(output, out.data, out.len, verdict) == -1;
		}
	return failed ? -1 : (int)s->n * POLICY_PURPOSES;
}
