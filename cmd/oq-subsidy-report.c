/* oq-subsidy-report: what a facility gets back for introducing online verification, and why. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/restrain.h"
#include "base/text.h"
#include "gen/names.h"
#include "options/options.h"
#include "options/words.h"
#include "subsidy/tables.h"
#include "subsidy/template.h"

#define TOOL "oq-subsidy-report"
#define FIGURES                                                                                    \
	SUBSIDY_ELIGIBLE_COST_YEN " " SUBSIDY_CAPPED_COST_YEN " " SUBSIDY_SUBSIDY_YEN              \
				  " " SUBSIDY_BASE_PART_YEN " " SUBSIDY_DIFFERENCE_PART_YEN        \
				  " " SUBSIDY_FALLBACK_IF_BASIC_RATE_APPLIES_YEN

struct options {
	const char *facilities, *items, *template, *rules, *today, *program, *explain, *files,
	    *summary, *fail_on;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "facilities", 0, "FILE", OPTION_FILE, facilities, NULL, NULL, 0,
	    N_("table of facilities, CSV or JSON lines; --items goes with it")),
	ROW(T, "items", 0, "FILE", OPTION_FILE, items, NULL, NULL, 0,
	    N_("table of the lines of their receipts, joined by the facility's code")),
	ROW(T, "template", 0, "DIR", OPTION_DIR, template, NULL, NULL, 0,
	    N_("write both tables with an example here, CSV and a workbook, and read nothing")),
	ROW(T, "program", 0, "NAME", OPTION_TEXT, program, NULL, NULL, 0,
	    N_("another grant instead: a program of extra_subsidies.csv, such as HOME or PMH")),
	ROW(T, "explain", 0, "FIGURE", OPTION_WORD, explain, FIGURES, NULL, 0,
	    N_("explain this figure from the receipts on, line by line")),
	ROW(T, "today", 0, "DATE", OPTION_DATE, today, NULL, NULL, 0,
	    N_("judge deadlines as of this day, YYYY-MM-DD; today in Japan if not given")),
	ROW(T, "files", 0, "DIR", OPTION_DIR, files, NULL, NULL, 0,
	    N_("look here for the receipt files that suppliers name")),
	ROW(T, "rules", 0, "DIR", OPTION_DIR, rules, NULL, NULL, 0,
	    N_("tables of rules that take the place of the installed ones")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "sum",
	.args = "[FILE ...]",
	.help = N_("Reckons the subsidy for introducing online verification, and explains it"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while projects run. */
struct world {
	const struct options *o;
	struct rules rules;
	struct report report;
	int *inputs; /* projects, or the two tables */
	size_t n_inputs;
};

static int
open_inputs(struct world *w, char **names, size_t n, struct why *why)
{
	char *tables[] = { (char *)(uintptr_t)w->o->facilities, (char *)(uintptr_t)w->o->items };

	if (tables[0] != NULL) {
		names = tables;
		n = 2;
	}
	if ((w->inputs = calloc(n + 1, sizeof *w->inputs)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	if (n == 0)
		w->inputs[w->n_inputs++] = STDIN_FILENO;
	for (size_t i = 0; i < n; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);

		if (fd == -1) {
			why_set(
			    why, ERR_FILE_UNREADABLE, NULL, "%s: %s", names[i], strerror(errno));
			return -1;
		}
		w->inputs[w->n_inputs++] = fd;
	}
	return 0;
}

static int
open_report(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	struct date today = date_today();
	struct report *r = &w->report;

	if (o->today != NULL)
		date_parse(o->today, &today);
	r->tool = TOOL;
	r->max_line = (size_t)o->max_line;
	r->figure = o->explain == NULL ? NULL : figure_find(o->explain);
	r->by = (struct assessor){
		.rules = &w->rules,
		.program = o->program,
		.today = date_days(today),
		.files = o->files,
		.seen = seen_new(),
		.every_line = o->explain != NULL,
	};
	if (r->by.seen != NULL)
		return report_open(r, STDOUT_FILENO, why);
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* From here on no network, and of files only what takes the place of --summary, or the
 * tables of --template. */
static int
lock_doors(const struct options *o, struct why *why)
{
	char *summary = o->summary == NULL ? NULL : strdup(o->summary);
	const char *write[2] = { o->template };
	struct profile profile = { .name = TOOL, .write = write };
	int failed = -1;

	words_open();
	text_ready(); /* a table may be CP932; where the system has none it says so then */
	if (summary != NULL && o->template == NULL)
		write[0] = dirname(summary);
	if (write[0] != NULL)
		profile.may = MAY_WRITE_FILES;
	/* Without its directory the profile would leave the file's temporary behind. */
	if (o->summary != NULL && summary == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		failed = restrain(&profile, why);
	free(summary);
	return failed;
}

/* All that must be right before the first byte of input. 0, or -1 with why. */
static int
prepare(struct world *w, char **names, size_t n, struct why *why)
{
	int known;

	if (rules_load(&w->rules, w->o->rules, why) == -1)
		return -1;
	if (w->o->program != NULL) {
		program_for(&w->rules, w->o->program, NULL, &known);
		if (!known)
			usage_error(
			    &command, "--program: %s: %s", _("no such program"), w->o->program);
	}
	if (w->o->template != NULL)
		return lock_doors(w->o, why);
	if (open_inputs(w, names, n, why) == -1 || open_report(w, why) == -1)
		return -1;
	return lock_doors(w->o, why);
}

/* The two tables. 0, or -1 with why. */
static int
run_tables(struct world *w, struct why *why)
{
	const char *const names[] = { w->o->facilities, w->o->items };
	struct table_input tables[2];

	for (size_t i = 0; i < 2; i++) {
		int fd = rewindable(w->inputs[i], names[i], why);

		if (fd == -1)
			return -1;
		if (fd != w->inputs[i])
			close(w->inputs[i]);
		w->inputs[i] = fd;
		tables[i] = (struct table_input){ fd, names[i] };
	}
	return report_tables(&w->report, &tables[0], &tables[1], why);
}

static int
run(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	int failed = 0, local;

	if (o->facilities != NULL)
		failed = run_tables(w, why);
	for (size_t i = 0; i < w->n_inputs && o->facilities == NULL && failed == 0; i++)
		failed = report_lines(&w->report, w->inputs[i], why);
	if (failed == -1)
		why_print(why, TOOL);
	/* A table that is none was found before anything was made of it. */
	if (failed == -1 && error_rows[why->id].exit == EXIT_USAGE) {
		report_close(&w->report, why);
		return EXIT_USAGE;
	}
	local = failed == -1;
	if (report_close(&w->report, why) == -1) {
		why_print(why, TOOL);
		local = 1;
	}
	return tally_end(&w->report.tally, TOOL,
	    strcmp(o->fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE, local,
	    o->summary);
}

static void
close_all(struct world *w)
{
	struct why ignored;

	report_close(&w->report, &ignored); /* nothing is left to be written */
	seen_free(w->report.by.seen);
	rules_free(&w->rules);
	for (size_t i = 0; i < w->n_inputs; i++)
		if (w->inputs[i] != STDIN_FILENO)
			close(w->inputs[i]);
	free(w->inputs);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int n, status;

	umask(077);
	n = options_read(&command, argc, argv, &o, &operands);
	if ((o.facilities == NULL) != (o.items == NULL) || (o.items != NULL && n > 0))
		usage_error(&command, "%s", _("give --facilities and --items, or projects"));
	if (prepare(&w, operands, (size_t)n, &why) == -1) {
		why_print(&why, TOOL);
		status = error_rows[why.id].exit;
	} else if (o.template != NULL) {
		status = EXIT_YES;
		if (template_write(o.template, &w.rules, &why) == -1) {
			why_print(&why, TOOL);
			status = error_rows[why.id].exit;
		}
	} else {
		status = run(&w, &why);
	}
	close_all(&w);
	return status;
}
