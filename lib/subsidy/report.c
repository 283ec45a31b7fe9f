#include <errno.h>
#include <string.h>

#include "gen/names.h"
#include "pipe/lines.h"
#include "pipe/record.h"
#include "subsidy/report.h"

int
report_open(struct report *r, int out, struct why *why)
{
	buf_init(&r->record, r->max_line);
	r->output = output_open(out, r->tool, r->max_line, &r->tally);
	if (r->output != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

int
report_close(struct report *r, struct why *why)
{
	int failed = r->output == NULL ? 0 : output_close(r->output, why);

	r->output = NULL;
	assessment_free(&r->assessment);
	buf_free(&r->record);
	return failed;
}

static void
begin(struct report *r, const struct project *p, uint64_t n)
{
	buf_reset(&r->record);
	buf_addc(&r->record, '{');
	write_yen(&r->record, RECORD_SEQ, (int64_t)n);
	write_facility(&r->record, p, &r->assessment);
}

void
report_error(struct report *r, const struct project *p, uint64_t n, const struct why *why)
{
	r->assessment.facility_class = NULL;
	begin(r, p, n);
	write_name(&r->record, RECORD_ERROR);
	why_json(&r->record, why, r->tool);
	buf_addc(&r->record, '}');
	if (!buf_failed(&r->record))
		output_record(r->output, r->record.data, r->record.len, VERDICT_UNKNOWN);
}

void
report_project(struct report *r, struct project *p, uint64_t n)
{
	struct why why = { .id = ERR_NONE };
	int answer = assess(&r->by, p, &r->assessment, &why);

	if (answer == -1) {
		report_error(r, p, n, &why);
		return;
	}
	begin(r, p, n);
	write_name(&r->record, OBJECT_SUBSIDY);
	write_subsidy(&r->record, &r->by, &r->assessment, r->figure);
	buf_addc(&r->record, '}');
	if (buf_failed(&r->record)) {
		why_set(&why, ERR_ANSWER_TOO_LARGE, NULL, NULL);
		report_error(r, p, n, &why);
		return;
	}
	output_record(
	    r->output, r->record.data, r->record.len, answer == 1 ? VERDICT_YES : VERDICT_NO);
}

/* One line of input. */
static void
take_line(struct report *r, struct project *p, const struct line *line)
{
	struct why why = { .id = ERR_NONE };
	json_t *json = record_parse(line, &why);

	r->tally.read++;
	project_reset(p);
	if (json == NULL) {
		output_broken(r->output, line, &why);
		return;
	}
	if (record_stopped(json, r->tool, 0))
		output_as_came(r->output, line, VERDICT_UNKNOWN);
	else if (project_read(p, json, &why) == -1)
		report_error(r, p, r->tally.read, &why);
	else
		report_project(r, p, r->tally.read);
	json_decref(json);
}

int
report_lines(struct report *r, int fd, struct why *why)
{
	struct lines *lines = lines_open(fd, r->max_line);
	struct project p = { 0 };
	struct line line;
	int got = 0;

	if (lines == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	while (!output_failed(r->output) && (got = lines_next(lines, &line)) == 1) {
		take_line(r, &p, &line);
		if (!lines_waiting(lines))
			output_flush(r->output);
	}
	if (got == -1)
		why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	lines_close(lines);
	project_free(&p);
	return got == -1 ? -1 : 0;
}
