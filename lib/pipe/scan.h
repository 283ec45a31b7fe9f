/* Positions in JSON text. Nothing reads at or beyond `end`, whatever the text is. */
#ifndef OQ_PIPE_SCAN_H
#define OQ_PIPE_SCAN_H

#include "base/buf.h"

/* The first byte from p on that is not JSON's white space, or end. */
const char *scan_blank(const char *p, const char *end);
/* p stands on a quote: returns what follows the closing one, or end. */
const char *scan_string(const char *p, const char *end);
/* p stands on a value: returns what follows it. */
const char *scan_value(const char *p, const char *end);

/*
 * Reads one character of a string's inside at p, an escape (also of a surrogate pair) as the
 * character it stands for. Returns what follows; *c is the character, or -1 where there is none.
 */
const char *scan_character(const char *p, const char *end, int32_t *c);

#endif
