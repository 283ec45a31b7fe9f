/*
 * Faults on purpose, so that clients can be tested against a hub that misbehaves.
 *
 * The schedule is that of base/schedule.h; requests (for `certificate`: connections) count over the
 * life of the server. `value` is what the fault needs:
 *
 *	slow		milliseconds before the answer leaves
 *	cut		bytes of the body after which the connection is cut
 *	garbled		- (the body's braces become something else)
 *	status		503, 429, 500, 502 or 504, perhaps with a blank and Retry-After in seconds
 *	few		how many lines are missing at the end
 *	doubled		- (every line twice)
 *	foreign		- (answers to asks that nobody made)
 *	certificate	- (a server certificate that nobody should trust)
 *
 * Of the rows that fit a request the first counts.
 */
#ifndef OQ_HUB_FAULTS_H
#define OQ_HUB_FAULTS_H

#include <stdint.h>

#include "base/error.h"
#include "hub/http.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_SLOW,
	FAULT_CUT,
	FAULT_GARBLED,
	FAULT_STATUS,
	FAULT_FEW,
	FAULT_DOUBLED,
	FAULT_FOREIGN,
	FAULT_CERTIFICATE,
};

struct fault {
	enum fault_kind kind;
	long value, retry_after;
};

struct faults;

/* NULL with why (table-malformed, with the line). */
struct faults *faults_read(const char *path, struct why *);
void faults_free(struct faults *);

/* The fault of request `n`, FAULT_NONE if it has none. NULL has none. */
struct fault fault_of_request(const struct faults *, uint64_t n);
/* Does connection n get the wrong certificate? */
int fault_of_connection(const struct faults *, uint64_t n);

/*
 * Changes a finished reply as the fault says. -1 without memory; else how many bytes of it leave
 * before the connection is cut, INT64_MAX if it is not.
 */
int64_t fault_apply(const struct fault *, struct reply *);

#endif
