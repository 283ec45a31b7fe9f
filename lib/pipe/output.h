/*
 * Lines out: one out for every one in, whole, or the exit status says 7.
 *
 * The four ways a line leaves a filter (DESIGN 3.2). Each counts what it writes in the tally.
 * After a failed write every later call does nothing; output_close() returns the status.
 */
#ifndef OQ_PIPE_OUTPUT_H
#define OQ_PIPE_OUTPUT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "pipe/lines.h"
#include "pipe/tally.h"

struct output;

/*
 * Writes to fd, which stays the caller's; tool is the command's name. NULL without memory.
 * Ignores SIGPIPE in the whole process: a closed pipe is a failed write (EPIPE), with a message
 * and exit status 7, not a silent death. From then on SIGUSR1 is answered (progress.h).
 */
struct output *output_open(int fd, const char *tool, size_t max_line, struct tally *);

/*
 * All of them return 0, or -1 when the output has failed. Bytes leave in blocks of 64 KiB, or
 * with output_flush(). A line that would be over max_line leaves as answer-too-large, counted as
 * unknown, never cut.
 */

/* The line was no object: {"seq","raw","raw_bytes","error"}. */
int output_broken(struct output *, const struct line *, const struct why *);
/* Bytes as they came; counts as `verdict`. */
int output_as_came(struct output *, const struct line *, enum verdict);
/* Our member `name` put in, `seq` if absent; an older `error` (see record_stopped()) is dropped. */
int output_answer(struct output *, const struct line *, const char *name, const char *value,
    size_t value_len, enum verdict);
/*
 * Our older member `name` (NULL: none) and an older `error` dropped, `error` appended, `seq` if
 * absent.
 */
int output_failure(struct output *, const struct line *, const char *name, const struct why *);
/* A whole record of a source or a sum, without its line feed. */
int output_record(struct output *, const char *text, size_t len, enum verdict);

/* Hands everything to the descriptor: call when no further input waits. */
int output_flush(struct output *);
/* 1 once a write failed (closed pipe, full disk). */
int output_failed(const struct output *);
/* Flushes, checks, frees. 0, or -1 with why: the output is not whole. */
int output_close(struct output *, struct why *);

#endif
