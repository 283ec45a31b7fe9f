/*
 * A value of a real file becomes another person's: characters of the same kind and width, check
 * digits right where they were right, gaiji still gaiji. Under one key the same value always becomes
 * the same other value, so that request, result and reference numbers still match.
 */
#ifndef OQ_OQS_DISGUISE_H
#define OQ_OQS_DISGUISE_H

#include <stddef.h>

#include "base/buf.h"
#include "oqs/table.h"

#define DISGUISE_KEY 16 /* random bytes, forgotten when the program ends */

/* Appends the disguise of the text (UTF-8). 0, or -1 when out has failed. */
int oqs_disguise(struct buf *out, const unsigned char key[static DISGUISE_KEY], enum oqs_disguise,
    const char *text);

/* Appends the disguise of a file name: its type, and the time of a face result, stay. */
int oqs_disguise_name(
    struct buf *out, const unsigned char key[static DISGUISE_KEY], const char *name);

#endif
