#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask/before.h"
#include "ask/bulk.h"
#include "ask/command.h"
#include "ask/journal.h"
#include "base/exit.h"
#include "base/restrain.h"
#include "model/checks.h"
#include "pipe/progress.h"
#include "pipe/record.h"

/* All that is open while lines run. */
struct world {
	const struct asking_command *c;
	const struct asker *o;
	struct route *route; /* NULL: --dry-run */
	struct tty *desk;
	struct lines *lines;
	struct output *output;
	struct tally tally;
	struct journal *journal; /* NULL: none */
	struct before *before;	 /* what the answers are compared with; NULL: nothing */
	const char *journal_path;
	char *made_path; /* where it is by default; NULL: somebody said where */
	char *owner;	 /* of temporary files in a terminal's folder */
	char facility[FACILITY_SIZE];
	struct pace pace;
	int stop_fd;
};

static const char *
tool(const struct world *w)
{
	return w->c->command->name;
}

static int
open_route(struct world *w, struct why *why)
{
	const struct route_options ro = {
		.via = w->o->via,
		.facility = w->o->facility,
		.ca = w->o->ca,
		.cert = w->o->cert,
		.key = w->o->key,
		.operator= w->o->operator,
		.lane = w->o->lane,
		.pass_fd = w->o->pass_fd,
		.jobs = (int)w->o->jobs,
		.retry_for = w->o->retry_for,
		.timeout = w->o->timeout,
		.tool = tool(w),
		.owner = w->owner,
		.archive = w->o->archive,
		.pdf = w->c->pdf,
		.keep = w->o->keep,
		.scan = w->o->scan,
		.settle = w->o->settle,
		.note_after = w->o->note_after,
		.give_up = w->o->give_up,
	};

	if (w->c->dry_run)
		return 0;
	w->route = route_open(&ro, why);
	return w->route == NULL ? -1 : 0;
}

/* Over a terminal there always is a journal. 0, or -1 with why. */
static int
name_journal(struct world *w, struct why *why)
{
	w->journal_path = w->o->journal;
	if (w->o->journal != NULL || route_directory(w->o->via) == NULL || w->o->facility == NULL)
		return 0;
	w->made_path = journal_default_path(w->o->state, w->o->facility, w->c->service->name, why);
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
refuse_use(struct why *why, const char *words)
{
	why_set(why, ERR_ROUTE_UNUSABLE, NULL, "%s", words);
	return -1;
}

/* What was answered before, and whether there is what it takes. The journal has its name already. */
static int
open_before(struct world *w, struct why *why)
{
	const char *path = w->c->changed_since;

	if (w->c->reuse_within > 0 && w->journal_path == NULL)
		return refuse_use(why, _("--reuse-within needs --journal"));
	/* On the first night there is no journal yet. */
	if (path == NULL || (w->journal_path != NULL && strcmp(path, w->journal_path) == 0 &&
				access(path, F_OK) == -1 && errno == ENOENT))
		return 0;
	if ((w->before = before_open(path, (size_t)w->o->max_line, why)) == NULL)
		return -1;
	if (before_of_journal(w->before) && w->journal_path == NULL)
		return refuse_use(why, _("--changed-since with a journal needs --journal, too"));
	return 0;
}

static int
open_journal(struct world *w, struct why *why)
{
	if (w->c->dry_run)
		return 0;
	if (name_journal(w, why) == -1)
		return -1;
	if (open_before(w, why) == -1)
		return -1;
	if (w->journal_path == NULL)
		return 0;
	if (asked_facility(w->o->facility, w->o->cert, w->facility, why) == -1 ||
	    (w->journal = journal_open(w->journal_path, why)) == NULL)
		return -1;
	if (w->c->reuse_within > 0)
		journal_reuse(w->journal, clock_now() - w->c->reuse_within / 1000);
	return name_owner(w, why);
}

static int
open_pipe(struct world *w, struct why *why)
{
	w->lines = lines_open(STDIN_FILENO, (size_t)w->o->max_line);
	w->output = output_open(STDOUT_FILENO, tool(w), (size_t)w->o->max_line, &w->tally);
	if (w->lines != NULL && w->output != NULL) {
		progress_watch(w->lines, !w->c->say && !w->c->dry_run);
		return 0;
	}
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
way_out(const struct world *w)
{
	if (w->c->dry_run || route_directory(w->o->via) != NULL)
		return 0;
	return MAY_INET | MAY_UNIX | MAY_THREAD;
}

/*
 * The last door: from here on the network or the terminal's folder, and of files what the summary
 * and the journal need.
 */
static int
lock_doors(const struct world *w, struct why *why)
{
	const char *folder = w->c->dry_run ? NULL : route_directory(w->o->via);
	char *summary = w->o->summary == NULL ? NULL : strdup(w->o->summary);
	char *journal = w->journal == NULL ? NULL : strdup(w->journal_path);
	const char *write[6] = { NULL };
	size_t n = 0;
	struct profile profile = {
		.name = tool(w),
		.may = way_out(w) | (w->c->say ? MAY_TTY : 0U),
		.write = write,
	};
	int failed = 0;

	if (summary != NULL)
		write[n++] = dirname(summary);
	if (n == 1 && access(write[0], W_OK | X_OK) == -1) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", w->o->summary, strerror(errno));
		failed = -1;
		goto out;
	}
	if (journal != NULL)
		write[n++] = dirname(journal);
	if (folder != NULL)
		write[n++] = folder;
	if (folder != NULL && w->o->archive != NULL)
		write[n++] = w->o->archive;
	if (folder != NULL && w->c->pdf != NULL)
		write[n++] = w->c->pdf;
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
run(struct world *w)
{
	const struct ask_options ask = {
		.service = w->c->service,
		.query = w->c->query,
		.bulk = w->c->bulk,
		.tool = tool(w),
		.jobs = (int)w->o->jobs,
		.max_line = (size_t)w->o->max_line,
		.as_completed = w->o->as_completed,
		.retry_unknown = w->o->retry_unknown,
		.again = w->c->again,
		.desk = w->desk,
		.stop_fd = w->stop_fd,
		.pace = w->pace,
		.journal = w->journal,
		.facility = w->facility,
		.before = w->before,
	};
	enum fail_on fail_on =
	    strcmp(w->o->fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE;
	struct why why = { .id = ERR_NONE };
	enum ask_end end = (w->c->bulk != NULL && w->route != NULL ? bulk_run : ask_run)(
	    w->lines, STDIN_FILENO, w->output, w->route, &w->tally, &ask, &why);
	int local = end == ASK_FAILED, status;

	if (why.id != ERR_NONE)
		why_print(&why, tool(w));
	if (output_close(w->output, &why) == -1) {
		why_print(&why, tool(w));
		local = 1;
	}
	w->output = NULL;
	status = tally_status(&w->tally, fail_on, local);
	if (end == ASK_STOPPED && (status == EXIT_YES || status == EXIT_NO))
		status = EXIT_UNKNOWN; /* nobody knows about the lines that were not read */
	tally_print(&w->tally, tool(w));
	if ((w->o->summary != NULL &&
		tally_summary(&w->tally, tool(w), status, w->o->summary, &why) == -1) ||
	    end_journal(w, end == ASK_WHOLE && !local, &why) == -1) {
		why_print(&why, tool(w));
		return EXIT_LOCAL;
	}
	return status;
}

/* 0, or -1 with why: then no line was read. */
static int
open_all(char **argv, struct world *w, struct why *why)
{
	if (route_become(w->o->via, tool(w), argv, why) == -1)
		return -1;
	if (w->c->say)
		w->desk = tty_open(tool(w));
	if (open_journal(w, why) == -1 || open_route(w, why) == -1 || open_pipe(w, why) == -1 ||
	    open_stop(w, why) == -1)
		return -1;
	return lock_doors(w, why);
}

/*
 * Who waits for hours may be cut any moment, and a journal is what makes that harmless. Over a
 * terminal there always is one.
 */
static int
needs_journal(const struct asker *o)
{
	return o->retry_for > PATIENCE_SHORT && o->journal == NULL &&
	       route_directory(o->via) == NULL;
}

/* What cannot be right whatever the input is. */
static void
check_use(struct world *w, int operands)
{
	const char *flag;
	struct why why;

	if (operands > 0)
		usage_error(w->c->command, "%s", _("records come from standard input"));
	if (w->o->facility != NULL && !check_institution_code(w->o->facility, &flag, &why))
		usage_error(w->c->command, "--facility: %s", why.detail);
	if (needs_journal(w->o))
		usage_error(w->c->command, "%s", _("--retry-for of more than 30s needs --journal"));
	w->pace.rate = w->o->rate;
	if (w->o->until != NULL && !until_parse(w->o->until, clock_now(), &w->pace.until))
		usage_error(w->c->command, _("--until %s: it should look like 06:00"), w->o->until);
}

int
asker_run(const struct asking_command *c, const struct asker *o, int operands, char **argv)
{
	struct world w = { .c = c, .o = o, .stop_fd = -1 };
	struct why why = { .id = ERR_NONE };
	int status;

	umask(077);
	record_memory_strict();
	check_use(&w, operands);
	if (open_all(argv, &w, &why) == -1) {
		status = error_rows[why.id].exit;
		if (status == EXIT_USAGE)
			usage_error(c->command, "%s", why.detail);
		why_print(&why, tool(&w));
	} else {
		status = run(&w);
	}
	if (w.output != NULL)
		output_close(w.output, &why);
	lines_close(w.lines);
	route_close(w.route);
	before_close(w.before);
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
