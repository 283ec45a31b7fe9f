/* What an application comes back for (evidence_checks.csv), judged by a package. */
#ifndef OQ_SUBSIDY_JUDGE_H
#define OQ_SUBSIDY_JUDGE_H

#include <jansson.h>

#include "subsidy/assess.h"

enum check_verdict {
	CHECK_OK,
	CHECK_FAIL,
	CHECK_UNKNOWN,	  /* a fact is missing */
	CHECK_NOT_JUDGED, /* no package can show it */
	N_CHECK_VERDICTS
};
extern const char *const check_words[N_CHECK_VERDICTS]; /* "ok" */

/* The package of one project, read back. */
struct case_file {
	const struct rules *rules;
	struct project *project;
	struct assessment *assessment;
	const json_t *documents; /* of its record, an array or NULL */
};

#define FOUND_MAX 8

struct judgement {
	enum check_verdict verdict;
	const struct step *found[FOUND_MAX]; /* of the assessment: what speaks of it */
	size_t n_found;
	char pointer[96]; /* what it is about, or "" */
};

/* Judges by one row. */
struct judgement judge(const struct case_file *, const struct check *);

#endif
