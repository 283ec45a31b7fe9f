/*
 * Project after project: read, assessed, written. What the command does between its options and
 * its exit status.
 */
#ifndef OQ_SUBSIDY_REPORT_H
#define OQ_SUBSIDY_REPORT_H

#include "pipe/output.h"
#include "pipe/tally.h"
#include "subsidy/assess.h"
#include "subsidy/write.h"

struct report {
	struct assessor by;
	const char *tool;
	const struct figure *figure; /* --explain, or NULL */
	size_t max_line;
	/* From here on report_open()'s. */
	struct output *output;
	struct tally tally;
	struct assessment assessment;
	struct buf record;
};

/* Writes to out. 0, or -1 with why. report_close() in any case. */
int report_open(struct report *, int out, struct why *);
/* 0, or -1 with why: the output is not whole. */
int report_close(struct report *, struct why *);

/* Assesses one project, the n-th, and writes its line. */
void report_project(struct report *, struct project *, uint64_t n);
/* Writes the line of one that cannot be told, with the code where that is known. */
void report_error(struct report *, const struct project *, uint64_t n, const struct why *);

/* Nested projects, one a line, from fd to its end. 0, or -1 with why: reading failed. */
int report_lines(struct report *, int fd, struct why *);

#endif
