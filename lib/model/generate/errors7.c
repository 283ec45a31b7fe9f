/* oq-errors.7: every error code, who must act, and what to do. */
#include <string.h>

#include "generate.h"

static const char intro[] =
    ".Sh DESCRIPTION\n"
    "An error is data: a command that could not do its work for a line writes the\n"
    "member\n"
    ".Va error\n"
    "into it, and the line goes on.\n"
    "This page lists every\n"
    ".Va code ,\n"
    "with its title, who must act, what to do, and whether asking the same again\n"
    "can help:\n"
    ".Ql never ,\n"
    ".Ql later\n"
    "or\n"
    ".Ql now .\n"
    "The exit status named is used when that cause stopped every line that had to\n"
    "be asked;\n"
    "otherwise such lines count as unknown, and the status is 3.\n"
    ".Pp\n"
    "Who must act: the\n"
    ".Ql patient ,\n"
    "the\n"
    ".Ql facility\n"
    "(whoever is at the desk), the\n"
    ".Ql insurer ,\n"
    "the\n"
    ".Ql network\n"
    "(whoever keeps the line), the\n"
    ".Ql central\n"
    "system, or the\n"
    ".Ql operator\n"
    "(whoever set oq up).\n";

static void
put_sentence(FILE *fp, const struct sheet *nexts, const char *word)
{
	for (size_t i = 1; i < nexts->rows; i++)
		if (strcmp(sheet_cell(nexts, i, "word"), word) == 0) {
			put_roff(fp, sheet_cell(nexts, i, "en"));
			fputc('\n', fp);
		}
}

static void
put_error(FILE *fp, const struct sheet *errors, size_t row, const struct sheet *nexts)
{
	const char *exit_status = sheet_cell(errors, row, "exit");

	fprintf(fp, ".It Sy %s\n", sheet_cell(errors, row, "code"));
	put_roff(fp, sheet_cell(errors, row, "title"));
	fprintf(fp, ".\nActor:\n.Ql %s .\n", sheet_cell(errors, row, "actor"));
	fprintf(fp, "Next:\n.Ql %s .\n", sheet_cell(errors, row, "next"));
	put_sentence(fp, nexts, sheet_cell(errors, row, "next"));
	fprintf(fp, "Retry:\n.Ql %s .\n", sheet_cell(errors, row, "retry"));
	if (strcmp(exit_status, "0") != 0)
		fprintf(fp, "Exit status %s.\n", exit_status);
}

void
write_errors_7(FILE *fp, const char *const *paths)
{
	struct sheet errors = sheet_read(paths[0]), nexts = sheet_read(paths[1]);

	put_page_head(fp, "OQ-ERRORS", 7, "oq-errors", "what can go wrong, and what to do");
	fputs(intro, fp);
	fputs(".Sh CODES\n.Bl -tag -width Ds\n", fp);
	for (size_t i = 1; i < errors.rows; i++)
		put_error(fp, &errors, i, &nexts);
	fputs(".El\n.Sh NEXT STEPS\n"
	      "Each word of\n.Va next ,\nas a sentence in both languages.\n"
	      ".Bl -tag -width Ds\n",
	    fp);
	for (size_t i = 1; i < nexts.rows; i++) {
		fprintf(fp, ".It Sy %s\n", sheet_cell(&nexts, i, "word"));
		put_roff(fp, sheet_cell(&nexts, i, "en"));
		fputc('\n', fp);
		put_roff(fp, sheet_cell(&nexts, i, "ja"));
		fputc('\n', fp);
	}
	fputs(".El\n.Sh SEE ALSO\n.Xr oq-records 5\n", fp);
}
