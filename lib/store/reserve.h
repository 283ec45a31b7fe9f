/* Memory for large tables. */
#ifndef OQ_STORE_RESERVE_H
#define OQ_STORE_RESERVE_H

#include <stddef.h>

/*
 * Zeroed memory that is taken only where it is touched, in large pages where the system has them:
 * with small ones every look-up in a large table also misses the table of pages. NULL without
 * memory.
 */
void *reserve(size_t);
void reserve_free(void *, size_t);

#endif
