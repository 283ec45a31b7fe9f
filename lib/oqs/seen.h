/*
 * Which results of the face reader were handed out: one SQLite file, mode 0600, user_version its
 * format. It holds names and hashes, nothing of a patient.
 */
#ifndef OQ_OQS_SEEN_H
#define OQ_OQS_SEEN_H

#include <stdint.h>

#include "base/error.h"

struct oqs_seen;

/* Opens or makes the file. NULL with why: a newer format is refused, damage is reported. */
struct oqs_seen *oqs_seen_open(const char *path, struct why *);
void oqs_seen_close(struct oqs_seen *);

/* Was this content under this name handed out? 1, 0, or -1 with why. */
int oqs_seen_has(struct oqs_seen *, const char *name, uint64_t content, struct why *);
/* Notes that it was. Durable on return. 0, or -1 with why. */
int oqs_seen_add(struct oqs_seen *, const char *name, uint64_t content, int64_t at, struct why *);

#endif
