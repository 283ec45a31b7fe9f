#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gen/names.h"
#include "list/checkups.h"
#include "options/words.h"
#include "pipe/record.h"

#define DATES_MAX 8    /* columns that a page takes; older ones are said to be left out */
#define ITEMS_MAX 1000 /* of a checkup; each is looked for among those before it */
#define CODE_HEAD 5    /* of an item's code: what was measured */
#define LEVELS	  8

struct item {				 /* one row */
	const char *code;		 /* of its newest value */
	size_t nth;			 /* which of several with the same head in one checkup */
	const json_t *values[DATES_MAX]; /* by date, newest first; NULL: not measured */
};

struct years {
	const json_t *checkups[DATES_MAX];
	size_t n; /* of checkups */
	struct item *items;
	size_t n_items;
	int cut; /* more than is shown */
};

static const char *
examined(const json_t *checkup)
{
	const char *day = record_text(checkup, CHECKUP_EXAMINED_ON);

	return day == NULL ? "" : day;
}

/* Puts a checkup where its date belongs; the oldest falls off the end. */
static void
insert(struct years *y, const json_t *checkup)
{
	size_t i = y->n;

	while (i > 0 && strcmp(examined(y->checkups[i - 1]), examined(checkup)) < 0)
		i--;
	if (i == DATES_MAX)
		return;
	if (y->n < DATES_MAX)
		y->n++;
	memmove(&y->checkups[i + 1], &y->checkups[i], (y->n - i - 1) * sizeof *y->checkups);
	y->checkups[i] = checkup;
}

/* An item without a code goes by its name. */
static const char *
identity(const json_t *item, size_t *n)
{
	const char *code = record_text(item, ITEM_CODE);

	if (code == NULL)
		code = record_text(item, ITEM_NAME);
	if (code == NULL)
		code = "";
	*n = record_text(item, ITEM_CODE) == NULL || strlen(code) < CODE_HEAD ? strlen(code)
									      : CODE_HEAD;
	return code;
}

static int
same_item(const struct item *row, const char *code, size_t n)
{
	return strncmp(row->code, code, n) == 0 && (n == CODE_HEAD || row->code[n] == '\0');
}

/* How many items before the i-th of this checkup have the same identity. */
static size_t
nth_of(const json_t *items, size_t i)
{
	size_t n, before, nth = 0;
	const char *code = identity(json_array_get(items, i), &n);

	for (size_t k = 0; k < i; k++) {
		const char *other = identity(json_array_get(items, k), &before);

		nth += before == n && strncmp(code, other, n) == 0;
	}
	return nth;
}

/* The row of an item, a new one where there is none. NULL without memory. */
static struct item *
row_of(struct years *y, const json_t *item, size_t nth)
{
	size_t n;
	const char *code = identity(item, &n);
	struct item *grown;

	for (size_t i = 0; i < y->n_items; i++)
		if (y->items[i].nth == nth && same_item(&y->items[i], code, n))
			return &y->items[i];
	if ((grown = reallocarray(y->items, y->n_items + 1, sizeof *grown)) == NULL)
		return NULL;
	y->items = grown;
	grown += y->n_items++;
	*grown = (struct item){ .code = code, .nth = nth };
	return grown;
}

/* Rows in the order of the newest checkup; what only older ones have comes behind. */
static int
collect(struct years *y)
{
	for (size_t c = 0; c < y->n; c++) {
		const json_t *items = json_object_get(y->checkups[c], CHECKUP_ITEMS);
		json_t *item;
		size_t i;

		json_array_foreach (items, i, item) {
			struct item *row = i < ITEMS_MAX ? row_of(y, item, nth_of(items, i)) : NULL;

			if (i == ITEMS_MAX) {
				y->cut = 1;
				break;
			}
			if (row == NULL)
				return -1;
			row->values[c] = item;
		}
	}
	return 0;
}

/* The value as a number, where all of it is one. 1, or 0. */
static int
number_of(const json_t *item, double *out)
{
	const char *text = record_text(item, ITEM_VALUE);
	char *end;

	/* Digits first: strtod also takes blanks, "nan" and hexadecimal. */
	if (text == NULL || record_text(item, ITEM_VALUE_NAME) != NULL ||
	    strspn(text, "-.0123456789") != strlen(text))
		return 0;
	*out = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*out);
}

static int
same_text(const json_t *a, const json_t *b, const char *name)
{
	const char *left = record_text(a, name), *right = record_text(b, name);

	return strcmp(left == NULL ? "" : left, right == NULL ? "" : right) == 0;
}

static int
decimals(const json_t *item)
{
	const char *point = strchr(record_text(item, ITEM_VALUE), '.');

	return point == NULL ? 0 : (int)strlen(point + 1);
}

struct trend {
	double values[DATES_MAX]; /* oldest first */
	size_t n;
	const json_t *newest, *before;
	int method_differs;
};

/* The numbers of a row. 1, or 0 when they are fewer than two or their units differ. */
static int
trend_of(const struct item *row, size_t dates, struct trend *t)
{
	double value;

	*t = (struct trend){ .n = 0 };
	for (size_t c = dates; c-- > 0;) {
		const json_t *item = row->values[c];

		if (item == NULL || !number_of(item, &value))
			continue;
		if (t->newest != NULL && !same_text(item, t->newest, ITEM_UNIT))
			return 0;
		t->method_differs |= t->newest != NULL && !same_text(item, t->newest, ITEM_CODE);
		t->before = t->newest;
		t->newest = item;
		t->values[t->n++] = value;
	}
	return t->n >= 2;
}

/* A small picture of the values, the change since the one before, and a mark for the method. */
static void
put_trend(struct sheet *s, const struct item *row, size_t dates)
{
	static const char *const levels[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	struct trend t;
	double low, high;
	struct buf b;
	int places;

	if (!trend_of(row, dates, &t)) {
		sheet_put(s, NULL);
		return;
	}
	low = high = t.values[0];
	for (size_t i = 1; i < t.n; i++) {
		low = t.values[i] < low ? t.values[i] : low;
		high = t.values[i] > high ? t.values[i] : high;
	}
	buf_init(&b, 1024);
	for (size_t i = 0; i < t.n; i++) {
		double part = high > low ? (t.values[i] - low) / (high - low) : 0.5;

		buf_adds(&b, levels[(size_t)(part * (LEVELS - 1) + 0.5)]);
	}
	places = decimals(t.newest) > decimals(t.before) ? decimals(t.newest) : decimals(t.before);
	buf_addf(&b, " %+.*f%s", places > 9 ? 9 : places, t.values[t.n - 1] - t.values[t.n - 2],
	    t.method_differs ? " *" : "");
	sheet_put_buf(s, &b);
}

/* What a code means where the answer says so, else the value. */
static void
put_value(struct sheet *s, const json_t *item)
{
	const char *text = record_text(item, ITEM_VALUE_NAME);

	sheet_put(s, text != NULL ? text : record_text(item, ITEM_VALUE));
}

/* The newest item of a row. */
static const json_t *
newest(const struct item *row)
{
	size_t c = 0;

	while (row->values[c] == NULL)
		c++;
	return row->values[c];
}

/* Units are beside the name where all values have the same, else beside each value. */
static int
units_agree(const struct item *row, size_t dates)
{
	for (size_t c = 0; c < dates; c++)
		if (row->values[c] != NULL && !same_text(row->values[c], newest(row), ITEM_UNIT))
			return 0;
	return 1;
}

static int
put_row(struct sheet *s, const struct item *row, size_t dates)
{
	const json_t *item = newest(row);
	const char *name = record_text(item, ITEM_NAME);
	int agree = units_agree(row, dates);
	struct trend t;

	sheet_row(s, 0);
	sheet_put(s, name != NULL ? name : row->code);
	sheet_put(s, agree ? record_text(item, ITEM_UNIT) : NULL);
	for (size_t c = 0; c < dates; c++) {
		const char *unit = record_text(row->values[c], ITEM_UNIT);
		const char *value = record_text(row->values[c], ITEM_VALUE);

		if (!agree && unit != NULL && value != NULL)
			sheet_putf(s, "%s %s", value, unit);
		else
			put_value(s, row->values[c]);
	}
	put_trend(s, row, dates);
	return trend_of(row, dates, &t) && t.method_differs;
}

int
checkups_print(const struct page *p, const json_t *checkups)
{
	struct column columns[DATES_MAX + 3] = { { _("Item"), 0 }, { _("Unit"), COLUMN_NARROW } };
	struct years y = { .n = 0 };
	struct sheet s;
	json_t *checkup;
	size_t i;
	int marked = 0, r;

	json_array_foreach (checkups, i, checkup)
		insert(&y, checkup);
	for (i = 0; i < y.n; i++)
		columns[i + 2] =
		    (struct column){ examined(y.checkups[i]), COLUMN_RIGHT | COLUMN_NARROW };
	columns[y.n + 2] = (struct column){ _("Trend"), COLUMN_NARROW };
	sheet_init(&s, columns, y.n + 3);
	s.points = 9;
	r = collect(&y);
	for (i = 0; i < y.n_items; i++)
		marked |= put_row(&s, &y.items[i], y.n);
	r = r == -1 || sheet_failed(&s) ? -1 : 0;
	p->form->sheet(p->fp, &s);
	if (marked)
		p->form->line(p->fp, _("* measured in another way than before"));
	if (y.cut || json_array_size(checkups) > DATES_MAX)
		p->form->line(p->fp, _("there is more than is shown here"));
	sheet_free(&s);
	free(y.items);
	return r;
}
