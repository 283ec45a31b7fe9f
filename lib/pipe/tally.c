#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/exit.h"
#include "base/file.h"
#include "gen/names.h"
#include "pipe/tally.h"

void
tally_add(struct tally *t, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_YES:
		t->yes++;
		break;
	case VERDICT_NO:
		t->no++;
		break;
	case VERDICT_UNKNOWN:
		t->unknown++;
		break;
	case VERDICT_NOT_ASKED:
		t->not_asked++;
		break;
	}
}

void
tally_asked(struct tally *t, enum error_id id)
{
	int status = error_rows[id].exit;

	t->asked++;
	if (id == ERR_NONE || status == 0)
		return;
	t->stop_status = t->stopped == 0 || t->stop_status == status ? status : EXIT_UNKNOWN;
	t->stopped++;
}

int
tally_status(const struct tally *t, enum fail_on fail_on, int local)
{
	if (local)
		return EXIT_LOCAL;
	if (t->asked > 0 && t->stopped == t->asked)
		return t->stop_status;
	if (t->unknown > 0)
		return EXIT_UNKNOWN;
	if (t->no > 0 && fail_on == FAIL_ON_NEGATIVE)
		return EXIT_NO;
	return EXIT_YES;
}

void
tally_print(const struct tally *t, const char *tool)
{
	fprintf(stderr, "%s: read %" PRIu64 ", yes %" PRIu64 ", no %" PRIu64 ", unknown %" PRIu64,
	    tool, t->read, t->yes, t->no, t->unknown);
	if (t->not_asked > 0)
		fprintf(stderr, ", not-asked %" PRIu64, t->not_asked);
	fputc('\n', stderr);
}

int
tally_summary(
    const struct tally *t, const char *tool, int status, const char *path, struct why *why)
{
	char now[TIME_SIZE];
	struct whole file;

	time_format(clock_now(), now);
	if (whole_open(&file, path, 0600, why) == -1)
		return -1;
	fprintf(file.fp, "{\"" SUMMARY_COMMAND "\":\"%s\"", tool);
	fprintf(file.fp, ",\"" SUMMARY_READ "\":%" PRIu64, t->read);
	fprintf(file.fp, ",\"" SUMMARY_YES "\":%" PRIu64, t->yes);
	fprintf(file.fp, ",\"" SUMMARY_NO "\":%" PRIu64, t->no);
	fprintf(file.fp, ",\"" SUMMARY_UNKNOWN "\":%" PRIu64, t->unknown);
	fprintf(file.fp, ",\"" SUMMARY_NOT_ASKED "\":%" PRIu64, t->not_asked);
	fprintf(file.fp, ",\"" SUMMARY_STATUS "\":%d", status);
	fprintf(file.fp, ",\"" SUMMARY_FINISHED_AT "\":\"%s\"}\n", now);
	return whole_commit(&file, why); /* looks at the stream's error flag */
}

int
tally_end(
    const struct tally *t, const char *tool, enum fail_on fail_on, int local, const char *summary)
{
	int status = tally_status(t, fail_on, local);
	struct why why;

	tally_print(t, tool);
	if (summary != NULL && tally_summary(t, tool, status, summary, &why) == -1) {
		why_print(&why, tool);
		status = EXIT_LOCAL;
	}
	return status;
}
