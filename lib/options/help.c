#include <string.h>

#include "base/exit.h"
#include "base/text.h"
#include "options/rows.h"

#define WIDTH  80 /* columns of the terminals that stand at receptions */
#define COLUMN 26 /* where the sentences begin */

static const struct {
	const char *form;
	void (*print)(FILE *, const struct command *);
} forms[] = {
	{ "mdoc", help_mdoc },
	{ "bash", help_bash },
	{ "zsh", help_zsh },
	{ "fish", help_fish },
};

int
help_print(const struct command *cmd, const char *form)
{
	void (*print)(FILE *, const struct command *) = form == NULL ? help_text : NULL;

	for (size_t i = 0; form != NULL && i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i].form, form) == 0)
			print = forms[i].print;
	if (print == NULL)
		usage_error(
		    cmd, _("--help takes %s: %s"), _("one of these words"), "mdoc bash zsh fish");
	print(stdout, cmd);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		perror(cmd->name);
		return EXIT_LOCAL;
	}
	return EXIT_YES;
}

/* Bytes of the character at s, if it is one of the set; else 0. */
static size_t
one_of(const char *s, const char *set)
{
	uint32_t c;
	size_t n = utf8_next(s, strlen(s), &c);

	return n > 0 && memmem(set, strlen(set), s, n) != NULL ? n : 0;
}

/* Bytes of the character at s, if it is two columns wide; else 0. */
static size_t
wide(const char *s)
{
	uint32_t c;
	size_t n = utf8_next(s, strlen(s), &c);

	return text_columns(s, n) > 1 ? n : 0;
}

/*
 * Bytes of the piece at s that a line is not broken in: a word, or one wide character, with the
 * brackets and stops that may not be parted from it.
 */
static size_t
piece(const char *s)
{
	size_t n = one_of(s, "（「"), step = wide(s + n);

	n += step;
	while (step == 0 && s[n] != '\0' && s[n] != ' ' && wide(s + n) == 0)
		n++;
	while ((step = one_of(s + n, "）」、。")) > 0)
		n += step;
	return n;
}

/* Prints text from column `at` on, broken at the width and indented by `indent`. */
static void
put_wrapped(FILE *fp, const char *text, size_t at, size_t indent)
{
	int blank = 0; /* is there one before the piece? */

	while (*text != '\0') {
		size_t n = piece(text), columns = text_columns(text, n);

		if (at > indent && at + (size_t)blank + columns > WIDTH) {
			fprintf(fp, "\n%*s", (int)indent, "");
			at = indent;
		} else if (blank) {
			fputc(' ', fp);
			at++;
		}
		fwrite(text, 1, n, fp);
		at += columns;
		text += n;
		blank = *text == ' ';
		text += strspn(text, " ");
	}
	fputc('\n', fp);
}

/* "  -j, --jobs N" and the sentence beside it, or below when there is no room. */
static void
put_row(FILE *fp, const char *left, const char *sentence)
{
	size_t at = text_columns(left, strlen(left));

	fputs(left, fp);
	if (at + 2 > COLUMN) {
		fputc('\n', fp);
		at = 0;
	}
	fprintf(fp, "%*s", (int)(COLUMN - at), "");
	put_wrapped(fp, sentence, COLUMN, COLUMN);
}

static void
put_option(FILE *fp, const struct option_row *row)
{
	char left[128], short_form[8] = "    ", sentence[512], words[128] = "", initial[64] = "";

	if (row->letter != 0)
		snprintf(short_form, sizeof short_form, "-%c, ", row->letter);
	snprintf(left, sizeof left, "  %s--%s%s%s%s", short_form, row->name,
	    row->arg == NULL	       ? ""
	    : row->type == OPTION_STEP ? " ["
				       : " ",
	    row->arg == NULL ? "" : row->arg, row->type == OPTION_STEP ? "]" : "");
	if (row->words != NULL)
		snprintf(words, sizeof words, _(" (one of: %s)"), row->words);
	if (row->initial != NULL)
		snprintf(initial, sizeof initial, _(" (default %s)"), row->initial);
	snprintf(sentence, sizeof sentence, "%s%s%s", _(row->help), words, initial);
	put_row(fp, left, sentence);
}

void
help_text(FILE *fp, const struct command *cmd)
{
	char left[128];

	fprintf(fp, _("usage: %s [OPTION ...]"), cmd->name);
	fprintf(fp, "%s%s\n\n", *cmd->args == '\0' ? "" : " ", cmd->args);
	put_wrapped(fp, _(cmd->help), 0, 0);
	fputc('\n', fp);
	for (const struct verb *v = cmd->verbs; v != NULL && v->name != NULL; v++) {
		snprintf(left, sizeof left, "  %s %s", v->name, v->args);
		put_row(fp, left, _(v->help));
	}
	if (cmd->verbs != NULL)
		fputc('\n', fp);
	for (size_t i = 0; i < row_count(cmd); i++)
		put_option(fp, row_at(cmd, i));
}
