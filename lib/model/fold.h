/*
 * Folding for comparing, as practised (oqs-interface.md 3.4). Stored values stay as given.
 */
#ifndef OQ_MODEL_FOLD_H
#define OQ_MODEL_FOLD_H

#include "base/buf.h"

int fold_insurer_number(struct buf *out, const char *); /* no padding, no leading zeros */
int fold_symbol(struct buf *out, const char *);		/* width and hyphens */
int fold_number(struct buf *out, const char *);		/* the same, and no leading zeros */

#endif
