/* errors.h and errors.c: the codes of errors.csv and the next steps of next.csv. */
#include <err.h>
#include <string.h>

#include "generate.h"

void
write_errors_h(FILE *fp, const char *const *paths)
{
	struct sheet s = sheet_read(paths[0]);

	fputs(
	    "/* Generated from errors.csv. */\n#ifndef OQ_GEN_ERRORS_H\n#define OQ_GEN_ERRORS_H\n\n"
	    "enum error_id {\n\tERR_NONE,\n",
	    fp);
	for (size_t i = 1; i < s.rows; i++) {
		fputs("\tERR_", fp);
		put_identifier(fp, sheet_cell(&s, i, "code"));
		fputs(",\n", fp);
	}
	fputs("\tERR_END\n};\n\n#endif\n", fp);
}

static void
put_row(FILE *fp, const struct sheet *s, size_t row, const char *const *columns)
{
	fputs("\t{ ", fp);
	for (; *columns != NULL; columns++) {
		put_literal(fp, sheet_cell(s, row, *columns));
		fputs(", ", fp);
	}
}

static int
word_known(const struct sheet *nexts, const char *word)
{
	for (size_t i = 1; i < nexts->rows; i++)
		if (strcmp(sheet_cell(nexts, i, "word"), word) == 0)
			return 1;
	return 0;
}

void
write_errors_c(FILE *fp, const char *const *paths)
{
	static const char *const error_columns[] = { "code", "title", "actor", "next", "retry",
		NULL };
	static const char *const next_columns[] = { "word", "en", "ja", NULL };
	struct sheet errors = sheet_read(paths[0]), nexts = sheet_read(paths[1]);

	fputs("/* Generated from errors.csv and next.csv. */\n#include \"base/error.h\"\n\n"
	      "const struct error_row error_rows[] = {\n"
	      "\t{ \"\", \"\", \"\", \"\", \"\", 0 },\n",
	    fp);
	for (size_t i = 1; i < errors.rows; i++) {
		if (!word_known(&nexts, sheet_cell(&errors, i, "next")))
			errx(1, "%s: %s: next.csv has no %s", paths[0],
			    sheet_cell(&errors, i, "code"), sheet_cell(&errors, i, "next"));
		put_row(fp, &errors, i, error_columns);
		fprintf(fp, "%s },\n", sheet_cell(&errors, i, "exit"));
	}
	fputs("};\n\nconst struct next_row next_rows[] = {\n", fp);
	for (size_t i = 1; i < nexts.rows; i++) {
		put_row(fp, &nexts, i, next_columns);
		fputs("},\n", fp);
	}
	fputs("\t{ NULL, NULL, NULL },\n};\n", fp);
}
