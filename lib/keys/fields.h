/* The questions: one row a field, with its words and what may be typed. */
#ifndef OQ_KEYS_FIELDS_H
#define OQ_KEYS_FIELDS_H

#include "keys/entry.h"
#include "options/tty.h"

struct form {
	struct tty *tty;
	struct date day; /* of the visit */
	int with_id, japanese;
};

struct text {
	const char *ja, *en;
};

/*
 * Takes what was typed for its field (blanks around it are gone, it is not empty) into value, of
 * TYPED_SIZE, and shows what it makes of it. 1, or 0 after saying what is wrong.
 */
typedef int taker(const struct form *, const struct entry *, const char *typed, char *value);

struct field_row {
	struct text name; /* in the summary */
	struct text prompt;
	int may_be_empty;
	int not_of_elderly;
	taker *take;
};
extern const struct field_row field_rows[FIELDS];

/* The text in the language of the form; the second shows it. */
const char *in_language(const struct form *, const struct text *);
int say(const struct form *, const struct text *);

/* The digit or letter that was typed, in full or half width; 0 if it is more than one. */
char one_key(const char *typed);

/* The value of a field as the summary shows it. */
const char *shown_value(const struct form *, const struct entry *, enum field);

#endif
