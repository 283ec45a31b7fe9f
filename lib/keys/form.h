/* The dialogue: field after field, back and forth, a summary, corrections. */
#ifndef OQ_KEYS_FORM_H
#define OQ_KEYS_FORM_H

#include "keys/fields.h"

/* How one question, or the whole entry, ended. */
enum outcome { DONE, BACK, GIVEN_UP, ENDED, FAILED };

/* Asks for one person until it is to go on. The caller wipes the entry. */
enum outcome form_entry(const struct form *, struct entry *);

/* Waits for Enter, the pause in which the answer about the last person appears. */
enum outcome form_next(const struct form *);

#endif
