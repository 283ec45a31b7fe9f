/* oq-readiness: is it us? And the steps, papers and duties of introducing online verification. */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/lines.h"
#include "pipe/record.h"
#include "readiness/mandate.h"
#include "readiness/onboarding.h"
#include "readiness/papers.h"
#include "readiness/report.h"
#include "readiness/screens.h"
#include "route/scheme.h"
#include "table/table.h"
#include "view/html.h"
#include "view/text.h"

#define TOOL	  "oq-readiness"
#define EVERY_DAY 0x7fU /* of the week: a calendar knows holidays only */
#define STATE_MAX ((size_t)64 << 10)

struct options {
	const char *via, *facility, *ca, *cert, *key, *card_ca, *reader, *journal, *state;
	const char *terminal_until, *vendor, *vendor_telephone, *vendor_hours, *holidays;
	const char *format, *textfile, *ics, *show, *on, *name;
	struct option_list skip;
	int64_t timeout, every, max_line;
	int pass_fd, watch;
};
#define T struct options

static const struct option_row rows[] = {
	ROW_VIA(T),
	ROW_FACILITY(T),
	ROW_CA(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW(T, "card-ca", 0, "FILE", OPTION_FILE, card_ca, NULL, NULL, OPTION_CONF,
	    N_("PEM certificates of the cards' authority")),
	ROW(T, "reader", 0, "READER", OPTION_TEXT, reader, NULL, NULL, OPTION_CONF,
	    N_("the card reader: its name, a part of it, or its number from 0")),
	ROW(T, "state", 0, "DIR", OPTION_DIR, state, NULL, NULL, OPTION_CONF,
	    N_("where state is kept")),
	ROW(T, "journal", 0, "FILE", OPTION_FILE, journal, NULL, NULL, 0,
	    N_("probe: the journal that runs use")),
	ROW(T, "terminal-certificate-until", 0, "DATE", OPTION_DATE, terminal_until, NULL, NULL,
	    OPTION_CONF, N_("probe: last day of the terminal's certificate, read off there once")),
	ROW(T, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "10s", 0,
	    N_("probe: how long a step may take")),
	ROW(T, "skip", 0, "STEP", OPTION_LIST, skip, NULL, NULL, 0,
	    N_("probe: leave out this step; may be given again")),
	ROW(T, "format", 'f', "FORM", OPTION_WORD, format, "records text html", NULL, 0,
	    N_("records, or text for people; notice and questionnaire: text or HTML")),
	ROW(T, "watch", 0, NULL, OPTION_FLAG, watch, NULL, NULL, 0, N_("probe: again and again")),
	ROW(T, "every", 0, "SPAN", OPTION_SPAN, every, NULL, "5m", 0,
	    N_("probe: with --watch, how often")),
	ROW(T, "textfile", 0, "FILE", OPTION_FILE, textfile, NULL, NULL, 0,
	    N_("probe: numbers for the Prometheus node exporter, whole or not at all")),
	ROW(T, "vendor", 0, "NAME", OPTION_TEXT, vendor, NULL, NULL, OPTION_CONF,
	    N_("the system vendor, for those who have to telephone")),
	ROW(T, "vendor-telephone", 0, "NUMBER", OPTION_TEXT, vendor_telephone, NULL, NULL,
	    OPTION_CONF, N_("the vendor's number")),
	ROW(T, "vendor-hours", 0, "HOURS", OPTION_TEXT, vendor_hours, NULL, NULL, OPTION_CONF,
	    N_("the vendor's hours, as 'Mon-Fri 09:00-17:30; Sat 09:00-12:00'")),
	ROW(T, "holidays", 0, "FILE", OPTION_FILE, holidays, NULL, NULL, OPTION_CONF,
	    N_("probe: public holidays, as for oq-from-csv(1): is the call centre open?")),
	ROW(T, "on", 0, "DATE", OPTION_DATE, on, NULL, NULL, 0,
	    N_("steps, notice, questionnaire, mandate: as of that day; default today")),
	ROW(T, "ics", 0, "FILE", OPTION_FILE, ics, NULL, NULL, 0,
	    N_("steps: what is due, as an iCalendar, whole or not at all")),
	ROW(T, "show", 0, "WHAT", OPTION_WORD, show, "estimate reader", NULL, 0,
	    N_("steps: questions for a quotation, or makers of readers")),
	ROW(T, "name", 0, "NAME", OPTION_TEXT, name, NULL, NULL, 0,
	    N_("notice: the facility's name below it")),
	ROW_MAX_LINE(T),
};
#undef T

static const struct verb verbs[] = {
	{ "probe", "", N_("walk what a check-in needs, and name the link that is broken") },
	{ "consent-screens", "", N_("find purposes that a day of face results never asked for") },
	{ "steps", "[FILE]", N_("the steps of the introduction, from the file of what is done") },
	{ "notice", "", N_("the notice for the wall and the web") },
	{ "questionnaire", "", N_("the standard questionnaire (問診票), to print") },
	{ "mandate", "[FACT[=DATE] ...]", N_("is the facility obliged, exempt or excused?") },
	{ NULL, NULL, NULL },
};

static const struct command command = {
	.name = TOOL,
	.kind = "source",
	.args = "COMMAND",
	.help = N_("Says whether a check-in can work and what is broken, and what is left to do"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
	.verbs = verbs,
};

/* What every verb has. */
struct call {
	const struct options *o;
	char **words; /* behind the verb */
	size_t n;
	struct date on;
};

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

static int
failed(const struct why *why)
{
	why_print(why, TOOL);
	return error_rows[why->id].exit == 0 ? EXIT_LOCAL : error_rows[why->id].exit;
}

static int
is_format(const struct options *o, const char *word)
{
	return o->format != NULL && strcmp(o->format, word) == 0;
}

/* The last door: only these may be read and written from here on (NULL-terminated). */
static int
lock_doors(unsigned may, const char *const *read, const char *const *write, struct why *why)
{
	const struct profile profile = { .name = TOOL,
		.may = may | (write[0] == NULL ? 0U : MAY_WRITE_FILES),
		.read = read,
		.write = write };

	words_open();
	return restrain(&profile, why);
}

/* Nothing but what is open already, and perhaps one file, by its directory. */
static int
lock_all_but(const char *file, struct why *why)
{
	char *copy = file == NULL ? NULL : strdup(file);
	const char *const none[] = { NULL };
	const char *const write[] = { copy == NULL ? NULL : dirname(copy), NULL };
	int r = lock_doors(0, none, write, why);

	free(copy);
	return r;
}

/* stdout as a stream has taken all: its status, or that of a local failure. */
static int
flushed(int status)
{
	struct why why;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	why_set(&why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", strerror(errno));
	return failed(&why);
}

/* The status of what the tally has counted, once the output is whole. */
static int
closed(struct output *out, const struct tally *tally)
{
	struct why why = { .id = ERR_NONE };

	if (output_close(out, &why) == -1)
		return failed(&why);
	return tally_status(tally, FAIL_ON_NEGATIVE, 0);
}

static struct output *
open_output(struct tally *tally)
{
	struct output *out = output_open(STDOUT_FILENO, TOOL, LINE_MAX_DEFAULT, tally);
	struct why why;

	if (out == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "output");
		why_print(&why, TOOL);
	}
	return out;
}

static struct probe_options
probe_options_of(const struct options *o)
{
	return (struct probe_options){ .tool = TOOL,
		.via = o->via,
		.facility = o->facility,
		.ca = o->ca,
		.cert = o->cert,
		.key = o->key,
		.card_ca = o->card_ca,
		.reader = o->reader,
		.journal = o->journal,
		.state = o->state,
		.terminal_until = o->terminal_until,
		.pass_fd = o->pass_fd,
		.timeout = o->timeout };
}

static void
leave_out(struct probe *p, const struct option_list *skip)
{
	for (size_t i = 0; i < skip->n; i++) {
		enum stage stage = stage_find(skip->items[i]);

		if (stage == STAGES)
			usage_error(&command, _("no step is called %s"), skip->items[i]);
		p->left_out[stage] = 1;
	}
}

/* A probe reads what it looks at and writes nothing but its numbers. */
static int
lock_probe(const struct options *o, const struct probe *p, struct why *why)
{
	char *copy = o->textfile == NULL ? NULL : strdup(o->textfile);
	const char *folder =
	    o->via != NULL && strncmp(o->via, TERMINAL_PREFIX, strlen(TERMINAL_PREFIX)) == 0
		? o->via + strlen(TERMINAL_PREFIX)
		: NULL;
	const char *const wanted[] = { o->ca, o->cert, o->key, o->card_ca, folder,
		o->journal != NULL ? o->journal : p->journal };
	const char *read[sizeof wanted / sizeof *wanted + 1] = { NULL };
	const char *const write[] = { copy == NULL ? NULL : dirname(copy), NULL };
	size_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (wanted[i] != NULL)
			read[n++] = wanted[i];
	r = lock_doors(MAY_INET | MAY_UNIX | MAY_FORK | MAY_THREAD, read, write, why);
	free(copy);
	return r;
}

/* The status of the worst step: unlike lines of a stream, a broken one outweighs an unknown one. */
static int
worst(const struct probe *p)
{
	struct tally tally = { 0 };

	tally_add(&tally, report_verdict(probe_verdict(p)));
	return tally_status(&tally, FAIL_ON_NEGATIVE, 0);
}

/* EXIT_LOCAL when the output is not whole. */
static int
write_records(const struct probe *p, const struct contacts *contacts)
{
	struct tally tally = { 0 };
	struct output *out = open_output(&tally);

	if (out == NULL)
		return EXIT_LOCAL;
	report_records(p, contacts, out);
	return closed(out, &tally);
}

/* One walk: prints it and returns the exit status. */
static int
walk(const struct options *o, const struct contacts *contacts)
{
	const struct probe_options po = probe_options_of(o);
	struct probe p = { .o = NULL };
	struct why why;
	int status;

	leave_out(&p, &o->skip);
	probe_open(&p, &po);
	if (lock_probe(o, &p, &why) == -1)
		return failed(&why);
	probe_run(&p);
	if (is_format(o, "text")) {
		report_text(&p, contacts, stdout);
		status = flushed(EXIT_YES);
	} else {
		status = write_records(&p, contacts);
	}
	if (status != EXIT_LOCAL)
		status = worst(&p);
	if (o->textfile != NULL && report_metrics(&p, o->textfile, &why) == -1)
		status = failed(&why);
	probe_close(&p);
	return status;
}

/*
 * Again and again, each walk in a process of its own: what a share or a certificate is today is not
 * what it was when the doors were locked, and one that hangs costs one walk.
 */
static int
watch(const struct options *o, const struct contacts *contacts)
{
	const struct sigaction action = { .sa_handler = on_signal };
	int status = 0;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!stop && (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_LOCAL)) {
		pid_t pid = fork();
		struct timespec pause = { o->every / 1000, o->every % 1000 * 1000000 };

		if (pid == -1) {
			struct why why;

			why_set(&why, ERR_OUT_OF_MEMORY, NULL, "fork: %s", strerror(errno));
			return failed(&why);
		}
		if (pid == 0)
			exit(walk(o, contacts));
		while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
			;
		if (!stop)
			nanosleep(&pause, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_UNKNOWN;
}

/* The table of contacts, and the holidays if they are given. 0, or -1 with why. */
static int
open_contacts(
    const struct options *o, struct contacts *contacts, struct calendar *holidays, struct why *why)
{
	*holidays = (struct calendar){ .open = EVERY_DAY };
	*contacts = (struct contacts){ .vendor = o->vendor,
		.vendor_telephone = o->vendor_telephone,
		.vendor_hours = o->vendor_hours };
	if (o->holidays != NULL && calendar_holidays(holidays, o->holidays, why) == -1)
		return -1;
	if (o->holidays != NULL)
		contacts->holidays = holidays;
	contacts->table = table_load_installed("contacts.csv", why);
	return contacts->table == NULL ? -1 : 0;
}

static int
do_probe(const struct call *c)
{
	struct calendar holidays;
	struct contacts contacts;
	struct why why;
	int status;

	if (is_format(c->o, "html"))
		usage_error(&command, "%s", _("probe writes records or text"));
	if (c->o->watch && c->o->pass_fd != -1)
		usage_error(&command, "%s", _("--pass-fd can be read only once, not with --watch"));
	signal(SIGPIPE, SIG_IGN);
	if (open_contacts(c->o, &contacts, &holidays, &why) == -1)
		status = failed(&why);
	else
		status = c->o->watch ? watch(c->o, &contacts) : walk(c->o, &contacts);
	table_free(contacts.table);
	calendar_free(&holidays);
	return status;
}

/* Reads records to the end. 0, or -1 with why. */
static int
read_screens(struct screens *s, size_t max_line, uint64_t *unread, struct why *why)
{
	struct lines *lines = lines_open(STDIN_FILENO, max_line);
	struct line line;
	int got = -1, taken = lines == NULL ? -1 : 0;

	while (taken == 0 && (got = lines_next(lines, &line)) == 1) {
		struct why broken = { .id = ERR_NONE };
		json_t *record = record_parse(&line, &broken);

		*unread += record == NULL;
		taken = record == NULL ? 0 : screens_take(s, record);
		json_decref(record);
	}
	if (taken == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else if (got == -1)
		why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	lines_close(lines);
	return taken == -1 || got == -1 ? -1 : 0;
}

static int
do_screens(const struct call *c)
{
	struct tally tally = { 0 };
	struct screens *s = screens_open();
	struct output *out = open_output(&tally);
	struct why why = { .id = ERR_OUT_OF_MEMORY };
	uint64_t unread = 0;
	int status = EXIT_LOCAL;

	if (out == NULL) {
		screens_close(s);
		return EXIT_LOCAL;
	}
	if (s == NULL || lock_all_but(NULL, &why) == -1 ||
	    read_screens(s, (size_t)c->o->max_line, &unread, &why) == -1) {
		why_print(&why, TOOL);
		output_close(out, &why);
	} else {
		/* A day without results tells of no screen. */
		if (screens_write(s, out) == 0)
			tally_add(&tally, VERDICT_UNKNOWN);
		tally.unknown += unread;
		status = closed(out, &tally);
	}
	if (unread > 0)
		fprintf(stderr, _("%s: %llu lines could not be read\n"), TOOL,
		    (unsigned long long)unread);
	screens_close(s);
	return status;
}

/* The tables and the facility's file. 0, or -1 with why. */
static int
open_onboarding(const struct call *c, struct onboarding *o, struct table *tables[static 2],
    struct progress_kept *kept, struct why *why)
{
	struct buf text;
	int r = 0;

	if ((tables[0] = table_load_installed("onboarding_steps.csv", why)) == NULL ||
	    (tables[1] = table_load_installed("deadlines.csv", why)) == NULL)
		return -1;
	buf_init(&text, STATE_MAX);
	if (c->n == 1 && (file_read(c->words[0], STATE_MAX, &text, why) == -1 ||
			     progress_parse(text.len == 0 ? "" : text.data, text.len, tables[0],
				 kept, why) == -1))
		r = -1;
	buf_free(&text);
	*o = (struct onboarding){ tables[0], tables[1], kept, c->on };
	return r;
}

static int
write_calendar(const struct onboarding *o, const char *path, struct why *why)
{
	struct whole file = { 0 };
	int r;

	if (whole_open(&file, path, 0644, why) == -1)
		return -1;
	onboarding_calendar(o, clock_now(), file.fp);
	r = whole_commit(&file, why);
	whole_abort(&file);
	return r;
}

static int
write_steps(const struct onboarding *o, const struct options *options)
{
	struct tally tally = { 0 };
	struct output *out;
	struct why why;

	if (options->ics != NULL && write_calendar(o, options->ics, &why) == -1)
		return failed(&why);
	if (is_format(options, "text")) {
		onboarding_text(o, stdout);
		return flushed(EXIT_YES);
	}
	if ((out = open_output(&tally)) == NULL)
		return EXIT_LOCAL;
	onboarding_records(o, out);
	return closed(out, &tally);
}

static int
do_steps(const struct call *c)
{
	struct table *tables[2] = { NULL, NULL };
	struct progress_kept kept = { 0 };
	struct onboarding o;
	struct why why;
	int status;

	if (open_onboarding(c, &o, tables, &kept, &why) == -1 ||
	    lock_all_but(c->o->ics, &why) == -1)
		status = failed(&why);
	else
		status = write_steps(&o, c->o);
	table_free(tables[0]);
	table_free(tables[1]);
	return status;
}

/* Runs one of the papers on its table. */
static int
with_papers(const struct call *c, int (*write)(const struct call *, const struct table *))
{
	struct why why;
	struct table *papers = table_load_installed("papers.csv", &why);
	int status =
	    papers == NULL || lock_all_but(NULL, &why) == -1 ? failed(&why) : write(c, papers);

	table_free(papers);
	return status;
}

static const struct view_form *
form_of(const struct options *o)
{
	if (is_format(o, "records"))
		usage_error(&command, "%s", _("this is written as text or HTML"));
	return is_format(o, "html") ? &view_html : &view_text;
}

static int
write_list(const struct call *c, const struct table *papers)
{
	paper_list(papers, c->o->show, c->on, stdout);
	return flushed(EXIT_YES);
}

static int
write_notice(const struct call *c, const struct table *papers)
{
	int r = paper_notice(papers, c->o->facility, c->o->name, c->on, form_of(c->o), stdout);

	return flushed(r == -1 ? EXIT_LOCAL : EXIT_YES);
}

static int
write_questionnaire(const struct call *c, const struct table *papers)
{
	int r = paper_questionnaire(papers, c->on, form_of(c->o), stdout);

	return flushed(r == -1 ? EXIT_LOCAL : EXIT_YES);
}

static int
do_steps_or_list(const struct call *c)
{
	return c->o->show == NULL ? do_steps(c) : with_papers(c, write_list);
}

static int
do_notice(const struct call *c)
{
	return with_papers(c, write_notice);
}

static int
do_questionnaire(const struct call *c)
{
	return with_papers(c, write_questionnaire);
}

static int
do_mandate(const struct call *c)
{
	struct why why;
	struct table *rules = table_load_installed("mandate_rules.csv", &why);
	struct tally tally = { 0 };
	struct output *out = open_output(&tally);
	int status = EXIT_LOCAL;

	if (out != NULL) {
		if (rules == NULL || lock_all_but(NULL, &why) == -1 ||
		    mandate_judge(rules, c->words, c->n, c->on, out, &why) == -1) {
			status = failed(&why);
			output_close(out, &why);
		} else {
			status = closed(out, &tally);
		}
	}
	table_free(rules);
	return status;
}

static const struct {
	const char *verb;
	size_t operands; /* at most */
	int (*run)(const struct call *);
} calls[] = {
	{ "probe", 0, do_probe },
	{ "consent-screens", 0, do_screens },
	{ "steps", 1, do_steps_or_list },
	{ "notice", 0, do_notice },
	{ "questionnaire", 0, do_questionnaire },
	{ "mandate", 16, do_mandate },
};

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **words;
	int n = options_read(&command, argc, argv, &o, &words);
	struct call call = { &o, words + 1, n == 0 ? 0 : (size_t)n - 1, date_today() };

	umask(077);
	record_memory_strict();
	if (n == 0)
		usage_error(&command, "%s", _("what is to be done?"));
	if (o.on != NULL)
		date_parse(o.on, &call.on);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(words[0], calls[i].verb) == 0 && call.n <= calls[i].operands)
			return calls[i].run(&call);
	usage_error(&command, "%s", _("these words make no command"));
}
