/* oq-hub: the central system's stand-in: insurers' people, facilities' questions, the audit. */
#include <inttypes.h>
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
#include "gen/names.h"
#include "hub/disaster.h"
#include "hub/lists.h"
#include "hub/make.h"
#include "hub/server.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/output.h"
#include "store/people.h"
#include "table/table.h"

#define TOOL  "oq-hub"
#define DAY   ((int64_t)24 * 60 * 60)
#define JAPAN ((int64_t)9 * 60 * 60) /* ahead of UTC */

struct options {
	const char *name, *facility, *role, *municipality, *listen, *admin, *faults, *grace;
	const char *out, *until, *event, *kinds, *from, *to;
	int64_t people, seed, threads, limit;
	int may_attest, verify;
};

#define COUNT_ROW(name, member, initial, low, high, help)                                          \
	{                                                                                          \
		name, 0, "N", OPTION_COUNT, offsetof(struct options, member), NULL, initial, low,  \
		    high, 0, help                                                                  \
	}

static const struct option_row rows[] = {
	COUNT_ROW("people", people, "0", 0, 100000000, N_("init: how many people to make")),
	COUNT_ROW("seed", seed, "1", 0, INT64_MAX, N_("init: the same seed makes the same people")),
	ROW(struct options, "name", 0, "NAME", OPTION_TEXT, name, NULL, "oq-hub.example", 0,
	    N_("init: the hub's name, which stands in its certificate beside localhost")),
	ROW(struct options, "facility", 0, "CODE", OPTION_TEXT, facility, NULL, "4719999999", 0,
	    N_("init, people: institution code of the facility that asks")),
	ROW(struct options, "role", 0, "ROLE", OPTION_WORD, role,
	    CREDENTIAL_ROLE_FACILITY " " CREDENTIAL_ROLE_INSURER " " CREDENTIAL_ROLE_AGENCY
				     " " CREDENTIAL_ROLE_KIOSK " " CREDENTIAL_ROLE_ADMIN,
	    CREDENTIAL_ROLE_FACILITY, 0, N_("facility add: what the certificate is for")),
	ROW(struct options, "may-attest", 0, NULL, OPTION_FLAG, may_attest, NULL, NULL, 0,
	    N_("facility add: it may sign that an operator looked at a card")),
	ROW(struct options, "municipality", 0, "NAME", OPTION_TEXT, municipality, NULL, NULL, 0,
	    N_("facility add: where it is, for disasters that are opened by municipality")),
	ROW(struct options, "listen", 0, "ADDRESS:PORT", OPTION_TEXT, listen, NULL, "127.0.0.1:0",
	    0, N_("serve: where to listen; port 0 is any free one")),
	ROW(struct options, "admin", 0, "WHERE", OPTION_TEXT, admin, NULL, NULL, 0,
	    N_("serve: ADDRESS:PORT or path of a socket for /healthz and /metrics")),
	ROW(struct options, "faults", 0, "FILE", OPTION_FILE, faults, NULL, NULL, 0,
	    N_("serve: a schedule of faults to make, for testing clients")),
	ROW_GRACE(struct options),
	ROW(struct options, "out", 0, "DIR", OPTION_TEXT, out, NULL, NULL, 0,
	    N_("card add: where the card's key, certificate and PIN go; made if need be")),
	ROW(struct options, "until", 0, "DATE", OPTION_DATE, until, NULL, NULL, 0,
	    N_("card add: last day of its certificate, instead of five years from now")),
	COUNT_ROW("threads", threads, "0", 0, 64,
	    N_("serve: threads that answer; 0 is one fewer than the cores")),
	COUNT_ROW("limit", limit, NULL, 0, INT64_MAX, N_("people: how many records to write")),
	ROW(struct options, "event", 0, "TEXT", OPTION_TEXT, event, NULL, NULL, 0,
	    N_("disaster open: what has happened")),
	ROW(struct options, "kinds", 0, "WORDS", OPTION_TEXT, kinds, NULL, NULL, 0,
	    N_("disaster open: for which facilities: medical dental pharmacy nursing; default "
	       "all")),
	ROW(struct options, "from", 0, "DATE", OPTION_DATE, from, NULL, NULL, 0,
	    N_("disaster open: the first day")),
	ROW(struct options, "to", 0, "DATE", OPTION_DATE, to, NULL, NULL, 0,
	    N_("disaster open: the last day")),
	ROW(struct options, "verify", 0, NULL, OPTION_FLAG, verify, NULL, NULL, 0,
	    N_("audit: check the chain instead of printing it")),
};

static const struct verb verbs[] = {
	{ "init", "DIR", N_("make a hub: authority, certificates, store, people") },
	{ "serve", "DIR", N_("answer questions over HTTPS until SIGTERM or SIGINT") },
	{ "facility", "add DIR CODE | list DIR | revoke DIR CODE",
	    N_("certificates of facilities and others") },
	{ "card", "add DIR PERSON | list DIR | revoke DIR SERIAL",
	    N_("cards of people, for rehearsals") },
	{ "consent", "list DIR", N_("write the consents that facilities have sent") },
	{ "disaster", "open DIR AREA | close DIR NUMBER | list DIR | load DIR FILE",
	    N_("areas and days in which medical information is given without a card") },
	{ "people", "DIR", N_("write a record to ask by for each cover of the synthetic people") },
	{ "audit", "DIR", N_("write the audit's entries, or check their chain") },
	{ NULL, NULL, NULL },
};

static const struct command command = {
	.name = TOOL,
	.kind = "service",
	.args = "COMMAND DIR",
	.help = N_("Plays the central system: keeps people, answers facilities, keeps the audit"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
	.verbs = verbs,
};

/* What every verb has: the words after its name. */
struct call {
	const struct options *o;
	const char *dir, *operand; /* operand: CODE, AREA, NUMBER or FILE */
};

/* -1 and why_print() where a step failed: its exit status. */
static int
failed(const struct why *why)
{
	why_print(why, TOOL);
	return error_rows[why->id].exit == 0 ? EXIT_LOCAL : error_rows[why->id].exit;
}

/* also: one more directory to write to; NULL: none. */
static int
enter_profile(const char *dir, const char *also, unsigned may, struct why *why)
{
	const char *const paths[] = { dir, also, NULL };
	const struct profile profile = {
		.name = TOOL, .may = may | MAY_WRITE_FILES, .read = paths, .write = paths
	};

	return restrain(&profile, why);
}

static int
do_init(const struct call *c)
{
	const struct hub_plan plan = { .dir = c->dir,
		.name = c->o->name,
		.facility = c->o->facility,
		.people = c->o->people,
		.seed = (uint64_t)c->o->seed };
	struct why why;

	if (dir_private(c->dir, &why) == -1 || enter_profile(c->dir, NULL, 0, &why) == -1 ||
	    hub_make(&plan, &why) == -1)
		return failed(&why);
	return EXIT_YES;
}

/* The port is known and the store is open before anything is printed: whoever reads the line may ask. */
static int
serve(struct server *s, struct why *why)
{
	if (server_start(s, why) == -1)
		return -1;
	printf("https://%s:%d/\n", server_host(s), server_port(s));
	if (fflush(stdout) == EOF) {
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", "stdout");
		return -1;
	}
	return server_wait(s, why);
}

static int
do_serve(const struct call *c)
{
	const struct server_options options = { .dir = c->dir,
		.listen = c->o->listen,
		.admin = c->o->admin,
		.grace = c->o->grace,
		.faults = c->o->faults,
		.threads = (int)c->o->threads };
	struct server *s;
	struct why why;
	sigset_t set;
	int r = -1;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if ((s = server_open(&options, &why)) != NULL &&
	    enter_profile(c->dir, NULL, MAY_INET | MAY_UNIX | MAY_LISTEN | MAY_THREAD, &why) == 0)
		r = serve(s, &why);
	server_close(s);
	return r == -1 ? failed(&why) : EXIT_YES;
}

/* Runs a source with an output of its own; r is what it returned, r2 what the output says. */
static int
with_output(const struct call *c, int (*list)(const struct call *, struct output *, struct why *))
{
	struct tally tally = { 0 };
	struct output *out = output_open(STDOUT_FILENO, TOOL, LINE_MAX_DEFAULT, &tally);
	struct why why = { .id = ERR_OUT_OF_MEMORY }, closing;
	int r = -1, status;

	if (out != NULL)
		r = list(c, out, &why);
	status = r == -1 ? failed(&why) : r;
	if (out != NULL && output_close(out, &closing) == -1)
		status = failed(&closing);
	return status;
}

static int
run_people(const struct call *c, struct output *out, struct why *why)
{
	int64_t limit = c->o->limit == 0 ? INT64_MAX : c->o->limit;

	return list_people(c->dir, c->o->facility, limit, out, why);
}

static int
do_people(const struct call *c)
{
	return with_output(c, run_people);
}

static int
run_credentials(const struct call *c, struct output *out, struct why *why)
{
	return list_credentials(c->dir, out, why);
}

static int
do_list(const struct call *c)
{
	return with_output(c, run_credentials);
}

static int
run_cards(const struct call *c, struct output *out, struct why *why)
{
	return list_cards(c->dir, out, why);
}

static int
do_card_list(const struct call *c)
{
	return with_output(c, run_cards);
}

static int
run_audit(const struct call *c, struct output *out, struct why *why)
{
	return list_audit(c->dir, out, why);
}

/* Whole, broken, or could not tell: 0, 1, 3. */
static int
run_chains(const struct call *c, struct output *out, struct why *why)
{
	switch (list_chains(c->dir, out, why)) {
	case 1:
		return EXIT_YES;
	case 0:
		return EXIT_NO;
	default:
		why_print(why, TOOL);
		return EXIT_UNKNOWN;
	}
}

static int
do_audit(const struct call *c)
{
	return with_output(c, c->o->verify ? run_chains : run_audit);
}

static int
do_add(const struct call *c)
{
	const struct hub_grant grant = { c->operand, c->o->role, c->o->may_attest,
		c->o->municipality };
	struct why why;

	return hub_admit(c->dir, &grant, &why) == -1 ? failed(&why) : EXIT_YES;
}

/* Runs one of the two on the store. */
static int
revoke_by(const struct call *c, int (*run)(struct people *, const char *, int64_t, struct why *))
{
	struct why why;
	struct people *people = people_open(c->dir, PEOPLE_WRITE, &why);
	int n = people == NULL ? -1 : run(people, c->operand, clock_now(), &why);

	people_close(people);
	if (n == -1)
		return failed(&why);
	if (n == 0)
		fprintf(stderr, _("%s: %s has no certificate that counts\n"), TOOL, c->operand);
	return n == 0 ? EXIT_NO : EXIT_YES;
}

static int
do_revoke(const struct call *c)
{
	return revoke_by(c, credential_revoke);
}

static int
do_card_revoke(const struct call *c)
{
	return revoke_by(c, card_revoke);
}

/* The last second of that day in Japan; five years from today without one. */
static int64_t
end_of(const char *until)
{
	struct date d = date_today();

	if (until == NULL || !date_parse(until, &d))
		d.year += 5;
	if (!date_exists(d)) /* 29 February */
		d.day--;
	return (date_days(d) + 1) * DAY - JAPAN - 1;
}

static int
do_card_add(const struct call *c)
{
	struct hub_card card = { .out = c->o->out, .not_after = end_of(c->o->until) };
	struct why why;
	char *end;

	card.person = strtoll(c->operand, &end, 10);
	if (*end != '\0' || end == c->operand)
		usage_error(&command, _("%s is no number of a person"), c->operand);
	if (card.out == NULL)
		usage_error(&command, "%s", _("--out says where the card goes"));
	if (dir_private(card.out, &why) == -1 || enter_profile(c->dir, card.out, 0, &why) == -1 ||
	    hub_issue_card(c->dir, &card, &why) == -1)
		return failed(&why);
	return EXIT_YES;
}

static int
run_consents(const struct call *c, struct output *out, struct why *why)
{
	return list_consents(c->dir, out, why);
}

static int
do_consents(const struct call *c)
{
	return with_output(c, run_consents);
}

static int
run_open(const struct call *c, struct output *out, struct why *why)
{
	const struct disaster_plan plan = { .event = c->o->event,
		.area = c->operand,
		.kinds = c->o->kinds,
		.from = c->o->from,
		.to = c->o->to };

	return disaster_open(c->dir, &plan, out, why);
}

static int
do_open(const struct call *c)
{
	return with_output(c, run_open);
}

static int
run_windows(const struct call *c, struct output *out, struct why *why)
{
	return disaster_list(c->dir, out, why);
}

static int
do_windows(const struct call *c)
{
	return with_output(c, run_windows);
}

static int
do_close(const struct call *c)
{
	char *end;
	long long id = strtoll(c->operand, &end, 10);
	struct why why;
	int r;

	if (*end != '\0' || end == c->operand)
		usage_error(&command, _("%s is no number of a window"), c->operand);
	if ((r = disaster_close(c->dir, id, &why)) == -1)
		return failed(&why);
	if (r == 0)
		fprintf(stderr, _("%s: no window %lld is open\n"), TOOL, id);
	return r == 0 ? EXIT_NO : EXIT_YES;
}

static struct table *windows_table;

static int
run_load(const struct call *c, struct output *out, struct why *why)
{
	return disaster_load(c->dir, windows_table, out, why);
}

/* The table lies outside the directory: it is read before the profile is entered. */
static int
do_load(const struct call *c)
{
	struct why why;
	int r;

	if ((windows_table = table_load(c->operand, &why)) == NULL ||
	    enter_profile(c->dir, NULL, 0, &why) == -1)
		r = failed(&why);
	else
		r = with_output(c, run_load);
	table_free(windows_table);
	return r;
}

/* restrains: it enters its profile itself, once all that lies outside the directory is open. */
static const struct {
	const char *verb, *second; /* second: "add" after "facility", or NULL */
	int has_operand, restrains;
	int (*run)(const struct call *);
} calls[] = {
	{ "init", NULL, 0, 1, do_init },
	{ "serve", NULL, 0, 1, do_serve },
	{ "facility", "add", 1, 0, do_add },
	{ "facility", "list", 0, 0, do_list },
	{ "facility", "revoke", 1, 0, do_revoke },
	{ "card", "add", 1, 1, do_card_add },
	{ "card", "list", 0, 0, do_card_list },
	{ "card", "revoke", 1, 0, do_card_revoke },
	{ "consent", "list", 0, 0, do_consents },
	{ "disaster", "open", 1, 0, do_open },
	{ "disaster", "close", 1, 0, do_close },
	{ "disaster", "list", 0, 0, do_windows },
	{ "disaster", "load", 1, 1, do_load },
	{ "people", NULL, 0, 0, do_people },
	{ "audit", NULL, 0, 0, do_audit },
};

/* Does the row fit the words? */
static int
fits(size_t row, char **words, int n)
{
	int used = calls[row].second == NULL ? 1 : 2;

	return n == used + 1 + calls[row].has_operand && strcmp(words[0], calls[row].verb) == 0 &&
	       (calls[row].second == NULL || strcmp(words[1], calls[row].second) == 0);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	char **words;
	int n = options_read(&command, argc, argv, &o, &words);
	struct why why;

	umask(077);
	words_open();
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (fits(i, words, n)) {
			char **rest = words + (calls[i].second == NULL ? 1 : 2);
			const struct call call = { &o, rest[0],
				calls[i].has_operand ? rest[1] : NULL };

			if (!calls[i].restrains && enter_profile(call.dir, NULL, 0, &why) == -1)
				return failed(&why);
			return calls[i].run(&call);
		}
	usage_error(
	    &command, "%s", n == 0 ? _("what is to be done?") : _("these words make no command"));
}
