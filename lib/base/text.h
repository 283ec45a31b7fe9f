/* Characters: UTF-8, code page 932, width. */
#ifndef OQ_BASE_TEXT_H
#define OQ_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Reads one character at s (n bytes left) strictly (RFC 3629: no overlong, surrogate, or above
 * U+10FFFF). Returns its length 1 to 4 and sets *c, or 0 if the bytes are not UTF-8.
 */
size_t utf8_next(const char *s, size_t n, uint32_t *c);
int utf8_add(struct buf *, uint32_t c);
/* 1 if all is UTF-8; else 0 and *offset of the first bad byte (may be NULL). */
int utf8_valid(const char *, size_t, size_t *offset);

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_CP932 };

/* "utf-8" "cp932" (also "shift_jis" "sjis" "windows-31j" "utf8"); ENCODING_UNKNOWN if none. */
enum encoding encoding_find(const char *name);
const char *encoding_name(enum encoding);
/* UTF-8 if the bytes are (a BOM or not), else CP932 if they are that, else unknown. */
enum encoding encoding_detect(const char *, size_t);

/*
 * Loads the system's tables of code page 932 for this thread, which reads files: call it before
 * restraint where CP932 may come up. 0, or -1 when the system has none (errno).
 */
int text_ready(void);

/*
 * Appends the bytes as UTF-8 (code page 932 by the system's iconv, never "SHIFT_JIS", which
 * changes \ and ~). 0, or -1 with *offset of the first bad byte; nothing was appended then.
 */
int text_to_utf8(struct buf *out, const char *, size_t, enum encoding, size_t *offset);
/* The other way, with *offset (in the UTF-8) of the first character CP932 lacks. */
int text_to_cp932(struct buf *out, const char *, size_t, size_t *offset);

/*
 * Folds for comparing only, never for storing: full-width ASCII to half, ideographic space to
 * blank, every hyphen (but not the long vowel mark ー) to '-', half-width katakana to full with
 * its voicing marks joined, letters to upper case. Input is UTF-8; anything else as it is.
 */
int text_fold(struct buf *out, const char *, size_t);
/* 1 if that would leave it as it is; 0: it may not. */
int text_folded(const char *, size_t);

/* Columns on a terminal: 2 for East Asian wide and full-width, 0 for combining, else 1. */
size_t text_columns(const char *, size_t);

#endif
