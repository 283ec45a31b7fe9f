/* Words of records, put into words for people through the catalogue. */
#ifndef OQ_LIST_SAID_H
#define OQ_LIST_SAID_H

#include "base/buf.h"
#include "base/clock.h"

/*
 * The words for a word of records.csv (a status, a reason, an actor, a purpose, a decision, an
 * origin); a word that this version does not know is given back as it is. Never freed.
 */
const char *said(const char *word);

/* The sentence for a word of `next`, in the language of the reader; the word where none is known. */
const char *said_next(const char *word, int japanese);

/* "11月28日（土）", "28 November". */
void said_date(struct buf *out, struct date, int japanese);

#endif
