/* SHA-256 as the papers of a package carry it. */
#ifndef OQ_SUBSIDY_DIGEST_H
#define OQ_SUBSIDY_DIGEST_H

#include <stddef.h>

#define HEX_SIZE 65

struct digest;

/* NULL without memory. digest_free() takes NULL. */
struct digest *digest_new(void);
void digest_free(struct digest *);

/*
 * 0, or -1 when the library failed. The digest so far, in lower-case hex: after digest_end() it
 * begins anew, after digest_peek() it goes on.
 */
int digest_add(struct digest *, const void *, size_t);
int digest_end(struct digest *, char hex[static HEX_SIZE]);
int digest_peek(const struct digest *, char hex[static HEX_SIZE]);

/* Of n bytes at once. 0 or -1. */
int digest_of(const void *, size_t n, char hex[static HEX_SIZE]);

#endif
