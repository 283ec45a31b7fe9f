#include <stdio.h>

#include "terminal/faults.h"

enum kind { SLOW, ORDER, PENDING, HALF, TWICE, ENCODING, ERROR, NEVER, KINDS };

const struct schedule_kind terminal_faults[] = {
	{ "slow", SLOW, SCHEDULE_NUMBER },
	{ "order", ORDER, SCHEDULE_NUMBER },
	{ "pending", PENDING, SCHEDULE_NUMBER },
	{ "half", HALF, SCHEDULE_NUMBER },
	{ "twice", TWICE, SCHEDULE_NUMBER },
	{ "encoding", ENCODING, SCHEDULE_NOTHING },
	{ "error", ERROR, SCHEDULE_TEXT },
	{ "never", NEVER, SCHEDULE_NOTHING },
	{ NULL, 0, SCHEDULE_NOTHING },
};

void
plan_make(const struct schedule *schedule, uint64_t n, struct plan *p)
{
	const struct schedule_row *first[KINDS] = { NULL }, *row = NULL;
	int64_t *const numbers[] = { &p->slow, &p->order, &p->pending, &p->half, &p->twice };

	while ((row = schedule_next(schedule, n, row)) != NULL)
		if (first[row->kind] == NULL)
			first[row->kind] = row;
	for (int kind = SLOW; kind <= TWICE; kind++)
		*numbers[kind] = first[kind] == NULL ? -1 : first[kind]->value;
	p->encoding = first[ENCODING] != NULL;
	p->never = first[NEVER] != NULL;
	snprintf(p->error, sizeof p->error, "%s", first[ERROR] == NULL ? "" : first[ERROR]->text);
}
