/*
 * How far a run has come, in one line on standard error: when SIGUSR1 asks for it, in every command
 * that reads a stream, and where somebody watches, kept up to date.
 *
 *	oq-verify: done 12345, 250 a second, remaining 3m, yes 12000, no 300, unknown 45
 *
 * There is one run in a process, so there is one of these.
 */
#ifndef OQ_PIPE_PROGRESS_H
#define OQ_PIPE_PROGRESS_H

#include "pipe/lines.h"
#include "pipe/tally.h"

/*
 * From here on SIGUSR1 writes the line, and ends nothing any more. Borrows both until
 * progress_close(). Whoever comes second in a process is not heard.
 */
void progress_open(const char *tool, const struct tally *);
void progress_close(const struct tally *);

/*
 * The lines of standard input, which say how much remains where that is a file. shown: the line is
 * kept up to date if standard error is a terminal and standard output is none. Call it before
 * anything is read, and with NULL before they are closed.
 */
void progress_watch(const struct lines *, int shown);

/* Brings the line up to date, at most once a second. Returns when to come again: milliseconds, or -1. */
int64_t progress_tick(void);

/* Takes it off the terminal: call it before anything else is written there. */
void progress_clear(void);

#endif
