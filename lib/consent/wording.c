#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consent/wording.h"
#include "table/table.h"

#define NONE SIZE_MAX

struct wording {
	struct table *table;
	struct date day;
	struct consent_text which;
};

static const char *const needed[] = { "intro", "given", "refused", "slip" };

static int
is(const struct table *t, size_t row, const char *column, const char *value)
{
	const char *cell = table_cell(t, row, column);

	return cell != NULL && strcmp(cell, value) == 0;
}

/* The row of a part in this wording, or NONE. */
static size_t
row_of(const struct wording *w, const char *part)
{
	for (size_t at = 0; table_find(w->table, "part", part, w->day, &at); at++)
		if (is(w->table, at, "lang", w->which.lang) &&
		    is(w->table, at, "id", w->which.id) &&
		    is(w->table, at, "version", w->which.version))
			return at;
	return NONE;
}

static int
copy(char *out, size_t n, const char *cell)
{
	int len = snprintf(out, n, "%s", cell == NULL ? "" : cell);

	return len > 0 && (size_t)len < n;
}

/* The last wording of the language that is in force. 1 or 0. */
static int
choose(struct wording *w, const char *lang)
{
	size_t last = NONE;

	for (size_t at = 0; table_find(w->table, "lang", lang, w->day, &at); at++)
		if (is(w->table, at, "part", "intro"))
			last = at;
	return last != NONE && copy(w->which.lang, sizeof w->which.lang, lang) &&
	       copy(w->which.id, sizeof w->which.id, table_cell(w->table, last, "id")) &&
	       copy(w->which.version, sizeof w->which.version,
		   table_cell(w->table, last, "version"));
}

/* What stands in a dialogue without words would be a consent to nothing. */
static int
check(const struct wording *w, uint16_t purposes, struct why *why)
{
	const char *missing = NULL;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (*wording_name(w, needed[i]) == '\0')
			missing = needed[i];
	for (enum purpose p = 0; p < PURPOSES; p++)
		if ((purposes & PURPOSE_SET(p)) != 0 &&
		    (*wording_name(w, purpose_rows[p].name) == '\0' ||
			*wording_text(w, purpose_rows[p].name) == '\0'))
			missing = purpose_rows[p].name;
	if (missing == NULL)
		return 1;
	why_set(why, ERR_WORDING_MISSING, NULL, "%s, in %s", missing, w->which.lang);
	return 0;
}

struct wording *
wording_open(
    const char *path, const char *lang, struct date day, uint16_t purposes, struct why *why)
{
	struct wording *w = calloc(1, sizeof *w);

	if (w == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the wording");
		return NULL;
	}
	w->day = day;
	w->table = path != NULL ? table_load(path, why) : table_load_installed("wording.csv", why);
	if (w->table != NULL && !choose(w, lang))
		why_set(
		    why, ERR_WORDING_MISSING, NULL, "nothing in force in the language %.15s", lang);
	else if (w->table != NULL && check(w, purposes, why))
		return w;
	wording_close(w);
	return NULL;
}

void
wording_close(struct wording *w)
{
	if (w == NULL)
		return;
	table_free(w->table);
	free(w);
}

const struct consent_text *
wording_which(const struct wording *w)
{
	return &w->which;
}

static const char *
cell_of(const struct wording *w, const char *part, const char *column)
{
	size_t row = row_of(w, part);
	const char *cell = row == NONE ? NULL : table_cell(w->table, row, column);

	return cell == NULL ? "" : cell;
}

const char *
wording_name(const struct wording *w, const char *part)
{
	return cell_of(w, part, "name");
}

const char *
wording_text(const struct wording *w, const char *part)
{
	return cell_of(w, part, "text");
}
