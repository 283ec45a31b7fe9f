/* Members of JSON objects, for lines that few ask for. Each has a comma before it. */
#ifndef OQ_HUB_PUT_H
#define OQ_HUB_PUT_H

#include <stdint.h>

#include "base/buf.h"
#include "store/cover.h"

/* Nothing where the text is NULL or empty. */
void put_member(struct buf *, const char *name, const char *text);
void put_text(struct buf *, const char *name, const struct text *);
/* Nothing where it is 0: Unix seconds, a day of store/day.h. */
void put_time(struct buf *, const char *name, int64_t);
void put_day(struct buf *, const char *name, uint32_t);

#endif
