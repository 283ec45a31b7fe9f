/*
 * Checks before anything is asked: a bad line never goes out (facts: oqs-interface.md 3,
 * claims-uke.md 9). All text is UTF-8.
 */
#ifndef OQ_MODEL_CHECKS_H
#define OQ_MODEL_CHECKS_H

#include "base/clock.h"
#include "base/error.h"

/*
 * The check digit (検証番号, modulus 10, weights 2-1) that fits n digits of body: 0 to 9.
 */
int check_digit(const char *digits, size_t n);

/* 6 or 8 digits (blank padding on the left allowed) with a right check digit: 1, or 0 with why. */
int check_insurer_number(const char *, struct why *);

/*
 * Ten digits? 1, or 0 with why. *flag is set to a word when the last digit does not fit the
 * ten-digit rule (a warning, never a refusal), else NULL.
 */
int check_institution_code(const char *, const char **flag, struct why *);

/* Two digits: 1, or 0 with why. Absent is not 00: do not call it for an absent branch. */
int check_branch(const char *, struct why *);
/* 1 to 20 characters, nothing that cannot stand on paper: 1, or 0 with why. */
int check_symbol(const char *, struct why *);
int check_number(const char *, struct why *);
/* The same up to 50 characters. */
int check_reference_number(const char *, struct why *);
/* YYYY-MM-DD, exists, not after `day`, not more than 130 years before it: 1, or 0 with why. */
int check_birth_date(const char *, struct date day, struct why *);

/* The kind of insurance by the law number (法別番号) of an insurer number: Japanese name, English
 * name, or NULL when the table does not know it. */
struct insurance_kind {
	const char *law; /* "06", "" for six digits */
	const char *ja, *en;
};
const struct insurance_kind *insurance_kind(const char *insurer_number);

#endif
