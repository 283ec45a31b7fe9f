/* What the patient takes home: a page, or a slip of 58 mm, in the patient's language. */
#ifndef OQ_CONSENT_PAGE_H
#define OQ_CONSENT_PAGE_H

#include "base/buf.h"
#include "consent/book.h"
#include "consent/wording.h"

#define PAGE_COLUMNS 72
#define SLIP_COLUMNS 32 /* of a 58 mm printer */

/* Appends the text of a receipt, no line wider than that. 0, or -1 when out has failed. */
int page_write(struct buf *out, const struct agreement *, const struct wording *, size_t columns);

#endif
