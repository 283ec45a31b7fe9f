/*
 * The folder protocol, on the receipt computer's side (oqs-interface.md 1): a request appears whole
 * in `req` under a name that nobody has used, and its response appears in `res` under the same.
 *
 * A request is prepared under a temporary name first. As long as that is there the terminal has
 * not had the request; once it is not, it may have: so a request is never written again when one
 * cannot tell. Only names of our own are read, renamed or removed, so several programs may use one
 * folder.
 *
 * Folders are given by path each time, since a share comes and goes. Times are those of
 * clock_tick(), in milliseconds.
 */
#ifndef OQ_OQS_FOLDER_H
#define OQ_OQS_FOLDER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define FOLDER_FREE_SIZE 21		   /* the free part of a name, and NUL: yyMMdd, 14 base32 */
#define FOLDER_FILE_MAX	 ((size_t)4 << 20) /* bytes of a response */

struct oqs_folder;

struct oqs_folder_options {
	const char *dir;     /* holds req and res */
	const char *archive; /* responses go here when they are done; NULL: they are removed, */
	int keep;	     /* or stay */
	const char *owner;   /* temporary names of the same owner are ours */
	int64_t settle;	     /* between two readings that are to be the same */
};

/*
 * Texts are copied. NULL with why: folder-gone, folder-read-only, out-of-memory. The folder may
 * go away afterwards and come back.
 */
struct oqs_folder *oqs_folder_open(const struct oqs_folder_options *, struct why *);
/* Removes what was prepared by this owner and never sent. NULL is allowed. */
void oqs_folder_close(struct oqs_folder *);

/*
 * For both sides of a folder: says what errno means for dir/part, told apart by who can put it right
 * (folder-gone, folder-read-only, folder-full, out-of-memory). Returns -1.
 */
int oqs_folder_fail(const char *dir, const char *part, struct why *why);

/* A free part that nobody has used. */
void oqs_folder_name(char out[static FOLDER_FREE_SIZE]);

/*
 * type is that of the request: OQSsiquc01req. Each returns 0, or -1 with why: folder-gone,
 * folder-read-only, folder-full.
 */
/* Writes the request under its temporary name, durably, in place of what is there. */
int oqs_folder_prepare(const struct oqs_folder *, const char *type, const char *name,
    const void *text, size_t len, struct why *);
/* Hands the prepared request over. */
int oqs_folder_send(const struct oqs_folder *, const char *type, const char *name, struct why *);
/* Takes a request back: 1, or 0 when it is not there any more: the terminal has it. */
int oqs_folder_withdraw(
    const struct oqs_folder *, const char *type, const char *name, struct why *);

enum oqs_where {
	OQS_NOWHERE,  /* taken, or never prepared */
	OQS_PREPARED, /* surely not handed over */
	OQS_REQUESTED,
	OQS_ANSWERED, /* or half-written */
};
/* Where a request is, or -1 with why. */
int oqs_folder_where(const struct oqs_folder *, const char *type, const char *name, struct why *);

/* A response that is waited for. Zeroed, then type and name set; oqs_reading_free() in the end. */
struct oqs_reading {
	const char *type; /* of the request */
	char name[FOLDER_FREE_SIZE];
	char file[NAME_MAX + 1]; /* as it is called in res; "": not there */
	struct buf bytes;	 /* as last read */
	int64_t since;		 /* when these bytes were first read; 0: not yet */
};
void oqs_reading_free(struct oqs_reading *);

/* Looks into `res` for these. 0, or -1 with why. */
int oqs_folder_scan(const struct oqs_folder *, struct oqs_reading *const *, size_t n, struct why *);
/*
 * Reads one that is there. 1 when these bytes were the same `settle` ago, 0 when not yet; *due then
 * says when to read again.
 */
int oqs_folder_read(const struct oqs_folder *, struct oqs_reading *, int64_t now, int64_t *due);

/* A response in `res` is done with: removes, keeps or moves it. 0, or -1 with why. */
int oqs_folder_finish(const struct oqs_folder *, const char *file, struct why *);

/* The same for the response to a request, if there is one. */
int oqs_folder_clear(const struct oqs_folder *, const char *type, const char *name, struct why *);

/* A descriptor that becomes readable when something happens in `res`, or -1: then only scan. */
int oqs_folder_fd(struct oqs_folder *);
/* Forgets the events that made it readable. */
void oqs_folder_drain(const struct oqs_folder *);

#endif
