/* Files: whole or not at all, private, locked, read with a ceiling. */
#ifndef OQ_BASE_FILE_H
#define OQ_BASE_FILE_H

#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * A file that appears whole or not at all: written under a temporary name in the same directory,
 * fsynced and renamed by whole_commit(). Leftovers are removed by whole_abort(), which is safe
 * after either and on a zeroed struct. A path that is a device or a pipe (/dev/full, /dev/fd/3) is
 * written as it stands: a rename would put a file in its place.
 */
struct whole {
	FILE *fp; /* write here */
	char *path;
	char *temporary;
};

/* 0, or -1 with why. The file is created with mode (0600 for anything personal). */
int whole_open(struct whole *, const char *path, mode_t mode, struct why *);
int whole_commit(struct whole *, struct why *);
void whole_abort(struct whole *);

/* Reads all of path, at most max bytes, into out. 0, or -1 with why. */
int file_read(const char *path, size_t max, struct buf *out, struct why *);
/*
 * The same in two steps, for what may never be needed: a descriptor, or -1 with why; and all of
 * what it gives, closed after either. Restraint may lie between.
 */
int file_open(const char *path, struct why *);
int file_take(int fd, const char *path, size_t max, struct buf *out, struct why *);

/*
 * May only the owner read this file?
 * Returns 1 if so, 0 if others can (why says key-exposed), -1 if it could not be told.
 */
int file_private(const char *path, struct why *);

/* Makes the directory (0700) unless it is there. 0, or -1 with why. */
int dir_private(const char *path, struct why *);

/* The directory that a file stands in, as a copy: the caller's. NULL of NULL, or without memory. */
char *file_directory(const char *path);

/* Makes a new name last: the directory that path stands in is on the disk, too. 0, or -1 with errno. */
int dir_sync(const char *path);

/*
 * Has descriptors 0, 1 and 2 taken where whoever started us left one closed: by what reading 0 and
 * writing 1 and 2 fail on, as on a closed one. Else the next file opened would be one of them, and
 * the answers of the run, names and all, would be written into it. To be called before any other
 * file is opened; ends the process with EXIT_LOCAL where there is no /dev/null.
 */
void file_hold_standard(void);

/* Writes all n bytes, whatever write(2) takes at a time. 0, or -1 with errno. */
int write_all(int fd, const void *, size_t n);

#endif
