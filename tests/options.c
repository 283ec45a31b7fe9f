/*
 * options [--verbs] ARG...: lib/options through a table with a row of every type, for options.bats.
 * Prints the values and the operands.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "options/options.h"
#include "options/words.h"

struct options {
	const char *via, *facility, *ca, *output, *directory, *fail_on, *day, *time;
	int64_t jobs, max_line, wait;
	struct option_list files, places;
	int quiet, again, pass_fd;
};

static const struct option_row rows[] = {
	ROW_VIA(struct options),
	ROW_FACILITY(struct options),
	ROW_CA(struct options),
	ROW_JOBS(struct options),
	ROW_MAX_LINE(struct options),
	ROW_FAIL_ON(struct options),
	ROW_PASS_FD(struct options),
	ROW(struct options, "output", 'o', "FILE", OPTION_FILE, output, NULL, NULL, 0,
	    N_("write to this file, whole or not at all, and say so in a sentence that is long")),
	ROW(struct options, "directory", 0, "DIR", OPTION_DIR, directory, NULL, NULL, 0,
	    N_("where 'things' are [and more: \\here\\]")),
	ROW(struct options, "file", 'f', "FILE", OPTION_LIST, files, NULL, NULL, 0,
	    N_("a file, as often as needed")),
	ROW(struct options, "place", 0, "DIR", OPTION_LIST, places, NULL, NULL, 0,
	    N_("a directory, as often as needed")),
	ROW(struct options, "day", 0, "DATE", OPTION_DATE, day, NULL, NULL, 0, N_("a day")),
	ROW(struct options, "time", 0, "TIME", OPTION_TIME, time, NULL, NULL, 0, N_("a time")),
	ROW(struct options, "wait", 0, "SPAN", OPTION_SPAN, wait, NULL, "30s", 0,
	    N_("how long to wait")),
	ROW(struct options, "quiet", 'q', NULL, OPTION_FLAG, quiet, NULL, NULL, 0, N_("say less")),
	ROW(struct options, "again", 'a', NULL, OPTION_FLAG, again, NULL, NULL, 0, N_("ask again")),
};

static const struct verb verbs[] = {
	{ "init", "DIR", N_("make a new one") },
	{ "serve", "DIR", N_("answer 'questions': until told to stop") },
	{ NULL, NULL, NULL },
};

static void
show(const char *name, const char *value)
{
	printf("%s %s\n", name, value == NULL ? "-" : value);
}

int
main(int argc, char **argv)
{
	struct command command = { "oq-test", "filter", "[FILE ...]",
		N_("Does nothing, and says at some length that it does so, so that the line is "
		   "broken"),
		rows, sizeof rows / sizeof *rows, NULL };
	struct options o = { 0 };
	char **operands;
	int n;

	if (argc > 1 && strcmp(argv[1], "--verbs") == 0) {
		command.verbs = verbs;
		command.args = "VERB DIR";
		argc--;
		argv++;
	}
	n = options_read(&command, argc, argv, &o, &operands);
	show("via", o.via);
	show("facility", o.facility);
	show("ca", o.ca);
	printf("jobs %" PRId64 "\nmax-line %" PRId64 "\n", o.jobs, o.max_line);
	show("fail-on", o.fail_on);
	printf("pass-fd %d\n", o.pass_fd);
	show("output", o.output);
	show("directory", o.directory);
	for (size_t i = 0; i < o.files.n; i++)
		show("file", o.files.items[i]);
	show("day", o.day);
	show("time", o.time);
	printf("wait %" PRId64 "\nquiet %d\nagain %d\n", o.wait, o.quiet, o.again);
	printf("japanese %d\n", words_japanese());
	for (int i = 0; i < n; i++)
		show("operand", operands[i]);
	if (operands[n] != NULL)
		puts("no NULL behind the operands");
	return 0;
}
