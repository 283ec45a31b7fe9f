/* The small file in which a facility writes down what has been done. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "readiness/onboarding.h"

#define LINE_SIZE 256
#define DUE	  "due "

static int
malformed(size_t number, const char *what, struct why *why)
{
	why_set(why, ERR_PROGRESS_MALFORMED, NULL, "line %zu: %s", number, what);
	return -1;
}

/* Takes blanks off both ends. */
static char *
trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	for (n = strlen(s); n > 0 && isspace((unsigned char)s[n - 1]); n--)
		;
	s[n] = '\0';
	return s;
}

static size_t
row_of(const struct table *steps, const char *key)
{
	size_t row = 0;

	while (row < table_rows(steps) && strcmp(table_cell(steps, row, "key"), key) != 0)
		row++;
	return row;
}

/* One of the two words about the grant. 1 when it is, 0 when the name is another. */
static int
take_word(struct progress_kept *kept, const char *name, const char *value)
{
	char *to = strcmp(name, "regime") == 0	? kept->regime
		   : strcmp(name, "grace") == 0 ? kept->grace
						: NULL;

	if (to == NULL || *to != '\0' || strlen(value) >= sizeof kept->regime)
		return 0;
	memcpy(to, value, strlen(value) + 1);
	return 1;
}

static int
take_date(struct progress_kept *kept, size_t row, const char *value)
{
	int due = strncmp(value, DUE, strlen(DUE)) == 0;
	int *has = due ? &kept->step[row].has_due : &kept->step[row].has_done;

	if (*has || !date_parse(due ? value + strlen(DUE) : value,
			due ? &kept->step[row].due : &kept->step[row].done))
		return 0;
	*has = 1;
	return 1;
}

static int
take_line(char *line, size_t number, const struct table *steps, struct progress_kept *kept,
    struct why *why)
{
	char *name = line, *equals, *value;
	size_t row;

	line[strcspn(line, "#")] = '\0';
	name = trim(line);
	if (*name == '\0')
		return 0;
	if ((equals = strchr(name, '=')) == NULL)
		return malformed(number, "it has no '='", why);
	*equals = '\0';
	value = trim(equals + 1);
	name = trim(name);
	if (take_word(kept, name, value))
		return 0;
	if ((row = row_of(steps, name)) == table_rows(steps) || row >= ONBOARDING_STEPS)
		return malformed(number, "no step has this key", why);
	if (!take_date(kept, row, value))
		return malformed(number, "it is no date, or the second one", why);
	return 0;
}

int
progress_parse(const char *text, size_t len, const struct table *steps, struct progress_kept *kept,
    struct why *why)
{
	char line[LINE_SIZE];
	size_t number = 0;

	memset(kept, 0, sizeof *kept);
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - (text + at));

		number++;
		if (n >= sizeof line || memchr(text + at, '\0', n) != NULL)
			return malformed(number, "it is too long, or no text", why);
		memcpy(line, text + at, n);
		line[n] = '\0';
		if (take_line(line, number, steps, kept, why) == -1)
			return -1;
		at += n + (end != NULL);
	}
	return 0;
}
