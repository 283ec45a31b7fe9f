#include "options/rows.h"

/* "_oq_verify" */
static void
put_function(FILE *fp, const struct command *cmd)
{
	fputc('_', fp);
	for (const char *p = cmd->name; *p != '\0'; p++)
		fputc(*p == '-' ? '_' : *p, fp);
}

/* "--ca | --cert | -o": every option of which `wanted` says that it completes so. 1 if any. */
static int
put_pattern(FILE *fp, const struct command *cmd, int (*wanted)(const struct option_row *))
{
	int any = 0;

	for (size_t i = 0; i < row_count(cmd); i++) {
		const struct option_row *row = row_at(cmd, i);

		if (!wanted(row))
			continue;
		fprintf(fp, "%s--%s", any ? " | " : "\t", row->name);
		if (row->letter != 0)
			fprintf(fp, " | -%c", row->letter);
		any = 1;
	}
	return any;
}

static int
takes_free_text(const struct option_row *row)
{
	return row->type != OPTION_FLAG && !row_takes_word(row) && !row_takes_file(row) &&
	       !row_takes_dir(row);
}

/* What the option before the cursor takes. */
static void
put_values(FILE *fp, const struct command *cmd)
{
	if (put_pattern(fp, cmd, row_takes_file))
		fputs(")\n\t\tcompopt -o filenames\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
		      "\t\treturn\n\t\t;;\n",
		    fp);
	if (put_pattern(fp, cmd, row_takes_dir))
		fputs(")\n\t\tcompopt -o filenames\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
		      "\t\treturn\n\t\t;;\n",
		    fp);
	if (put_pattern(fp, cmd, takes_free_text))
		fputs(")\n\t\treturn\n\t\t;;\n", fp);
	for (size_t i = 0; i < row_count(cmd); i++)
		if (row_takes_word(row_at(cmd, i)))
			fprintf(fp,
			    "\t--%s)\n\t\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n"
			    "\t\treturn\n\t\t;;\n",
			    row_at(cmd, i)->name, row_at(cmd, i)->words);
}

static void
put_names(FILE *fp, const struct command *cmd)
{
	for (size_t i = 0; i < row_count(cmd); i++)
		fprintf(fp, "%s--%s", i == 0 ? "" : " ", row_at(cmd, i)->name);
}

static void
put_verbs(FILE *fp, const struct command *cmd)
{
	fputs("\tif ((COMP_CWORD == 1)); then\n\t\tmapfile -t COMPREPLY < <(compgen -W '", fp);
	for (const struct verb *v = cmd->verbs; v->name != NULL; v++)
		fprintf(fp, "%s%s", v == cmd->verbs ? "" : " ", v->name);
	fputs("' -- \"$cur\")\n\t\treturn\n\tfi\n", fp);
}

/* Bash breaks words at '=': "--ca=x" comes as "--ca", "=", "x". */
void
help_bash(FILE *fp, const struct command *cmd)
{
	fprintf(fp, "# shellcheck shell=bash\n# Made by: %s --help=bash\n\n", cmd->name);
	put_function(fp, cmd);
	fputs("()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n\n"
	      "\tif [[ $prev == = ]]; then\n"
	      "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	      "\telif [[ $cur == = ]]; then\n"
	      "\t\tcur=\n"
	      "\tfi\n"
	      "\tCOMPREPLY=()\n"
	      "\tcase $prev in\n",
	    fp);
	put_values(fp, cmd);
	fputs("\tesac\n"
	      "\tif [[ $cur == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W '",
	    fp);
	put_names(fp, cmd);
	fputs("' -- \"$cur\")\n\t\treturn\n\tfi\n", fp);
	if (cmd->verbs != NULL)
		put_verbs(fp, cmd);
	if (operands_are_files(cmd))
		fputs("\tcompopt -o filenames\n"
		      "\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n",
		    fp);
	fputs("}\ncomplete -F ", fp);
	put_function(fp, cmd);
	fprintf(fp, " %s\n", cmd->name);
}
