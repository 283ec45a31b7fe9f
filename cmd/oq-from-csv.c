/* oq-from-csv: booking lists and other CSV exports of receipt computers become records. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "csv/calendar.h"
#include "csv/convert.h"
#include "csv/header.h"
#include "options/options.h"
#include "options/words.h"
#include "pipe/output.h"

#define TOOL	    "oq-from-csv"
#define MAPPING_MAX ((size_t)1 << 20)
#define RAW_BYTES   ((size_t)RAW_CHARACTERS * 4 + 4) /* as many as `raw` can need, in any encoding */

struct options {
	const char *encoding, *mapping, *output, *summary, *visit_date;
	const char *when, *open_days, *holidays;
	int print_mapping, print_day;
	int64_t max_line;
};
#define T struct options

static const struct option_row rows[] = {
	ROW(T, "encoding", 0, "NAME", OPTION_TEXT, encoding, NULL, NULL, 0,
	    N_("encoding of the list: utf-8 or cp932 (Shift_JIS to Windows); else it is found "
	       "out")),
	ROW(T, "mapping", 0, "FILE", OPTION_FILE, mapping, NULL, NULL, 0,
	    N_("what the columns are, instead of the mapping for booking lists that is built in")),
	ROW(T, "print-mapping", 0, NULL, OPTION_FLAG, print_mapping, NULL, NULL, 0,
	    N_("print the mapping in force, to start one's own from, and read nothing")),
	ROW(T, "visit-date", 0, "DATE", OPTION_DATE, visit_date, NULL, NULL, 0,
	    N_("day of the visit for rows that name none, YYYY-MM-DD")),
	ROW(T, "for", 0, "WHEN", OPTION_TEXT, when, NULL, NULL, 0,
	    N_("the same, by the calendar: next-open-day, or next-open-day+2 for two open days "
	       "later")),
	ROW(T, "open-days", 0, "WORDS", OPTION_TEXT, open_days, NULL, NULL, OPTION_CONF,
	    N_("weekdays on which the clinic is open, such as \"mon tue wed fri sat\"")),
	ROW(T, "holidays", 0, "FILE", OPTION_FILE, holidays, NULL, NULL, OPTION_CONF,
	    N_("days on which it is closed, or open, all the same")),
	ROW(T, "print-day", 0, NULL, OPTION_FLAG, print_day, NULL, NULL, 0,
	    N_("print the day of --for, and read nothing")),
	ROW(T, "output", 'o', "FILE", OPTION_FILE, output, NULL, NULL, 0,
	    N_("write the records to a file of mode 0600, whole or not at all")),
	ROW_MAX_LINE(T),
	ROW_SUMMARY(T),
};
#undef T

static const struct command command = {
	.name = TOOL,
	.kind = "filter",
	.args = "[FILE]",
	.help = N_("Turns a CSV export of a receipt computer into records, one a row"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

/* All that is open while rows run. */
struct world {
	int in;
	struct whole file; /* -o */
	struct buf mapping_text;
	struct mapping mapping;
	struct rows *rows;
	struct decoder decoder;
	struct columns columns;
	struct converter *converter;
	struct output *output;
	struct tally tally;
	struct buf record, raw;
	const struct date *visit; /* for rows that name no day; NULL: none */
	struct date day;
};

/* A handler can tell through nothing else. Set when a file must not be left behind half. */
static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void
catch_stops(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction catch = { .sa_handler = stop }; /* without SA_RESTART: read(2) returns */

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &catch, NULL);
}

/* What the calendar says of the day that --for names. 0, or -1 with why. */
static int
find_day(const struct options *o, int count, struct date *day, struct why *why)
{
	struct calendar c = { 0 };
	int r = 0;

	if (!calendar_week(&c, o->open_days))
		usage_error(
		    &command, "--open-days: %s", _("write those of sun mon tue wed thu fri sat"));
	if (o->holidays != NULL)
		r = calendar_holidays(&c, o->holidays, why);
	if (r == 0 && !calendar_find(&c, date_today(), count, day)) {
		why_set(why, ERR_HOLIDAYS_MALFORMED, NULL, "%s",
		    "the clinic is not open so often within a year");
		r = -1;
	}
	/* A list that has come to its end does not say that the day is no holiday. */
	if (r == 0 && o->holidays != NULL && date_days(*day) > c.last) {
		fprintf(stderr, _("%s: %s ends before that day"), TOOL, o->holidays);
		fputc('\n', stderr);
	}
	calendar_free(&c);
	return r;
}

/* The day of rows that name none. 0, or -1 with why. */
static int
choose_day(const struct options *o, struct world *w, struct why *why)
{
	int count;

	if (o->when == NULL && o->print_day)
		usage_error(&command, "%s", _("--print-day prints the day of --for"));
	if (o->when == NULL && o->visit_date == NULL)
		return 0;
	w->visit = &w->day;
	if (o->when == NULL)
		return date_parse(o->visit_date, &w->day) ? 0 : -1;
	if (o->visit_date != NULL)
		usage_error(&command, "%s", _("--visit-date and --for name the same day"));
	if (!calendar_words(o->when, &count))
		usage_error(&command, "--for: %s", _("next-open-day, or next-open-day+2"));
	if (o->open_days == NULL)
		usage_error(&command, "%s", _("--for needs --open-days"));
	return find_day(o, count, &w->day, why);
}

static int
print_day(struct date day)
{
	char text[DATE_SIZE];

	date_format(day, text);
	if (printf("%s\n", text) > 0 && fflush(stdout) == 0)
		return EXIT_YES;
	perror(TOOL);
	return EXIT_LOCAL;
}

/* The text of a mapping, as UTF-8. 0, or -1. */
static int
mapping_text(const char *path, struct buf *out, struct why *why)
{
	struct buf file;
	size_t offset;
	int failed = -1;

	buf_init(&file, MAPPING_MAX + 1);
	if (file_read(path, MAPPING_MAX, &file, why) == 0) {
		size_t skip = file.len >= 3 && memcmp(file.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		const char *text = file.data == NULL ? "" : file.data;
		enum encoding e = encoding_detect(text, file.len);

		failed = text_to_utf8(out, text + skip, file.len - skip, e, &offset);
		if (failed)
			why_set(
			    why, ERR_MAPPING_MALFORMED, NULL, "%s: neither UTF-8 nor CP932", path);
	}
	buf_free(&file);
	return failed;
}

/* The one that is built in was read when oq was built. 0, or -1 with why. */
static int
load_mapping(const char *path, struct world *w, struct why *why)
{
	if (path == NULL) {
		w->mapping = booking_mapping;
		return 0;
	}
	buf_init(&w->mapping_text, 3 * MAPPING_MAX + 64);
	if (mapping_text(path, &w->mapping_text, why) == -1) {
		if (why->id == ERR_NONE)
			why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	return mapping_parse(&w->mapping, w->mapping_text.data, w->mapping_text.len, path, why);
}

static int
print_mapping(const char *path, const struct buf *text)
{
	const void *bytes = path == NULL ? (const void *)booking_text : text->data;

	if (write_all(STDOUT_FILENO, bytes, path == NULL ? booking_text_size : text->len) == 0)
		return EXIT_YES;
	perror(TOOL);
	return EXIT_LOCAL;
}

static int
open_files(const struct options *o, const char *input, struct world *w, struct why *why)
{
	if (input != NULL && (w->in = open(input, O_RDONLY | O_CLOEXEC)) == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", input, strerror(errno));
		return -1;
	}
	if (o->output == NULL)
		return 0;
	catch_stops();
	return whole_open(&w->file, o->output, 0600, why);
}

static int
open_pipe(const struct options *o, struct world *w, struct why *why)
{
	size_t max = (size_t)o->max_line;
	int fd = w->file.fp == NULL ? STDOUT_FILENO : fileno(w->file.fp);

	buf_init(&w->record, max);
	buf_init(&w->raw, 4 * RAW_BYTES);
	decoder_init(
	    &w->decoder, o->encoding == NULL ? ENCODING_UNKNOWN : encoding_find(o->encoding), max);
	w->rows = rows_open(w->in, max);
	w->output = output_open(fd, TOOL, max, &w->tally);
	/* Room for `raw` is made now: a broken row must not be lost for want of memory. */
	if (w->rows != NULL && w->output != NULL && buf_room(&w->raw, w->raw.max) != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* From here on no network, and of files only what takes the place of -o and --summary. */
static int
lock_doors(const struct options *o, struct why *why)
{
	char *output = o->output == NULL ? NULL : strdup(o->output);
	char *summary = o->summary == NULL ? NULL : strdup(o->summary);
	const char *write[3] = { NULL };
	size_t n = 0;
	struct profile profile = { .name = TOOL, .write = write };
	int failed;

	if (output != NULL)
		write[n++] = dirname(output);
	if (summary != NULL)
		write[n++] = dirname(summary);
	if (n > 0)
		profile.may = MAY_WRITE_FILES;
	words_open();
	failed = -1;
	/* Without its directory the profile would leave the file's temporary behind. */
	if ((o->output != NULL && output == NULL) || (o->summary != NULL && summary == NULL))
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		failed = restrain(&profile, why);
	free(output);
	free(summary);
	return failed;
}

/* What is wrong before the first row; headers are shown where they help and are not personal. */
static int
refuse_header(const struct world *w, const struct why *why)
{
	const struct decoder *d = &w->decoder;

	why_print(why, TOOL);
	if (why->id == ERR_INPUT_FAILED || why->id == ERR_OUT_OF_MEMORY)
		return EXIT_LOCAL;
	if (why->id == ERR_COLUMN_MISSING && headers_personal(d->cells, d->n)) {
		fprintf(
		    stderr, _("%s: the first row looks like a patient's, not like a header"), TOOL);
		fputc('\n', stderr);
	} else if (why->id == ERR_COLUMN_MISSING) {
		fprintf(stderr, _("%s: the file has: "), TOOL);
		headers_show(stderr, d->cells, d->n);
		fputc('\n', stderr);
	}
	return EXIT_USAGE;
}

static void
put_broken(struct world *w, const struct row *row, const struct why *why)
{
	struct line line = { .bytes = row->raw_bytes, .number = w->tally.read };

	buf_reset(&w->raw);
	decode_raw(
	    &w->decoder, row->raw, row->raw_len < RAW_BYTES ? row->raw_len : RAW_BYTES, &w->raw);
	line.text = w->raw.data;
	line.len = w->raw.len;
	output_broken(w->output, &line, why);
}

/* 0, or -1 without memory. */
static int
put_row(struct world *w, const struct row *row)
{
	struct why why = { .id = ERR_NONE };
	enum verdict verdict;

	if (decode_cells(&w->decoder, row, &why) == -1)
		return -1;
	buf_reset(&w->record);
	verdict = convert(w->converter, row, &w->decoder, w->tally.read, &w->record, &why);
	if (buf_failed(&w->record) == ENOMEM)
		return -1;
	if (!buf_failed(&w->record)) {
		output_record(w->output, w->record.data, w->record.len, verdict);
		return 0;
	}
	why_set(&why, ERR_LINE_TOO_LONG, NULL, "line %" PRIu64 ": the record is over %zu bytes",
	    row->line, w->record.max);
	put_broken(w, row, &why);
	return 0;
}

/* Runs to the end of the list, to the end of the output, or until why says what came between. */
static void
run_rows(struct world *w, struct why *why)
{
	enum rows_result got = ROWS_ROW;
	struct why broken;
	struct row row;

	while (!output_failed(w->output) && !stopped) {
		got = rows_next(w->rows, w->columns.n, &row, &broken);
		if (got == ROWS_FAILED || got == ROWS_END)
			break;
		w->tally.read++;
		if (got == ROWS_BROKEN)
			put_broken(w, &row, &broken);
		else if (put_row(w, &row) == -1) {
			why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
			return;
		}
		if (!rows_waiting(w->rows))
			output_flush(w->output);
	}
	if (got == ROWS_FAILED || stopped)
		why_set(
		    why, ERR_INPUT_FAILED, NULL, "%s", stopped ? "a signal came" : strerror(errno));
}

/* Puts the file of -o in its place if all went well, and says how it ended: the exit status. */
static int
finish(const struct options *o, struct world *w, struct why *why)
{
	int local = why->id != ERR_NONE;

	if (local)
		why_print(why, TOOL);
	else if (rows_blank(w->rows) > 0)
		fprintf(stderr, "%s: %s: %" PRIu64 "\n", TOOL, _("blank rows passed over"),
		    rows_blank(w->rows));
	if (output_close(w->output, why) == -1) {
		why_print(why, TOOL);
		local = 1;
	}
	w->output = NULL;
	if (w->file.fp != NULL && !local && whole_commit(&w->file, why) == -1) {
		why_print(why, TOOL);
		local = 1;
	}
	return tally_end(&w->tally, TOOL, FAIL_ON_NEGATIVE, local, o->summary);
}

/* The list, from its header to its end: the exit status. */
static int
run_list(const struct options *o, struct world *w)
{
	struct why why = { .id = ERR_NONE };

	if (header_read(w->rows, &w->decoder, &w->mapping, &w->columns, &why) == -1)
		return refuse_header(w, &why);
	w->converter = converter_new(TOOL, &w->mapping, &w->columns, w->visit, date_today());
	if (w->converter == NULL)
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else
		run_rows(w, &why);
	return finish(o, w, &why);
}

static void
close_all(struct world *w)
{
	struct why ignored;

	if (w->output != NULL)
		output_close(w->output, &ignored); /* nothing was written yet */
	whole_abort(&w->file);
	converter_free(w->converter);
	columns_free(&w->columns);
	decoder_free(&w->decoder);
	rows_close(w->rows);
	mapping_free(&w->mapping);
	buf_free(&w->mapping_text);
	buf_free(&w->record);
	buf_free(&w->raw);
	if (w->in > STDIN_FILENO)
		close(w->in);
}

/* All that must be right before the first byte of the list. 0, or -1 with why. */
static int
prepare(const struct options *o, const char *input, struct world *w, struct why *why)
{
	if (load_mapping(o->mapping, w, why) == -1 || choose_day(o, w, why) == -1)
		return -1;
	if (o->print_mapping || o->print_day)
		return 0;
	if (open_files(o, input, w, why) == -1 || open_pipe(o, w, why) == -1)
		return -1;
	return lock_doors(o, why);
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct world w = { .in = STDIN_FILENO };
	struct why why = { .id = ERR_NONE };
	char **operands;
	int n, status;

	umask(077);
	n = options_read(&command, argc, argv, &o, &operands);
	if (n > 1)
		usage_error(&command, "%s", _("one list at a time"));
	if (o.encoding != NULL && encoding_find(o.encoding) == ENCODING_UNKNOWN)
		usage_error(&command, "--encoding: %s", _("utf-8 or cp932"));
	if (prepare(&o, n == 1 ? operands[0] : NULL, &w, &why) == -1) {
		why_print(&why, TOOL);
		status = error_rows[why.id].exit;
	} else if (o.print_mapping) {
		status = print_mapping(o.mapping, &w.mapping_text);
	} else if (o.print_day) {
		status = print_day(w.day);
	} else {
		status = run_list(&o, &w);
	}
	close_all(&w);
	return status;
}
