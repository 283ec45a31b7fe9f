/* Text of tables in mdoc(7). */
#include <string.h>

#include "generate.h"

#define LINE_WIDTH 78

/* May a line end before this word? A dot or quote at the start of one would be a request. */
static int
may_begin_line(const char *word)
{
	return *word != '.' && *word != '\'' && *word != ' ' && *word != '\0';
}

void
put_roff(FILE *fp, const char *s)
{
	size_t column = 0;

	if (!may_begin_line(s))
		fputs("\\&", fp);
	for (; *s != '\0'; s++, column++) {
		if (*s == '\\') {
			fputs("\\e", fp);
		} else if (*s == ' ' && column + 1 + strcspn(s + 1, " ") > LINE_WIDTH &&
			   may_begin_line(s + 1)) {
			fputc('\n', fp);
			column = 0;
		} else {
			fputc(*s, fp);
		}
	}
}

void
put_page_head(FILE *fp, const char *title, int section, const char *name, const char *what)
{
	fprintf(fp,
	    ".\\\" Generated from tables; edit those.\n"
	    ".Dd November 22, 2026\n.Dt %s %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n",
	    title, section, name, what);
}
