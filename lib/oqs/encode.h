/*
 * Records become a message, in the documented order, in UTF-8 or code page 932.
 *
 * A bulk message takes one record a unit and is written as they come; every other message is one
 * record. What the table could not hold (oqs.unknown) goes back to where it stood.
 */
#ifndef OQ_OQS_ENCODE_H
#define OQ_OQS_ENCODE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"
#include "oqs/tree.h"

#define OQS_MESSAGE_MAX ((size_t)16 << 20) /* bytes that one record may become */

struct oqs_encoder {
	struct oqs_tree *tree;
	enum encoding encoding;
	int (*write)(void *arg, const char *, size_t); /* 0, or -1: the output failed */
	void *arg;
	struct buf head; /* what all records of the message share, as it was written */
	struct buf tail; /* what follows the last unit */
	int records;
};

/*
 * encoding: ENCODING_UNKNOWN for what the first record was received in (UTF-8 if it was not).
 * 0, or -1 without memory.
 */
int oqs_encode_begin(struct oqs_encoder *, const struct oqs_message *, enum encoding);

/*
 * Writes a record. 0; or -1 with why, and nothing of this record was written: it does not make a
 * message (pointer names the member), has a character that the encoding lacks, or does not
 * belong to the records before it; or output-not-whole.
 */
int oqs_encode_add(struct oqs_encoder *, const json_t *record, struct why *);

/* Writes the end. 0, or -1 with why, also when there was no record. */
int oqs_encode_end(struct oqs_encoder *, struct why *);
void oqs_encode_free(struct oqs_encoder *);

#endif
