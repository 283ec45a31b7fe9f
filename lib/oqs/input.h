/*
 * A message as UTF-8, whatever it is stored as: a file, memory, or the one message in a ZIP; UTF-8 or
 * code page 932 as its declaration says. It can be read twice, in memory that does not depend on
 * its size.
 */
#ifndef OQ_OQS_INPUT_H
#define OQ_OQS_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

#define OQS_MEMORY_MAX ((size_t)16 << 20) /* of what cannot be read twice: a pipe */
#define OQS_CHUNK      ((size_t)32 << 10)

struct oqs_zip;

struct oqs_input {
	const char *name;    /* for errors; the caller's */
	enum encoding named; /* ENCODING_UNKNOWN: as declared */
	struct why why;	     /* what went wrong, when reading returned -1 */

	char declared[32]; /* as the XML declaration spells it, "" when it does not */
	enum encoding actual;

	int fd; /* -1: memory */
	struct stat before;
	const char *memory;
	size_t memory_len, memory_at;
	struct buf held; /* of a pipe */
	struct oqs_zip *zip;

	struct buf raw;	 /* bytes not converted yet */
	uint64_t raw_at; /* where they begin in the message */
	struct buf text; /* UTF-8 not handed out yet */
	size_t text_at;
	int started, ended;
	int maybe_utf8;	     /* declared code page 932, and UTF-8 so far */
	uint64_t wide;	     /* characters of three bytes it would have */
	uint64_t first_high; /* where the first byte above 0x7f stands, + 1; 0: none */
};

/* Reads from fd, which stays the caller's. 0, or -1 with in->why. */
int oqs_input_open(struct oqs_input *in, int fd, const char *name, enum encoding named);
/* The same over bytes that the caller keeps. */
int oqs_input_memory(
    struct oqs_input *in, const char *, size_t, const char *name, enum encoding named);
void oqs_input_close(struct oqs_input *);

/* Up to n bytes of UTF-8; 0 at the end; -1 with in->why, which names the first bad byte. */
ssize_t oqs_input_read(struct oqs_input *, char *, size_t n);

/* Back to the first byte. 0, or -1 with in->why, also when the file has changed meanwhile. */
int oqs_input_rewind(struct oqs_input *);
/* 0 if the file is still what it was when it was opened, or -1 with in->why. */
int oqs_input_unchanged(struct oqs_input *);

#endif
