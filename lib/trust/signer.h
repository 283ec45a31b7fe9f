/*
 * The signer: a small process of its own that holds the facility's key, so that keys that sign and
 * parsers of foreign bytes never share an address space (DESIGN 5). It signs whole tokens of types
 * it knows, and lists of digests, not bytes that it is handed, and can do nothing else: no file, no
 * socket, no fork.
 */
#ifndef OQ_TRUST_SIGNER_H
#define OQ_TRUST_SIGNER_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct signer;

/*
 * Starts it with a certificate (PEM, or DER as a card holds it) and its PEM key; pass_fd is a descriptor with the key's passphrase
 * on its first line, or -1. Call it before restrain() and before any foreign byte is read.
 * NULL with why: key-exposed (others can read the key), key-unusable (also when the two do not
 * belong together, or the key is for none of our algorithms), file-unreadable.
 */
struct signer *signer_start(const char *cert, const char *key, int pass_fd, struct why *);

/* Appends a token of that type over the claims. 0, or -1 with why. */
int signer_token(
    struct signer *, const char *typ, const char *claims, size_t n, struct buf *out, struct why *);

/*
 * Appends the detached signature (cms.h) of a list of digests, which must read as sha256sum(1) writes
 * it and be no longer than a token's claims, 2,048 bytes. 0, or -1 with why.
 */
int signer_list(struct signer *, const char *list, size_t n, struct buf *out, struct why *);

/* Ends the process and waits for it. Takes NULL. */
void signer_stop(struct signer *);

#endif
