/* The empty tables, to be filled by people: CSV, and a workbook with drop-downs. */
#ifndef OQ_SUBSIDY_TEMPLATE_H
#define OQ_SUBSIDY_TEMPLATE_H

#include "base/error.h"
#include "subsidy/rules.h"

/*
 * Writes facilities.csv, items.csv and subsidy.xlsx into the directory, each with Japanese headers
 * and one example, which is assessed without a refusal. What people have filled is never written
 * over. 0, or -1 with why.
 */
int template_write(const char *dir, const struct rules *, struct why *);

#endif
