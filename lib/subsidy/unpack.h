/*
 * What is in a foreign archive: names, digests, and the text of the few files that are to be read.
 * Nothing is unpacked to disk, so the names in it lead nowhere; sizes are bounded (pack.h).
 */
#ifndef OQ_SUBSIDY_UNPACK_H
#define OQ_SUBSIDY_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "subsidy/digest.h"

#define UNPACK_TEXT_MAX ((size_t)16 << 20) /* of all texts together */

enum member_fault {
	MEMBER_SOUND,
	MEMBER_NO_FILE, /* a directory, a link, a device */
	MEMBER_TWICE,	/* one of several of this name: which is unpacked nobody can tell */
	MEMBER_DAMAGED, /* its bytes are not those that the archive says */
};

struct member {
	char *name;
	int64_t size;
	enum member_fault fault;
	char sha256[HEX_SIZE];
	struct buf text; /* where it was wanted; else empty */
};

struct unpacked {
	struct member *members; /* by name */
	size_t n, room;
	enum { SEAL_NONE, SEAL_BROKEN, SEAL_HOLDS } seal; /* at its end (pack.h) */
	int whole; /* reading came to the end of the archive */
};

/*
 * Reads it all. `wanted` says of which files the text is to be kept. 0, also when the archive is
 * damaged (then it is not whole, and has what was read until there); or -1 with why
 * (package-malformed: it is no ZIP and has no seal, or holds too many files or bytes; input-failed). Free it in
 * either case.
 */
int unpack_fd(int fd, int (*wanted)(const char *name), struct unpacked *, struct why *);
int unpack_memory(
    const void *, size_t, int (*wanted)(const char *name), struct unpacked *, struct why *);
void unpacked_free(struct unpacked *);

/* The member of that name, or NULL. */
const struct member *unpacked_find(const struct unpacked *, const char *name);

#endif
