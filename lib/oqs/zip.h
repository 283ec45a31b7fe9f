/* The one message in a ZIP. Nothing is unpacked to disk, so the names in it lead nowhere. */
#ifndef OQ_OQS_ZIP_H
#define OQ_OQS_ZIP_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

#define OQS_ZIP_ENTRIES 64
#define OQS_ZIP_BYTES	((int64_t)1 << 30) /* unpacked */

struct oqs_zip;

/* Do the bytes at the beginning of a file say that it is a ZIP? 1 or 0. */
int oqs_zip_is(const char *, size_t);

/*
 * Opens the XML file whose name begins with the message type that `name` begins with, or else the
 * only XML file. One that could be several, is encrypted, a link, a path or too large is refused.
 * Reads from memory, or from fd when memory is NULL. NULL with why.
 */
struct oqs_zip *oqs_zip_open(
    int fd, const char *memory, size_t len, const char *name, struct why *);
/* Up to n bytes; 0 at the end of the message; -1 with why. */
ssize_t oqs_zip_read(struct oqs_zip *, char *, size_t n, struct why *);
void oqs_zip_close(struct oqs_zip *);

#endif
