#include <errno.h>
#include <string.h>

#include "pipe/filter.h"
#include "pipe/lines.h"
#include "pipe/output.h"
#include "pipe/progress.h"
#include "pipe/record.h"

/* One line through. `value` is scratch. */
static void
filter_line(
    const struct filter *f, struct output *output, const struct line *line, struct buf *value)
{
	struct why why = { .id = ERR_NONE };
	json_t *record = record_parse(line, &why);
	enum verdict verdict;

	if (record == NULL) {
		output_broken(output, line, &why);
		return;
	}
	if (record_stopped(record, f->tool, f->retry_unknown)) {
		output_as_came(output, line, VERDICT_UNKNOWN);
	} else {
		buf_reset(value);
		verdict = f->answer(f->context, record, value, &why);
		if (why.id == ERR_NONE && buf_failed(value))
			why_set(&why,
			    buf_failed(value) == EFBIG ? ERR_ANSWER_TOO_LARGE : ERR_OUT_OF_MEMORY,
			    NULL, NULL);
		if (why.id != ERR_NONE)
			output_failure(output, line, f->member, &why);
		else
			output_answer(output, line, f->member, value->data, value->len, verdict);
	}
	json_decref(record);
}

int
filter_run(const struct filter *f, int in, int out, struct tally *tally)
{
	struct lines *lines = lines_open(in, f->max_line);
	struct output *output = output_open(out, f->tool, f->max_line, tally);
	struct why why = { .id = ERR_NONE };
	struct line line;
	struct buf value;
	int got = -1, begun = f->begin == NULL;

	buf_init(&value, f->max_line);
	progress_watch(lines, 0);
	if (lines == NULL || output == NULL)
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, NULL);
	else if (!begun && !lines_waiting(lines))
		begun = f->begin(f->context, &why) == 0;
	while (
	    why.id == ERR_NONE && !output_failed(output) && (got = lines_next(lines, &line)) == 1) {
		if (!begun && f->begin(f->context, &why) == -1)
			break;
		begun = 1;
		tally->read++;
		filter_line(f, output, &line, &value);
		if (!lines_waiting(lines))
			output_flush(output);
	}
	if (why.id == ERR_NONE && got == -1)
		why_set(&why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	if (output != NULL)
		output_close(output, &why);
	lines_close(lines);
	buf_free(&value);
	if (why.id == ERR_NONE)
		return 0;
	why_print(&why, f->tool);
	return -1;
}
