/*
 * Limits between two runs: a file, 0600, that appears whole or not at all. Lines:
 *
 *	oq-fee-history 1 KEY FORGOTTEN
 *	PATIENT DAY GROUP
 *	end N
 *
 * KEY (32 hexadecimal digits) is what patients are hashed with (SipHash-2-4 of 64 bits, 16 digits),
 * FORGOTTEN the first month of which all is known (YYYY-MM, or -), N the number of charges. The key
 * stands beside the hashes: who has the file and the patients' numbers can find them in it.
 */
#ifndef OQ_FEE_HISTORY_H
#define OQ_FEE_HISTORY_H

#include <stdio.h>

#include "fee/limits.h"

struct history {
	char *path;
	int lock;
};

/*
 * Locks the history of that path (PATH.lock) against other runs and reads it into limits, which are
 * empty; a file that is not there is an empty history. 0, or -1 with why: history-in-use,
 * history-malformed (file and line), store-newer, file-unreadable, file-unwritable.
 */
int history_open(struct history *, const char *path, struct limits *, struct why *);
/* Puts the limits in its place. 0, or -1 with why; the old one then stands as it was. */
int history_save(const struct history *, struct limits *, struct why *);
/* Also after a failure, and on a zeroed one. */
void history_close(struct history *);

/* Reads one; name is for why. 0, or -1 with why. */
int history_read(FILE *, const char *name, struct limits *, struct why *);

#endif
