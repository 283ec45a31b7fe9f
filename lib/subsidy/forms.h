/*
 * The papers of one project, as PDF: what each supplier and the facility hand in, and what the
 * accountant keeps. Their fields are rows of form_fields.csv. The official sheets are not public,
 * so each paper says that it is a draft after the published fields. They are in Japanese, whatever
 * the language of the reader, with days in 和暦.
 *
 * Only the program in libexec is linked with what draws them: whoever else calls these functions
 * declares them weak, or is called from there (cmd/oq-subsidy-report.c).
 */
#ifndef OQ_SUBSIDY_FORMS_H
#define OQ_SUBSIDY_FORMS_H

#include "subsidy/assess.h"

struct forms;

/* One paper, in memory that is the renderer's and stays until the call returns. */
struct paper {
	const char *form; /* breakdown report application check duties assets */
	const char *name; /* of a file: "breakdown-1.pdf", "report.pdf" */
	long supplier;	  /* whose breakdown, from 0; or NOWHERE */
	const char *bytes;
	size_t length;
};

/* Takes a paper. 0, or -1 with why, which ends the rendering. */
typedef int paper_taker(void *to, const struct project *, const struct paper *, struct why *);

/*
 * Loads the fields (from dir where that has them) and finds the fonts: call it before restrain(),
 * whose profile needs MAY_THREAD and must let *fonts, which are directories, be read. NULL with why:
 * table-malformed, font-missing, out-of-memory.
 */
struct forms *forms_open(
    const struct rules *, const char *dir, const char *const **fonts, struct why *why);
void forms_close(struct forms *);

/*
 * Draws the papers of a project that was assessed, and hands over one after the other. Before the
 * first of them all is looked at that could be wrong. 0, or -1 with why: form-field-missing (every
 * form with what it lacks is named), character-without-font and form-text-too-long (the pointer is
 * to the member), out-of-memory, or what the taker said.
 */
int forms_render(struct forms *, const struct assessor *, const struct project *,
    const struct assessment *, paper_taker *, void *to, struct why *);

/*
 * The same, into DIR/CODE/NAME, each whole or not at all; breakdowns of an earlier run that are no
 * longer made are removed. DIR must be there. A facility that had a project before is passed over.
 */
int forms_write(struct forms *, const char *dir, const struct assessor *, const struct project *,
    const struct assessment *, struct why *);

#endif
