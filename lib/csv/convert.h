/* One row of the list becomes one record. */
#ifndef OQ_CSV_CONVERT_H
#define OQ_CSV_CONVERT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "csv/columns.h"
#include "csv/mapping.h"
#include "pipe/tally.h"
#include "table/decode.h"
#include "table/rows.h"

struct converter;

/*
 * tool is the command's name. visit_date (NULL: none) is for rows that name no day themselves;
 * today is for judging birth dates where no day is known. All are borrowed, mapping and columns
 * too. NULL without memory.
 */
struct converter *converter_new(const char *tool, const struct mapping *, const struct columns *,
    const struct date *visit_date, struct date today);
void converter_free(struct converter *);

/*
 * Appends the record made of a row, without line feed. why comes in with what is already wrong
 * with the cell `bad` of the decoder, or ERR_NONE.
 * Returns VERDICT_YES: it can be asked; VERDICT_NOT_ASKED: it need not be; VERDICT_UNKNOWN: an
 * error stands in it, and why is that. Whether out has failed is the caller's to look at.
 */
enum verdict convert(struct converter *, const struct row *, const struct decoder *, uint64_t seq,
    struct buf *out, struct why *why);

#endif
