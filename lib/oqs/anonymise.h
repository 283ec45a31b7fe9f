/* A real file becomes a sample: the same elements in the same order, other people (disguise.h). */
#ifndef OQ_OQS_ANONYMISE_H
#define OQ_OQS_ANONYMISE_H

#include "oqs/disguise.h"
#include "oqs/input.h"

struct oqs_anonymiser {
	unsigned char key[DISGUISE_KEY];
	int (*write)(void *arg, const char *, size_t); /* 0, or -1: the output failed */
	void *arg;
};

/*
 * Writes the sample in the encoding that the file is in. What the table does not know is disguised
 * as text; comments are left out. 0, or -1 with why; nothing was written then unless why
 * is output-not-whole or input-failed.
 */
int oqs_anonymise(
    const struct oqs_message *, struct oqs_input *, struct oqs_anonymiser *, struct why *);

#endif
