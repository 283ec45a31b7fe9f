/* Text of tables in mdoc(7). */
#include "generate.h"

void
put_roff(FILE *fp, const char *s)
{
	/* A dot or quote at the start of a line would be a request. */
	if (*s == '.' || *s == '\'')
		fputs("\\&", fp);
	for (; *s != '\0'; s++) {
		if (*s == '\\')
			fputs("\\e", fp);
		else
			fputc(*s, fp);
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
