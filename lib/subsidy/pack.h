/*
 * An archive that appears whole or not at all, and comes out the same each time: ZIP, stored, names
 * in UTF-8 and flagged so, every entry of the same time (1980-01-01, UTC) and mode.
 */
#ifndef OQ_SUBSIDY_PACK_H
#define OQ_SUBSIDY_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "subsidy/digest.h"

/* What a reader (unpack.h) will not take is not written. */
#define PACK_FILES 4096
#define PACK_BYTES ((int64_t)1 << 30)

struct pack;

/* Begins the archive at path. NULL with why. pack_abort() unless it is closed; takes NULL. */
struct pack *pack_open(const char *path, struct why *);
void pack_abort(struct pack *);

/*
 * Adds one file: what stands in memory, or all of fd from its beginning, which stays the caller's.
 * 0 and the SHA-256 of its bytes, or -1 with why (evidence-unreadable, with the pointer `what`;
 * evidence-too-large; file-unwritable).
 */
int pack_bytes(
    struct pack *, const char *name, const void *, size_t, char hex[static HEX_SIZE], struct why *);
int pack_file(struct pack *, const char *name, int fd, const char *what, char hex[static HEX_SIZE],
    struct why *);

/* Bytes of all files added so far. */
int64_t pack_size(const struct pack *);

/*
 * Ends and names it. Sealed: the comment at its end is "sha256:" and the digest of all bytes
 * before it, so that no byte between the files changes unseen (SEAL_SIZE bytes). 0 and the SHA-256
 * of the whole file, or -1 with why. Frees in either case.
 */
#define SEAL_PREFIX "sha256:"
#define SEAL_SIZE   (sizeof SEAL_PREFIX - 1 + HEX_SIZE - 1)
int pack_close(struct pack *, int sealed, char hex[static HEX_SIZE], struct why *);

#endif
