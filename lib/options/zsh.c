#include <string.h>

#include "options/rows.h"

/* Inside single quotes and an option's specification: brackets and colons are zsh's. */
static void
put_escaped(FILE *fp, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'') {
			fputs("'\\''", fp);
			continue;
		}
		if (strchr("[]():\"\\", *s) != NULL)
			fputc('\\', fp);
		fputc(*s, fp);
	}
}

/* ":FILE:_files": what the value of the option is. */
static void
put_value(FILE *fp, const struct option_row *row)
{
	fprintf(fp, "%s:%s:", row->type == OPTION_STEP ? ":" : "", row->arg);
	if (row_takes_file(row))
		fputs("_files", fp);
	else if (row_takes_dir(row))
		fputs("_files -/", fp);
	else if (row_takes_word(row))
		fprintf(fp, "(%s)", row->words);
	else
		fputc(' ', fp);
}

static void
put_row(FILE *fp, const struct option_row *row)
{
	const char *again = row->type == OPTION_LIST ? "*" : "";
	int flag = row->type == OPTION_FLAG;

	if (row->letter != 0 && *again == '\0')
		fprintf(fp, "\t'(-%c --%s)'{-%c%s,--%s%s}'[", row->letter, row->name, row->letter,
		    flag ? "" : "+", row->name, flag ? "" : "=");
	else if (row->letter != 0)
		fprintf(fp, "\t'*'{-%c+,--%s=}'[", row->letter, row->name);
	else
		fprintf(fp, "\t'%s--%s%s[", again, row->name, flag ? "" : "=");
	put_escaped(fp, row->help);
	fputc(']', fp);
	if (!flag)
		put_value(fp, row);
	fputs("' \\\n", fp);
}

static void
put_verbs(FILE *fp, const struct command *cmd)
{
	fputs("\t'1:verb:((", fp);
	for (const struct verb *v = cmd->verbs; v->name != NULL; v++) {
		fprintf(fp, "%s%s\\:\"", v == cmd->verbs ? "" : " ", v->name);
		put_escaped(fp, v->help);
		fputc('"', fp);
	}
	fputs("))' \\\n", fp);
}

void
help_zsh(FILE *fp, const struct command *cmd)
{
	fprintf(fp, "#compdef %s\n# Made by: %s --help=zsh\n\n_arguments -s -S \\\n", cmd->name,
	    cmd->name);
	for (size_t i = 0; i < row_count(cmd); i++)
		put_row(fp, row_at(cmd, i));
	if (cmd->verbs != NULL)
		put_verbs(fp, cmd);
	fputs(operands_are_files(cmd) ? "\t'*:file:_files'\n" : "\t'*: :'\n", fp);
}
