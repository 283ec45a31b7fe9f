/* An assessment for people: as text in their language, or as a row for their spreadsheet. */
#ifndef OQ_SUBSIDY_TEXT_H
#define OQ_SUBSIDY_TEXT_H

#include "base/buf.h"
#include "subsidy/write.h"

/*
 * Lines for one facility, without the last line feed: its figures, what stands against it, open
 * deadlines; the chain of a figure unless that is NULL; what changed since `was` unless that is.
 */
void text_facility(struct buf *out, const struct assessor *, const struct project *,
    const struct assessment *, const struct figure *, const struct assessment *was);
void text_error(struct buf *out, const struct project *, const struct why *);

/* 1,234,000, without a unit. */
void text_yen(struct buf *out, int64_t yen);
/* Adds text of the caller's, which must not move a terminal's cursor. */
void text_plain(struct buf *out, const char *text);

/* What the code of a refusal or warning means, in the language of the reader; "" if none knows. */
const char *code_sentence(const char *code);
/* The same in Japanese, for papers. */
const char *code_sentence_japanese(const char *code);

/* The header, with a byte order mark, which Excel needs, and its line feed. */
void csv_header(struct buf *out);
/* A row, without its line feed; with what changed since `was` unless that is NULL. */
void csv_row(struct buf *out, const struct assessor *, const struct project *,
    const struct assessment *, const struct assessment *was);
void csv_error_row(struct buf *out, const struct project *, const struct why *);

#endif
