/*
 * The one thread that writes. It takes what has queued while it committed last, at most
 * AUDIT_BATCH lines, and of the batch lane only when nothing of the desk's waits; it settles replays, commits, and hands the jobs back: no answer leaves before
 * its audit entry is durable.
 */
#ifndef OQ_HUB_WRITER_H
#define OQ_HUB_WRITER_H

#include "base/error.h"
#include "hub/job.h"

struct writer;

struct writer_counts {
	uint64_t commits, lines, replays, failures;
};

/* Opens the audit of dir (locked from now on) and starts. NULL with why. */
struct writer *writer_start(const char *dir, struct why *);

/* The digest of what makes the answer to a question: a replay must have it. Any thread. */
uint64_t writer_digest(const struct writer *, const void *, size_t);

/* The job is answered: works out by which hashes its asks are found. Any thread. */
void writer_prepare(const struct writer *, struct job *);

/* Gives a list of jobs, prepared, to the writer. Any thread. */
void writer_push(struct writer *, struct job *first, struct job *last);

struct writer_counts writer_counts(struct writer *);

/* Finishes what has been pushed, closes, frees. */
void writer_stop(struct writer *);

#endif
