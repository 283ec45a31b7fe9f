#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/schedule.h"

#define HEADER	 "requests,fault,value"
#define FILE_MAX ((size_t)1 << 20)
#define ROWS_MAX 1000

struct schedule {
	size_t n;
	struct schedule_row rows[ROWS_MAX];
};

static int
read_range(const char *text, struct schedule_row *row)
{
	char *end;

	if (strcmp(text, "always") == 0) {
		row->first = 1;
		row->last = UINT64_MAX;
		return 1;
	}
	row->first = row->last = strtoull(text, &end, 10);
	if (*end == '-')
		row->last = strtoull(end + 1, &end, 10);
	return *end == '\0' && row->first >= 1 && row->last >= row->first;
}

static int
read_numbers(const char *text, enum schedule_value form, struct schedule_row *row)
{
	char *end;

	row->value = strtol(text, &end, 10);
	if (end == text || row->value < 0)
		return 0;
	if (*end == ' ' && form == SCHEDULE_NUMBERS)
		row->second = strtol(end + 1, &end, 10);
	return *end == '\0';
}

static int
read_value(const char *text, enum schedule_value form, struct schedule_row *row)
{
	row->second = -1;
	if (form == SCHEDULE_NOTHING)
		return text == NULL || *text == '\0';
	if (text == NULL || *text == '\0' || strlen(text) >= sizeof row->text ||
	    strchr(text, ',') != NULL)
		return 0;
	snprintf(row->text, sizeof row->text, "%s", text);
	return form == SCHEDULE_TEXT || read_numbers(text, form, row);
}

/* requests,fault[,value] */
static int
read_row(char *line, const struct schedule_kind *kinds, struct schedule_row *row)
{
	char *requests = strsep(&line, ","), *name = strsep(&line, ",");

	*row = (struct schedule_row){ 0 };
	if (name == NULL || !read_range(requests, row))
		return 0;
	for (; kinds->name != NULL; kinds++)
		if (strcmp(name, kinds->name) == 0) {
			row->kind = kinds->kind;
			return read_value(line, kinds->value, row);
		}
	return 0;
}

static int
read_rows(struct schedule *all, const struct schedule_kind *kinds, const char *path, char *text,
    struct why *why)
{
	char *line;

	for (size_t number = 1; (line = strsep(&text, "\n")) != NULL; number++) {
		line[strcspn(line, "\r")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (number == 1 ? strcmp(line, HEADER) == 0
				: all->n < ROWS_MAX && read_row(line, kinds, &all->rows[all->n])) {
			all->n += number > 1;
			continue;
		}
		why_set(
		    why, ERR_TABLE_MALFORMED, NULL, "%s:%zu: a row is %s", path, number, HEADER);
		return -1;
	}
	return 0;
}

struct schedule *
schedule_read(const char *path, const struct schedule_kind *kinds, struct why *why)
{
	struct schedule *all = calloc(1, sizeof *all);
	struct buf text;
	int r = -1;

	buf_init(&text, FILE_MAX);
	if (all == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
	else if (file_read(path, FILE_MAX, &text, why) == 0 && buf_addc(&text, '\n') == 0)
		r = read_rows(all, kinds, path, text.data, why);
	buf_free(&text);
	if (r == 0)
		return all;
	free(all);
	return NULL;
}

void
schedule_free(struct schedule *all)
{
	free(all);
}

const struct schedule_row *
schedule_next(const struct schedule *all, uint64_t n, const struct schedule_row *after)
{
	const struct schedule_row *row, *end;

	if (all == NULL)
		return NULL;
	end = all->rows + all->n;
	for (row = after == NULL ? all->rows : after + 1; row < end; row++)
		if (row->first <= n && n <= row->last)
			return row;
	return NULL;
}
