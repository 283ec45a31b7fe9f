#include <string.h>

#include "gen/names.h"
#include "model/advice.h"

#define FILE_NAME "next.csv"
#define SOURCE	  "source_of_answer" /* beside `source`, the row's own */
#define PLACE	  "place"

static const char *const columns[] = { ELIGIBILITY_STATUS, ELIGIBILITY_ACTOR, ELIGIBILITY_NEXT,
	"en", "ja" };
#define COLUMNS (sizeof columns / sizeof *columns)

static int
is_whole(const struct table *t, size_t row)
{
	size_t i = 0;

	if (table_cell(t, row, ELIGIBILITY_ROUTE) == NULL || table_cell(t, row, SOURCE) == NULL ||
	    table_cell(t, row, PLACE) == NULL)
		return 0;
	while (i < COLUMNS && table_cell(t, row, columns[i]) != NULL &&
	       *table_cell(t, row, columns[i]) != '\0')
		i++;
	return i == COLUMNS;
}

struct table *
advice_load(const char *path, struct why *why)
{
	struct table *t =
	    path == NULL ? table_load_installed(FILE_NAME, why) : table_load(path, why);
	size_t i = 0, n = t == NULL ? 0 : table_rows(t);

	while (i < n && is_whole(t, i))
		i++;
	if (i == n)
		return t;
	why_set(why, ERR_TABLE_MALFORMED, NULL,
	    "%s: row %zu: status, route, " SOURCE ", place, actor, next, en and ja",
	    path == NULL ? FILE_NAME : path, i + 1);
	table_free(t);
	return NULL;
}

/* An empty cell is meant for all. */
static int
is_for(const char *cell, const char *word)
{
	return *cell == '\0' || (word != NULL && strcmp(cell, word) == 0);
}

int
advice_find(const struct table *t, const struct asked_of *asked, int japanese, struct advice *out)
{
	for (size_t at = 0; table_find(t, ELIGIBILITY_STATUS, asked->status, asked->day, &at);
	     at++) {
		if (!is_for(table_cell(t, at, ELIGIBILITY_ROUTE), asked->route) ||
		    !is_for(table_cell(t, at, SOURCE), asked->source) ||
		    !is_for(table_cell(t, at, PLACE), asked->place))
			continue;
		*out = (struct advice){
			.actor = table_cell(t, at, ELIGIBILITY_ACTOR),
			.next = table_cell(t, at, ELIGIBILITY_NEXT),
			.sentence = table_cell(t, at, japanese ? "ja" : "en"),
			.confidence = table_cell(t, at, FEE_CONFIDENCE),
		};
		return 1;
	}
	return 0;
}
