/* What cells of the readiness tables hold: words apart by blanks, and spans of months. */
#ifndef OQ_READINESS_CELLS_H
#define OQ_READINESS_CELLS_H

#include "base/clock.h"

/* Is the word among the words? The empty one never is. */
int cell_has_word(const char *words, const char *word);

/* The same day so many months later, or the last of that month. */
struct date months_later(struct date, long months);

#endif
