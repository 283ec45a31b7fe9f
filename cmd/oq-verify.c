/* oq-verify: asks whether insurance holds, one line or a million. */
#include <stddef.h>
#include <string.h>

#include "ask/bulk.h"
#include "ask/command.h"

struct options {
	struct asker asker;
	int say, again, dry_run;
	int64_t reuse_within;
	const char *changed_since;
	const char *bulk, *as_of;
	int64_t wait, poll, bulk_size;
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
	ROW(T, "bulk", 0, "STEP", OPTION_STEP, bulk, "submit fetch both", NULL, 0,
	    N_("ask a terminal in files of many patients: submit them, fetch the results, or "
	       "both")),
	ROW(T, "wait", 0, "SPAN", OPTION_SPAN, wait, NULL, "0s", 0,
	    N_("with --bulk, patience with results that are not ready")),
	ROW(T, "poll", 0, "SPAN", OPTION_SPAN, poll, NULL, "10s", 0,
	    N_("with --bulk, ask again this often for a result that is not ready")),
	{ "bulk-size", 0, "N", OPTION_COUNT, offsetof(T, bulk_size), NULL, "500", 1, 1000, 0,
	    N_("with --bulk, patients in one file, at most") },
	ROW(T, "as-of", 0, "DAY", OPTION_WORD, as_of, "visit today", "visit", 0,
	    N_("with --bulk, the day to ask about where the visit is after today")),
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

static int
is(const char *word, const char *other)
{
	return word != NULL && strcmp(word, other) == 0;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands);
	const struct bulk_options bulk = {
		.submit = !is(o.bulk, "fetch"),
		.fetch = !is(o.bulk, "submit"),
		.today = is(o.as_of, "today"),
		.wait = o.wait,
		.poll = o.poll,
		.size = o.bulk_size,
	};
	const struct asking_command verify = {
		.command = &command,
		.service = o.bulk == NULL ? &service_verify : &service_bulk,
		.bulk = o.bulk == NULL ? NULL : &bulk,
		.say = o.say,
		.again = o.again,
		.dry_run = o.dry_run,
		.reuse_within = o.reuse_within,
		.changed_since = o.changed_since,
	};

	if (o.bulk == NULL && bulk.today)
		usage_error(&command, "%s", _("--as-of belongs to --bulk"));
	if (o.bulk != NULL && o.asker.as_completed)
		usage_error(&command, "%s", _("--bulk or --as-completed, not both"));
	return asker_run(&verify, &o.asker, n, argv);
}
