/* The values of one row, by slot, before they are written. */
#ifndef OQ_CSV_VALUES_H
#define OQ_CSV_VALUES_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "csv/columns.h"
#include "csv/when.h"
#include "table/decode.h"

struct value {
	const char *s; /* NULL: the row has none */
	size_t len;
	size_t column;
	int given;	  /* the cell was not blank, whether it could be read or not */
	int kept;	  /* something of the cell is lost in s: keep the cell under `row` */
	const char *flag; /* word of insured.flags, or NULL */
	struct when when; /* what a date or time was read as */
	char own[32];	  /* s, where it is no longer the cell's */
};

struct values {
	struct value *items; /* one a slot */
	size_t n;
	struct buf pair;  /* symbol and number that stood in one cell, a NUL behind each */
	struct buf fold;  /* scratch */
	struct why first; /* what is wrong with the first cell that could not be read */
	size_t bad;	  /* that cell's column */
};

/* 0, or -1 without memory. */
int values_init(struct values *, size_t slots);
void values_free(struct values *);

/* Reads the cells that the mapping names, each in its form. */
void values_read(struct values *, const struct columns *, const struct cell *);

#endif
