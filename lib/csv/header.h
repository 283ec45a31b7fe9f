/* The beginning of a list: what kind of file it is, and what its columns are called. */
#ifndef OQ_CSV_HEADER_H
#define OQ_CSV_HEADER_H

#include "base/error.h"
#include "csv/columns.h"
#include "csv/mapping.h"
#include "table/decode.h"
#include "table/rows.h"

/*
 * Reads the header row and finds the mapping's columns in it; a byte order mark decides an
 * encoding that is still unknown. The cells of the header stay in the decoder until its next row.
 * 0, or -1 with why: file-not-csv (a workbook, UTF-16, empty), csv-malformed, bytes-not-encoding,
 * column-missing, or a local failure (input-failed, out-of-memory).
 */
int header_read(
    struct rows *, struct decoder *, const struct mapping *, struct columns *, struct why *);

#endif
