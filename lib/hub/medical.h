/* Medical answers: what is stored of a person, and what was invented of a synthetic one. */
#ifndef OQ_HUB_MEDICAL_H
#define OQ_HUB_MEDICAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "hub/history.h"
#include "store/audit.h"
#include "store/medical.h"
#include "store/people.h"

/* As ANSWER_FORMAT (answer.h), of the text that medical_write() makes. */
#define MEDICAL_FORMAT 1

/*
 * An answer's `slot` names whom it was about, and in which window: both are small numbers, and
 * what was answered is answered again from them.
 */
#define PERSON_BITS 40

static inline int64_t
query_slot(int64_t person, int64_t window)
{
	return window << PERSON_BITS | person;
}

static inline int64_t
query_person(const struct made *made)
{
	return made->slot & (((int64_t)1 << PERSON_BITS) - 1);
}

static inline int64_t
query_window(const struct made *made)
{
	return made->slot >> PERSON_BITS;
}

#define MEDICAL_LINE_MAX ((size_t)8 << 20) /* of an answer line (PROTOCOL 1) */

struct look {
	const char *asker;		/* code of the facility, which knows its own */
	uint16_t asked, given, refused; /* sets: given may be looked at, refused was said so */
	int months;
	int64_t as_of;
	const struct window *window; /* of a look in a disaster, or NULL */
	int64_t person;
	const struct cover *cover; /* one of the person's, for birth date and sex */
};

/*
 * Adds the `medical` object: purposes asked and given, never another. 0, or -1 with why: the store
 * could not be read, or the answer is longer than a line may be; then out ends where it ended.
 */
int medical_write(struct buf *out, struct medical *, const struct look *, struct why *);

#endif
