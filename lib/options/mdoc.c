#include <ctype.h>
#include <string.h>

#include "options/rows.h"

/* A sentence as mdoc text: upper case first, a full stop, no accidental macro or escape. */
static void
put_sentence(FILE *fp, const char *s)
{
	fputc(toupper((unsigned char)*s), fp);
	for (s++; *s != '\0'; s++)
		if (*s == '\\')
			fputs("\\e", fp);
		else
			fputc(*s, fp);
	fputs(".\n", fp);
}

static void
put_words(FILE *fp, const char *words)
{
	fputs("One of\n", fp);
	while (words != NULL) {
		const char *next = strchr(words, ' ');
		int n = next == NULL ? (int)strlen(words) : (int)(next - words);

		if (next == NULL)
			fprintf(fp, "or\n.Cm %.*s .\n", n, words);
		else
			fprintf(fp, ".Cm %.*s%s\n", n, words,
			    strchr(next + 1, ' ') == NULL ? "" : " ,");
		words = next == NULL ? NULL : next + 1;
	}
}

static void
put_item(FILE *fp, const struct option_row *row)
{
	char env[ROW_ENV_SIZE];

	fputs(".It", fp);
	if (row->letter != 0)
		fprintf(fp, " Fl %c%s%s ,", row->letter, row->arg == NULL ? "" : " Ar ",
		    row->arg == NULL ? "" : row->arg);
	fprintf(fp, " Fl -%s%s%s\n", row->name, row->arg == NULL ? "" : " Ar ",
	    row->arg == NULL ? "" : row->arg);
	put_sentence(fp, row->help);
	if (row->words != NULL)
		put_words(fp, row->words);
	if (row->initial != NULL)
		fprintf(fp, "The default is\n.Cm %s .\n", row->initial);
	if (row->flags & OPTION_CONF) {
		row_env(row, env);
		fprintf(fp, ".Pq Ev %s\n", env);
	}
}

void
help_mdoc(FILE *fp, const struct command *cmd)
{
	for (size_t i = 0; i < row_count(cmd); i++)
		put_item(fp, row_at(cmd, i));
}
