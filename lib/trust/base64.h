/* base64 as tokens write it (RFC 4648 5: URL alphabet, no padding) and as `x5c` does (4: padded). */
#ifndef OQ_TRUST_BASE64_H
#define OQ_TRUST_BASE64_H

#include <stddef.h>

#include "base/buf.h"

enum base64 { BASE64_URL, BASE64_PADDED };

/* 0, or -1 when out has failed. */
int base64_add(struct buf *out, enum base64, const void *, size_t);

/*
 * Appends the bytes that the text stands for. 1, or 0 if it is not that form: a foreign character,
 * padding missing or too much, bits left over that are not zero (so that no two texts stand for
 * the same bytes). -1 when out has failed.
 */
int base64_read(struct buf *out, enum base64, const char *, size_t);

#endif
