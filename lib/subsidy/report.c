#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "gen/names.h"
#include "pipe/lines.h"
#include "pipe/record.h"
#include "subsidy/report.h"
#include "subsidy/text.h"

#define ERROR_ROOM 1000 /* the least that --max-line may be is 1,024 */

int
change_read(const char *text, struct change *out)
{
	const char *equals = strchr(text, '=');
	struct project probe;
	char name[64];

	if (equals == NULL || (size_t)(equals - text) >= sizeof name)
		return 0;
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	out->field = field_find(project_fields, n_project_fields, name);
	out->text = equals + 1;
	return out->field != NULL && fact_read(&probe, out->field, out->text);
}

int
report_open(struct report *r, int out, struct why *why)
{
	buf_init(&r->record, r->max_line);
	r->output = output_open(out, r->tool, r->max_line, &r->tally);
	r->seen = seen_new();
	/* Room for an error is made now: a line must not be lost for want of memory. */
	if (r->output != NULL && r->seen != NULL && buf_room(&r->record, ERROR_ROOM) != NULL)
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
	assessment_free(&r->was);
	seen_free(r->seen);
	r->seen = NULL;
	buf_free(&r->record);
	return failed;
}

int
report_again(struct report *r, struct why *why)
{
	shares_close(r->shares);
	r->by.shares = r->shares;
	r->shares = NULL;
	r->tally = (struct tally){ 0 };
	seen_free(r->seen);
	if ((r->seen = seen_new()) != NULL)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

/* --- one line -------------------------------------------------------------------------------- */

static void
begin(struct report *r, const struct project *p)
{
	buf_reset(&r->record);
	if (r->format == FORMAT_CSV && !r->begun)
		csv_header(&r->record);
	r->begun = 1;
	if (r->format != FORMAT_JSON)
		return;
	buf_addc(&r->record, '{');
	write_yen(&r->record, RECORD_SEQ, (int64_t)r->tally.read);
	write_facility(&r->record, p, &r->assessment);
}

static void
write_error(struct report *r, const struct project *p, const struct why *why)
{
	begin(r, p);
	if (r->format == FORMAT_TEXT) {
		text_error(&r->record, p, why);
	} else if (r->format == FORMAT_CSV) {
		csv_error_row(&r->record, p, why);
	} else {
		write_name(&r->record, RECORD_ERROR);
		why_json(&r->record, why, r->tool);
		buf_addc(&r->record, '}');
	}
}

void
report_error(struct report *r, const struct project *p, const struct why *why)
{
	static const struct project nobody;

	if (r->shares != NULL)
		return;
	r->assessment.facility_class = NULL;
	if (r->totals != NULL)
		totals_add(r->totals, p, &r->assessment, -1);
	write_error(r, p, why);
	if (buf_failed(&r->record)) /* of names that are too long, or without memory */
		write_error(r, &nobody, why);
	output_record(r->output, r->record.data, r->record.len, VERDICT_UNKNOWN);
}

void
report_broken(struct report *r, struct line *line, const struct why *why)
{
	static const struct project nobody;

	if (r->shares != NULL)
		return;
	line->number = r->tally.read;
	if (r->format == FORMAT_JSON)
		output_broken(r->output, line, why);
	else
		report_error(r, &nobody, why);
}

/* --- what if --------------------------------------------------------------------------------- */

static void
write_change(struct buf *out, const char *member, const char *was, const char *now)
{
	if (out->data[out->len - 1] == '}')
		buf_addc(out, ',');
	buf_addc(out, '{');
	write_text(out, WHAT_IF_CHANGE_MEMBER, member);
	write_text(out, WHAT_IF_CHANGE_WAS, was);
	write_text(out, WHAT_IF_CHANGE_NOW, now);
	buf_addc(out, '}');
}

static void
write_change_yen(struct buf *out, const char *member, int64_t was, int64_t now)
{
	if (was == now)
		return;
	if (out->data[out->len - 1] == '}')
		buf_addc(out, ',');
	buf_addc(out, '{');
	write_text(out, WHAT_IF_CHANGE_MEMBER, member);
	write_yen(out, WHAT_IF_CHANGE_WAS, was);
	write_yen(out, WHAT_IF_CHANGE_NOW, now);
	buf_addc(out, '}');
}

/* What comes out otherwise. Codes are compared as lists, in the order in which they were found. */
static void
write_changed(struct report *r)
{
	static const struct {
		const char *member;
		enum step_kind kind;
	} lists[] = { { SUBSIDY_REFUSALS, STEP_REFUSAL }, { SUBSIDY_WARNINGS, STEP_WARNING } };
	const struct assessment *was = &r->was, *now = &r->assessment;

	if (strcmp(was->regime, now->regime) != 0)
		write_change(&r->record, SUBSIDY_REGIME, was->regime, now->regime);
	for (const struct figure *f = figures; f < figures + N_FIGURES; f++)
		write_change_yen(&r->record, f->name, figure_of(was, f), figure_of(now, f));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct buf a, b;

		buf_init(&a, r->max_line);
		buf_init(&b, r->max_line);
		codes_join(&a, was, lists[i].kind, " ");
		codes_join(&b, now, lists[i].kind, " ");
		if (buf_addc(&a, '\0') == 0 && buf_addc(&b, '\0') == 0 &&
		    strcmp(a.data, b.data) != 0)
			write_change(&r->record, lists[i].member, a.data, b.data);
		buf_free(&a);
		buf_free(&b);
	}
}

static void
write_what_if(struct report *r, char *const *before)
{
	write_name(&r->record, OBJECT_WHAT_IF);
	buf_addc(&r->record, '{');
	write_name(&r->record, WHAT_IF_FACTS);
	buf_addc(&r->record, '[');
	for (size_t i = 0; i < r->n_changes; i++)
		write_change(&r->record, r->changes[i].field->flat, before[i],
		    *r->changes[i].text == '\0' ? NULL : r->changes[i].text);
	buf_addc(&r->record, ']');
	write_name(&r->record, WHAT_IF_CHANGED);
	buf_addc(&r->record, '[');
	write_changed(r);
	buf_adds(&r->record, "]}");
}

/* Changes the facts, and keeps how they were as text. */
static void
change_facts(struct report *r, struct project *p, char **before)
{
	for (size_t i = 0; i < r->n_changes; i++) {
		before[i] = fact_text(p, r->changes[i].field);
		facts_reset(p, r->changes[i].field, 1);
		fact_read(p, r->changes[i].field, r->changes[i].text);
	}
}

/* --- assessing -------------------------------------------------------------------------------- */

/* The first look: only what shared receipts come to is kept. */
static void
collect(struct report *r, struct project *p)
{
	struct why ignored;

	if (assess(&r->by, p, &r->assessment, &ignored) == -1)
		return;
	for (size_t i = 0; i < p->n_suppliers; i++)
		if (p->suppliers[i].shared == 1 && shares_add(r->shares, &p->suppliers[i]) == -1)
			return;
}

/* What was made of the project beside its record. */
static void
write_members(struct report *r)
{
	for (size_t i = 0; i < r->n_followers; i++) {
		const struct buf *members = r->followers[i].members;

		if (members == NULL || members->len == 0)
			continue;
		buf_addc(&r->record, ',');
		buf_add(&r->record, members->data, members->len);
	}
}

static void
write_answer(struct report *r, const struct project *p, char *const *before)
{
	const struct assessment *was = r->n_changes > 0 ? &r->was : NULL;

	begin(r, p);
	if (r->format == FORMAT_TEXT) {
		text_facility(&r->record, &r->by, p, &r->assessment, r->figure, was);
		return;
	}
	if (r->format == FORMAT_CSV) {
		csv_row(&r->record, &r->by, p, &r->assessment, was);
		return;
	}
	write_name(&r->record, OBJECT_SUBSIDY);
	write_subsidy(&r->record, &r->by, &r->assessment, r->figure);
	if (was != NULL)
		write_what_if(r, before);
	write_members(r);
	buf_addc(&r->record, '}');
}

/* 0, or -1 with why. What could not be written also is the run's failure. */
static int
follow(struct report *r, const struct project *p, struct why *why)
{
	for (size_t i = 0; i < r->n_followers; i++) {
		const struct follower *f = &r->followers[i];

		if (f->take(f->to, &r->by, p, &r->assessment, why) == 0)
			continue;
		if (error_rows[why->id].exit == EXIT_LOCAL && r->local.id == ERR_NONE)
			r->local = *why;
		return -1;
	}
	return 0;
}

void
report_project(struct report *r, struct project *p)
{
	struct why why = { .id = ERR_NONE };
	char *before[CHANGES_MAX] = { NULL };
	int answer = 1;

	if (r->shares != NULL) {
		collect(r, p);
		return;
	}
	r->by.again = p->code != NULL && seen_add(r->seen, p->code) == 1;
	if (r->n_changes > 0) {
		answer = assess(&r->by, p, &r->was, &why);
		change_facts(r, p, before);
	}
	if (answer != -1)
		answer = assess(&r->by, p, &r->assessment, &why);
	if (answer != -1 && follow(r, p, &why) == -1)
		answer = -1;
	if (answer == -1) {
		report_error(r, p, &why);
	} else {
		if (r->totals != NULL)
			totals_add(r->totals, p, &r->assessment, answer);
		write_answer(r, p, before);
		if (!buf_failed(&r->record)) {
			output_record(r->output, r->record.data, r->record.len,
			    answer == 1 ? VERDICT_YES : VERDICT_NO);
		} else {
			why_set(&why,
			    buf_failed(&r->record) == ENOMEM ? ERR_OUT_OF_MEMORY
							     : ERR_ANSWER_TOO_LARGE,
			    NULL, NULL);
			report_error(r, p, &why);
		}
	}
	for (size_t i = 0; i < CHANGES_MAX; i++)
		free(before[i]);
}

/* One line of input. */
static void
take_line(struct report *r, struct project *p, struct line *line)
{
	struct why why = { .id = ERR_NONE };
	json_t *json = record_parse(line, &why);

	r->tally.read++;
	project_reset(p);
	if (json == NULL) {
		report_broken(r, line, &why);
		return;
	}
	if (record_stopped(json, r->tool, 0)) {
		if (r->shares == NULL)
			output_as_came(r->output, line, VERDICT_UNKNOWN);
	} else if (project_read(p, json, &why) == -1) {
		report_error(r, p, &why);
	} else {
		report_project(r, p);
	}
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
