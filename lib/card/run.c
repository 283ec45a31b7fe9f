#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/restrain.h"
#include "card/desk.h"
#include "card/pcsc.h"
#include "card/run.h"
#include "gen/names.h"
#include "model/checks.h"
#include "model/grace.h"
#include "options/words.h"
#include "pipe/filter.h"
#include "pipe/output.h"
#include "trust/signer.h"

#define SILENCE	   5000 /* ms: a card signs in under one second */
#define PAUSE	   1000 /* ms between looks while there is trouble that is no card's */
#define RECORD_MAX 32768

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

const char *
card_run_mistake(const struct card_run *o)
{
	int visual = strcmp(o->method, CARD_METHOD_VISUAL) == 0;

	if (o->card_ca == NULL)
		return "--card-ca names the authority of the cards";
	if (o->watch + o->merge + o->status > 1)
		return "--watch, --merge and --status exclude each other";
	if (o->watch && o->pin_fd != -1)
		return "--pin-fd holds one PIN, --watch reads many cards";
	if (o->status)
		return NULL;
	if (o->facility == NULL || o->via == NULL)
		return "--facility and --via say who asks and which hub the presence is for";
	if (visual && (o->looked == NULL || o->cert == NULL || o->key == NULL))
		return "--method visual needs --operator, --cert and --key";
	return NULL;
}

/* What came of one card is counted, and trouble is said. */
static enum verdict
account(struct desk *d, const struct why *why)
{
	tally_asked(d->tally, why->id);
	if (why->id == ERR_NONE)
		return VERDICT_YES;
	why_print(why, d->o->tool);
	return VERDICT_UNKNOWN;
}

static enum verdict
merge_one(void *context, const json_t *record, struct buf *value, struct why *why)
{
	struct desk *d = context;

	(void)record;
	d->reading.job.done = d->facts.where; /* the next person's card, not the last one again */
	desk_read(d, value, why);
	return account(d, why);
}

static int
merge(struct desk *d)
{
	const struct filter filter = { .tool = d->o->tool,
		.member = OBJECT_CARD,
		.max_line = (size_t)d->o->max_line,
		.answer = merge_one,
		.context = d };

	return filter_run(&filter, STDIN_FILENO, STDOUT_FILENO, d->tally);
}

static void
write_record(struct desk *d, struct output *out, struct buf *value, const struct why *why)
{
	struct buf record;
	enum verdict verdict = account(d, why);

	buf_init(&record, RECORD_MAX);
	buf_addf(&record, "{\"%s\":", verdict == VERDICT_YES ? OBJECT_CARD : RECORD_ERROR);
	if (verdict == VERDICT_YES)
		buf_add(&record, value->data, value->len);
	else
		why_json(&record, why, d->o->tool);
	buf_addc(&record, '}');
	d->tally->read++;
	output_record(out, record.data, record.len, verdict);
	output_flush(out);
	buf_free(&record);
}

/*
 * One card, or with --watch one after the other, each only when the last record has been taken.
 * Trouble that is no card's (no daemon, no reader) is told once while it lasts.
 */
static void
read_cards(struct desk *d, struct output *out)
{
	enum error_id told = ERR_NONE;
	struct buf value;

	buf_init(&value, RECORD_MAX);
	do {
		struct why why = { .id = ERR_NONE };
		int at_card;

		buf_reset(&value);
		desk_read(d, &value, &why);
		at_card = why.id == ERR_NONE || d->facts.where.reader[0] != '\0';
		if (why.id == ERR_NOT_ASKED_STOPPED && d->o->watch && !at_card)
			break;
		if (at_card || why.id != told)
			write_record(d, out, &value, &why);
		told = at_card ? ERR_NONE : why.id;
		if (at_card)
			d->reading.job.done = d->facts.where;
		else if (d->o->watch)
			poll(NULL, 0, PAUSE);
	} while (d->o->watch && !stop && !output_failed(out));
	buf_free(&value);
}

static int
source(struct desk *d)
{
	struct output *out =
	    output_open(STDOUT_FILENO, d->o->tool, (size_t)d->o->max_line, d->tally);
	struct why why = { .id = ERR_NONE };

	if (out == NULL) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "output");
	} else {
		read_cards(d, out);
		output_close(out, &why);
	}
	if (why.id == ERR_NONE)
		return 0;
	why_print(&why, d->o->tool);
	return -1;
}

/* The last door: from here on no file but the terminal and the summary. */
static int
lock_doors(const struct card_run *o, struct why *why)
{
	char *path = o->summary == NULL ? NULL : strdup(o->summary);
	const char *const write[] = { path == NULL ? NULL : dirname(path), NULL };
	const struct profile profile = { .name = o->tool,
		.may = MAY_FORK | MAY_UNIX | MAY_TTY | (path == NULL ? 0U : MAY_WRITE_FILES),
		.write = write };
	int failed;

	words_open();
	failed = restrain(&profile, why);
	free(path);
	return failed;
}

/* What needs files is opened here. */
static int
prepare(struct desk *d, struct why *why)
{
	const struct card_run *o = d->o;
	const struct rlimit none = { 0 };
	const struct sigaction action = { .sa_handler = on_signal };

	d->way = o->way != NULL ? *o->way : pcsc_way();
	if (d->way.self == NULL || setrlimit(RLIMIT_CORE, &none) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", strerror(errno));
		return -1;
	}
	if (!o->status && desk_audience(d, why) == -1)
		return -1;
	if (!o->status && check_institution_code(o->facility, &(const char *){ NULL }, why) != 1)
		return -1;
	if ((d->anchors = anchors_load(o->card_ca, why)) == NULL ||
	    (d->grace = grace_load(o->grace, why)) == NULL)
		return -1;
	if (!o->status && o->looked != NULL && o->cert != NULL && o->key != NULL &&
	    (d->signer = signer_start(o->cert, o->key, o->pass_fd, why)) == NULL)
		return -1;
	if (sigaction(SIGINT, &action, NULL) == -1 || sigaction(SIGTERM, &action, NULL) == -1 ||
	    sigaction(SIGHUP, &action, NULL) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", strerror(errno));
		return -1;
	}
	return lock_doors(o, why);
}

static enum task
task_of(const struct card_run *o)
{
	if (o->status)
		return TASK_STATUS;
	return strcmp(o->method, CARD_METHOD_VISUAL) == 0 ? TASK_CERTIFICATE : TASK_SIGN;
}

int
card_run(const struct card_run *o)
{
	struct tally tally = { 0 };
	struct desk d = { .o = o, .tally = &tally };
	struct why why = { .id = ERR_NONE };
	int status, failed;

	stop = 0;
	if (prepare(&d, &why) == -1) {
		why_print(&why, o->tool);
		status = error_rows[why.id].exit == 0 ? EXIT_USAGE : error_rows[why.id].exit;
		goto out;
	}
	d.reading.job.anchors = d.anchors;
	d.reading.job.task = task_of(o);
	d.reading.job.reader = o->reader;
	d.reading.job.wait = o->watch ? -1 : o->timeout;
	d.reading.job.use_last_try = o->use_last_try;
	d.reading.job.limit = SILENCE / 1000 + 1;
	d.reading.limit = SILENCE;
	d.reading.stop = &stop;
	desk_open(&d);
	failed = (o->merge ? merge(&d) : source(&d)) == -1;
	status = tally_status(&tally, FAIL_ON_NEGATIVE, failed);
	if (o->summary != NULL && tally_summary(&tally, o->tool, status, o->summary, &why) == -1) {
		why_print(&why, o->tool);
		status = EXIT_LOCAL;
	}
	if (o->watch || o->merge)
		tally_print(&tally, o->tool);
out:
	signer_stop(d.signer);
	anchors_free(d.anchors);
	table_free(d.grace);
	if (o->way == NULL)
		free(d.way.self);
	return status;
}
