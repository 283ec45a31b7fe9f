/* Papers of the introduction: questions for a quotation, reader makers, notices, questionnaire. */
#ifndef OQ_READINESS_PAPERS_H
#define OQ_READINESS_PAPERS_H

#include <stdio.h>

#include "base/clock.h"
#include "table/table.h"
#include "view/form.h"

/* Dated data: papers.csv. Writes those rows of the paper that are in force on the day. */
void paper_list(const struct table *, const char *paper, struct date on, FILE *);

/*
 * For the wall and the web, in type that can be read from afar. facility: the institution code, whose
 * third digit says which kind it is (点数表区分: 1 medical, 3 dental, 4 pharmacy); without one the lines
 * of all kinds stand there. name: of the facility, or NULL. 0, or -1 without memory.
 */
int paper_notice(const struct table *, const char *facility, const char *name, struct date on,
    const struct view_form *, FILE *);

/* With room to answer. 0, or -1 without memory. */
int paper_questionnaire(const struct table *, struct date on, const struct view_form *, FILE *);

#endif
