/*
 * Must this facility verify online on that day (療養担当規則, since 2023-04-01)? Dated data:
 * mandate_rules.csv.
 */
#ifndef OQ_READINESS_MANDATE_H
#define OQ_READINESS_MANDATE_H

#include "base/clock.h"
#include "pipe/output.h"
#include "table/table.h"

/*
 * facts: n words of the table's column `fact`, each perhaps with the day on which its ground ended or
 * ends: "no-line=2024-03-01". A word that the table does not have is a mistake.
 * Writes one record: obliged, exempt and excused count as yes, a grace that is over as no, a missing
 * fact as unknown. 0, or -1 with why; that the output has failed is told by output_close().
 */
int mandate_judge(const struct table *, char *const *facts, size_t n, struct date on,
    struct output *, struct why *);

#endif
