/* generate WHAT FILE...: prints one generated text. */
#include <csv.h>
#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

static const struct {
	const char *name;
	writer *write;
	int files;
} outputs[] = {
	{ "names.h", write_names_h, 1 },
	{ "words.c", write_words_c, 1 },
	{ "errors.h", write_errors_h, 1 },
	{ "errors.c", write_errors_c, 2 },
	{ "advice.c", write_advice_c, 1 },
	{ "oq-record.schema.json", write_schema, 3 },
	{ "oq-records.5", write_records_5, 1 },
	{ "oq-errors.7", write_errors_7, 2 },
};

struct reading {
	struct sheet sheet;
	char **row;
	size_t n;
};

static void *
grow(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n, size);

	if (q == NULL)
		err(1, NULL);
	return q;
}

static void
take_cell(void *text, size_t len, void *arg)
{
	struct reading *r = arg;
	char *copy = strndup(text == NULL ? "" : text, text == NULL ? 0 : len);

	if (copy == NULL)
		err(1, NULL);
	r->row = grow(r->row, r->n + 1, sizeof *r->row);
	r->row[r->n++] = copy;
}

static void
take_row(int end, void *arg)
{
	struct reading *r = arg;

	(void)end;
	if (r->sheet.rows == 0)
		r->sheet.columns = r->n;
	if (r->n != r->sheet.columns)
		errx(1, "row %zu has %zu cells, the header %zu", r->sheet.rows + 1, r->n,
		    r->sheet.columns);
	r->sheet.cells = grow(r->sheet.cells, r->sheet.rows + 1, sizeof *r->sheet.cells);
	r->sheet.cells[r->sheet.rows++] = r->row;
	r->row = NULL;
	r->n = 0;
}

struct sheet
sheet_read(const char *path)
{
	struct reading r = { 0 };
	struct csv_parser parser;
	char chunk[4096];
	size_t n;
	FILE *fp = fopen(path, "r");

	if (fp == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		err(1, "%s", path);
	while ((n = fread(chunk, 1, sizeof chunk, fp)) > 0)
		if (csv_parse(&parser, chunk, n, take_cell, take_row, &r) != n)
			errx(1, "%s: %s", path, csv_strerror(csv_error(&parser)));
	if (ferror(fp) || csv_fini(&parser, take_cell, take_row, &r) != 0)
		errx(1, "%s: not a whole CSV", path);
	csv_free(&parser);
	fclose(fp);
	return r.sheet;
}

const char *
sheet_cell(const struct sheet *s, size_t row, const char *column)
{
	for (size_t i = 0; i < s->columns; i++)
		if (strcmp(s->cells[0][i], column) == 0)
			return s->cells[row][i];
	errx(1, "no column %s", column);
}

static int
same_object(const struct sheet *s, size_t a, size_t b)
{
	return strcmp(sheet_cell(s, a, "object"), sheet_cell(s, b, "object")) == 0;
}

int
row_first(const struct sheet *s, size_t row)
{
	for (size_t i = 1; i < row; i++)
		if (same_object(s, i, row))
			return 0;
	return 1;
}

size_t
row_next(const struct sheet *s, size_t row)
{
	for (size_t i = row + 1; i < s->rows; i++)
		if (same_object(s, i, row))
			return i;
	return 0;
}

void
put_identifier(FILE *fp, const char *s)
{
	for (; *s != '\0'; s++)
		fputc(isalnum((unsigned char)*s) ? toupper((unsigned char)*s) : '_', fp);
}

void
put_literal(FILE *fp, const char *s)
{
	fputc('"', fp);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', fp);
		fputc(*s, fp);
	}
	fputc('"', fp);
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof outputs / sizeof *outputs; i++)
		if (strcmp(argv[1], outputs[i].name) == 0 && argc == 2 + outputs[i].files) {
			outputs[i].write(stdout, (const char *const *)argv + 2);
			if (fflush(stdout) == EOF || ferror(stdout))
				err(1, "stdout");
			return 0;
		}
	errx(1, "usage: generate WHAT FILE...");
}
