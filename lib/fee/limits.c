#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "fee/limits.h"
#include "gen/names.h"
#include "store/siphash.h"

#define ROOM_FIRST    1024
#define SLACK_MONTHS  1	 /* a line may be so late without being out of order */
#define MONTHS_UNSAID 12 /* of a group that only a history knows */

int
limits_init(struct limits *l, const struct points *p)
{
	*l = (struct limits){ .newest = LIMITS_NONE, .forgotten = LIMITS_NONE };
	l->latest = months_of(date_days(date_today())) + 1;
	random_bytes(l->key, sizeof l->key);
	if ((l->groups = calloc(p->n_groups + 1, sizeof *l->groups)) == NULL)
		return -1;
	if (p->n_groups > 0)
		memcpy(l->groups, p->groups, p->n_groups * sizeof *l->groups);
	l->n_groups = l->n_table_groups = p->n_groups;
	return 0;
}

void
limits_free(struct limits *l)
{
	for (size_t i = l->n_table_groups; i < l->n_groups; i++)
		free((char *)l->groups[i].name);
	free(l->groups);
	free(l->places);
	*l = (struct limits){ 0 };
}

int32_t
months_of(int64_t day)
{
	struct date d = date_of_days(day);

	return d.year * 12 + d.month - 1;
}

uint64_t
limits_patient(const struct limits *l, const char *text, size_t n)
{
	return siphash(l->key, text, n);
}

size_t
limits_group(struct limits *l, const char *name)
{
	struct group *grown;
	size_t i = 0;

	while (i < l->n_groups && strcmp(l->groups[i].name, name) != 0)
		i++;
	if (i < l->n_groups)
		return i;
	if (i == UINT16_MAX || (grown = realloc(l->groups, (i + 1) * sizeof *grown)) == NULL)
		return SIZE_MAX;
	l->groups = grown;
	grown[i] = (struct group){ .name = strdup(name), .months = MONTHS_UNSAID };
	if (grown[i].name == NULL)
		return SIZE_MAX;
	l->n_groups++;
	return i;
}

/* The place of the patient's first charge, or the free one where it would stand. */
static size_t
place_of(const struct charge *places, size_t room, uint64_t patient)
{
	size_t i = (size_t)patient & (room - 1);

	while (places[i].day != LIMITS_NONE && places[i].patient != patient)
		i = (i + 1) & (room - 1);
	return i;
}

static void
put(struct charge *places, size_t room, const struct charge *c)
{
	size_t i = (size_t)c->patient & (room - 1);

	while (places[i].day != LIMITS_NONE)
		i = (i + 1) & (room - 1);
	places[i] = *c;
}

/* The first month that the charge says nothing about any more. */
static int32_t
open_again(const struct limits *l, const struct charge *c)
{
	return months_of(c->day) + l->groups[c->group].months;
}

/* Does it matter to a line that is no later than the slack allows? */
static int
still_open(const struct limits *l, const struct charge *c)
{
	return l->unordered || open_again(l, c) > l->newest - SLACK_MONTHS;
}

/* Moves what still matters into new places. 0, or -1 without memory. */
static int
move(struct limits *l, size_t room)
{
	struct charge *places = calloc(room, sizeof *places);
	size_t used = 0;

	if (places == NULL)
		return -1;
	for (size_t i = 0; i < room; i++)
		places[i].day = LIMITS_NONE;
	for (size_t i = 0; i < l->room; i++) {
		const struct charge *c = &l->places[i];

		if (c->day == LIMITS_NONE)
			continue;
		if (still_open(l, c)) {
			put(places, room, c);
			used++;
		} else if (open_again(l, c) > l->forgotten) {
			l->forgotten = open_again(l, c);
		}
	}
	free(l->places);
	l->places = places;
	l->room = room;
	l->used = used;
	return 0;
}

int
limits_forget(struct limits *l)
{
	return l->room == 0 ? 0 : move(l, l->room);
}

/* Room for one more: what is over goes first. 0, or -1 without memory. */
static int
make_room(struct limits *l)
{
	if (l->room == 0)
		return move(l, ROOM_FIRST);
	if (l->used < l->room / 4 * 3)
		return 0;
	if (!l->unordered && move(l, l->room) == -1)
		return -1;
	return l->used < l->room / 2 ? 0 : move(l, 2 * l->room);
}

int
limits_at(struct limits *l, int64_t day)
{
	int32_t month = months_of(day);

	if (month > l->newest)
		l->newest = month < l->latest ? month : l->latest;
	if (month < l->forgotten)
		return 0;
	if (month < l->newest - SLACK_MONTHS)
		l->unordered = 1;
	return 1;
}

/* Does a charge of that month use the rule's limit up, or exclude it? A reason, or NULL. */
static const char *
excludes(const struct rule *rule, const struct charge *c, int32_t month)
{
	int32_t apart = months_of(c->day) - month;

	if (c->group == rule->group && abs(apart) < rule->months)
		return FEE_REASON_LIMIT_REACHED;
	for (size_t i = 0; apart == 0 && rule->not_with[i] != NO_GROUP; i++)
		if (rule->not_with[i] == c->group)
			return FEE_REASON_SAME_MONTH;
	return NULL;
}

const char *
limits_used(const struct limits *l, const struct rule *rule, uint64_t patient, int64_t day,
    int64_t *used_on)
{
	int32_t month = months_of(day);
	const char *why;

	if (l->room == 0)
		return NULL;
	for (size_t i = place_of(l->places, l->room, patient); l->places[i].day != LIMITS_NONE;
	     i = (i + 1) & (l->room - 1)) {
		const struct charge *c = &l->places[i];

		if (c->patient != patient || (why = excludes(rule, c, month)) == NULL)
			continue;
		*used_on = c->day;
		return why;
	}
	return NULL;
}

int
limits_use(struct limits *l, size_t group, uint64_t patient, int64_t day)
{
	const struct charge c = { patient, (int32_t)day, (uint16_t)group };

	if (make_room(l) == -1)
		return -1;
	put(l->places, l->room, &c);
	l->used++;
	return 0;
}
