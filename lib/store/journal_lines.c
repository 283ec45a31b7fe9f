/*
 * A window's answers as they stand in the file. They are lines of JSON that repeat each other, so
 * they are packed (LZ4): a sixth is left to be written, written again and synced, which saves more
 * than packing costs. The few lines of a desk's window stay legible.
 */
#include <lz4.h>

#include "store/journal_private.h"
#include "store/siphash.h"

#define PACKED_FROM  ((size_t)4 << 10)
#define ACCELERATION 4 /* a fiftieth larger than with 1, and a seventh faster */

int
lines_pack(const char *lines, size_t len, struct buf *packed)
{
	char *to;

	buf_reset(packed);
	if (len < PACKED_FROM || len > LINES_MAX || (to = buf_room(packed, len)) == NULL)
		return 0;
	packed->len = (size_t)LZ4_compress_fast(lines, to, (int)len, (int)len - 1, ACCELERATION);
	return packed->len > 0;
}

int
lines_unpack(const void *packed, size_t n, int64_t size, struct buf *lines)
{
	char *to;

	buf_reset(lines);
	if (size <= 0 || size > (int64_t)LINES_MAX || n > LINES_MAX ||
	    (to = buf_room(lines, (size_t)size)) == NULL ||
	    LZ4_decompress_safe(packed, to, (int)n, (int)size) != (int)size)
		return -1;
	lines->len = (size_t)size;
	return 0;
}

/* No secret is in it: it is against accidents, not against somebody who writes a sum, too. */
uint64_t
lines_sum(const void *packed, size_t n)
{
	static const unsigned char key[SIPHASH_KEY_SIZE];

	return siphash(key, packed, n);
}
