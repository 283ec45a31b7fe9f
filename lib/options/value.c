#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/exit.h"
#include "options/rows.h"

void *
keep(size_t n)
{
	/* Here a leak checker finds what is meant to stay. */
	static struct kept {
		struct kept *next;
		max_align_t bytes[];
	} * all;
	struct kept *k = malloc(sizeof *k + n);

	if (k == NULL) {
		perror("oq");
		exit(EXIT_LOCAL);
	}
	k->next = all;
	all = k;
	return k->bytes;
}

/* Digits only, from low to high. 1 and *number, or 0. */
static int
read_number(const char *text, size_t digits, int64_t *number)
{
	int64_t n = 0;

	if (digits == 0 || digits > 18)
		return 0;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	*number = n;
	return 1;
}

/* Each reader sets *at from the text of a row. Returns 1, or 0 if the row does not take that. */

static int
read_flag(const struct option_row *row, const char *text, void *at)
{
	(void)row;
	*(int *)at = strcmp(text, "yes") == 0;
	return *(int *)at || strcmp(text, "no") == 0;
}

static int
read_text(const struct option_row *row, const char *text, void *at)
{
	(void)row;
	*(const char **)at = text;
	return 1;
}

static int
read_list(const struct option_row *row, const char *text, void *at)
{
	struct option_list *list = at;
	const char **items = list->items;

	(void)row;
	if ((list->n & (list->n + 1)) == 0) { /* full at 0, 1, 3, 7, ... */
		items = keep((2 * list->n + 1) * sizeof *items);
		if (list->n > 0)
			memcpy(items, list->items, list->n * sizeof *items);
	}
	items[list->n++] = text;
	list->items = items;
	return 1;
}

static int
read_word(const struct option_row *row, const char *text, void *at)
{
	*(const char **)at = text;
	return row_has_word(row, text);
}

static int
in_range(const struct option_row *row, int64_t n)
{
	return n >= row->low && n <= row->high;
}

static int
read_count(const struct option_row *row, const char *text, void *at)
{
	size_t digits = strspn(text, "0123456789");

	return text[digits] == '\0' && read_number(text, digits, at) &&
	       in_range(row, *(int64_t *)at);
}

static int
read_size(const struct option_row *row, const char *text, void *at)
{
	static const char units[] = "kmg";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] == '\0' ? NULL : strchr(units, text[digits] | 0x20);
	int64_t n, scale = unit == NULL ? 1 : (int64_t)1024 << 10 * (unit - units);

	if (text[digits] != '\0' && (unit == NULL || text[digits + 1] != '\0'))
		return 0;
	if (!read_number(text, digits, &n) || n > INT64_MAX / scale)
		return 0;
	*(int64_t *)at = n * scale;
	return in_range(row, n * scale);
}

static int
read_span(const struct option_row *row, const char *text, void *at)
{
	(void)row;
	return span_parse(text, at);
}

static int
read_date(const struct option_row *row, const char *text, void *at)
{
	struct date d;

	(void)row;
	*(const char **)at = text;
	return date_parse(text, &d);
}

static int
read_time(const struct option_row *row, const char *text, void *at)
{
	int64_t t;

	(void)row;
	*(const char **)at = text;
	return time_parse(text, &t);
}

static int
read_fd(const struct option_row *row, const char *text, void *at)
{
	size_t digits = strspn(text, "0123456789");
	int64_t n;

	(void)row;
	if (text[digits] != '\0' || !read_number(text, digits, &n) || n > INT_MAX)
		return 0;
	*(int *)at = (int)n;
	return fcntl((int)n, F_GETFD) != -1;
}

static const struct {
	int (*read)(const struct option_row *, const char *, void *);
	const char *takes; /* what a row of this type takes, when it got something else */
} types[] = {
	[OPTION_FLAG] = { read_flag, N_("yes or no") },
	[OPTION_TEXT] = { read_text, NULL },
	[OPTION_FILE] = { read_text, NULL },
	[OPTION_DIR] = { read_text, NULL },
	[OPTION_LIST] = { read_list, NULL },
	[OPTION_WORD] = { read_word, N_("one of these words") },
	[OPTION_STEP] = { read_word, N_("one of these words") },
	[OPTION_COUNT] = { read_count, N_("a whole number") },
	[OPTION_SIZE] = { read_size, N_("a number of bytes such as 4096, 64k or 16m") },
	[OPTION_SPAN] = { read_span, N_("a span such as 90s, 15m, 12h or 7d") },
	[OPTION_DATE] = { read_date, N_("a date such as 2026-10-05") },
	[OPTION_TIME] = { read_time, N_("a time such as 2026-10-05T09:00:00+09:00") },
	[OPTION_FD] = { read_fd, N_("the number of an open descriptor") },
};

static void *
value_of(struct reading *r, size_t i)
{
	const struct option_row *row = row_at(r->cmd, i);

	return i < r->cmd->n_rows ? (char *)r->values + row->at : (char *)&r->common + row->at;
}

/* "--jobs takes a whole number from 1 to 4" */
static void __attribute__((noreturn))
refuse(const struct command *cmd, const struct option_row *row, const char *label)
{
	const char *takes = _(types[row->type].takes);

	if (row_takes_word(row))
		usage_error(cmd, _("%s takes %s: %s"), label, takes, row->words);
	if (row->type != OPTION_COUNT && row->type != OPTION_SIZE)
		usage_error(cmd, _("%s takes %s"), label, takes);
	if (row->high == INT64_MAX)
		usage_error(
		    cmd, _("%s takes %s, at least %lld"), label, takes, (long long)row->low);
	usage_error(cmd, _("%s takes %s from %lld to %lld"), label, takes, (long long)row->low,
	    (long long)row->high);
}

void
row_set(struct reading *r, size_t i, const char *text, const char *label)
{
	const struct option_row *row = row_at(r->cmd, i);

	if (!types[row->type].read(row, text, value_of(r, i)))
		refuse(r->cmd, row, label);
	r->given[i] = 1;
}
