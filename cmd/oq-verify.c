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
	struct bulk_asker bulk;
	const char *as_of;
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
	BULK_ROWS(T),
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

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands);
	struct bulk_options bulk = bulk_options_of(&o.bulk, &bulk_eligibility);
	const struct asking_command verify = {
		.command = &command,
		.service = o.bulk.step == NULL ? &service_verify : &service_bulk,
		.bulk = o.bulk.step == NULL ? NULL : &bulk,
		.say = o.say,
		.again = o.again,
		.dry_run = o.dry_run,
		.reuse_within = o.reuse_within,
		.changed_since = o.changed_since,
	};

	bulk.today = strcmp(o.as_of, "today") == 0;
	if (o.bulk.step == NULL && bulk.today)
		usage_error(&command, "%s", _("--as-of belongs to --bulk"));
	if (o.bulk.step != NULL && o.asker.as_completed)
		usage_error(&command, "%s", _("--bulk or --as-completed, not both"));
	return asker_run(&verify, &o.asker, n, argv);
}
