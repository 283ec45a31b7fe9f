/* oq-ask: the keys of a number question, typed by hand, become a record. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "keys/form.h"
#include "options/options.h"
#include "options/tty.h"
#include "options/words.h"

#define TOOL	   "oq-ask"
#define RECORD_MAX 8192

struct options {
	const char *visit_date;
	int loop, with_id;
};

static const struct option_row rows[] = {
	ROW(struct options, "loop", 'l', NULL, OPTION_FLAG, loop, NULL, NULL, 0,
	    N_("ask for one person after the other, until the end of input (Ctrl-D)")),
	ROW(struct options, "visit-date", 0, "DATE", OPTION_DATE, visit_date, NULL, NULL, 0,
	    N_("day the insurance is asked for, YYYY-MM-DD; today in Japan if not given")),
	ROW(struct options, "with-id", 0, NULL, OPTION_FLAG, with_id, NULL, NULL, 0,
	    N_("ask for a key of your own, too, which goes into the record and never further")),
};

static const struct command command = {
	.name = TOOL,
	.kind = "source",
	.args = "",
	.help = N_("Asks on the terminal for what is printed on a certificate and writes a record"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

static const struct profile profile = { .name = TOOL, .may = MAY_TTY };

/* Writes the record to stdout at once: the next command may already be waiting. 0, or -1. */
static int
write_record(const struct form *f, const struct entry *e)
{
	struct buf out;
	int failed;

	buf_init(&out, RECORD_MAX);
	entry_record(&out, e, f->day);
	failed = buf_failed(&out) || write_all(STDOUT_FILENO, out.data, out.len) == -1;
	buf_wipe(&out);
	return failed ? -1 : 0;
}

/* Is anybody left to read? Asked before somebody types a page for nothing. */
static int
output_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO };

	return (write(STDOUT_FILENO, "", 0) == -1 && errno == EBADF) ||
	       (poll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0);
}

/* One person after the other. Returns the exit status, with why when it is EXIT_LOCAL. */
static int
ask_people(struct form *f, const struct options *o, struct why *why)
{
	struct entry e;
	enum outcome outcome;

	do {
		int failed = output_gone();

		if (!failed) {
			if (o->visit_date == NULL)
				f->day = date_today();
			outcome = form_entry(f, &e);
			failed = outcome == DONE && write_record(f, &e) == -1;
			explicit_bzero(&e, sizeof e);
		}
		if (failed) {
			why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "nobody reads standard output");
			return EXIT_LOCAL;
		}
		if (o->loop && (outcome == DONE || outcome == GIVEN_UP))
			outcome = form_next(f);
	} while (o->loop && (outcome == DONE || outcome == BACK));
	if (outcome == FAILED) {
		why_set(why, ERR_INPUT_FAILED, NULL, "the terminal is gone");
		return EXIT_LOCAL;
	}
	return o->loop || outcome == DONE ? EXIT_YES : EXIT_NO;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct form f = { 0 };
	struct why why;
	char **operands;
	int status = EXIT_LOCAL;

	if (options_read(&command, argc, argv, &o, &operands) > 0)
		usage_error(
		    &command, "%s", _("what is asked for is typed, never given as an argument"));
	/* A reader that is gone is an error like another: status 7, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	if (output_gone()) {
		why_set(&why, ERR_OUTPUT_NOT_WHOLE, NULL, "standard output is closed");
		goto out;
	}
	if ((f.tty = tty_open(TOOL)) == NULL) {
		why_set(&why, ERR_NO_TERMINAL, NULL, "/dev/tty: %s", strerror(errno));
		goto out;
	}
	words_open();
	if (restrain(&profile, &why) == -1)
		goto out;
	f.with_id = o.with_id;
	f.japanese = words_japanese();
	if (o.visit_date != NULL)
		date_parse(o.visit_date, &f.day);
	status = ask_people(&f, &o, &why);
out:
	if (status == EXIT_LOCAL)
		why_print(&why, TOOL);
	tty_close(f.tty);
	return status;
}
