/* Fuzz target: a file of holidays, and the words of --open-days and --for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "csv/calendar.h"

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* The day that is found is open, after the day that was asked for, and within a year of it. */
static void
find(const struct calendar *c, int count)
{
	const struct date after = { 2026, 11, 28 };
	struct date day;

	if (calendar_find(c, after, count, &day) &&
	    (!date_exists(day) || date_days(day) < date_days(after) + count ||
		date_days(day) > date_days(after) + 366))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calendar c = { 0 };
	char words[WORDS_MAX], path[64];
	int fd = memfd_create("holidays", 0), count = 1;
	struct why why;

	if (fd == -1 || write_all(fd, data, size) == -1)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	snprintf(words, sizeof words, "%.*s", (int)(size < WORDS_MAX ? size : WORDS_MAX - 1),
	    (const char *)data);
	if (!calendar_words(words, &count))
		count = 1;
	if (!calendar_week(&c, words))
		c.open = 0x15;
	calendar_holidays(&c, path, &why);
	find(&c, count);
	calendar_free(&c);
	close(fd);
	return 0;
}
