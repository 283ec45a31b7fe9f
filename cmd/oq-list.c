/* oq-list: records for people. */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/restrain.h"
#include "list/mode.h"
#include "model/advice.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/lines.h"
#include "pipe/progress.h"
#include "pipe/record.h"
#include "view/csv.h"
#include "view/html.h"
#include "view/text.h"

#define TOOL "oq-list"

struct options {
	const char *format, *place, *advice, *summary;
	int medical, live, day, month;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "medical", 0, NULL, OPTION_FLAG, medical, NULL, NULL, 0,
	    N_("drugs, treatments and checkups, person by person, the newest first")),
	ROW(T, "live", 0, NULL, OPTION_FLAG, live, NULL, NULL, 0,
	    N_("for the desk: a line as each record comes")),
	ROW(T, "day", 0, NULL, OPTION_FLAG, day, NULL, NULL, 0,
	    N_("totals of a day's records, without names")),
	ROW(T, "month", 0, NULL, OPTION_FLAG, month, NULL, NULL, 0,
	    N_("totals of a month's records, without names")),
	ROW(T, "format", 'f', "FORM", OPTION_WORD, format, "text csv html", "text", 0,
	    N_("text, CSV for a spreadsheet, or HTML that prints on A4")),
	ROW(T, "place", 0, "PLACE", OPTION_WORD, place, ADVICE_TELEPHONE " " ADVICE_DESK, NULL, 0,
	    N_("where people are spoken to; the desk with --live, else on the telephone")),
	ROW(T, "advice", 0, "FILE", OPTION_FILE, advice, NULL, NULL, OPTION_CONF,
	    N_("the table of who must act and what to say, instead of the installed one")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "sum",
	.args = "",
	.help = N_("Makes records into something for people: whom to call, totals, medical lists"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* The one mode that the options name; two are a mistake. */
static const struct mode *
choose_mode(const struct options *o)
{
	const struct {
		int wanted;
		const struct mode *mode;
	} all[] = {
		{ o->medical, &mode_medical },
		{ o->live, &mode_live },
		{ o->day, &mode_day },
		{ o->month, &mode_month },
	};
	const struct mode *mode = &mode_morning;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (!all[i].wanted)
			continue;
		if (mode != &mode_morning)
			usage_error(&command, _("--%s and --%s are two lists"), mode->option,
			    all[i].mode->option);
		mode = all[i].mode;
	}
	return mode;
}

static const struct view_form *
choose_form(const struct options *o, const struct mode *mode)
{
	static const struct view_form *const forms[] = { &view_text, &view_csv, &view_html };
	const struct view_form *form = &view_text;

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i]->name, o->format) == 0)
			form = forms[i];
	if (mode == &mode_live && form != &view_text)
		usage_error(&command, _("--live writes text"));
	if (mode == &mode_medical && form == &view_csv)
		usage_error(&command, _("--medical writes text or HTML"));
	return form;
}

/* Reads to the end of input. 0, or -1 with why. */
static int
read_records(const struct mode *mode, void *list, const struct options *o, struct tally *tally,
    struct why *why)
{
	struct lines *lines = lines_open(STDIN_FILENO, (size_t)o->max_line);
	struct line line;
	int got = 0, taken = lines == NULL ? -1 : 0;

	progress_watch(lines, 0);
	while (taken == 0 && !ferror(stdout) && (got = lines_next(lines, &line)) == 1) {
		struct why broken = { .id = ERR_NONE };
		json_t *record = record_parse(&line, &broken);

		if (broken.id == ERR_OUT_OF_MEMORY) {
			taken = -1;
			break;
		}
		tally->read++;
		tally_add(tally, record == NULL ? VERDICT_UNKNOWN : VERDICT_YES);
		taken = mode->take(list, record, &line, &broken);
		json_decref(record);
	}
	if (got == -1)
		why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	else if (taken == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	progress_watch(NULL, 0);
	lines_close(lines);
	return got == -1 || taken == -1 ? -1 : 0;
}

/* The whole list. 0, or -1 with why. */
static int
run(const struct mode *mode, const struct page *page, const struct options *o, struct tally *tally,
    struct why *why)
{
	void *list = mode->open(page);
	int r = -1;

	if (list == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	if (read_records(mode, list, o, tally, why) == 0) {
		r = mode->finish(list);
		if (r == -1)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	}
	mode->close(list);
	if (r == 0 && (fflush(stdout) == EOF || ferror(stdout))) {
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", strerror(errno));
		r = -1;
	}
	return r;
}

/* Records come in on standard input; only a summary is written elsewhere. */
static int
lock_doors(const struct options *o, struct why *why)
{
	char *copy = o->summary == NULL ? NULL : strdup(o->summary);
	const char *write[2] = { copy == NULL ? NULL : dirname(copy), NULL };
	struct profile profile = { .name = TOOL, .write = write };
	int r;

	if (copy != NULL)
		profile.may |= MAY_WRITE_FILES;
	words_open();
	r = restrain(&profile, why);
	free(copy);
	return r;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct why why = { .id = ERR_NONE };
	struct tally tally = { 0 };
	struct table *advice;
	char **operands;
	const struct mode *mode;
	struct page page = { .fp = stdout };
	int failed = 1;

	if (options_read(&command, argc, argv, &o, &operands) > 0)
		usage_error(&command, "%s", _("records come on standard input"));
	mode = choose_mode(&o);
	page.form = choose_form(&o, mode);
	/* A reader that is gone is an error like another: status 7, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	progress_open(TOOL, &tally);
	advice = advice_load(o.advice, &why);
	page.reader = (struct reader){ .advice = advice, .japanese = words_japanese() };
	page.reader.place = o.place != NULL	 ? o.place
			    : mode == &mode_live ? ADVICE_DESK
						 : ADVICE_TELEPHONE;
	if (advice != NULL && lock_doors(&o, &why) == 0)
		failed = run(mode, &page, &o, &tally, &why) == -1;
	table_free(advice);
	if (failed)
		why_print(&why, TOOL);
	return tally_end(&tally, TOOL, FAIL_ON_NEGATIVE, failed, o.summary);
}
