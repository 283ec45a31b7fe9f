/*
 * Project after project: read, assessed, written. What the command does between its options and
 * its exit status.
 */
#ifndef OQ_SUBSIDY_REPORT_H
#define OQ_SUBSIDY_REPORT_H

#include "pipe/output.h"
#include "pipe/tally.h"
#include "subsidy/assess.h"
#include "subsidy/totals.h"
#include "subsidy/write.h"

enum format { FORMAT_JSON, FORMAT_TEXT, FORMAT_CSV };

/* A fact that is to be otherwise (--if); there are at most so many. */
#define CHANGES_MAX 32

struct change {
	const struct field *field;
	const char *text;
};

/* What is made of each assessment beside its record: forms, a workbook. */
struct follower {
	/* 0, or -1 with why, which is then the project's record. */
	int (*take)(void *to, const struct assessor *, const struct project *,
	    const struct assessment *, struct why *);
	void *to;
	const struct buf *members; /* that it then adds to the record; NULL: none */
};
#define FOLLOWERS_MAX 4

struct report {
	struct assessor by;
	const char *tool;
	const struct figure *figure; /* --explain, or NULL */
	enum format format;
	const struct change *changes;
	size_t n_changes;
	struct totals *totals; /* NULL: not wanted */
	struct shares *shares; /* being collected by a first look, which writes nothing; or NULL */
	size_t max_line;
	struct follower followers[FOLLOWERS_MAX];
	size_t n_followers;
	/* From here on report_open()'s. */
	struct output *output;
	struct tally tally;
	struct assessment assessment, was; /* was: without the changes */
	struct seen *seen;
	struct buf record;
	int begun;
	struct why local; /* what a follower could not write (exit status 7), the first */
};

/*
 * "reader_applied_on=2022-06-06": 1; 0 if there is no such member of a project, or it cannot hold
 * that. Borrows the text.
 */
int change_read(const char *text, struct change *);

/* Writes to out. 0, or -1 with why. report_close() in any case. */
int report_open(struct report *, int out, struct why *);
/* 0, or -1 with why: the output is not whole. */
int report_close(struct report *, struct why *);
/* After the first look (shares is set): forgets what it counted, and asks the shares from now on. */
int report_again(struct report *, struct why *);

/* Assesses one project, the next, and writes its line. */
void report_project(struct report *, struct project *);
/* Writes the line of one that cannot be told, with the code where that is known. */
void report_error(struct report *, const struct project *, const struct why *);
/* Writes a line that was no object. */
void report_broken(struct report *, struct line *, const struct why *);

/* Nested projects, one a line, from fd to its end. 0, or -1 with why: reading failed. */
int report_lines(struct report *, int fd, struct why *);

#endif
