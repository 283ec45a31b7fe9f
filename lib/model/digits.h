/* Digits as people and systems write them: half or full width, blanks around. */
#ifndef OQ_MODEL_DIGITS_H
#define OQ_MODEL_DIGITS_H

#include <stddef.h>

#define DIGITS_SIZE 16 /* more than any identifier of ours, and its NUL */

/*
 * Writes the digits of UTF-8 text in half width to out. Blanks (ASCII and ideographic) before and
 * after are left out: six-digit insurer numbers travel with blanks on the left.
 * Returns how many digits, or 0 if there is anything else, none at all, or more than fit.
 */
size_t digits_half(const char *, char out[static DIGITS_SIZE]);

#endif
