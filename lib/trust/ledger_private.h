/* The lines of a ledger, for those who read and who write it. */
#ifndef OQ_TRUST_LEDGER_PRIVATE_H
#define OQ_TRUST_LEDGER_PRIVATE_H

#include "trust/ledger.h"

/* The first line, with its line feed. 0, or -1 when out has failed. */
int header_write(struct buf *out, const char *facility, int64_t now);
/* Reads it (without line feed). 1, or 0 with why: ledger-newer, ledger-damaged. */
int header_read(const char *line, size_t len, char facility[static 16], struct why *);

/* A line of n, at, event and token, with its line feed. 0, or -1 when out has failed. */
int entry_write(struct buf *out, int64_t n, int64_t at, enum event_kind, const char *token);
/*
 * Reads a line, which ends with its line feed and must be what entry_write() makes. 1, or 0 with
 * why (ledger-damaged).
 */
int entry_read(const char *line, size_t len, struct ledger_entry *, struct why *);

#endif
