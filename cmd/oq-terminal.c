/* oq-terminal: the verification terminal's stand-in: a folder answered from a hub. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask/ask.h"
#include "base/exit.h"
#include "base/restrain.h"
#include "model/checks.h"
#include "options/options.h"
#include "options/words.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "terminal/faults.h"
#include "terminal/serve.h"
#include "terminal/tap.h"

#define TOOL "oq-terminal"

struct options {
	const char *via, *hub, *facility, *ca, *cert, *key, *operator, * encoding, *faults, *tap,
	    *card;
	struct option_list consents;
	int pass_fd;
	int64_t scan, settle, retry_for, timeout;
};
#define T struct options

static const struct option_row rows[] = {
	ROW_VIA(T),
	ROW_HUB(T),
	ROW_FACILITY(T),
	ROW_CA(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW_OPERATOR(T),
	ROW(T, "tap", 0, "FILE", OPTION_FILE, tap, NULL, NULL, 0,
	    N_("write face results for the records of FILE (- is standard input) and end")),
	ROW(T, "card", 0, "DIR", OPTION_DIR, card, NULL, NULL, 0,
	    N_("write a face result for the card of a rehearsal (oq-hub card add) and end")),
	ROW(T, "consent", 0, "PURPOSE=DECISION", OPTION_LIST, consents, NULL, NULL, 0,
	    N_("with --tap or --card, what the patient said at the reader, such as drugs=given")),
	ROW(T, "encoding", 0, "NAME", OPTION_WORD, encoding, "utf-8 cp932", NULL, 0,
	    N_("the encoding of what is written, instead of that of each request")),
	ROW(T, "faults", 0, "FILE", OPTION_FILE, faults, NULL, NULL, 0,
	    N_("a schedule of faults to make, for testing receipt computers")),
	ROW(T, "scan", 0, "SPAN", OPTION_SPAN, scan, NULL, "200ms", 0,
	    N_("how often to look for requests")),
	ROW(T, "settle", 0, "SPAN", OPTION_SPAN, settle, NULL, "300ms", 0,
	    N_("how long a request must stand unchanged before it is taken")),
	ROW(T, "retry-for", 0, "SPAN", OPTION_SPAN, retry_for, NULL, "30s", 0,
	    N_("patience with a hub that is down or wants us to wait")),
	ROW(T, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "30s", 0,
	    N_("patience with one request, from connect to last byte")),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "service",
	.args = "DIR",
	.help = N_("Plays the verification terminal: answers a shared folder from a hub"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while it runs. */
struct world {
	const char *dir;
	struct spool *spool;
	struct route *route;
	struct schedule *faults;
	struct lines *lines;	      /* --tap */
	struct signer *card, *clinic; /* --card */
	json_t *consents;
	struct tally tally;
	int tap_fd, stop_fd;
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
		.lane = "desk",
		.pass_fd = o->pass_fd,
		.jobs = TERMINAL_JOBS,
		.retry_for = o->retry_for,
		.timeout = o->timeout,
	};

	w->route = route_open(&ro, why);
	return w->route == NULL ? -1 : 0;
}

static int
open_tap(const struct options *o, struct world *w, struct why *why)
{
	if (strcmp(o->tap, "-") == 0)
		w->tap_fd = dup(STDIN_FILENO);
	else
		w->tap_fd = open(o->tap, O_RDONLY | O_CLOEXEC);
	if (w->tap_fd == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", o->tap, strerror(errno));
		return -1;
	}
	if ((w->lines = lines_open(w->tap_fd, LINE_MAX_DEFAULT)) != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return -1;
}

/* The card signs that it is here, and the facility what was consented to. */
static int
open_card(const struct options *o, struct world *w, struct why *why)
{
	char *cert = NULL, *key = NULL;

	if (asprintf(&cert, "%s/auth.der", o->card) == -1 ||
	    asprintf(&key, "%s/auth.key", o->card) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", o->card);
	else if ((w->card = signer_start(cert, key, -1, why)) != NULL)
		w->clinic = signer_start(o->cert, o->key, -1, why);
	free(cert);
	free(key);
	return w->clinic == NULL ? -1 : 0;
}

static int
open_service(const struct options *o, struct world *w, struct why *why)
{
	if (o->faults != NULL &&
	    (w->faults = schedule_read(o->faults, terminal_faults, why)) == NULL)
		return -1;
	if ((w->stop_fd = stop_open()) != -1)
		return spool_serve(w->spool, why);
	why_set(why, ERR_INPUT_FAILED, NULL, "signals: %s", strerror(errno));
	return -1;
}

/* The last door: from here on the network, and of files only the folder. */
static int
lock_doors(const struct world *w, struct why *why)
{
	const char *const paths[] = { w->dir, NULL };
	const struct profile profile = {
		.name = TOOL,
		/* The resolver asks a local service over AF_UNIX, from a thread of libcurl. */
		.may = MAY_INET | MAY_UNIX | MAY_THREAD | MAY_WRITE_FILES,
		.read = paths,
		.write = paths,
	};

	words_open();
	if (text_ready() == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "CP932: %s", strerror(errno));
		return -1;
	}
	return restrain(&profile, why);
}

/* Whoever reads the line may ask. */
static int
serve(const struct options *o, struct world *w, struct why *why)
{
	const struct serve_options so = {
		.tool = TOOL,
		.facility = o->facility,
		.encoding = o->encoding == NULL ? ENCODING_UNKNOWN : encoding_find(o->encoding),
		.scan = o->scan,
		.faults = w->faults,
		.stop_fd = w->stop_fd,
	};

	printf("%s\n", w->dir);
	if (fflush(stdout) == EOF) {
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "stdout: %s", strerror(errno));
		return -1;
	}
	return terminal_serve(w->spool, w->route, &so, &w->tally, why);
}

static int
tap(const struct options *o, struct world *w, struct why *why)
{
	const struct tap_options to = {
		.tool = TOOL,
		.facility = o->facility,
		.hub = o->hub,
		.encoding = o->encoding == NULL ? ENCODING_UTF8 : encoding_find(o->encoding),
		.consents = w->consents,
		.card = w->card,
		.clinic = w->clinic,
	};

	if (o->card != NULL)
		return terminal_tap_card(w->spool, w->route, &to, &w->tally, why);
	return terminal_tap(w->spool, w->route, w->lines, &to, &w->tally, why);
}

/* Does it write face results, instead of serving? */
static int
taps(const struct options *o)
{
	return o->tap != NULL || o->card != NULL;
}

/* The exit status. A service that was told to end has done what it is for. */
static int
run(const struct options *o, struct world *w)
{
	struct why why = { .id = ERR_NONE };
	int failed = taps(o) ? tap(o, w, &why) : serve(o, w, &why);

	if (failed)
		why_print(&why, TOOL);
	tally_print(&w->tally, TOOL);
	if (failed)
		return EXIT_LOCAL;
	return taps(o) ? tally_status(&w->tally, FAIL_ON_NEGATIVE, 0) : EXIT_YES;
}

/* What cannot be right whatever comes. */
static void
check_use(const struct options *o, int n, char **operands, struct world *w)
{
	const char *flag, *wrong = "";
	struct why why;

	if (n != 1)
		usage_error(&command, "%s", _("which folder, one DIR?"));
	w->dir = operands[0];
	if (o->facility != NULL && !check_institution_code(o->facility, &flag, &why))
		usage_error(&command, "--facility: %s", why.detail);
	if (o->via != NULL && strncmp(o->via, "https:", strlen("https:")) != 0)
		usage_error(&command, "%s", _("a terminal asks a hub: --via https://HOST/"));
	if (o->tap != NULL && o->card != NULL)
		usage_error(&command, "%s", _("--tap or --card, not both"));
	if (taps(o) && o->facility == NULL)
		usage_error(&command, "%s", _("--tap and --card need --facility"));
	if (!taps(o) && o->consents.n > 0)
		usage_error(&command, "%s", _("--consent belongs to --tap and --card"));
	if (o->card != NULL && (o->cert == NULL || o->key == NULL || o->pass_fd != -1))
		usage_error(&command, "%s",
		    _("--card signs with --cert and a --key that has no passphrase"));
	if ((w->consents = tap_consents(&o->consents, &wrong)) == NULL)
		usage_error(&command, "--consent %s: %s", wrong,
		    _("write PURPOSE=given, refused, expired or unobtainable"));
}

/* 0, or -1 with why. */
static int
open_all(const struct options *o, struct world *w, struct why *why)
{
	if ((o->card != NULL && open_card(o, w, why) == -1) || open_route(o, w, why) == -1 ||
	    (w->spool = spool_open(w->dir, o->settle, why)) == NULL ||
	    (o->tap != NULL && open_tap(o, w, why) == -1) ||
	    (!taps(o) && open_service(o, w, why) == -1))
		return -1;
	return lock_doors(w, why);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .tap_fd = -1, .stop_fd = -1 };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int status, n;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	record_memory_strict();
	n = options_read(&command, argc, argv, &o, &operands);
	check_use(&o, n, operands, &w);
	if (open_all(&o, &w, &why) == -1) {
		status = error_rows[why.id].exit;
		if (status == EXIT_USAGE)
			usage_error(&command, "%s", why.detail);
		why_print(&why, TOOL);
		if (status == EXIT_YES)
			status = EXIT_LOCAL;
	} else {
		status = run(&o, &w);
	}
	lines_close(w.lines);
	spool_close(w.spool);
	route_close(w.route);
	schedule_free(w.faults);
	signer_stop(w.card);
	signer_stop(w.clinic);
	json_decref(w.consents);
	return status;
}
