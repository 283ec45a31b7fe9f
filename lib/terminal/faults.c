#include <stdio.h>

#include "terminal/faults.h"

enum kind {
	SLOW,
	ORDER,
	PENDING,
	HALF,
	TWICE,
	MISSING,
	DOUBLED,
	DIFFERING, /* the last of the numbers */
	ENCODING,
	NEVER,
	FUTURE,
	FOREIGN,
	COUNTS,
	REVERSED,
	ECHO, /* the last that is or is not */
	ERROR,
	KINDS
};

const struct schedule_kind terminal_faults[] = {
	{ "slow", SLOW, SCHEDULE_NUMBER },
	{ "order", ORDER, SCHEDULE_NUMBER },
	{ "pending", PENDING, SCHEDULE_NUMBER },
	{ "half", HALF, SCHEDULE_NUMBER },
	{ "twice", TWICE, SCHEDULE_NUMBER },
	{ "missing", MISSING, SCHEDULE_NUMBER },
	{ "doubled", DOUBLED, SCHEDULE_NUMBER },
	{ "differing", DIFFERING, SCHEDULE_NUMBER },
	{ "future", FUTURE, SCHEDULE_NOTHING },
	{ "foreign", FOREIGN, SCHEDULE_NOTHING },
	{ "counts", COUNTS, SCHEDULE_NOTHING },
	{ "reversed", REVERSED, SCHEDULE_NOTHING },
	{ "echo", ECHO, SCHEDULE_NOTHING },
	{ "encoding", ENCODING, SCHEDULE_NOTHING },
	{ "error", ERROR, SCHEDULE_TEXT },
	{ "never", NEVER, SCHEDULE_NOTHING },
	{ NULL, 0, SCHEDULE_NOTHING },
};

void
plan_make(const struct schedule *schedule, uint64_t n, struct plan *p)
{
	const struct schedule_row *first[KINDS] = { NULL }, *row = NULL;
	int64_t *const numbers[] = { &p->slow, &p->order, &p->pending, &p->half, &p->twice,
		&p->missing, &p->doubled, &p->differing };
	int *const flags[] = { &p->encoding, &p->never, &p->future, &p->foreign, &p->counts,
		&p->reversed, &p->echo };

	while ((row = schedule_next(schedule, n, row)) != NULL)
		if (first[row->kind] == NULL)
			first[row->kind] = row;
	for (int kind = SLOW; kind <= DIFFERING; kind++)
		*numbers[kind] = first[kind] == NULL ? -1 : first[kind]->value;
	for (int kind = ENCODING; kind <= ECHO; kind++)
		*flags[kind - ENCODING] = first[kind] != NULL;
	snprintf(p->error, sizeof p->error, "%s", first[ERROR] == NULL ? "" : first[ERROR]->text);
}
