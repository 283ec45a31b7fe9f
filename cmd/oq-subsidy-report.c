/* oq-subsidy-report: what a facility gets back for introducing online verification, and why. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "base/text.h"
#include "gen/names.h"
#include "options/options.h"
#include "options/words.h"
#include "subsidy/book.h"
#include "subsidy/forms.h"
#include "subsidy/package.h"
#include "subsidy/tables.h"
#include "subsidy/template.h"
#include "subsidy/verify.h"

#define TOOL	 "oq-subsidy-report"
#define READ_MAX 64 /* directories of fonts and documents */
#define FIGURES                                                                                    \
	SUBSIDY_ELIGIBLE_COST_YEN " " SUBSIDY_CAPPED_COST_YEN " " SUBSIDY_SUBSIDY_YEN              \
				  " " SUBSIDY_BASE_PART_YEN " " SUBSIDY_DIFFERENCE_PART_YEN        \
				  " " SUBSIDY_FALLBACK_IF_BASIC_RATE_APPLIES_YEN

struct options {
	const char *facilities, *items, *template, *rules, *today, *program, *explain, *files;
	const char *format, *totals, *summary, *fail_on, *forms, *book;
	const char *package, *portal, *verify, *ca, *cert, *key;
	struct option_list changes;
	int shared_receipts, ascii_names, pass_fd;
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
	ROW(T, "if", 0, "FACT=VALUE", OPTION_LIST, changes, NULL, NULL, 0,
	    N_("assess as if this fact were so, and show what changes (may be given again)")),
	ROW(T, "format", 0, "FORM", OPTION_WORD, format, "json text csv", "json", 0,
	    N_("records, text for people, or a table for a spreadsheet")),
	ROW(T, "totals", 0, "FILE", OPTION_FILE, totals, NULL, NULL, 0,
	    N_("write sums by class, prefecture and regime as JSON, whole or not at all")),
	ROW(T, "forms", 0, "DIR", OPTION_DIR, forms, NULL, NULL, 0,
	    N_("draw the forms of each project as PDF into a directory of its own here")),
	ROW(T, "book", 0, "FILE", OPTION_FILE, book, NULL, NULL, 0,
	    N_("write a workbook (xlsx) here: a summary and a sheet a facility, sums as formulas")),
	ROW(T, "package", 0, "DIR", OPTION_DIR, package, NULL, NULL, 0,
	    N_("pack the evidence of each project here, as an archive that proves itself")),
	ROW(T, "portal", 0, "DIR", OPTION_DIR, portal, NULL, NULL, 0,
	    N_("pack the documents of each project here, as the one file that the portal takes")),
	ROW(T, "ascii-names", 0, NULL, OPTION_FLAG, ascii_names, NULL, NULL, 0,
	    N_("name documents for the portal in ASCII only")),
	ROW(T, "verify", 0, "FILE", OPTION_FILE, verify, NULL, NULL, 0,
	    N_("look at a package instead: whether it is whole, and what would come back")),
	ROW_CA(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW(T, "shared-receipts", 0, NULL, OPTION_FLAG, shared_receipts, NULL, NULL, 0,
	    N_("look over all projects first, so that receipts split over several are checked")),
	ROW(T, "today", 0, "DATE", OPTION_DATE, today, NULL, NULL, 0,
	    N_("judge deadlines as of this day, YYYY-MM-DD; today in Japan if not given")),
	ROW(T, "files", 0, "DIR", OPTION_DIR, files, NULL, NULL, 0,
	    N_("look here for the files that suppliers name: receipts, contracts")),
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

/*
 * Weak: NULL in the program that starts, which becomes the one in libexec where there are papers to
 * be drawn, packed or looked at.
 */
extern __typeof__(forms_open) forms_open __attribute__((weak));
extern __typeof__(forms_write) forms_write __attribute__((weak));
extern __typeof__(forms_close) forms_close __attribute__((weak));
extern __typeof__(packaging_open) packaging_open __attribute__((weak));
extern __typeof__(package_project) package_project __attribute__((weak));
extern __typeof__(packaging_close) packaging_close __attribute__((weak));
extern __typeof__(verifier_open) verifier_open __attribute__((weak));
extern __typeof__(report_package) report_package __attribute__((weak));
extern __typeof__(verifier_close) verifier_close __attribute__((weak));

/* All that is open while projects run. */
struct world {
	const struct options *o;
	struct book *book;
	struct forms *forms;
	const char *const *fonts; /* directories */
	struct package_options package;
	struct packaging *packaging;
	struct verifier *verifier;
	struct rules rules;
	struct report report;
	struct shares *shares;
	struct change *changes;
	struct table_input *inputs; /* projects, or the two tables */
	size_t n_inputs;
};

static int
open_input(struct world *w, const char *name, struct why *why)
{
	struct table_input *in = &w->inputs[w->n_inputs];

	*in = (struct table_input){ open(name, O_RDONLY | O_CLOEXEC), name };
	if (in->fd == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", name, strerror(errno));
		return -1;
	}
	w->n_inputs++;
	return 0;
}

static int
open_inputs(struct world *w, char **names, size_t n, struct why *why)
{
	const struct options *o = w->o;

	if ((w->inputs = calloc(n + 2, sizeof *w->inputs)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	if (o->facilities != NULL)
		return open_input(w, o->facilities, why) == -1 ? -1 : open_input(w, o->items, why);
	if (n == 0)
		w->inputs[w->n_inputs++] = (struct table_input){ STDIN_FILENO, "standard input" };
	for (size_t i = 0; i < n; i++)
		if (open_input(w, names[i], why) == -1)
			return -1;
	return 0;
}

static enum format
format_of(const char *word)
{
	if (strcmp(word, "text") == 0)
		return FORMAT_TEXT;
	return strcmp(word, "csv") == 0 ? FORMAT_CSV : FORMAT_JSON;
}

/* The facts of --if. 0, or -1 without memory; a mistake ends the process. */
static int
open_changes(struct world *w)
{
	const struct option_list *list = &w->o->changes;

	if ((w->changes = calloc(list->n + 1, sizeof *w->changes)) == NULL)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		if (i >= CHANGES_MAX || !change_read(list->items[i], &w->changes[i]))
			usage_error(&command, "--if: %s",
			    _("a date or other fact of a project, and what it were"));
	w->report.changes = w->changes;
	w->report.n_changes = list->n;
	return 0;
}

static int
open_report(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	struct date today = date_today();
	struct report *r = &w->report;
	int memory;

	if (o->today != NULL)
		date_parse(o->today, &today);
	r->tool = TOOL;
	r->max_line = (size_t)o->max_line;
	r->figure = o->explain == NULL ? NULL : figure_find(o->explain);
	r->by = (struct assessor){
		.rules = &w->rules,
		.program = o->program,
		.today = date_days(today),
		.files = w->package.files,
		.every_line = o->explain != NULL || o->package != NULL,
	};
	r->format = format_of(o->format);
	memory = open_changes(w) == 0;
	if (o->totals != NULL)
		memory &= (r->totals = totals_new()) != NULL;
	if (o->shared_receipts)
		memory &= (r->shares = w->shares = shares_new()) != NULL;
	if (memory)
		return report_open(r, STDOUT_FILENO, why);
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

static int
write_forms(void *to, const struct assessor *by, const struct project *p,
    const struct assessment *a, struct why *why)
{
	const struct world *w = to;

	return forms_write(w->forms, w->o->forms, by, p, a, why);
}

static int
add_to_book(void *to, const struct assessor *by, const struct project *p,
    const struct assessment *a, struct why *why)
{
	(void)by;
	return book_add(to, p, a, why);
}

static void
add_follower(struct report *r, struct follower follower)
{
	r->followers[r->n_followers++] = follower;
}

static int
packs(const struct options *o)
{
	return o->package != NULL || o->portal != NULL;
}

/*
 * What is made beside the records. The signer comes first: it has nothing of what follows.
 * 0, or -1 with why.
 */
static int
open_followers(struct world *w, struct why *why)
{
	const struct options *o = w->o;

	if (packs(o) &&
	    (w->packaging = packaging_open(&w->package, (size_t)o->max_line, why)) == NULL)
		return -1;
	if (o->book != NULL) {
		if ((w->book = book_open(o->book, why)) == NULL)
			return -1;
		add_follower(&w->report, (struct follower){ add_to_book, w->book, NULL });
	}
	if (o->forms != NULL && dir_private(o->forms, why) == -1)
		return -1;
	if ((o->forms != NULL || packs(o)) &&
	    (w->forms = forms_open(&w->rules, o->rules, &w->fonts, why)) == NULL)
		return -1;
	if (o->forms != NULL)
		add_follower(&w->report, (struct follower){ write_forms, w, NULL });
	if (packs(o)) {
		w->packaging->forms = w->forms;
		add_follower(&w->report,
		    (struct follower){ package_project, w->packaging, &w->packaging->members });
	}
	return 0;
}

/*
 * From here on no network, and of files only what takes the place of --summary, --totals and
 * --book, the tables of --template, forms and archives, for which fonts and the documents are read.
 */
static int
lock_doors(const struct world *w, struct why *why)
{
	const struct options *o = w->o;
	const char *const files[] = { o->summary, o->totals, o->book };
	char *directories[sizeof files / sizeof *files] = { NULL };
	const char *write[sizeof files / sizeof *files + 5] = { NULL };
	const char *read[READ_MAX + 2] = { NULL };
	struct profile profile = { .name = TOOL, .read = read, .write = write };
	size_t n = 0, n_read = 0;
	int failed = 0;

	words_open();
	text_ready(); /* a table may be CP932; where the system has none it says so then */
	/* Without its directory the profile would leave the file's temporary behind. */
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i] != NULL) {
			write[n] = directories[i] = file_directory(files[i]);
			failed |= write[n++] == NULL;
		}
	if (o->template != NULL)
		write[n++] = o->template;
	if (o->forms != NULL)
		write[n++] = o->forms;
	if (o->package != NULL)
		write[n++] = o->package;
	if (o->portal != NULL)
		write[n++] = o->portal;
	if (n > 0)
		profile.may = MAY_WRITE_FILES;
	if (packs(o))
		read[n_read++] = w->package.files;
	if (w->forms != NULL) {
		profile.may |= MAY_THREAD;
		for (size_t i = 0; w->fonts[i] != NULL && n_read < READ_MAX; i++)
			read[n_read++] = w->fonts[i];
	}
	if (failed)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		failed = restrain(&profile, why);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		free(directories[i]);
	return failed ? -1 : 0;
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
		return dir_private(w->o->template, why) == -1 ? -1 : lock_doors(w, why);
	if (w->o->verify != NULL) {
		w->verifier =
		    verifier_open(w->o->verify, w->o->ca, &w->rules, format_of(w->o->format), why);
		return w->verifier == NULL || open_report(w, why) == -1 ? -1 : lock_doors(w, why);
	}
	if (open_inputs(w, names, n, why) == -1 || open_report(w, why) == -1 ||
	    open_followers(w, why) == -1)
		return -1;
	return lock_doors(w, why);
}

/* Makes every input one that can be read twice. 0, or -1 with why. */
static int
make_rewindable(struct world *w, struct why *why)
{
	for (size_t i = 0; i < w->n_inputs; i++) {
		struct table_input *in = &w->inputs[i];
		int fd = rewindable(in->fd, in->name, why);

		if (fd == -1)
			return -1;
		if (fd != in->fd && in->fd != STDIN_FILENO)
			close(in->fd);
		in->fd = fd;
	}
	return 0;
}

/* Over all input once. 0, or -1 with why. */
static int
run_inputs(struct world *w, struct why *why)
{
	int failed = 0;

	if (w->verifier != NULL)
		report_package(&w->report, w->verifier);
	if (w->o->facilities != NULL)
		return report_tables(&w->report, &w->inputs[0], &w->inputs[1], why);
	for (size_t i = 0; i < w->n_inputs && failed == 0; i++)
		failed = report_lines(&w->report, w->inputs[i].fd, why);
	return failed;
}

/* All input, twice where shared receipts are to be known first. 0, or -1 with why. */
static int
run_looks(struct world *w, struct why *why)
{
	const struct options *o = w->o;

	if ((o->facilities != NULL || o->shared_receipts) && make_rewindable(w, why) == -1)
		return -1;
	if (o->shared_receipts) {
		if (run_inputs(w, why) == -1 || report_again(&w->report, why) == -1)
			return -1;
		for (size_t i = 0; i < w->n_inputs; i++)
			lseek(w->inputs[i].fd, 0, SEEK_SET);
	}
	return run_inputs(w, why);
}

static int
run(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	int local = run_looks(w, why) == -1;

	if (local)
		why_print(why, TOOL);
	/* A table that is none was found before anything was made of it. */
	if (local && error_rows[why->id].exit == EXIT_USAGE) {
		report_close(&w->report, why);
		return EXIT_USAGE;
	}
	if (report_close(&w->report, why) == -1) {
		why_print(why, TOOL);
		local = 1;
	}
	if (w->report.local.id != ERR_NONE) {
		why_print(&w->report.local, TOOL);
		local = 1;
	}
	if (o->totals != NULL && !local && totals_write(w->report.totals, o->totals, why) == -1) {
		why_print(why, TOOL);
		local = 1;
	}
	if (w->book != NULL && !local && book_write(w->book, why) == -1) {
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
	totals_free(w->report.totals);
	shares_free(w->shares);
	free(w->changes);
	book_free(w->book);
	if (w->forms != NULL)
		forms_close(w->forms);
	if (w->packaging != NULL)
		packaging_close(w->packaging);
	if (w->verifier != NULL)
		verifier_close(w->verifier);
	rules_free(&w->rules);
	for (size_t i = 0; i < w->n_inputs; i++)
		if (w->inputs[i].fd != STDIN_FILENO)
			close(w->inputs[i].fd);
	free(w->inputs);
}

/* Papers are of what is so, and those that are drawn of the main grant. A mistake ends the process. */
static void
refuse_together(const struct options *o)
{
	const int drawn = o->forms != NULL || packs(o);

	if ((drawn || o->book != NULL) && (o->changes.n > 0 || o->template != NULL))
		usage_error(&command, "%s: %s",
		    o->forms != NULL  ? "--forms"
		    : o->book != NULL ? "--book"
				      : "--package",
		    _("not with --if or --template"));
	if (drawn && o->program != NULL)
		usage_error(&command, "%s: %s", o->forms != NULL ? "--forms" : "--package",
		    _("not with --program"));
	if (o->ascii_names && o->portal == NULL)
		usage_error(&command, "--ascii-names: %s", _("it belongs to --portal"));
	if (o->package != NULL && (o->cert == NULL) != (o->key == NULL))
		usage_error(&command, "--package: %s", _("give --cert and --key, or neither"));
	if (o->verify != NULL &&
	    (drawn || o->book != NULL || o->facilities != NULL || o->template != NULL ||
		o->totals != NULL || o->changes.n > 0 || strcmp(o->format, "csv") == 0))
		usage_error(&command, "--verify: %s",
		    _("it looks at one package and reads no projects; as json or text"));
}

/* Documents are looked for here where no other place is named, if they are to be packed. */
static struct package_options
package_options(const struct options *o)
{
	return (struct package_options){
		.package = o->package,
		.portal = o->portal,
		.files = o->files != NULL || !packs(o) ? o->files : ".",
		.cert = o->cert,
		.key = o->package == NULL ? NULL : o->key,
		.pass_fd = o->pass_fd,
		.ascii_names = o->ascii_names,
	};
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
	w.package = package_options(&o);
	if ((o.facilities == NULL) != (o.items == NULL) ||
	    ((o.items != NULL || o.verify != NULL) && n > 0))
		usage_error(&command, "%s", _("give --facilities and --items, or projects"));
	refuse_together(&o);
	if ((o.forms != NULL || packs(&o) || o.verify != NULL) && &forms_open == NULL) {
		beside_become(TOOL, argv, &why);
		why_print(&why, TOOL);
		return EXIT_LOCAL;
	}
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
