/* oq-read-card: results of the face reader, or cards on a PC/SC reader, become records. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "base/state.h"
#include "base/text.h"
#include "card/run.h"
#include "model/desk_line.h"
#include "model/share.h"
#include "options/options.h"
#include "options/tty.h"
#include "options/words.h"
#include "oqs/face.h"
#include "oqs/put.h"
#include "oqs/raw.h"
#include "pipe/output.h"
#include "pipe/record.h"

#define TOOL	  "oq-read-card"
#define SCAN_MS	  1000 /* between scans when nothing is under way */
#define SETTLE_MS 100  /* while a file is being written */

struct options {
	const char *face, *facility, *reference, *since, *at, *state, *shares, *summary, *fail_on;
	struct option_list also;
	/* Of a card on a reader of our own. */
	const char *method, *scope, *reader, *card_ca, *grace, *via, *hub, *cert, *key, *operator;
	int64_t max_line, timeout;
	int watch, once, take, say;
	int status, merge, use_last_try, with_serial, pin_fd, pass_fd;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "face", 0, "DIR", OPTION_DIR, face, NULL, NULL, OPTION_CONF,
	    N_("the folder where the face reader's results appear")),
	ROW(T, "also", 0, "DIR", OPTION_LIST, also, NULL, NULL, 0,
	    N_("a folder that the receipt computer moves them to; may be given again")),
	ROW(T, "watch", 'w', NULL, OPTION_FLAG, watch, NULL, NULL, 0,
	    N_("go on until stopped, each result as soon as it is complete")),
	ROW(T, "once", '1', NULL, OPTION_FLAG, once, NULL, NULL, 0,
	    N_("wait for one result and end")),
	ROW(T, "reference", 0, "ID", OPTION_TEXT, reference, NULL, NULL, 0,
	    N_("only results of the patient with this reference number")),
	ROW(T, "since", 0, "TIME", OPTION_TIME, since, NULL, NULL, 0,
	    N_("results from this time on, also those handed out before")),
	ROW(T, "at", 0, "TIME", OPTION_TIME, at, NULL, NULL, 0,
	    N_("judge consents at this moment instead of now")),
	ROW(T, "take", 0, NULL, OPTION_FLAG, take, NULL, NULL, 0,
	    N_("delete a result from the folder when it has been handed out")),
	ROW(T, "say", 0, NULL, OPTION_FLAG, say, NULL, NULL, 0,
	    N_("say each result in one line on the terminal, if there is one")),
	ROW(T, "shares", 0, "FILE", OPTION_FILE, shares, NULL, NULL, OPTION_CONF,
	    N_("the table of shares by age that --say uses, instead of the installed one")),
	ROW(T, "state", 0, "DIR", OPTION_DIR, state, NULL, NULL, OPTION_CONF,
	    N_("where it is remembered what was handed out")),
	ROW(T, "method", 0, "HOW", OPTION_WORD, method, "pin visual", "pin", OPTION_CONF,
	    N_("without --face: the card signs with its PIN, or an operator has looked")),
	ROW(T, "scope", 0, "WHAT", OPTION_WORD, scope, "verify self", "verify", 0,
	    N_("what the card signs for: asking for the insurance, or, at a kiosk, for one's own "
	       "data")),
	ROW(T, "reader", 0, "NAME", OPTION_TEXT, reader, NULL, NULL, OPTION_CONF,
	    N_("the PC/SC reader, by its name, a part of it, or its number from 0")),
	ROW(T, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "30s", OPTION_CONF,
	    N_("how long to wait for a card to be laid on the reader")),
	ROW(T, "status", 0, NULL, OPTION_FLAG, status, NULL, NULL, 0,
	    N_("look at the card and the tries left, and spend none")),
	ROW(T, "merge", 0, NULL, OPTION_FLAG, merge, NULL, NULL, 0,
	    N_("read a record a line, and add a card to each")),
	ROW(T, "pin-fd", 0, "N", OPTION_FD, pin_fd, NULL, NULL, 0,
	    N_("descriptor to read the PIN from, instead of the terminal")),
	ROW(T, "use-last-try", 0, NULL, OPTION_FLAG, use_last_try, NULL, NULL, 0,
	    N_("go on where a wrong PIN would block the card")),
	ROW(T, "with-serial", 0, NULL, OPTION_FLAG, with_serial, NULL, NULL, 0,
	    N_("write the serial number of the card's certificate")),
	ROW(T, "card-ca", 0, "FILE", OPTION_FILE, card_ca, NULL, NULL, OPTION_CONF,
	    N_("PEM certificates of the cards' authority")),
	ROW_GRACE(T),
	ROW_VIA(T),
	ROW_HUB(T),
	ROW_OPERATOR(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW_FACILITY(T),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "source",
	.args = "",
	.help = N_("Hands out results of the face reader, or cards on a reader, as records"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while results come. */
struct world {
	const struct options *o;
	struct oqs_seen *seen;
	const char **dirs; /* the folder, and where its files are moved to */
	struct oqs_faces *faces;
	struct table *shares;
	struct output *output;
	struct tally tally;
	struct buf text;
	int signals; /* descriptor */
	int stopped;
};

static int64_t
seconds(const char *time)
{
	int64_t t = 0;

	return time != NULL && time_parse(time, &t) ? t : 0;
}

static int
open_seen(struct world *w, const char *dir, struct why *why)
{
	char *path;

	if (asprintf(&path, "%s/face-%s.db", dir,
		w->o->facility == NULL ? "any" : w->o->facility) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	w->seen = oqs_seen_open(path, why);
	free(path);
	return w->seen == NULL ? -1 : 0;
}

static int
open_faces(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	const char **dirs = calloc(o->also.n + 1, sizeof *dirs);
	struct oqs_face_options fo = { .dirs = dirs,
		.n_dirs = o->also.n + 1,
		.facility = o->facility,
		.reference = o->reference,
		.since = seconds(o->since),
		.take = o->take,
		.judge = { .tool = TOOL, .at = seconds(o->at) } };

	if (dirs == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	w->dirs = dirs;
	dirs[0] = o->face;
	for (size_t i = 0; i < o->also.n; i++)
		dirs[i + 1] = o->also.items[i];
	w->faces = oqs_faces_open(&fo, w->seen, why);
	return w->faces == NULL ? -1 : 0;
}

static int
open_shares(struct world *w, struct why *why)
{
	if (!w->o->say)
		return 0;
	w->shares = w->o->shares != NULL ? table_load(w->o->shares, why)
					 : table_load_installed("shares.csv", why);
	return w->shares == NULL ? -1 : 0;
}

static int
open_signals(struct world *w, struct why *why)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0 &&
	    (w->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) != -1)
		return 0;
	why_set(why, ERR_INPUT_FAILED, NULL, "signals: %s", strerror(errno));
	return -1;
}

/* The last door: the folders are read, the state is written, nothing else. */
static int
lock_doors(const struct world *w, const char *state, struct why *why)
{
	const struct options *o = w->o;
	const char *read[] = { "/", NULL };
	const char *write[4] = { state, NULL, NULL, NULL };
	char summary[4096] = ".";
	size_t n = 1;
	const struct profile profile = {
		.name = TOOL,
		.may = MAY_WRITE_FILES | (o->say ? MAY_TTY : 0U),
		.read = read,
		.write = write,
	};

	if (o->take)
		write[n++] = o->face;
	if (o->summary != NULL) {
		snprintf(summary, sizeof summary, "%s", o->summary);
		if (strrchr(summary, '/') != NULL)
			*strrchr(summary, '/') = '\0';
		else
			memcpy(summary, ".", sizeof ".");
		write[n++] = *summary == '\0' ? "/" : summary;
	}
	words_open();
	return restrain(&profile, why);
}

static int
open_world(struct world *w, struct why *why)
{
	char *state = state_path(w->o->state, NULL, why);
	int r = -1;

	if (state == NULL)
		return -1;
	buf_init(&w->text, 2 * OQS_RECORD_MAX);
	w->output = output_open(STDOUT_FILENO, TOOL, (size_t)w->o->max_line, &w->tally);
	if (w->output == NULL || text_ready() == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	else if (open_seen(w, state, why) == 0 && open_faces(w, why) == 0 &&
		 open_shares(w, why) == 0 && open_signals(w, why) == 0)
		r = lock_doors(w, state, why);
	free(state);
	return r;
}

static void
close_world(struct world *w)
{
	if (w->output != NULL)
		output_close(w->output, NULL);
	oqs_faces_close(w->faces);
	oqs_seen_close(w->seen);
	free(w->dirs);
	table_free(w->shares);
	buf_free(&w->text);
}

/* SIGUSR1: is the reader alive? */
static void
print_last(const struct world *w)
{
	int64_t last = oqs_faces_last(w->faces);
	char at[TIME_SIZE];

	if (last == 0) {
		fprintf(stderr, "%s: %s\n", TOOL, _("no result yet"));
		return;
	}
	time_format(last, at);
	fprintf(stderr, _("%s: last result %s, %lld s ago\n"), TOOL, at,
	    (long long)(clock_now() - last));
}

static void
take_signals(struct world *w)
{
	struct signalfd_siginfo info;

	while (read(w->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGUSR1)
			print_last(w);
		else
			w->stopped = 1;
	}
}

/* Waits until something may have changed: a folder, a signal, our reader gone, or the time. */
static void
wait_for(struct world *w)
{
	struct pollfd p[] = {
		{ .fd = w->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 },
		{ .fd = oqs_faces_fd(w->faces), .events = POLLIN },
	};

	poll(p, sizeof p / sizeof *p, oqs_faces_pending(w->faces) ? SETTLE_MS : SCAN_MS);
	if (p[1].revents & (POLLERR | POLLHUP))
		w->stopped = 1;
	if (p[2].revents & POLLIN)
		oqs_faces_drain(w->faces);
	take_signals(w);
}

static int
derived_share(const struct world *w, const json_t *eligibility)
{
	const char *as_of = json_string_value(json_object_get(eligibility, ELIGIBILITY_AS_OF));
	struct date day;

	if (as_of == NULL || !date_parse(as_of, &day))
		return -1;
	return share_by_age(desk_policy(eligibility), day, w->shares);
}

static void
say(const struct world *w, const json_t *record)
{
	const json_t *e = json_object_get(record, OBJECT_ELIGIBILITY);
	const json_t *code = json_object_get(json_object_get(record, RECORD_ERROR), ERROR_CODE);
	struct why why;
	struct buf line;

	buf_init(&line, 4096);
	if (e != NULL) {
		desk_line(&line, e, derived_share(w, e));
	} else {
		why_set(&why, error_find(json_string_value(code)), NULL, "%s", "");
		desk_line_failure(&line, &why);
	}
	if (!buf_failed(&line) && line.data != NULL)
		tty_desk(TOOL, line.data);
	buf_free(&line);
}

/* A record leaves, reaches its reader, and only then is remembered. 0, or -1 with why. */
static int
hand_out(struct world *w, const json_t *record, struct why *why)
{
	int failed = json_object_get(record, RECORD_ERROR) != NULL;

	w->tally.read++;
	buf_reset(&w->text);
	if (oqs_put(&w->text, record) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return -1;
	}
	if (output_record(w->output, w->text.data, w->text.len,
		failed ? VERDICT_UNKNOWN : VERDICT_YES) == -1 ||
	    output_flush(w->output) == -1) {
		w->stopped = 1; /* output_close() says why */
		return 0;
	}
	if (w->o->say)
		say(w, record);
	return oqs_faces_done(w->faces, why);
}

/* Until there is nothing more to come. 0, or -1 with why. */
static int
run(struct world *w, struct why *why)
{
	json_t *record;
	int r;

	while (!w->stopped) {
		if ((r = oqs_faces_next(w->faces, &record, why)) == -1)
			return -1;
		if (r == 1) {
			r = hand_out(w, record, why);
			json_decref(record);
			if (r == -1 || w->o->once)
				return r;
			take_signals(w);
			continue;
		}
		if (!w->o->watch && !w->o->once && !oqs_faces_pending(w->faces))
			return 0;
		wait_for(w);
	}
	return 0;
}

static int
report(const struct why *why, int status)
{
	why_print(why, TOOL);
	return status;
}

/* A card on a PC/SC reader. */
static int
read_cards(const struct options *o)
{
	const struct card_run run = {
		.tool = TOOL,
		.method = o->method,
		.scope = o->scope,
		.reader = o->reader,
		.via = o->via,
		.hub = o->hub,
		.facility = o->facility,
		.looked = o->operator,
		.card_ca = o->card_ca,
		.grace = o->grace,
		.cert = o->cert,
		.key = o->key,
		.summary = o->summary,
		.pin_fd = o->pin_fd,
		.pass_fd = o->pass_fd,
		.status = o->status,
		.watch = o->watch,
		.merge = o->merge,
		.use_last_try = o->use_last_try,
		.with_serial = o->with_serial,
		.timeout = o->timeout,
		.max_line = o->max_line,
	};
	const char *mistake = card_run_mistake(&run);

	if (mistake != NULL)
		usage_error(&command, "%s", mistake);
	return card_run(&run);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o, .signals = -1 };
	struct why why;
	char **operands;
	int n = options_read(&command, argc, argv, &o, &operands), status, local;

	if (n > 0)
		usage_error(&command, "no operands, please: %s", operands[0]);
	if (o.watch && o.once)
		usage_error(&command, "--watch or --once?");
	if (o.face == NULL)
		return read_cards(&o);
	record_memory_strict();
	if (open_world(&w, &why) == -1) {
		close_world(&w);
		return report(&why, EXIT_LOCAL);
	}
	local = run(&w, &why) == -1;
	if (local)
		why_print(&why, TOOL);
	if (output_close(w.output, &why) == -1)
		local = report(&why, 1);
	w.output = NULL;
	status = tally_status(&w.tally,
	    strcmp(o.fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE, local);
	if (o.summary != NULL && tally_summary(&w.tally, TOOL, status, o.summary, &why) == -1)
		status = report(&why, EXIT_LOCAL);
	tally_print(&w.tally, TOOL);
	close_world(&w);
	return status;
}
