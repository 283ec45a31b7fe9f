/* oq-adoption: how many facilities verify online: as it was published, and as they are counted. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adoption/chart.h"
#include "adoption/check.h"
#include "adoption/count.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "gen/names.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/output.h"
#include "pipe/record.h"
#include "view/csv.h"
#include "view/text.h"

#define TOOL	  "oq-adoption"
#define TYPES	  "all hospital clinic_medical clinic_dental pharmacy"
#define BY_WORDS  "type prefecture municipality"
#define NOTE_SIZE 128

struct options {
	const char *table, *tables, *by, *type, *stage, *prefecture, *format, *summary, *fail_on;
	struct option_list as_of;
	int check;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "table", 0, "NAME", OPTION_WORD, table, PUBLISHED_NAMES, NULL, 0,
	    N_("figures that were published, instead of facilities that are counted")),
	ROW(T, "check", 0, NULL, OPTION_FLAG, check, NULL, NULL, 0,
	    N_("recompute and compare what was published, and read nothing")),
	ROW(T, "tables", 0, "DIR", OPTION_DIR, tables, NULL, NULL, 0,
	    N_("tables that take the place of the installed ones")),
	ROW(T, "by", 0, "WHAT", OPTION_WORD, by, BY_WORDS, "type", 0,
	    N_("count by kind of facility only, or by place, too, and rank the places")),
	ROW(T, "as-of", 0, "DATE", OPTION_LIST, as_of, NULL, NULL, 0,
	    N_("count as of this day, YYYY-MM-DD (may be given again); today in Japan if not "
	       "given; of a table, its figures of that day only")),
	ROW(T, "type", 0, "KIND", OPTION_WORD, type, TYPES, NULL, 0,
	    N_("only this kind of facility")),
	ROW(T, "stage", 0, "STAGE", OPTION_WORD, stage, "applied ready operating", NULL, 0,
	    N_("only this stage")),
	ROW(T, "prefecture", 0, "NAME", OPTION_TEXT, prefecture, NULL, NULL, 0,
	    N_("only this prefecture")),
	ROW(T, "format", 0, "FORM", OPTION_WORD, format, "json text csv svg", "json", 0,
	    N_("records, text for people, a table for a spreadsheet, or a picture")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
	ROW_FAIL_ON(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "sum",
	.args = "[FILE ...]",
	.help = N_("Counts the facilities that verify online, or shows what was published of them"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while lines are counted. */
struct world {
	const struct options *o;
	struct wanted wanted;
	struct counting *counting;
	struct output *output;
	struct tally tally;
	int *inputs;
	size_t n_inputs;
};

static int
is_format(const struct options *o, const char *word)
{
	return strcmp(o->format, word) == 0;
}

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* --- what people want ------------------------------------------------------------------------ */

/* A choice that a table cannot make is a mistake, not an empty answer. */
static void
refuse_choice(const struct options *o, enum published table)
{
	const struct {
		const char *option, *value;
		enum figure_member member;
	} choices[] = { { "--type", o->type, FIGURE_FACILITY_TYPE },
		{ "--stage", o->stage, FIGURE_STAGE },
		{ "--prefecture", o->prefecture, FIGURE_PREFECTURE } };

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (choices[i].value != NULL && !published_has(table, choices[i].member))
			usage_error(&command, "%s: %s", choices[i].option,
			    _("the table does not tell them apart"));
	if (o->as_of.n > 1)
		usage_error(&command, "--as-of: %s", _("once, with --table"));
}

static void
refuse_together(const struct options *o, int operands)
{
	const int published = o->table != NULL || o->check;

	if (published && operands > 0)
		usage_error(&command, "%s", _("--table and --check read no facilities"));
	if (published && strcmp(o->by, "type") != 0)
		usage_error(&command, "--by: %s", _("not with --table or --check"));
	if (!published && o->tables != NULL)
		usage_error(&command, "--tables: %s", _("with --table or --check"));
	if (o->check && (o->as_of.n > 0 || o->type != NULL || o->stage != NULL ||
			    o->prefecture != NULL || is_format(o, "svg")))
		usage_error(&command, "%s", _("--check looks at whole tables, and draws nothing"));
	if (o->table != NULL && !o->check)
		refuse_choice(o, published_find(o->table));
	if (o->as_of.n > COUNT_DAYS_MAX)
		usage_error(&command, "--as-of: %s", _("too many days"));
}

static int
compare_days(const void *a, const void *b)
{
	const int64_t x = date_days(*(const struct date *)a),
		      y = date_days(*(const struct date *)b);

	return (x > y) - (x < y);
}

/* The days to count as of, in order and each once. Returns how many; a mistake ends the process. */
static size_t
take_days(const struct options *o, struct date days[static COUNT_DAYS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < o->as_of.n; i++)
		if (!date_parse(o->as_of.items[i], &days[i]))
			usage_error(
			    &command, "--as-of: %s: %s", _("not a date"), o->as_of.items[i]);
	if (o->as_of.n == 0) {
		days[0] = date_today();
		return 1;
	}
	qsort(days, o->as_of.n, sizeof *days, compare_days);
	for (size_t i = 0; i < o->as_of.n; i++)
		if (n == 0 || compare_days(&days[n - 1], &days[i]) != 0)
			days[n++] = days[i];
	return n;
}

/* A picture of places or days is of one kind of facility, and one of places of one stage. */
static struct wanted
take_wanted(const struct options *o, size_t n_days)
{
	struct wanted w = { NULL, o->type, o->stage, o->prefecture };

	if (!is_format(o, "svg"))
		return w;
	if (w.facility_type == NULL &&
	    (n_days > 1 || strcmp(o->by, "type") != 0 ||
		(o->table != NULL && strcmp(o->table, "timeseries") == 0)))
		w.facility_type = "all";
	if (w.stage == NULL && strcmp(o->by, "type") != 0)
		w.stage = ADOPTION_STAGE_OPERATING;
	return w;
}

/*
 * From here on no network, and of files only what takes the place of --summary. Tables are read
 * before, like everywhere; lines are not.
 */
static int
lock_doors(const struct options *o, struct why *why)
{
	char *summary = file_directory(o->summary);
	const char *const write[] = { summary, NULL };
	const struct profile profile = {
		.name = TOOL,
		.may = o->summary != NULL ? MAY_WRITE_FILES : 0,
		.write = write,
	};
	int r;

	words_open();
	/* Without its directory the profile would leave the file's temporary behind. */
	r = o->summary != NULL && summary == NULL ? no_memory(why) : restrain(&profile, why);
	free(summary);
	return r;
}

/* --- what they get --------------------------------------------------------------------------- */

/* 0, or -1 with why. */
static int
flush(struct why *why)
{
	if (fflush(stdout) != EOF && !ferror(stdout))
		return 0;
	why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", strerror(errno));
	return -1;
}

/* The remark (or NULL) stands with the figures where people read them. 0, or -1 with why. */
static int
show(const struct options *o, const struct figures *f, const char *title, const char *remark,
    struct why *why)
{
	const char *lines[2] = { remark, NULL };
	int r = 0;

	if (is_format(o, "json"))
		r = figures_records(stdout, f);
	else if (is_format(o, "svg"))
		r = chart_draw(stdout, f, title, remark);
	else
		r = figures_page(
		    stdout, f, is_format(o, view_csv.name) ? &view_csv : &view_text, title, lines);
	if (r == -1)
		return no_memory(why);
	if (is_format(o, "svg") && r == 0)
		usage_error(&command, "--format svg: %s",
		    _("these figures make no picture; choose one kind with --type, or others"));
	return flush(why);
}

static int
show_table(const struct options *o, struct why *why)
{
	const enum published table = published_find(o->table);
	struct wanted w = take_wanted(o, 1);
	struct figures f = { 0 };
	int r;

	w.as_of = o->as_of.n > 0 ? o->as_of.items[0] : NULL;
	r = published_read(table, o->tables, &w, &f, why);
	if (r == 0)
		r = lock_doors(o, why);
	if (r == 0)
		r = show(o, &f, published_title(table), NULL, why);
	figures_free(&f);
	return r;
}

static int
put_checks(const struct options *o, const struct sheet *s, struct why *why)
{
	const struct view_form *form = is_format(o, view_csv.name) ? &view_csv : &view_text;

	if (!is_format(o, "json")) {
		form->begin(
		    stdout, _("Published figures, recomputed"), words_japanese() ? "ja" : "en");
		form->sheet(stdout, s);
		form->end(stdout);
	} else if (check_records(stdout, s) == -1) {
		return no_memory(why);
	}
	return flush(why);
}

/* Returns the exit status. */
static int
end(const struct options *o, const struct tally *tally, int failed, const struct why *why)
{
	if (failed)
		why_print(why, TOOL);
	return tally_end(tally, TOOL,
	    strcmp(o->fail_on, "unknown") == 0 ? FAIL_ON_UNKNOWN : FAIL_ON_NEGATIVE, failed,
	    o->summary);
}

static int
run_check(const struct options *o, struct why *why)
{
	const enum published only = o->table == NULL ? PUBLISHED_TABLES : published_find(o->table);
	struct column columns[CHECK_COLUMNS];
	struct tally tally = { 0 };
	struct sheet sheet;
	int failed;

	check_columns(columns);
	sheet_init(&sheet, columns, CHECK_COLUMNS);
	failed = check_published(only, o->tables, &sheet, &tally, why) == -1 ||
		 lock_doors(o, why) == -1 || put_checks(o, &sheet, why) == -1;
	sheet_free(&sheet);
	return end(o, &tally, failed, why);
}

/* --- counting -------------------------------------------------------------------------------- */

/* The days of a facility's stages contradict each other: told, and counted as they are. */
static void
put_finding(struct world *w, const struct line *line)
{
	char text[256];
	int n = snprintf(text, sizeof text,
	    "{\"" RECORD_SEQ "\":%llu,\"" OBJECT_ADOPTION_CHECK "\":{\"" ADOPTION_CHECK_CHECK
	    "\":\"" ADOPTION_CHECK_CHECK_STAGES "\",\"" ADOPTION_CHECK_OF
	    "\":\"line %llu\",\"" ADOPTION_CHECK_RESULT "\":\"" ADOPTION_CHECK_RESULT_DIFFERENCE
	    "\",\"" ADOPTION_CHECK_NOTE "\":\"a stage is dated before an earlier one\"}}",
	    (unsigned long long)line->number, (unsigned long long)line->number);

	if (is_format(w->o, "json"))
		output_record(w->output, text, (size_t)n, VERDICT_NO);
	else
		tally_add(&w->tally, VERDICT_NO);
}

static void
put_error(struct world *w, const struct line *line, const json_t *record, const struct why *why)
{
	if (!is_format(w->o, "json"))
		tally_add(&w->tally, VERDICT_UNKNOWN);
	else if (record == NULL)
		output_broken(w->output, line, why);
	else if (why->id == ERR_NONE)
		output_as_came(w->output, line, VERDICT_UNKNOWN);
	else
		output_failure(w->output, line, OBJECT_ADOPTION, why);
}

/* 0, or -1 with why: without memory the figures would not hold it, which is more than one line. */
static int
take_line(struct world *w, struct line *line, struct why *why)
{
	json_t *record;
	int r = -1;

	*why = (struct why){ .id = ERR_NONE };
	line->number = ++w->tally.read;
	record = record_parse(line, why);
	if (record != NULL && !record_stopped(record, TOOL, 0))
		r = counting_add(w->counting, record, why);
	if (r == 1)
		tally_add(&w->tally, VERDICT_YES);
	else if (r == 0)
		put_finding(w, line);
	else
		put_error(w, line, record, why);
	json_decref(record);
	return why->id == ERR_OUT_OF_MEMORY ? -1 : 0;
}

/* 0, or -1 with why. */
static int
read_lines(struct world *w, int fd, struct why *why)
{
	struct lines *lines = lines_open(fd, (size_t)w->o->max_line);
	struct line line;
	int r, failed = 0;

	if (lines == NULL)
		return no_memory(why);
	while (!failed && !output_failed(w->output) && (r = lines_next(lines, &line)) != 0) {
		if (r == -1)
			why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
		failed = r == -1 || take_line(w, &line, why) == -1;
	}
	lines_close(lines);
	return failed ? -1 : 0;
}

/* What was counted, and what could not be. 0, or -1 with why. */
static int
show_counted(struct world *w, struct why *why)
{
	const uint64_t counted = w->tally.yes + w->tally.no;
	struct figures f = { 0 };
	char remark[NOTE_SIZE];
	int r;

	snprintf(remark, sizeof remark, _("%llu facilities counted, %llu lines not counted"),
	    (unsigned long long)counted, (unsigned long long)w->tally.unknown);
	r = counting_figures(w->counting, &w->wanted, &f) == -1
		? no_memory(why)
		: show(w->o, &f, _("Online verification, as counted"), remark, why);
	figures_free(&f);
	return r;
}

static int
run_lines(struct world *w, struct why *why)
{
	int failed = 0;

	for (size_t i = 0; i < w->n_inputs && !failed; i++)
		failed = read_lines(w, w->inputs[i], why) == -1;
	if (output_close(w->output, failed ? NULL : why) == -1)
		failed = 1;
	w->output = NULL;
	if (!failed)
		failed = show_counted(w, why) == -1;
	return end(w->o, &w->tally, failed, why);
}

/* --- opening --------------------------------------------------------------------------------- */

static int
open_inputs(struct world *w, char **names, size_t n, struct why *why)
{
	if ((w->inputs = calloc(n + 1, sizeof *w->inputs)) == NULL)
		return no_memory(why);
	w->n_inputs = n == 0 ? 1 : n;
	w->inputs[0] = STDIN_FILENO;
	for (size_t i = 0; i < n; i++)
		if ((w->inputs[i] = open(names[i], O_RDONLY | O_CLOEXEC)) == -1) {
			w->n_inputs = i;
			why_set(
			    why, ERR_FILE_UNREADABLE, NULL, "%s: %s", names[i], strerror(errno));
			return -1;
		}
	return 0;
}

static int
open_counting(struct world *w, char **names, size_t n, struct why *why)
{
	static const char *const by[] = { "type", "prefecture", "municipality" };
	struct date days[COUNT_DAYS_MAX];
	size_t n_days = take_days(w->o, days), i = 0;

	while (i < COUNT_BY_MUNICIPALITY && strcmp(by[i], w->o->by) != 0)
		i++;
	w->wanted = take_wanted(w->o, n_days);
	if (open_inputs(w, names, n, why) == -1)
		return -1;
	w->counting = counting_new((enum count_by)i, days, n_days);
	w->output = output_open(STDOUT_FILENO, TOOL, (size_t)w->o->max_line, &w->tally);
	return w->counting != NULL && w->output != NULL ? 0 : no_memory(why);
}

static void
close_all(struct world *w)
{
	for (size_t i = 0; i < w->n_inputs; i++)
		if (w->inputs[i] != STDIN_FILENO)
			close(w->inputs[i]);
	free(w->inputs);
	counting_free(w->counting);
	if (w->output != NULL)
		output_close(w->output, NULL);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .o = &o };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int n, status = EXIT_YES;

	umask(077);
	record_memory_strict();
	n = options_read(&command, argc, argv, &o, &operands);
	refuse_together(&o, n);
	/* A reader that is gone is an error like another: status 7, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	if (o.check) {
		status = run_check(&o, &why);
	} else if (o.table != NULL) {
		if (show_table(&o, &why) == -1) {
			why_print(&why, TOOL);
			status = error_rows[why.id].exit;
		}
	} else if (open_counting(&w, operands, (size_t)n, &why) == -1 ||
		   lock_doors(&o, &why) == -1) {
		why_print(&why, TOOL);
		status = error_rows[why.id].exit;
	} else {
		status = run_lines(&w, &why);
	}
	close_all(&w);
	return status;
}
