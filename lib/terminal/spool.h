/*
 * The terminal's side of the shared folder (oqs-interface.md 1).
 *
 * A request stands in one place at any moment, and moves by rename only, so that a kill at any
 * moment leaves it where it will be found:
 *
 *	req/REQUEST.xml			waits to be taken
 *	.oq-terminal/taken-REQUEST.xml	taken, to be answered
 *	.oq-terminal/ready-REQUEST.xml	its response, whole
 *	res/RESPONSE.xml		answered
 *	.oq-terminal/note-*		what the terminal remembers beside
 *	.oq-terminal/person-KEY		a reference number that was registered
 *	.oq-terminal/bulk-NUMBER	a bulk request that was accepted under that number
 *
 * A response that is ready is moved, never copied, so it appears once however often we are killed,
 * also when the receipt computer has already consumed it.
 */
#ifndef OQ_TERMINAL_SPOOL_H
#define OQ_TERMINAL_SPOOL_H

#include <limits.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define SPOOL_FILE_MAX ((size_t)4 << 20) /* bytes of a request */

struct spool;

/*
 * Makes req, res, face and a private place for work in dir (0700) where they are missing. `settle`:
 * how long a request must have stood unchanged, in milliseconds. NULL with why.
 */
struct spool *spool_open(const char *dir, int64_t settle, struct why *);
void spool_close(struct spool *);

/*
 * From here on this process alone takes requests, and what a run before left is moved on. 0, or -1
 * with why: store-in-use when another process does.
 */
int spool_serve(struct spool *, struct why *);

/* The next request that was taken by a run before and not answered. 1 with its name, or 0. */
int spool_left(struct spool *, char name[static NAME_MAX + 1]);

/*
 * The next request in `req` that stands unchanged; each is told once a round, and a round begins
 * with spool_scan(). 1 with its name and since when it stands (clock_tick()), or 0.
 */
int spool_scan(struct spool *, struct why *);
int spool_next(struct spool *, char name[static NAME_MAX + 1], int64_t *since);

/* Reads a request in `req`, or one that was taken. 0, or -1 with why. */
int spool_read(const struct spool *, const char *name, int taken, struct buf *out, struct why *);

/* Takes it: 1, 0 when it is not there any more, -1 with why. */
int spool_take(struct spool *, const char *name, struct why *);

/*
 * What tells this request from every other, in this run and the next: base32, 26 characters, of its
 * name, its time and its bytes. 0, or -1 with why.
 */
int spool_identity(
    const struct spool *, const char *name, const struct buf *, char *out, struct why *);

/* Each returns 0, or -1 with why, and may then be called again. */
/* The response of a request that was taken is kept; from here on it will appear, and once. */
int spool_ready(const struct spool *, const char *name, const struct buf *, struct why *);
/* It appears. */
int spool_answer(const struct spool *, const char *name, struct why *);
/* It will never appear. */
int spool_forget(const struct spool *, const char *name, struct why *);
/* Something else stands in its place meanwhile: whole, or written as it stands. */
int spool_instead(
    const struct spool *, const char *name, const void *, size_t n, int whole, struct why *);

/*
 * Notes: what this terminal remembers beside its requests. A note gets a name that no other has.
 * 0, or -1 with why.
 */
int spool_note(const struct spool *, const struct buf *, struct why *);
/* Each of them; one for which `look` returns 1 goes. 0, or -1 with why. */
int spool_notes(
    const struct spool *, int (*look)(void *arg, const struct buf *), void *arg, struct why *);

/*
 * A bulk request's job, by its reception number, which is digits only. Keeps it; or reads it: 1, 0 when
 * there is none. -1 with why.
 */
int spool_keep(const struct spool *, const char *number, const struct buf *, struct why *);
int spool_kept(const struct spool *, const char *number, struct buf *, struct why *);

/*
 * A reference number, by a key that is letters and digits. Keeps it, in place of an earlier one; or reads
 * it: 1, 0 when there is none. -1 with why.
 */
int spool_register(const struct spool *, const char *key, const struct buf *, struct why *);
int spool_registered(const struct spool *, const char *key, struct buf *, struct why *);

/* A face result appears under the name. 0, or -1 with why. */
int spool_face(const struct spool *, const char *name, const struct buf *, struct why *);

#endif
