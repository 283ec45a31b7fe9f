/*
 * The raw record: what a document says, member by member of the table, before the rules of
 * record.c make a record of it. What the table does not hold, or what has not the form of its
 * type, stands in oqs.unknown with its path.
 */
#ifndef OQ_OQS_RAW_H
#define OQ_OQS_RAW_H

#include <jansson.h>

#include "oqs/walk.h"

#define OQS_RECORD_MAX ((size_t)8 << 20) /* bytes of values in one record */

/* Flags: the word, a colon, the member. */
#define FLAG_UNKNOWN_CODE    "unknown-code"
#define FLAG_MALFORMED	     "malformed"
#define FLAG_USER_DEFINED    "user-defined-character"
#define FLAG_REPLACED	     "replaced-character" /* the insurer's system wrote a black circle */
#define FLAG_UNPADDED	     "unpadded"
#define FLAG_MISSING	     "missing"
#define FLAG_UNKNOWN_ELEMENT "unknown-element"

struct oqs_count {
	uint64_t instance; /* of the parent */
	const char *name;
	uint64_t n;
};

struct oqs_raw {
	json_t *record; /* owned until it is taken */
	size_t bytes;
	uint64_t instances, records; /* made so far: numbers never come twice */
	struct oqs_count *counts;    /* of names that the table does not know */
	size_t n_counts, room;
};

/* A raw record of the message type. 0, or -1 without memory. */
int oqs_raw_begin(struct oqs_raw *, const struct oqs_message *);
void oqs_raw_free(struct oqs_raw *);

/* Takes a value of the walk into the record. 0, or -1 with walk->why. */
int oqs_raw_value(struct oqs_raw *, struct oqs_walk *, const char *suffix, const char *text);

/* A flag once, in `flags` of the object. member may be NULL. */
void oqs_flag(json_t *object, const char *word, const char *member);

/* Member of an object, made if it is not there. Borrowed; NULL without memory. */
json_t *oqs_object_in(json_t *object, const char *name);
json_t *oqs_array_in(json_t *object, const char *name);

#endif
