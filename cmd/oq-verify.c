/* oq-verify: asks whether insurance holds, one line or a million. */
#include "ask/command.h"

struct options {
	struct asker asker;
	int say, again, dry_run;
	int64_t reuse_within;
	const char *changed_since;
};
#define T struct options

static const struct option_row rows[] = {
	ASKER_ROWS_FIRST,
	ROW(T, "say", 0, NULL, OPTION_FLAG, say, NULL, NULL, 0,
	    N_("say each result in one line on the terminal, if there is one")),
	ROW(T, "again", 0, NULL, OPTION_FLAG, again, NULL, NULL, 0,
	    N_("ask also where a card has answered for the same day, as eligibility.recheck")),
	ROW(T, "dry-run", 'n', NULL, OPTION_FLAG, dry_run, NULL, NULL, 0,
	    N_("print the question lines and send nothing")),
	ROW(T, "reuse-within", 0, "SPAN", OPTION_SPAN, reuse_within, NULL, NULL, 0,
	    N_("take a yes or no once more from the journal, if it is no older than this")),
	ROW(T, "changed-since", 0, "FILE", OPTION_FILE, changed_since, NULL, NULL, 0,
	    N_("say what differs from the answers in this journal or file of records")),
	ASKER_ROWS_LAST,
};
#undef T

static const struct command command = {
	.name = "oq-verify",
	.kind = "filter",
	.args = "",
	.help = N_("Asks for each record whether the insurance holds, and adds the answer"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands);
	const struct asking_command verify = {
		.command = &command,
		.service = &service_verify,
		.say = o.say,
		.again = o.again,
		.dry_run = o.dry_run,
		.reuse_within = o.reuse_within,
		.changed_since = o.changed_since,
	};

	return asker_run(&verify, &o.asker, n, argv);
}
