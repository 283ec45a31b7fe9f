#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv/calendar.h"
#include "table/decode.h"
#include "table/header.h"
#include "table/rows.h"

#define ROW_MAX	    ((size_t)4096)
#define A_YEAR	    366
#define AHEAD_MAX   30
#define NEXT	    "next-open-day"
#define BETWEEN	    " ,\t"
#define WEEKDAY_ONE 4 /* 1 January 1970 was a Thursday */

static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
#define WEEKDAYS (sizeof weekdays / sizeof *weekdays)

/* One word of the pattern. 1 or 0. */
static int
add_weekday(struct calendar *c, const char *word, size_t n)
{
	for (size_t i = 0; i < WEEKDAYS; i++)
		if (strlen(weekdays[i]) == n && memcmp(weekdays[i], word, n) == 0) {
			c->open |= 1U << i;
			return 1;
		}
	return 0;
}

int
calendar_week(struct calendar *c, const char *text)
{
	size_t n;

	for (text += strspn(text, BETWEEN); *text != '\0';
	     text += n, text += strspn(text, BETWEEN)) {
		n = strcspn(text, BETWEEN);
		if (!add_weekday(c, text, n))
			return 0;
	}
	return c->open != 0;
}

/* 0, or -1 without memory. */
static int
add_special(struct calendar *c, int64_t day, int open)
{
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 64 : 2 * c->room;
		struct special *more = realloc(c->special, room * sizeof *more);

		if (more == NULL)
			return -1;
		c->special = more;
		c->room = room;
	}
	c->special[c->n++] = (struct special){ day, open };
	if (day > c->last)
		c->last = day;
	return 0;
}

/* The row in the decoder's cells. 1, 0 if its day is none, or -1 without memory. */
static int
take_cells(struct calendar *c, const struct decoder *d)
{
	struct date day;

	if (d->n == 0 || date_read(d->cells[0].s, &day) != 1)
		return 0;
	return add_special(c, date_days(day), d->n > 1 && strcmp(d->cells[1].s, "open") == 0) == -1
		   ? -1
		   : 1;
}

static int
malformed(struct why *why, const char *path, uint64_t line, const char *what)
{
	why_set(why, ERR_HOLIDAYS_MALFORMED, NULL, "%s, line %" PRIu64 ": %s", path, line, what);
	return -1;
}

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "the holidays");
	return -1;
}

/* Every row but the first, which may be a header. 0, or -1 with why. */
static int
read_rows(
    struct calendar *c, struct rows *rows, struct decoder *d, const char *path, struct why *why)
{
	enum rows_result got;
	struct why broken;
	struct row row;
	int r;

	if (header_cells(rows, d, why) == -1)
		return -1;
	if (take_cells(c, d) == -1)
		return no_memory(why);
	while ((got = rows_next(rows, 0, &row, &broken)) == ROWS_ROW) {
		if ((r = decode_cells(d, &row, &broken)) == -1)
			return no_memory(why);
		if (r == 0)
			return malformed(why, path, row.line, broken.detail);
		if ((r = take_cells(c, d)) == -1)
			return no_memory(why);
		if (r == 0)
			return malformed(why, path, row.line, "it begins with no day");
	}
	if (got == ROWS_BROKEN)
		return malformed(why, path, row.line, broken.detail);
	if (got == ROWS_FAILED) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

int
calendar_holidays(struct calendar *c, const char *path, struct why *why)
{
	int r = -1, fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rows *rows = fd == -1 ? NULL : rows_open(fd, ROW_MAX);
	struct decoder d;

	decoder_init(&d, ENCODING_UNKNOWN, ROW_MAX);
	if (fd == -1)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	else
		r = rows == NULL ? no_memory(why) : read_rows(c, rows, &d, path, why);
	decoder_free(&d);
	rows_close(rows);
	if (fd != -1)
		close(fd);
	return r;
}

void
calendar_free(struct calendar *c)
{
	free(c->special);
	*c = (struct calendar){ 0 };
}

int
calendar_words(const char *text, int *count)
{
	char *end;
	long ahead;

	if (strncmp(text, NEXT, sizeof NEXT - 1) != 0)
		return 0;
	text += sizeof NEXT - 1;
	*count = 1;
	if (*text == '\0')
		return 1;
	if (text[0] != '+' || text[1] < '1' || text[1] > '9')
		return 0;
	ahead = strtol(text + 1, &end, 10);
	*count = (int)ahead + 1;
	return *end == '\0' && ahead <= AHEAD_MAX;
}

static int
is_open(const struct calendar *c, int64_t day)
{
	for (size_t i = c->n; i > 0; i--)
		if (c->special[i - 1].day == day)
			return c->special[i - 1].open;
	return c->open >> (day + WEEKDAY_ONE) % (int64_t)WEEKDAYS & 1;
}

int
calendar_find(const struct calendar *c, struct date after, int count, struct date *out)
{
	int64_t from = date_days(after);

	for (int64_t day = from + 1; day <= from + A_YEAR; day++)
		if (is_open(c, day) && --count == 0) {
			*out = date_of_days(day);
			return 1;
		}
	return 0;
}
