/*
 * Results of the face reader: files that appear in the shared folder unasked (oqs-interface.md 1).
 *
 * A file is complete when two readings at least 300 ms apart are identical and it is well-formed.
 * Nothing in the folder is moved, renamed, locked or deleted, unless `take` is set. Folders are
 * scanned, since shares lose events; inotify only makes it quicker.
 */
#ifndef OQ_OQS_FACE_H
#define OQ_OQS_FACE_H

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"
#include "oqs/record.h"
#include "oqs/seen.h"

#define FACE_SETTLE   300  /* milliseconds between two readings */
#define FACE_PATIENCE 3000 /* a damaged file that stays as it is, is reported */
#define FACE_FILE_MAX ((size_t)4 << 20)

struct oqs_face_options {
	const char *const *dirs; /* the folder itself first, then where files are moved to */
	size_t n_dirs;
	const char *facility;	/* a file of another institution is refused; NULL: of none */
	const char *reference;	/* only this patient's, by reference number; NULL: everybody's */
	int64_t since;		/* Unix seconds: these again, also when handed out before; 0: no */
	int take;		/* delete a file of the first folder once it is handed out */
	struct oqs_judge judge; /* at: set anew for each result unless it is not 0 */
};

struct oqs_faces;

/* NULL with why: a folder that cannot be read. seen stays the caller's. */
struct oqs_faces *oqs_faces_open(const struct oqs_face_options *, struct oqs_seen *, struct why *);
void oqs_faces_close(struct oqs_faces *);

/*
 * Looks at the folders once. Returns 1 with the next record (the caller's) when a result is
 * complete, 0 when none is, -1 with why when the state or the first folder fails. A result that
 * cannot be used is a record too, with `error`.
 */
int oqs_faces_next(struct oqs_faces *, json_t **record, struct why *);

/* The record has reached its reader: remembers its file, and takes it. 0, or -1 with why. */
int oqs_faces_done(struct oqs_faces *, struct why *);

/* Are there files that may still become complete? 1 or 0. */
int oqs_faces_pending(const struct oqs_faces *);

/* A descriptor that becomes readable when something happens in a folder, or -1. */
int oqs_faces_fd(const struct oqs_faces *);
/* Forgets the events that made it readable. */
void oqs_faces_drain(struct oqs_faces *);

/* When the last result was handed out by its own time, Unix seconds; 0: none yet. */
int64_t oqs_faces_last(const struct oqs_faces *);

#endif
