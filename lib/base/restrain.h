/*
 * Restraint: what a command may still do from here on (DESIGN 5).
 *
 * Landlock for files where the kernel has it, seccomp by class of call. A forbidden call fails
 * with EPERM in a release and kills in a sanitised build (tests). There is no switch to turn it off
 * at run time.
 */
#ifndef OQ_BASE_RESTRAIN_H
#define OQ_BASE_RESTRAIN_H

#include "base/error.h"

enum {
	MAY_WRITE_FILES = 1 << 0, /* create, write, rename, remove below `write` */
	MAY_UNIX = 1 << 1,	  /* socket(AF_UNIX) */
	MAY_INET = 1 << 2,	  /* socket(AF_INET, AF_INET6), resolver */
	MAY_LISTEN = 1 << 3,	  /* bind, listen, accept */
	MAY_FORK = 1 << 4,	  /* fork (never exec) */
	MAY_TTY = 1 << 5,	  /* ioctl on terminals */
	MAY_THREAD = 1 << 6,
	MAY_SETS = 1 << 7, /* so many sets there are of these */
};

struct profile {
	const char *name; /* of the command, for errors and the test */
	unsigned may;
	const char *const *read;  /* files and directories readable, NULL-terminated; NULL: none */
	const char *const *write; /* writable directories, the same */
};

/*
 * Enters the profile; there is no way back. Call it after opening files and before the first
 * byte of input. 0, or -1 with why where the kernel refused what it should grant. A kernel
 * without Landlock is not an error: seccomp still holds.
 */
int restrain(const struct profile *, struct why *);

#endif
