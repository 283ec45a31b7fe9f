/* Checkups beside those of earlier years. */
#ifndef OQ_LIST_CHECKUPS_H
#define OQ_LIST_CHECKUPS_H

#include <jansson.h>

#include "list/mode.h"

/*
 * Prints the checkups as one table: a row for each item, a column for each date, the newest first,
 * and a small trend where at least two values are numbers of the same unit. Items are the same
 * when the first five characters of their codes are (oqs-interface.md 2.8: the rest names the
 * method, which differs between laboratories); where the whole codes differ that is marked.
 * 0, or -1 without memory.
 */
int checkups_print(const struct page *, const json_t *checkups);

#endif
