/*
 * The generator: run by make, never installed. It turns records.csv, errors.csv and the two next.csv into
 * C, JSON Schema and manual pages, one file an output, so that no name is written twice.
 */
#ifndef OQ_GENERATE_H
#define OQ_GENERATE_H

#include <stddef.h>
#include <stdio.h>

struct sheet {
	char ***cells; /* cells[0] is the header; every row has the header's number of cells */
	size_t rows, columns;
};

/* Reads a CSV or ends the program saying what is wrong. Never freed: the generator is short. */
struct sheet sheet_read(const char *path);
/* The cell of a row (from 1) in the named column; ends the program if there is none such. */
const char *sheet_cell(const struct sheet *, size_t row, const char *column);

/*
 * Rows of records.csv are appended as they come, so an object's rows need not stand together.
 * Is the row the first of its object? Which is the next of the same object, or 0?
 */
int row_first(const struct sheet *, size_t row);
size_t row_next(const struct sheet *, size_t row);

/* Writes s upper-cased, everything but letters and digits as '_'. */
void put_identifier(FILE *, const char *);
/* Writes s as a C string literal. */
void put_literal(FILE *, const char *);

/* Writes text so that roff takes none of it for a request. */
void put_roff(FILE *, const char *);
/* Writes the head of a manual page, up to the end of NAME. */
void put_page_head(FILE *, const char *title, int section, const char *name, const char *what);

/* Calls each with code (NULL: none) and word for every word of a cell "1=valid 2=invalid x". */
typedef void word_writer(FILE *, const char *code, const char *word, void *arg);
void each_word(FILE *, const char *words, word_writer *each, void *arg);

typedef void writer(FILE *, const char *const *paths);
writer write_names_h, write_words_c, write_errors_h, write_errors_c, write_advice_c;
writer write_schema, write_records_5, write_errors_7;

#endif
