/* One value between its form on the wire and its form in a record. */
#ifndef OQ_OQS_VALUE_H
#define OQ_OQS_VALUE_H

#include <jansson.h>

#include "base/buf.h"
#include "oqs/table.h"

/*
 * The JSON value of text under the row's type: the caller's, or NULL when the text has not that
 * form. What was read always writes back as the same text.
 */
json_t *oqs_value_read(const struct oqs_row *, const char *text);

/* Appends the text of the value. 1, or 0 when the value is none of the row's type. */
int oqs_value_write(const struct oqs_row *, const json_t *, struct buf *out);

/* Is it an insurer number of six digits without the blanks that fill eight places? 1 or 0. */
int oqs_value_unpadded(const struct oqs_row *, const char *text);

/* Is the text among the codes that the row knows? A row without a list knows all. 1 or 0. */
int oqs_code_known(const struct oqs_row *, const char *text);

#endif
