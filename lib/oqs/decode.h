/*
 * A file of the interface becomes records.
 *
 * Nothing comes out of a file before all of it was seen to be whole: a bulk result is read twice,
 * once for its form, its header and its conflicts, once for its records, in memory that does not
 * depend on its size (but for 32 bytes a unit).
 */
#ifndef OQ_OQS_DECODE_H
#define OQ_OQS_DECODE_H

#include <jansson.h>

#include "base/error.h"
#include "oqs/conflicts.h"
#include "oqs/input.h"
#include "oqs/record.h"

struct oqs_decoding {
	struct oqs_judge judge;
	struct oqs_survey *found;	  /* filled with the units found; the caller's, zeroed */
	const struct oqs_survey *request; /* the units asked for, or NULL: not known */
	/* Takes a record, which stays ours. 0, or -1 to stop. */
	int (*each)(void *arg, const json_t *record);
	void *arg;
};

/*
 * 0; 1 when `each` stopped it; -1 with why, which names file, line or byte, and the innermost known
 * element, and never a value. After -1 no record has left, unless the file was changed while
 * it was read (input-failed).
 */
int oqs_decode(const struct oqs_message *, struct oqs_input *, struct oqs_decoding *, struct why *);

#endif
