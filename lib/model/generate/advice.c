/* advice.c: who must act on a status and what to do, from lib/model/next.csv. */
#include <string.h>

#include "generate.h"

/* Is this a row for what a record says: not for the telephone alone, and not over? */
static int
is_for_records(const struct sheet *s, size_t row)
{
	return strcmp(sheet_cell(s, row, "place"), "telephone") != 0 &&
	       *sheet_cell(s, row, "to") == '\0';
}

void
write_advice_c(FILE *fp, const char *const *paths)
{
	static const char *const columns[] = { "status", "route", "source_of_answer", "actor",
		"next" };
	struct sheet s = sheet_read(paths[0]);

	fputs(
	    "/* Generated from next.csv. */\n#include <stddef.h>\n\n#include \"model/status.h\"\n\n"
	    "const struct advice_words advice_words[] = {\n",
	    fp);
	for (size_t i = 1; i < s.rows; i++) {
		if (!is_for_records(&s, i))
			continue;
		fputs("\t{ ", fp);
		for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
			put_literal(fp, sheet_cell(&s, i, columns[c]));
			fputs(", ", fp);
		}
		fputs("},\n", fp);
	}
	fputs("\t{ NULL, NULL, NULL, NULL, NULL },\n};\n", fp);
}
