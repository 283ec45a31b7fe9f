#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "readiness/cells.h"
#include "readiness/mandate.h"

#define KIND	  "kind"
#define KIND_RULE "mandate"
#define EXEMPT	  "exempt"
#define GRACE	  "grace"

/* What an answer means for those who do not verify online (subsidy.md 10). */
static const struct {
	const char *answer, *en, *ja;
} consequences[] = {
	{ MANDATE_ANSWER_OBLIGED, "A breach can end in the loss of the designation.",
	    "違反すると、保険医療機関・保険薬局の指定取消しになることがあります。" },
	{ MANDATE_ANSWER_GRACE_ENDED,
	    "Obliged again: a breach can end in the loss of the designation.",
	    "猶予は終わりました。違反すると、指定取消しになることがあります。" },
	{ MANDATE_ANSWER_GRACE,
	    "None while the grace lasts; afterwards as for those who are obliged.",
	    "猶予の間はありません。その後は、義務のある施設と同じです。" },
	{ MANDATE_ANSWER_EXEMPT,
	    "None: claims stay on paper, and the insurance is checked otherwise.",
	    "ありません。紙の請求を続け、資格は別の方法で確認します。" },
	{ MANDATE_ANSWER_NOT_YET, "None yet: the duty begins later.",
	    "まだありません。義務はその日にはまだ始まっていません。" },
};

struct asked {
	const struct table *table;
	char *const *facts;
	size_t n;
	struct date on;
};

struct judged {
	const char *answer;
	size_t row;
	struct date until;
	int has_until;
	const char *missing; /* a fact that would decide; NULL: none */
};

static int
compare(struct date a, struct date b)
{
	int64_t d = date_days(a) - date_days(b);

	return d < 0 ? -1 : d > 0;
}

/* Is the word among the facts? The text behind its '=', "" without one; NULL: no. */
static const char *
given(const struct asked *a, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < a->n && len > 0; i++)
		if (strncmp(a->facts[i], word, len) == 0 &&
		    (a->facts[i][len] == '\0' || a->facts[i][len] == '='))
			return a->facts[i] + len + (a->facts[i][len] == '=');
	return NULL;
}

/* A grace ends with the table's date, or some months after its ground does, whichever is first. */
static void
find_end(const struct asked *a, struct judged *j, const char *ended)
{
	const char *fixed = table_cell(a->table, j->row, "ends_with");
	const char *months = table_cell(a->table, j->row, "months_after");
	struct date day;

	j->has_until = *fixed != '\0' && date_parse(fixed, &j->until);
	if (*ended == '\0' || *months == '\0' || !date_parse(ended, &day))
		return;
	day = months_later(day, strtol(months, NULL, 10));
	if (!j->has_until || compare(day, j->until) < 0)
		j->until = day;
	j->has_until = 1;
}

/* An exemption that has needed a new notification since some day, and nobody says whether it was made. */
static const char *
lacks(const struct asked *a, size_t row)
{
	const char *needs = table_cell(a->table, row, "needs");
	struct date from;

	return *needs != '\0' && date_parse(table_cell(a->table, row, "needs_from"), &from) &&
		       compare(a->on, from) >= 0 && given(a, needs) == NULL
		   ? needs
		   : NULL;
}

/* Looks for a given fact of that kind; the first row whose end lies farthest. 1 or 0. */
static int
find_kind(const struct asked *a, const char *kind, struct judged *j)
{
	struct judged best = { .answer = NULL };

	for (size_t i = 0; table_find(a->table, KIND, kind, a->on, &i); i++) {
		const char *ended = given(a, table_cell(a->table, i, "fact"));
		struct judged this = { .row = i };

		if (ended == NULL)
			continue;
		find_end(a, &this, ended);
		if ((this.missing = lacks(a, i)) != NULL)
			this.answer = MANDATE_ANSWER_UNKNOWN;
		else if (strcmp(kind, EXEMPT) == 0)
			this.answer = MANDATE_ANSWER_EXEMPT;
		else
			this.answer = this.has_until && compare(a->on, this.until) > 0
					  ? MANDATE_ANSWER_GRACE_ENDED
					  : MANDATE_ANSWER_GRACE;
		if (best.answer == NULL || best.missing != NULL ||
		    strcmp(best.answer, MANDATE_ANSWER_GRACE_ENDED) == 0)
			best = this;
	}
	if (best.answer != NULL)
		*j = best;
	return best.answer != NULL;
}

static struct judged
judge(const struct asked *a)
{
	struct judged j = { .answer = MANDATE_ANSWER_NOT_YET }, other;
	size_t row = 0;

	if (!table_find(a->table, KIND, KIND_RULE, a->on, &row))
		return j;
	j = (struct judged){ .answer = MANDATE_ANSWER_OBLIGED, .row = row };
	if (find_kind(a, EXEMPT, &other) && other.missing == NULL)
		return other;
	if (find_kind(a, GRACE, &j) && strcmp(j.answer, MANDATE_ANSWER_GRACE) == 0)
		return j;
	return find_kind(a, EXEMPT, &other) ? other : j;
}

/* 0, or -1 with why: the first word that the table does not have, or whose date is none. */
static int
check_facts(const struct asked *a, struct why *why)
{
	for (size_t i = 0; i < a->n; i++) {
		const char *equals = strchr(a->facts[i], '=');
		int known = 0;
		struct date day;

		for (size_t row = 0; row < table_rows(a->table); row++) {
			const struct asked one = { a->table, a->facts + i, 1, a->on };

			known |= given(&one, table_cell(a->table, row, "fact")) != NULL;
		}
		if (!known || (equals != NULL && !date_parse(equals + 1, &day))) {
			why_set(why, ERR_FACT_UNKNOWN, NULL, "%s", a->facts[i]);
			return -1;
		}
	}
	return 0;
}

static enum verdict
verdict_of(const char *answer)
{
	if (strcmp(answer, MANDATE_ANSWER_UNKNOWN) == 0)
		return VERDICT_UNKNOWN;
	return strcmp(answer, MANDATE_ANSWER_GRACE_ENDED) == 0 ? VERDICT_NO : VERDICT_YES;
}

static void
put(json_t *object, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		json_object_set_new(object, name, json_string(text));
}

static json_t *
record_of(const struct asked *a, const struct judged *j)
{
	json_t *m = json_object();
	char day[DATE_SIZE];

	put(m, MANDATE_ANSWER, j->answer);
	date_format(a->on, day);
	put(m, MANDATE_ON, day);
	if (j->has_until) {
		date_format(j->until, day);
		put(m, MANDATE_UNTIL, day);
	}
	if (strcmp(j->answer, MANDATE_ANSWER_GRACE) == 0)
		put(m, MANDATE_UNTIL_SAID, table_cell(a->table, j->row, "note"));
	put(m, MANDATE_BASIS, table_cell(a->table, j->row, "condition"));
	for (size_t i = 0; i < sizeof consequences / sizeof *consequences; i++)
		if (strcmp(consequences[i].answer, j->answer) == 0) {
			put(m, MANDATE_CONSEQUENCE, consequences[i].en);
			put(m, MANDATE_CONSEQUENCE_JA, consequences[i].ja);
		}
	if (j->missing != NULL)
		json_object_set_new(m, MANDATE_MISSING, json_pack("[s]", j->missing));
	put(m, MANDATE_RULE, table_cell(a->table, j->row, "rule_id"));
	put(m, MANDATE_SOURCE, table_cell(a->table, j->row, "source"));
	put(m, MANDATE_CONFIDENCE, table_cell(a->table, j->row, "confidence"));
	return json_pack("{so}", RECORD_MANDATE, m);
}

int
mandate_judge(const struct table *table, char *const *facts, size_t n, struct date on,
    struct output *out, struct why *why)
{
	const struct asked a = { table, facts, n, on };
	struct judged j;
	json_t *record;
	char *text;

	if (check_facts(&a, why) == -1)
		return -1;
	j = judge(&a);
	record = record_of(&a, &j);
	text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	if (text == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	output_record(out, text, strlen(text), verdict_of(j.answer));
	free(text);
	return 0;
}
