/* oq-fee: which additions (加算) an encounter gets, and why. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "fee/fees.h"
#include "fee/history.h"
#include "fee/list.h"
#include "gen/names.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/filter.h"
#include "pipe/record.h"
#include "view/csv.h"
#include "view/text.h"

#define TOOL "oq-fee"

struct options {
	const char *facility, *share, *history, *rules, *on, *format, *summary;
	struct option_list set;
	int list, retry_unknown;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW_FACILITY(T),
	ROW(T, "set", 0, "MEMBER=VALUE", OPTION_LIST, set, NULL, NULL, 0,
	    N_("what a line that says nothing of it means (may be given again)")),
	ROW(T, "share", 0, "TENTHS", OPTION_WORD, share, "1 2 3", NULL, 0,
	    N_("add what the patient pays, and what the addition makes of it, in yen")),
	ROW(T, "history", 0, "FILE", OPTION_FILE, history, NULL, NULL, 0,
	    N_("limits used up in earlier runs; it is replaced when all is written")),
	ROW(T, "rules", 0, "FILE", OPTION_FILE, rules, NULL, NULL, 0,
	    N_("the fee table, instead of the installed one")),
	ROW(T, "retry-unknown", 0, NULL, OPTION_FLAG, retry_unknown, NULL, NULL, 0,
	    N_("take up lines again that this command could not answer")),
	ROW(T, "list", 0, NULL, OPTION_FLAG, list, NULL, NULL, 0,
	    N_("print the table in force, and read nothing")),
	ROW(T, "on", 0, "DATE", OPTION_DATE, on, NULL, NULL, 0,
	    N_("with --list: on this day, YYYY-MM-DD; today in Japan if not given")),
	ROW(T, "format", 0, "FORM", OPTION_WORD, format, "json text csv", "json", 0,
	    N_("with --list: records, text for people, or a table for a spreadsheet")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "filter",
	.args = "",
	.help = N_("Adds to each encounter which additions of the fee table apply, and why"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* What holds for every line. 0, or -1 with why; a mistake ends the process. */
static int
take_ordinary(struct fees *f, const struct options *o, struct why *why)
{
	int taken = 1;

	if (o->facility != NULL &&
	    (f->ordinary.facility_type = facility_type_of(o->facility)) == NULL)
		usage_error(&command, "--facility: %s",
		    _("the third digit of the code is 1, 3 or 4: medical, dental, pharmacy"));
	for (size_t i = 0; i < o->set.n && taken != -1; i++)
		if ((taken = ordinary_set(&f->ordinary, o->set.items[i])) == 0)
			usage_error(&command, "--set: %s: %s", _("no such member or value"),
			    o->set.items[i]);
	if (taken != -1)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* From here on no network, and of files only what takes the place of --summary and --history. */
static int
lock_doors(const struct options *o, struct why *why)
{
	char *summary = file_directory(o->summary), *history = file_directory(o->history);
	const char *write[3] = { NULL };
	size_t n = 0;
	struct profile profile = { .name = TOOL, .write = write };
	int failed = -1;

	words_open();
	if (summary != NULL)
		write[n++] = summary;
	if (history != NULL)
		write[n++] = history;
	if (n > 0)
		profile.may = MAY_WRITE_FILES;
	/* Without its directory the profile would leave the file's temporary behind. */
	if ((o->summary != NULL && summary == NULL) || (o->history != NULL && history == NULL))
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		failed = restrain(&profile, why);
	free(summary);
	free(history);
	return failed;
}

/* The table of a day. 0, or -1 with why. */
static int
list(const struct fees *f, const struct options *o, struct why *why)
{
	const char *type =
	    json_string_value(json_object_get(f->ordinary.members, ENCOUNTER_FACILITY_TYPE));
	struct date day = date_today();
	int r;

	if (o->on != NULL)
		date_parse(o->on, &day);
	if (type == NULL)
		type = f->ordinary.facility_type;
	if (strcmp(o->format, "json") == 0)
		r = fee_list_records(stdout, &f->points, day, type);
	else
		r = fee_list_sheet(stdout, &f->points, day, type,
		    strcmp(o->format, view_csv.name) == 0 ? &view_csv : &view_text);
	if (r == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else if (fflush(stdout) == EOF || ferror(stdout)) {
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", strerror(errno));
		r = -1;
	}
	return r;
}

/* Every line through; then, if all of it is written, what was charged is remembered. */
static int
run(struct fees *f, const struct history *history, const struct options *o)
{
	struct tally tally = { 0 };
	struct why why = { .id = ERR_NONE };
	const struct filter filter = {
		.tool = TOOL,
		.member = RECORD_FEES,
		.max_line = (size_t)o->max_line,
		.retry_unknown = o->retry_unknown,
		.begin = fees_begin,
		.answer = fees_answer,
		.context = f,
	};
	int failed = filter_run(&filter, STDIN_FILENO, STDOUT_FILENO, &tally) == -1;

	if (!failed && o->history != NULL && history_save(history, &f->limits, &why) == -1) {
		why_print(&why, TOOL);
		failed = 1;
	}
	return tally_end(&tally, TOOL, FAIL_ON_NEGATIVE, failed, o->summary);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct fees fees;
	struct history history = { .lock = -1 };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int status = EXIT_YES;

	umask(077);
	record_memory_strict();
	if (options_read(&command, argc, argv, &o, &operands) > 0)
		usage_error(&command, "%s", _("encounters come on standard input"));
	if (o.list && (o.history != NULL || o.share != NULL))
		usage_error(&command, "%s", _("--list reads no encounters"));
	if (!o.list && o.on != NULL)
		usage_error(&command, "%s", _("--on goes with --list"));
	/* A reader that is gone is an error like another: status 7, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	/* What is listed or remembered is needed now, what lines are judged by only with the first. */
	if (fees_open(&fees, o.rules, &why) == 0 && take_ordinary(&fees, &o, &why) == 0 &&
	    ((!o.list && o.history == NULL) || fees_begin(&fees, &why) == 0) &&
	    (o.history == NULL || history_open(&history, o.history, &fees.limits, &why) == 0) &&
	    lock_doors(&o, &why) == 0) {
		fees.share = o.share == NULL ? 0 : *o.share - '0';
		if (!o.list)
			status = run(&fees, &history, &o);
		else if (list(&fees, &o, &why) == -1)
			status = EXIT_LOCAL;
	} else {
		status = EXIT_LOCAL;
	}
	if (why.id != ERR_NONE) {
		why_print(&why, TOOL);
		status = error_rows[why.id].exit;
	}
	history_close(&history);
	fees_free(&fees);
	return status;
}
