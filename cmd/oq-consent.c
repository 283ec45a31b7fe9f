/* oq-consent: asks the patient, signs a receipt, keeps the ledger. */
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "base/state.h"
#include "consent/answer.h"
#include "consent/book.h"
#include "consent/held.h"
#include "consent/page.h"
#include "consent/proof.h"
#include "consent/withdraw.h"
#include "consent/wording.h"
#include "gen/names.h"
#include "model/checks.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/filter.h"
#include "pipe/output.h"
#include "trust/audience.h"

#define TOOL	 "oq-consent"
#define LEDGER	 "consent.ledger"
#define PINS_MAX ((size_t)256 << 20)
#define PAGE_MAX 65536
#define TELL_FOR 10000 /* milliseconds of patience with the hub, which must be told at once */

struct options {
	const char *ask, *grant, *deny, *operator, * wording, *patient_lang, *ledger, *state,
	    *as_of;
	const char *via, *hub, *facility, *ca, *cert, *key, *summary, *fail_on;
	struct option_list old_certs, against;
	int64_t timeout, max_line;
	int pass_fd, retry_unknown, slip;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "ask", 0, "PURPOSES", OPTION_TEXT, ask, NULL, NULL, 0,
	    N_("ask the patient for these, separated by commas, in this order")),
	ROW(T, "grant", 0, "PURPOSES", OPTION_TEXT, grant, NULL, NULL, 0,
	    N_("the patient has agreed to these by word of mouth; needs --operator")),
	ROW(T, "deny", 0, "PURPOSES", OPTION_TEXT, deny, NULL, NULL, 0,
	    N_("the patient has not agreed to these, by word of mouth; needs --operator")),
	ROW_OPERATOR(T),
	ROW(T, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "120s", 0,
	    N_("how long a question stands, at most 120s; then it was not answered")),
	ROW(T, "wording", 0, "FILE", OPTION_FILE, wording, NULL, NULL, OPTION_CONF,
	    N_("the table of what patients are asked, instead of the installed one")),
	ROW(T, "patient-lang", 0, "LANG", OPTION_TEXT, patient_lang, NULL, NULL, 0,
	    N_("the patient's language, which the table must have; else that of --lang")),
	ROW(T, "ledger", 0, "FILE", OPTION_FILE, ledger, NULL, NULL, OPTION_CONF,
	    N_("the ledger, instead of consent.ledger in the state directory")),
	ROW(T, "state", 0, "DIR", OPTION_DIR, state, NULL, NULL, OPTION_CONF,
	    N_("the state directory")),
	ROW(T, "as-of", 0, "TIME", OPTION_TIME, as_of, NULL, NULL, 0,
	    N_("list: what counted at this moment, instead of now")),
	ROW(T, "against", 0, "FILE", OPTION_LIST, against, NULL, NULL, 0,
	    N_("check-ledger, prove: checkpoints, codes, receipts or records, one a line, that are "
	       "held outside of the ledger; may be given again")),
	ROW(T, "old-cert", 0, "FILE", OPTION_LIST, old_certs, NULL, NULL, 0,
	    N_("an earlier certificate of ours, which signed in the ledger; may be given again")),
	ROW(T, "slip", 0, NULL, OPTION_FLAG, slip, NULL, NULL, 0,
	    N_("receipt: for a printer of 58 mm, instead of a page")),
	ROW_VIA(T),
	ROW_HUB(T),
	ROW_FACILITY(T),
	ROW_CA(T),
	ROW_CERT(T),
	ROW_KEY(T),
	ROW_PASS_FD(T),
	ROW(T, "retry-unknown", 0, NULL, OPTION_FLAG, retry_unknown, NULL, NULL, 0,
	    N_("take an error of this command off the record where asking again can help")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct verb verbs[] = {
	{ "withdraw", "CODE", N_("the patient takes a consent back: enter it, and tell the hub") },
	{ "list", "", N_("write the consents of the ledger, one a line") },
	{ "check-ledger", "", N_("is the ledger whole, broken, or is its end not proven?") },
	{ "checkpoint", "",
	    N_("print 12 groups of digits that pin the ledger, for the day sheet") },
	{ "receipt", "[CODE]",
	    N_("print the patient's receipt, that of the last consent if none is named") },
	{ "prove", "CODE", N_("say what was agreed when, and what shows it") },
	{ NULL, NULL, NULL },
};

static const struct command command = {
	.name = TOOL,
	.kind = "filter",
	.args = "[COMMAND]",
	.help = N_("Asks patients for consent, signs receipts and keeps the ledger of them"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
	.verbs = verbs,
};

/* All that is open. */
struct world {
	const struct options *o;
	char *path; /* of the ledger */
	char audience[128];
	struct consent_desk desk;
	struct held held;
	struct buf against; /* --against, as it was read */
	struct route *route;
	struct tally tally;
};

/* Says why, and returns the exit status. */
static int
failed(const struct why *why)
{
	why_print(why, TOOL);
	if (why->id == ERR_ENTRY_UNKNOWN)
		return EXIT_NO;
	return error_rows[why->id].exit == 0 ? EXIT_LOCAL : error_rows[why->id].exit;
}

/* "drugs,checkups" into the list and the set; a mistake ends the process. */
static void
read_purposes(const char *option, const char *text, struct purpose_list *list, uint16_t *set)
{
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, ",");
		enum purpose p = purpose_find(text, n);

		if (p == PURPOSES)
			usage_error(
			    &command, _("--%s: there is no purpose %.*s"), option, (int)n, text);
		if ((purpose_list_set(list) & PURPOSE_SET(p)) != 0)
			usage_error(
			    &command, _("--%s: %s is named twice"), option, purpose_rows[p].name);
		list->at[list->n++] = p;
		*set |= PURPOSE_SET(p);
		text += n + (text[n] == ',');
	}
}

/* What cannot be right whatever comes. */
static void
check_use(struct world *w)
{
	const struct options *o = w->o;
	uint16_t asked = 0;

	read_purposes("ask", o->ask, &w->desk.asked, &asked);
	if (asked != 0 && (o->grant != NULL || o->deny != NULL))
		usage_error(&command, "%s", _("--ask, or --grant and --deny?"));
	read_purposes("grant", o->grant, &w->desk.asked, &w->desk.spoken.given);
	read_purposes("deny", o->deny, &w->desk.asked, &w->desk.spoken.refused);
	if ((o->grant != NULL || o->deny != NULL) && o->operator== NULL)
		usage_error(&command, "%s", _("--grant and --deny need --operator"));
	if (o->operator!= NULL &&(*o->operator== '\0' || strlen(o->operator) >= 128))
		usage_error(&command, "%s", _("--operator takes 1 to 127 bytes"));
	if (o->timeout <= 0 || o->timeout > 120000)
		usage_error(&command, "%s", _("--timeout is at most 120s"));
}

/* What signs and what may have signed. */
static void
check_credentials(const struct world *w)
{
	const struct options *o = w->o;
	const char *flag;
	struct why why;

	if (o->facility == NULL || o->cert == NULL || o->key == NULL)
		usage_error(&command, "%s", _("--facility, --cert and --key say who signs"));
	if (!check_institution_code(o->facility, &flag, &why))
		usage_error(&command, "--facility: %s", why.detail);
}

static char *
ledger_path(const struct options *o, struct why *why)
{
	char *path;

	if (o->ledger == NULL)
		return state_path(o->state, LEDGER, why);
	if ((path = strdup(o->ledger)) == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", o->ledger);
	return path;
}

static const char *
patient_lang(const struct options *o)
{
	if (o->patient_lang != NULL)
		return o->patient_lang;
	return words_japanese() ? "ja" : "en";
}

/* The ledger for writing, and the process that signs: started before anything foreign is read. */
static int
open_desk(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	struct consent_desk *d = &w->desk;

	d->facility = o->facility;
	d->operator= o->operator;
	d->audience = w->audience;
	d->timeout = o->timeout;
	d->tally = &w->tally;
	if (o->via != NULL)
		token_audience(o->via, o->hub, w->audience, sizeof w->audience);
	if ((d->signer = signer_start(o->cert, o->key, o->pass_fd, why)) == NULL ||
	    (w->path = ledger_path(o, why)) == NULL ||
	    (d->ledger = ledger_open(w->path, o->facility, why)) == NULL)
		return -1;
	return 0;
}

/* The last door: the directory of the ledger, and that of the summary. */
static int
lock_doors(const struct world *w, unsigned may, struct why *why)
{
	char *ledger = strdup(w->path);
	char *summary = w->o->summary == NULL ? NULL : strdup(w->o->summary);
	const char *paths[3] = { NULL };
	const struct profile profile = { .name = TOOL, .may = may, .read = paths, .write = paths };
	int r = -1;

	words_open();
	if (ledger == NULL || (w->o->summary != NULL && summary == NULL)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	} else {
		paths[0] = dirname(ledger);
		paths[1] = summary == NULL ? NULL : dirname(summary);
		r = restrain(&profile, why);
	}
	free(ledger);
	free(summary);
	return r;
}

static void
say_recovered(const struct world *w)
{
	uint64_t torn = w->desk.ledger == NULL ? 0 : ledger_recovered(w->desk.ledger);

	if (torn > 0)
		fprintf(stderr,
		    _("%s: a torn line of %llu bytes, left by a crash, was set aside\n"), TOOL,
		    (unsigned long long)torn);
}

/* The filter. */
static int
run_filter(struct world *w)
{
	const struct options *o = w->o;
	const struct filter filter = { .tool = TOOL,
		.member = OBJECT_CONSENT,
		.max_line = (size_t)o->max_line,
		.retry_unknown = o->retry_unknown,
		.answer = consent_answer,
		.context = &w->desk };
	struct why why;
	int local;

	check_credentials(w);
	w->desk.wording = wording_open(
	    o->wording, patient_lang(o), date_today(), purpose_list_set(&w->desk.asked), &why);
	if (w->desk.wording == NULL || open_desk(w, &why) == -1)
		return failed(&why);
	if (o->ask != NULL)
		w->desk.tty = tty_open(TOOL);
	if (lock_doors(w, MAY_TTY | MAY_WRITE_FILES, &why) == -1)
		return failed(&why);
	local = filter_run(&filter, STDIN_FILENO, STDOUT_FILENO, &w->tally) == -1;
	say_recovered(w);
	return tally_end(&w->tally, TOOL,
	    strcmp(o->fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE, local,
	    o->summary);
}

/* For those who only look: nothing is written, no key is needed. */
static int
open_book(struct world *w, struct why *why)
{
	const struct options *o = w->o;

	if (o->cert == NULL)
		usage_error(&command, "%s", _("--cert says whose signatures count"));
	if ((w->path = ledger_path(o, why)) == NULL || held_signer(&w->held, o->cert, why) == -1)
		return -1;
	for (size_t i = 0; i < o->old_certs.n; i++)
		if (held_signer(&w->held, o->old_certs.items[i], why) == -1)
			return -1;
	buf_init(&w->against, PINS_MAX);
	for (size_t i = 0; i < o->against.n; i++)
		if (file_read(o->against.items[i], PINS_MAX, &w->against, why) == -1 ||
		    buf_addc(&w->against, '\n') == -1)
			return -1;
	return 0;
}

/* What --against says, which is read when the doors are closed. 0, or -1 with why. */
static int
read_held(struct world *w, struct why *why)
{
	size_t line;

	if (w->against.data == NULL || held_pins(&w->held, w->against.data, &line, why) == 0)
		return 0;
	fprintf(stderr, _("%s: line %zu of --against is not to be used\n"), TOOL, line);
	return -1;
}

/* Reading only. */
static int
lock_reading(const struct world *w, struct why *why)
{
	const char *const paths[] = { w->path, NULL };
	const struct profile profile = { .name = TOOL, .read = paths };

	words_open();
	return restrain(&profile, why);
}

static int
print_text(const struct buf *text)
{
	if (!buf_failed(text) && write_all(STDOUT_FILENO, text->data, text->len) == 0)
		return EXIT_YES;
	perror(TOOL);
	return EXIT_LOCAL;
}

/* What the ledger's state says for a command that needed it: nothing where it is whole. */
static int
say_broken(const struct ledger_report *r)
{
	if (r->state == LEDGER_UNTOLD)
		return failed(&r->why);
	if (r->state != LEDGER_BROKEN)
		return EXIT_YES;
	fprintf(stderr, _("%s: the ledger is broken at entry %lld: %s\n"), TOOL, (long long)r->n,
	    r->why.detail);
	return EXIT_NO;
}

/* The ledger's state as a record. */
static int
print_report(const struct ledger_report *r)
{
	static const char *const states[] = { [LEDGER_WHOLE] = LEDGER_CHECK_STATE_WHOLE,
		[LEDGER_BROKEN] = LEDGER_CHECK_STATE_BROKEN,
		[LEDGER_NOT_PROVEN] = LEDGER_CHECK_STATE_NOT_PROVEN };
	struct buf text;
	int status;

	buf_init(&text, PAGE_MAX);
	buf_addf(&text, "{\"" LEDGER_CHECK_STATE "\":\"%s\",\"" LEDGER_CHECK_N "\":%" PRId64,
	    states[r->state], r->n);
	if (r->state == LEDGER_BROKEN) {
		buf_adds(&text, ",\"" LEDGER_CHECK_HOW "\":");
		buf_addjson(&text, r->why.detail, strlen(r->why.detail));
	}
	buf_addf(&text,
	    ",\"" LEDGER_CHECK_PROVEN_TO "\":%" PRId64 ",\"" LEDGER_CHECK_TORN_BYTES "\":%" PRIu64
	    "}\n",
	    r->proven_to, r->torn);
	status = print_text(&text);
	buf_free(&text);
	return status;
}

static int
check_ledger(struct world *w, const char *word)
{
	struct ledger_report r;
	struct why why;

	(void)word;
	if (open_book(w, &why) == -1 || lock_reading(w, &why) == -1 || read_held(w, &why) == -1)
		return failed(&why);
	ledger_check(w->path, &w->held.rules, NULL, NULL, &r);
	if (r.state == LEDGER_UNTOLD || print_report(&r) != EXIT_YES)
		return r.state == LEDGER_UNTOLD ? failed(&r.why) : EXIT_LOCAL;
	if (r.torn > 0)
		fprintf(stderr,
		    _("%s: the last line was not written to its end (%llu bytes): a crash, which "
		      "the next entry puts right\n"),
		    TOOL, (unsigned long long)r.torn);
	if (r.state == LEDGER_NOT_PROVEN)
		fprintf(stderr,
		    _("%s: whole up to entry %lld, but nothing newer than entry %lld is held "
		      "outside of it\n"),
		    TOOL, (long long)r.n, (long long)r.proven_to);
	if (r.state == LEDGER_NOT_PROVEN)
		return EXIT_UNKNOWN;
	return say_broken(&r);
}

/* The lines of list. */
struct listing {
	struct output *output;
	int64_t as_of;
	struct buf line;
};

static void
list_one(void *context, const struct agreement *a)
{
	struct listing *l = context;

	buf_reset(&l->line);
	if (agreement_write(&l->line, a, l->as_of, NULL) == 0)
		output_record(l->output, l->line.data, l->line.len, VERDICT_YES);
}

static int
list(struct world *w, const char *word)
{
	struct listing l = { .as_of = clock_now() };
	struct ledger_report r;
	struct book *book;
	struct why why;
	int status;

	(void)word;
	if (w->o->as_of != NULL)
		time_parse(w->o->as_of, &l.as_of);
	if (open_book(w, &why) == -1 || lock_reading(w, &why) == -1 ||
	    (book = book_open(w->path, &w->held.rules, l.as_of, &r, &why)) == NULL)
		return failed(&why);
	buf_init(&l.line, LEDGER_LINE_MAX);
	if ((l.output = output_open(STDOUT_FILENO, TOOL, LEDGER_LINE_MAX, &w->tally)) == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		status = failed(&why);
	} else {
		book_each(book, list_one, &l);
		status = output_close(l.output, &why) == -1 ? failed(&why) : say_broken(&r);
	}
	buf_free(&l.line);
	book_close(book);
	return status;
}

/* The patient's copy. */
struct printing {
	const struct wording *wording;
	size_t columns;
	struct buf text;
};

static void
print_one(void *context, const struct agreement *a)
{
	struct printing *p = context;

	page_write(&p->text, a, p->wording, p->columns);
}

static int
receipt(struct world *w, const char *word)
{
	struct printing p = { .columns = w->o->slip ? SLIP_COLUMNS : PAGE_COLUMNS };
	struct ledger_report r;
	struct book *book = NULL;
	struct why why;
	int status;

	w->desk.wording = wording_open(w->o->wording, patient_lang(w->o), date_today(), 0, &why);
	if (w->desk.wording == NULL || open_book(w, &why) == -1 || lock_reading(w, &why) == -1 ||
	    (book = book_open(w->path, &w->held.rules, clock_now(), &r, &why)) == NULL)
		return failed(&why);
	p.wording = w->desk.wording;
	buf_init(&p.text, PAGE_MAX);
	if ((status = say_broken(&r)) == EXIT_YES)
		status =
		    book_find(book, word, print_one, &p, &why) ? print_text(&p.text) : failed(&why);
	buf_free(&p.text);
	book_close(book);
	return status;
}

static int
prove(struct world *w, const char *word)
{
	struct proof p;
	struct buf text;
	struct why why;
	int status;

	if (open_book(w, &why) == -1 || lock_reading(w, &why) == -1 || read_held(w, &why) == -1)
		return failed(&why);
	buf_init(&text, PAGE_MAX);
	if (proof_make(w->path, &w->held.rules, word, &p, &why) == -1)
		status = failed(&why);
	else if (proof_write(&text, &p) == -1 || print_text(&text) != EXIT_YES)
		status = EXIT_LOCAL;
	else
		status = proof_status(&p);
	buf_free(&text);
	return status;
}

/* An entry that says nothing but: up to here. Its hash goes to the day sheet. */
static int
checkpoint(struct world *w, const char *word)
{
	struct ledger_entry *last = malloc(sizeof *last);
	struct ledger_event e;
	struct ledger_draft draft;
	struct buf token, text;
	struct why why;
	int status;

	(void)word;
	check_credentials(w);
	buf_init(&token, JWS_MAX);
	buf_init(&text, PAGE_MAX);
	ledger_event_new(&e, w->o->facility, EVENT_CHECKPOINT, clock_now());
	draft = draft_event(&e);
	if (last == NULL || open_desk(w, &why) == -1 ||
	    lock_doors(w, MAY_WRITE_FILES, &why) == -1 ||
	    ledger_append(w->desk.ledger, w->desk.signer, &draft, &token, &why) == -1) {
		status = last == NULL ? EXIT_LOCAL : failed(&why);
	} else {
		last->n = e.n;
		last->at = draft.at;
		memcpy(last->hash, ledger_last(w->desk.ledger), sizeof last->hash);
		checkpoint_write(&text, last);
		buf_addc(&text, '\n');
		status = print_text(&text);
	}
	say_recovered(w);
	buf_free(&token);
	buf_free(&text);
	free(last);
	return status;
}

/* A consent that is to be taken back. */
struct taking_back {
	struct withdrawing with;
	struct buf token, line;
	struct why why;
	struct why no_hub; /* why the hub cannot be told; ERR_NONE: no hub is named */
	int status;
};

static void
take_back(void *context, const struct agreement *found)
{
	struct taking_back *t = context;
	struct agreement a = *found;
	int told = 0;

	if (withdraw_enter(&t->with, &a, &t->token, &t->why) == -1) {
		t->status = failed(&t->why);
		return;
	}
	if (t->with.route != NULL)
		told = withdraw_tell(t->with.route, t->token.data, &t->no_hub);
	agreement_write(
	    &t->line, &a, clock_now(), told ? AGREEMENT_HUB_TOLD : AGREEMENT_HUB_NOT_TOLD);
	buf_addc(&t->line, '\n');
	t->status = print_text(&t->line);
	if (told || t->status != EXIT_YES)
		return;
	t->status = t->no_hub.id == ERR_NONE ? EXIT_UNKNOWN : failed(&t->no_hub);
	fprintf(stderr,
	    _("%s: the withdrawal is in the ledger, but the hub was not told: run it again with "
	      "--via https://HOST/\n"),
	    TOOL);
}

/* That the hub cannot be reached must not keep the withdrawal out of the ledger. */
static void
open_route(struct world *w, struct why *why)
{
	const struct options *o = w->o;
	const struct route_options ro = { .via = o->via,
		.facility = o->facility,
		.ca = o->ca,
		.cert = o->cert,
		.key = o->key,
		.operator= o->operator,
		.lane = "desk",
		.pass_fd = -1,
		.jobs = 1,
		.retry_for = TELL_FOR,
		.timeout = TELL_FOR };

	if (*w->audience != '\0')
		w->route = route_open(&ro, why);
}

static int
withdraw(struct world *w, const char *word)
{
	struct taking_back t = { .status = EXIT_YES };
	struct ledger_report r;
	struct book *book;
	struct why why;

	check_credentials(w);
	if (open_desk(w, &why) == -1)
		return failed(&why);
	free(w->path); /* open_book() names it anew */
	w->path = NULL;
	open_route(w, &t.no_hub);
	if (open_book(w, &why) == -1 ||
	    lock_doors(w,
		MAY_WRITE_FILES | (w->route == NULL ? 0U : MAY_INET | MAY_UNIX | MAY_THREAD),
		&why) == -1 ||
	    (book = book_open(w->path, &w->held.rules, clock_now(), &r, &why)) == NULL)
		return failed(&why);
	t.with = (struct withdrawing){
		w->desk.ledger, w->desk.signer, w->o->facility, w->o->operator, w->route };
	buf_init(&t.token, JWS_MAX);
	buf_init(&t.line, PAGE_MAX);
	/* A ledger that is broken is no reason to keep a patient to a consent. */
	say_broken(&r);
	if (!book_find(book, word, take_back, &t, &why))
		t.status = failed(&why);
	say_recovered(w);
	buf_free(&t.token);
	buf_free(&t.line);
	book_close(book);
	return t.status;
}

static const struct {
	const char *verb;
	int least, most; /* words after it */
	int (*run)(struct world *, const char *word);
} calls[] = {
	{ "withdraw", 1, 1, withdraw },
	{ "list", 0, 0, list },
	{ "check-ledger", 0, 0, check_ledger },
	{ "checkpoint", 0, 0, checkpoint },
	{ "receipt", 0, 1, receipt },
	{ "prove", 1, 1, prove },
};

static int
run(struct world *w, int n, char **words)
{
	if (n == 0)
		return run_filter(w);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(words[0], calls[i].verb) == 0 && n - 1 >= calls[i].least &&
		    n - 1 <= calls[i].most)
			return calls[i].run(w, words[1]);
	usage_error(&command, "%s", _("these words make no command"));
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o };
	char **words;
	int n = options_read(&command, argc, argv, &o, &words), status;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	check_use(&w);
	status = run(&w, n, words);
	route_close(w.route);
	ledger_close(w.desk.ledger);
	signer_stop(w.desk.signer);
	wording_close(w.desk.wording);
	tty_close(w.desk.tty);
	buf_free(&w.against);
	held_free(&w.held);
	free(w.path);
	return status;
}
