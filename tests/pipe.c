/*
 * pipe WHAT ...: one part of lib/pipe from the command line, for pipe.bats.
 *
 *	pipe lines MAX [try]	each line as "number bytes kept over: text"; with try, never blocks:
 *				"later" once for every time that nothing was there
 *	pipe record [MAX]	each line as "object", with number of members, or as code and detail
 *	pipe text NAME		that member of each line's object, or "none"
 *	pipe filter MAX [retry]	a filter that writes the member "echo" by what the record's member
 *				"want" asks for, then the closing count
 *	pipe source MAX TEXT...	output_record() of each text
 *	pipe tally FAIL_ON LOCAL WORD...
 *				the exit status after these verdicts (yes no unknown not-asked) and
 *				causes (code of an error; "answered")
 *	pipe summary FILE	the summary of a fixed count
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "pipe/filter.h"
#include "pipe/lines.h"
#include "pipe/output.h"
#include "pipe/record.h"

#define TOOL "oq-test"

static void
show_line(const struct line *line)
{
	printf("%" PRIu64 " %" PRIu64 " %zu%s: ", line->number, line->bytes, line->len,
	    line->over ? " over" : "");
	fwrite(line->text, 1, line->len < 60 ? line->len : 60, stdout);
	putchar('\n');
}

/* Waits for input as a command does that has other things to wait for. */
static int
try_line(struct lines *lines, struct line *line)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int got;

	while ((got = lines_try(lines, line)) == LINES_LATER) {
		if (lines_waiting(lines))
			continue; /* more came meanwhile */
		puts("later");
		fflush(stdout);
		poll(&input, 1, -1);
	}
	return got;
}

static int
show_lines(int argc, char **argv)
{
	int (*next)(struct lines *, struct line *) = argc > 1 ? try_line : lines_next;
	struct lines *lines = lines_open(STDIN_FILENO, strtoul(argv[0], NULL, 10));
	struct line line;
	int got;

	while ((got = next(lines, &line)) == 1)
		show_line(&line);
	if (got == 0 && (!lines_waiting(lines) || next(lines, &line) != 0))
		puts("the end is not the end");
	if (got == -1)
		perror("read");
	lines_close(lines);
	return got == -1 ? EXIT_LOCAL : 0;
}

static int
show_records(int argc, char **argv)
{
	size_t max = argc > 0 ? strtoul(argv[0], NULL, 10) : LINE_MAX_DEFAULT;
	struct lines *lines = lines_open(STDIN_FILENO, max);
	struct line line;
	struct why why;
	json_t *record;

	while (lines_next(lines, &line) == 1) {
		if ((record = record_parse(&line, &why)) == NULL) {
			printf("%s%s%s\n", why_code(&why), why.detail[0] ? ": " : "", why.detail);
			continue;
		}
		printf("object %zu\n", json_object_size(record));
		json_decref(record);
	}
	lines_close(lines);
	return 0;
}

static int
show_texts(int argc, char **argv)
{
	struct lines *lines = lines_open(STDIN_FILENO, LINE_MAX_DEFAULT);
	struct line line;
	const char *text;
	json_t *record;

	(void)argc;
	while (lines_next(lines, &line) == 1) {
		record = record_parse(&line, NULL);
		text = record == NULL ? NULL : record_text(record, argv[0]);
		puts(text == NULL ? "none" : text);
		json_decref(record);
	}
	lines_close(lines);
	return 0;
}

/* "yes", "no", "not-asked"; "fail"; a number: an answer of that many bytes. */
static enum verdict
echo(void *context, const json_t *record, struct buf *value, struct why *why)
{
	const char *want = record_text(record, "want");
	json_int_t size = json_integer_value(json_object_get(record, "want"));

	(void)context;
	if (want != NULL && strcmp(want, "fail") == 0)
		why_set(why, ERR_HUB_FAILED, "/want", "%s", "as was wanted");
	buf_addc(value, '"');
	for (json_int_t i = 2; i < size; i++)
		buf_addc(value, 'x');
	buf_addc(value, '"');
	if (want != NULL && strcmp(want, "no") == 0)
		return VERDICT_NO;
	return want != NULL && strcmp(want, "not-asked") == 0 ? VERDICT_NOT_ASKED : VERDICT_YES;
}

static int
filter(int argc, char **argv)
{
	struct filter f = { .tool = TOOL, .member = "echo", .answer = echo };
	struct tally tally = { 0 };
	int local;

	f.max_line = strtoul(argv[0], NULL, 10);
	f.retry_unknown = argc > 1;
	local = filter_run(&f, STDIN_FILENO, STDOUT_FILENO, &tally) == -1;
	return tally_end(&tally, TOOL, FAIL_ON_NEGATIVE, local, NULL);
}

static int
source(int argc, char **argv)
{
	struct tally tally = { 0 };
	struct output *output =
	    output_open(STDOUT_FILENO, TOOL, strtoul(argv[0], NULL, 10), &tally);
	struct why why;
	int local;

	for (int i = 1; i < argc; i++)
		output_record(output, argv[i], strlen(argv[i]), VERDICT_YES);
	local = output_close(output, &why) == -1;
	if (local)
		why_print(&why, TOOL);
	return tally_end(&tally, TOOL, FAIL_ON_NEGATIVE, local, NULL);
}

static void
count_word(struct tally *tally, const char *word)
{
	static const char *const verdicts[] = { [VERDICT_YES] = "yes",
		[VERDICT_NO] = "no",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_NOT_ASKED] = "not-asked" };

	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(verdicts[i], word) == 0) {
			tally->read++;
			tally_add(tally, (enum verdict)i);
			return;
		}
	tally_asked(tally, error_find(word));
}

static int
tally(int argc, char **argv)
{
	struct tally t = { 0 };

	for (int i = 2; i < argc; i++)
		count_word(&t, argv[i]);
	return tally_end(&t, TOOL,
	    strcmp(argv[0], "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE,
	    strcmp(argv[1], "local") == 0, NULL);
}

static int
summary(int argc, char **argv)
{
	struct tally t = { .read = 180, .yes = 171, .no = 6, .unknown = 3 };

	(void)argc;
	return tally_end(&t, TOOL, FAIL_ON_NEGATIVE, 0, argv[0]);
}

static const struct {
	const char *name;
	int (*run)(int, char **);
	int least; /* arguments */
} parts[] = {
	{ "lines", show_lines, 1 },
	{ "record", show_records, 0 },
	{ "text", show_texts, 1 },
	{ "filter", filter, 1 },
	{ "source", source, 1 },
	{ "tally", tally, 2 },
	{ "summary", summary, 1 },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof parts / sizeof *parts; i++)
		if (strcmp(parts[i].name, argv[1]) == 0 && argc - 2 >= parts[i].least)
			return parts[i].run(argc - 2, argv + 2);
	fprintf(stderr, "usage: pipe WHAT ...\n");
	return EXIT_USAGE;
}
