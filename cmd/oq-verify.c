/* oq-verify: asks whether insurance holds, one line or a million. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask/ask.h"
#include "ask/journal.h"
#include "ask/service.h"
#include "base/exit.h"
#include "base/restrain.h"
#include "model/checks.h"
#include "options/options.h"
#include "options/words.h"

#define TOOL "oq-verify"

struct options {
	const char *via, *facility, *ca, *cert, *key, *operator, * lane, *journal, *state, *archive,
	    *summary, *fail_on;
	int pass_fd, as_completed, say, retry_unknown, again, dry_run, keep;
	int64_t jobs, max_line, retry_for, timeout, scan, settle, note_after, give_up;
};
#define T struct options

static const struct option_row rows[] = {
	ROW_VIA(T),
	ROW_FACILITY(T),
	ROW_CA(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW_OPERATOR(T),
	ROW(T, "lane", 0, "LANE", OPTION_WORD, lane, "desk batch", "desk", 0,
	    N_("whether somebody at the desk waits for the answers, or nobody does")),
	ROW_JOBS(T),
	ROW_JOURNAL(T),
	ROW(T, "state", 0, "DIR", OPTION_DIR, state, NULL, NULL, OPTION_CONF,
	    N_("where the journal of a terminal is, unless --journal names it")),
	ROW(T, "as-completed", 0, NULL, OPTION_FLAG, as_completed, NULL, NULL, 0,
	    N_("let a line leave when it is answered, not in its order")),
	ROW(T, "say", 0, NULL, OPTION_FLAG, say, NULL, NULL, 0,
	    N_("say each result in one line on the terminal, if there is one")),
	ROW(T, "retry-unknown", 0, NULL, OPTION_FLAG, retry_unknown, NULL, NULL, 0,
	    N_("ask again where our own error says that this can help")),
	ROW(T, "again", 0, NULL, OPTION_FLAG, again, NULL, NULL, 0,
	    N_("ask also where a card has answered for the same day, as eligibility.recheck")),
	ROW(T, "dry-run", 'n', NULL, OPTION_FLAG, dry_run, NULL, NULL, 0,
	    N_("print the question lines and send nothing")),
	ROW(T, "retry-for", 0, "SPAN", OPTION_SPAN, retry_for, NULL, "30s", 0,
	    N_("patience with a hub that is down or wants us to wait")),
	ROW(T, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "30s", 0,
	    N_("patience with one request, from connect to last byte")),
	ROW(T, "scan", 0, "SPAN", OPTION_SPAN, scan, NULL, "1s", 0,
	    N_("look into the terminal's folder this often, also when nothing is reported of it")),
	ROW(T, "settle", 0, "SPAN", OPTION_SPAN, settle, NULL, "300ms", 0,
	    N_("time between two readings of a response that must be the same")),
	ROW(T, "note-after", 0, "SPAN", OPTION_SPAN, note_after, NULL, "10s", 0,
	    N_("say on a terminal that an answer takes longer than this")),
	ROW(T, "give-up", 0, "SPAN", OPTION_SPAN, give_up, NULL, "180s", 0,
	    N_("patience with the terminal, from a request to its response")),
	ROW(T, "keep", 0, NULL, OPTION_FLAG, keep, NULL, NULL, 0,
	    N_("leave the terminal's responses in the folder instead of removing them")),
	ROW(T, "archive", 0, "DIR", OPTION_DIR, archive, NULL, NULL, 0,
	    N_("move the terminal's responses here instead of removing them")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "filter",
	.args = "",
	.help = N_("Asks for each record whether the insurance holds, and adds the answer"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while lines run. */
struct world {
	struct route *route; /* NULL: --dry-run */
	struct tty *desk;
	struct lines *lines;
	struct output *output;
	struct tally tally;
	struct journal *journal; /* NULL: none */
	const char *journal_path;
	char *made_path; /* where it is by default; NULL: somebody said where */
	char *owner;	 /* of temporary files in a terminal's folder */
	char facility[FACILITY_SIZE];
	int stop_fd;
};

static int
open_route(const struct options *o, struct world *w, struct why *why)
{
	const struct route_options ro = {
		.via = o->via,
		.facility = o->facility,
		.ca = o->ca,
		.cert = o->cert,
		.key = o->key,
		.operator= o->operator,
		.lane = o->lane,
		.pass_fd = o->pass_fd,
		.jobs = (int)o->jobs,
		.retry_for = o->retry_for,
		.timeout = o->timeout,
		.tool = TOOL,
		.owner = w->owner,
		.archive = o->archive,
		.keep = o->keep,
		.scan = o->scan,
		.settle = o->settle,
		.note_after = o->note_after,
		.give_up = o->give_up,
	};

	if (o->dry_run)
		return 0;
	w->route = route_open(&ro, why);
	return w->route == NULL ? -1 : 0;
}

/* Over a terminal there always is a journal. 0, or -1 with why. */
static int
name_journal(const struct options *o, struct world *w, struct why *why)
{
	w->journal_path = o->journal;
	if (o->journal != NULL || route_directory(o->via) == NULL || o->facility == NULL)
		return 0;
	w->made_path = journal_default_path(o->state, o->facility, why);
	w->journal_path = w->made_path;
	return w->made_path == NULL ? -1 : 0;
}

/* Whose files lie in a folder that several machines share: those of this machine's journal. */
static int
name_owner(struct world *w, struct why *why)
{
	char host[256] = "", *path = realpath(w->journal_path, NULL);

	gethostname(host, sizeof host - 1);
	if (path == NULL || asprintf(&w->owner, "%s:%s", host, path) == -1) {
		w->owner = NULL;
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", w->journal_path, strerror(errno));
	}
	free(path);
	return w->owner == NULL ? -1 : 0;
}

static int
open_journal(const struct options *o, struct world *w, struct why *why)
{
	if (o->dry_run)
		return 0;
	if (name_journal(o, w, why) == -1)
		return -1;
	if (w->journal_path == NULL)
		return 0;
	if (asked_facility(o->facility, o->cert, w->facility, why) == -1 ||
	    (w->journal = journal_open(w->journal_path, why)) == NULL)
		return -1;
	return name_owner(w, why);
}

static int
open_pipe(const struct options *o, struct world *w, struct why *why)
{
	w->lines = lines_open(STDIN_FILENO, (size_t)o->max_line);
	w->output = output_open(STDOUT_FILENO, TOOL, (size_t)o->max_line, &w->tally);
	if (w->lines != NULL && w->output != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return -1;
}

static int
open_stop(struct world *w, struct why *why)
{
	if ((w->stop_fd = stop_open()) != -1)
		return 0;
	why_set(why, ERR_INPUT_FAILED, NULL, "signals: %s", strerror(errno));
	return -1;
}

/* What the way out needs. The resolver asks a local service over AF_UNIX, from a thread of libcurl. */
static unsigned
way_out(const struct options *o)
{
	if (o->dry_run || route_directory(o->via) != NULL)
		return 0;
	return MAY_INET | MAY_UNIX | MAY_THREAD;
}

/*
 * The last door: from here on the network or the terminal's folder, and of files what the summary
 * and the journal need.
 */
static int
lock_doors(const struct options *o, const struct world *w, struct why *why)
{
	const char *folder = o->dry_run ? NULL : route_directory(o->via);
	char *summary = o->summary == NULL ? NULL : strdup(o->summary);
	char *journal = w->journal == NULL ? NULL : strdup(w->journal_path);
	const char *write[5] = { NULL };
	size_t n = 0;
	struct profile profile = {
		.name = TOOL,
		.may = way_out(o) | (o->say ? MAY_TTY : 0U),
		.write = write,
	};
	int failed = 0;

	if (summary != NULL)
		write[n++] = dirname(summary);
	if (n == 1 && access(write[0], W_OK | X_OK) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", o->summary, strerror(errno));
		failed = -1;
		goto out;
	}
	if (journal != NULL)
		write[n++] = dirname(journal);
	if (folder != NULL)
		write[n++] = folder;
	if (folder != NULL && o->archive != NULL)
		write[n++] = o->archive;
	if (n > 0)
		profile.may |= MAY_WRITE_FILES;
	words_open();
	failed = restrain(&profile, why);
out:
	free(summary);
	free(journal);
	return failed;
}

/*
 * A run that came to its end is over: asking again asks anew. One that did not is taken up by the
 * next, also when only its output was lost, for nobody knows what was read of it.
 */
static int
end_journal(struct world *w, int whole, struct why *why)
{
	return w->journal != NULL && whole ? journal_end(w->journal, why) : 0;
}

/* Runs the lines and says how it ended: the exit status. */
static int
verify(const struct options *o, struct world *w)
{
	const struct ask_options ask = {
		.service = &service_verify,
		.tool = TOOL,
		.jobs = (int)o->jobs,
		.max_line = (size_t)o->max_line,
		.as_completed = o->as_completed,
		.retry_unknown = o->retry_unknown,
		.again = o->again,
		.desk = w->desk,
		.stop_fd = w->stop_fd,
		.journal = w->journal,
		.facility = w->facility,
	};
	enum fail_on fail_on =
	    strcmp(o->fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE;
	struct why why = { .id = ERR_NONE };
	enum ask_end end =
	    ask_run(w->lines, STDIN_FILENO, w->output, w->route, &w->tally, &ask, &why);
	int local = end == ASK_FAILED, status;

	if (why.id != ERR_NONE)
		why_print(&why, TOOL);
	if (output_close(w->output, &why) == -1) {
		why_print(&why, TOOL);
		local = 1;
	}
	w->output = NULL;
	status = tally_status(&w->tally, fail_on, local);
	if (end == ASK_STOPPED && (status == EXIT_YES || status == EXIT_NO))
		status = EXIT_UNKNOWN; /* nobody knows about the lines that were not read */
	tally_print(&w->tally, TOOL);
	if ((o->summary != NULL &&
		tally_summary(&w->tally, TOOL, status, o->summary, &why) == -1) ||
	    end_journal(w, end == ASK_WHOLE && !local, &why) == -1) {
		why_print(&why, TOOL);
		return EXIT_LOCAL;
	}
	return status;
}

/* 0, or -1 with why: then no line was read. */
static int
open_all(const struct options *o, char **argv, struct world *w, struct why *why)
{
	if (route_become(o->via, TOOL, argv, why) == -1)
		return -1;
	if (o->say)
		w->desk = tty_open(TOOL);
	if (open_journal(o, w, why) == -1 || open_route(o, w, why) == -1 ||
	    open_pipe(o, w, why) == -1 || open_stop(w, why) == -1)
		return -1;
	return lock_doors(o, w, why);
}

/* What cannot be right whatever the input is. */
static void
check_use(const struct options *o, int operands)
{
	const char *flag;
	struct why why;

	if (operands > 0)
		usage_error(&command, "%s", _("records come from standard input"));
	if (o->facility != NULL && !check_institution_code(o->facility, &flag, &why))
		usage_error(&command, "--facility: %s", why.detail);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .stop_fd = -1 };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int status;

	umask(077);
	check_use(&o, options_read(&command, argc, argv, &o, &operands));
	if (open_all(&o, argv, &w, &why) == -1) {
		status = error_rows[why.id].exit;
		if (status == EXIT_USAGE)
			usage_error(&command, "%s", why.detail);
		why_print(&why, TOOL);
	} else {
		status = verify(&o, &w);
	}
	if (w.output != NULL)
		output_close(w.output, &why);
	lines_close(w.lines);
	route_close(w.route);
	free(w.made_path);
	free(w.owner);
	if (w.desk != NULL)
		tty_close(w.desk);
	if (w.journal == NULL)
		return status;
	/* Only now the run is over; the handlers of exit() take long enough to be killed in them. */
	journal_close(w.journal);
	_exit(status);
}
