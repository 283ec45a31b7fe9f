/*
 * A workbook of what was assessed: a summary, and a sheet a facility with its receipts line by line.
 * Every sum and amount is a formula over the lines and the rule, which comes to what was assessed.
 */
#ifndef OQ_SUBSIDY_BOOK_H
#define OQ_SUBSIDY_BOOK_H

#include "subsidy/assess.h"

#define BOOK_MAX 1000 /* facilities: a workbook is held in memory until it is written */

struct book;

/* Begins it: the file appears with book_write(). NULL with why. */
struct book *book_open(const char *path, struct why *why);
/*
 * Adds a facility. 0, or -1 with why: form-text-too-long (no cell holds it), book-full, of which
 * nothing comes.
 */
int book_add(struct book *, const struct project *, const struct assessment *, struct why *why);
/* 0, or -1 with why. book_free() in any case; without this call nothing appears. */
int book_write(struct book *, struct why *why);
void book_free(struct book *);

#endif
