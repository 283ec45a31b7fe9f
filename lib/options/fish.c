#include "options/rows.h"

/* Inside single quotes. */
static void
put_escaped(FILE *fp, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'' || *s == '\\')
			fputc('\\', fp);
		fputc(*s, fp);
	}
}

static void
put_row(FILE *fp, const struct command *cmd, const struct option_row *row)
{
	fprintf(fp, "complete -c %s -l %s", cmd->name, row->name);
	if (row->letter != 0)
		fprintf(fp, " -s %c", row->letter);
	if (row_takes_file(row))
		fputs(" -r -F", fp);
	else if (row_takes_dir(row))
		fputs(" -x -a '(__fish_complete_directories)'", fp);
	else if (row_takes_word(row))
		fprintf(fp, " -x -a '%s'", row->words);
	else if (row->type != OPTION_FLAG)
		fputs(" -x", fp);
	fputs(" -d '", fp);
	put_escaped(fp, row->help);
	fputs("'\n", fp);
}

static void
put_verb(FILE *fp, const struct command *cmd, const struct verb *v)
{
	fprintf(fp, "complete -c %s -n __fish_use_subcommand -a %s -d '", cmd->name, v->name);
	put_escaped(fp, v->help);
	fputs("'\n", fp);
}

void
help_fish(FILE *fp, const struct command *cmd)
{
	fprintf(fp, "# Made by: %s --help=fish\n", cmd->name);
	if (cmd->verbs != NULL)
		fprintf(fp, "complete -c %s -n __fish_use_subcommand -f\n", cmd->name);
	else if (!operands_are_files(cmd))
		fprintf(fp, "complete -c %s -f\n", cmd->name);
	for (const struct verb *v = cmd->verbs; v != NULL && v->name != NULL; v++)
		put_verb(fp, cmd, v);
	for (size_t i = 0; i < row_count(cmd); i++)
		put_row(fp, cmd, row_at(cmd, i));
}
