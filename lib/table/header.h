/* The first row of a CSV file, and what people give instead of one. */
#ifndef OQ_TABLE_HEADER_H
#define OQ_TABLE_HEADER_H

#include "base/error.h"
#include "table/decode.h"
#include "table/rows.h"

/*
 * Takes a byte order mark off and reads the header into the decoder's cells.
 * 0, or -1 with why: file-not-csv, bytes-not-encoding, csv-malformed, input-failed.
 */
int header_cells(struct rows *, struct decoder *, struct why *);

#endif
