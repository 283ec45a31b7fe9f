/* The fee table for people and programs (oq-fee --list). */
#ifndef OQ_FEE_LIST_H
#define OQ_FEE_LIST_H

#include <stdio.h>

#include "fee/points.h"
#include "view/form.h"

/*
 * Prints the rows in force on a day, and of one kind of facility unless it is NULL: as the fee_rule
 * of records.csv, or in a form for people. 0, or -1 without memory; whether the stream took it all
 * is for the caller to ask.
 */
int fee_list_records(FILE *, const struct points *, struct date, const char *facility_type);
int fee_list_sheet(FILE *, const struct points *, struct date, const char *facility_type,
    const struct view_form *);

#endif
