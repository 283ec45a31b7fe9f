#include <ctype.h>
#include <string.h>

#include "options/rows.h"

#define LINE 78 /* mandoc frowns on text lines over 80 bytes */

/* One word at the column; on a line of its own when the line would be too long. The new column. */
static size_t
put_word(FILE *fp, const char *word, size_t n, size_t column)
{
	if (column > 0)
		fputc(column + 1 + n > LINE ? '\n' : ' ', fp);
	column = column > 0 && column + 1 + n <= LINE ? column + 1 : 0;
	if (column == 0 && (*word == '.' || *word == '\''))
		fputs("\\&", fp); /* else it would be a macro */
	for (size_t i = 0; i < n; i++)
		if (word[i] == '\\')
			fputs("\\e", fp);
		else
			fputc(word[i], fp);
	return column + n;
}

/* A sentence as mdoc text: upper case first and a full stop. */
static void
put_sentence(FILE *fp, const char *help)
{
	char sentence[512], *word = sentence;
	size_t n, column = 0;

	snprintf(sentence, sizeof sentence, "%s.", help);
	sentence[0] = (char)toupper((unsigned char)sentence[0]);
	for (; *word != '\0'; word += n + (word[n] == ' ')) {
		n = strcspn(word, " ");
		column = put_word(fp, word, n, column);
	}
	fputc('\n', fp);
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
	fprintf(fp, " Fl -%s%s%s\n", row->name,
	    row->arg == NULL	       ? ""
	    : row->type == OPTION_STEP ? " Op Ar "
				       : " Ar ",
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
