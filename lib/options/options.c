#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"
#include "base/file.h"
#include "options/rows.h"

static const struct option_row common_rows[] = {
	ROW(struct common, "config", 0, "FILE", OPTION_FILE, config, NULL, NULL, 0,
	    N_("read this configuration file and no other")),
	ROW(struct common, "no-config", 0, NULL, OPTION_FLAG, no_config, NULL, NULL, 0,
	    N_("read no configuration file")),
	ROW(struct common, "lang", 0, "LANG", OPTION_WORD, lang, "en ja", NULL, OPTION_CONF,
	    N_("language of what people read; records are the same in every language")),
	ROW(struct common, "help", 0, NULL, OPTION_FLAG, help, NULL, NULL, 0,
	    N_("print this and exit; --help=mdoc, bash, zsh or fish print it in that form")),
	ROW(struct common, "version", 0, NULL, OPTION_FLAG, version, NULL, NULL, 0,
	    N_("print the version and exit")),
};

size_t
row_count(const struct command *cmd)
{
	return cmd->n_rows + sizeof common_rows / sizeof *common_rows;
}

const struct option_row *
row_at(const struct command *cmd, size_t i)
{
	return i < cmd->n_rows ? &cmd->rows[i] : &common_rows[i - cmd->n_rows];
}

size_t
row_find(const struct command *cmd, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < row_count(cmd); i++)
		if (strlen(row_at(cmd, i)->name) == n && memcmp(row_at(cmd, i)->name, name, n) == 0)
			break;
	return i;
}

int
row_takes_file(const struct option_row *row)
{
	return row->type == OPTION_FILE ||
	       (row->type == OPTION_LIST && strcmp(row->arg, "FILE") == 0);
}

int
row_takes_dir(const struct option_row *row)
{
	return row->type == OPTION_DIR ||
	       (row->type == OPTION_LIST && strcmp(row->arg, "DIR") == 0);
}

int
row_takes_word(const struct option_row *row)
{
	return row->type == OPTION_WORD || row->type == OPTION_STEP;
}

int
row_has_word(const struct option_row *row, const char *word)
{
	size_t n = strlen(word), len;

	for (const char *w = row->words; *w != '\0'; w += len + (w[len] == ' ')) {
		len = strcspn(w, " ");
		if (len == n && memcmp(w, word, n) == 0)
			return 1;
	}
	return 0;
}

int
operands_are_files(const struct command *cmd)
{
	return cmd->verbs != NULL || strstr(cmd->args, "FILE") != NULL ||
	       strstr(cmd->args, "DIR") != NULL;
}

void
row_env(const struct option_row *row, char out[static ROW_ENV_SIZE])
{
	snprintf(out, ROW_ENV_SIZE, "OQ_%s", row->name);
	for (char *p = out; *p != '\0'; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
}

void
usage_error(const struct command *cmd, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, _("; try '%s --help'"), cmd->name);
	fputc('\n', stderr);
	exit(EXIT_USAGE);
}

static int
version_print(const struct command *cmd)
{
	printf("%s %s\n", cmd->name, OQ_VERSION);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		perror(cmd->name);
		return EXIT_LOCAL;
	}
	return EXIT_YES;
}

/* --help and --version answer at once, whatever else is on the line. */
static void
answer_at_once(const struct reading *r, const struct option_row *row, const char *value)
{
	const char *lang = r->common.lang != NULL ? r->common.lang : getenv("OQ_LANG");

	if (strcmp(row->name, "help") != 0 && strcmp(row->name, "version") != 0)
		return;
	if (lang != NULL && *lang != '\0')
		words_choose(lang);
	if (strcmp(row->name, "help") == 0)
		exit(help_print(r->cmd, value));
	if (value == NULL)
		exit(version_print(r->cmd));
}

static void __attribute__((noreturn))
unknown_option(const struct command *cmd, const char *name, size_t n)
{
	struct nearest near = { 0 };

	for (size_t i = 0; i < row_count(cmd); i++)
		nearest_try(&near, name, n, row_at(cmd, i)->name);
	usage_error(
	    cmd, _("unknown option '--%.*s', the nearest is '--%s'"), (int)n, name, near.best);
}

/* What follows the option: the next argument, or nothing at the end of the line. */
static const char *
next_argument(char **argv, int *at)
{
	return argv[*at + 1] == NULL ? NULL : argv[++*at];
}

/* What follows, if it is one of the words; else the last of them. */
static const char *
next_step(const struct option_row *row, char **argv, int *at)
{
	const char *last = strrchr(row->words, ' ');

	if (argv[*at + 1] != NULL && row_has_word(row, argv[*at + 1]))
		return argv[++*at];
	return last == NULL ? row->words : last + 1;
}

/* argv[*at] is "--name" or "--name=value"; *at moves on to the value when that stands apart. */
static void
take_long(struct reading *r, char **argv, int *at)
{
	const char *name = argv[*at] + 2, *value = strchr(name, '=');
	size_t n = value == NULL ? strlen(name) : (size_t)(value - name), i;
	const struct option_row *row;
	char label[64];

	if (value != NULL)
		value++;
	if ((i = row_find(r->cmd, name, n)) == row_count(r->cmd))
		unknown_option(r->cmd, name, n);
	row = row_at(r->cmd, i);
	answer_at_once(r, row, value);
	if (row->type == OPTION_FLAG && value != NULL)
		usage_error(r->cmd, _("--%s takes no value"), row->name);
	if (row->type == OPTION_FLAG)
		value = "yes";
	else if (row->type == OPTION_STEP && value == NULL)
		value = next_step(row, argv, at);
	else if (value == NULL && (value = next_argument(argv, at)) == NULL)
		usage_error(r->cmd, _("--%s needs a value: %s"), row->name, row->arg);
	snprintf(label, sizeof label, "--%s", row->name);
	row_set(r, i, value, label);
}

static size_t
row_of_letter(const struct command *cmd, char letter)
{
	size_t i;

	for (i = 0; i < row_count(cmd); i++)
		if (row_at(cmd, i)->letter == letter)
			break;
	return i;
}

/* argv[*at] is "-abo", "-ofile" or "-o", whose value may be the next argument. */
static void
take_short(struct reading *r, char **argv, int *at)
{
	const struct option_row *row;
	char label[] = "-x";
	const char *value;
	size_t i;

	for (const char *p = argv[*at] + 1; *p != '\0'; p++) {
		label[1] = *p;
		if ((i = row_of_letter(r->cmd, *p)) == row_count(r->cmd))
			usage_error(r->cmd, _("unknown option '%s'"), label);
		row = row_at(r->cmd, i);
		if (row->type == OPTION_FLAG) {
			row_set(r, i, "yes", label);
			continue;
		}
		value = p[1] != '\0' ? p + 1 : next_argument(argv, at);
		if (value == NULL)
			usage_error(r->cmd, _("%s needs a value: %s"), label, row->arg);
		row_set(r, i, value, label);
		return;
	}
}

/* Puts the operands into `operands`, with a NULL behind, and returns their number. */
static int
read_arguments(struct reading *r, char **argv, char **operands)
{
	int n = 0, options = 1;

	for (int i = 1; argv[i] != NULL; i++) {
		if (!options || argv[i][0] != '-' || argv[i][1] == '\0')
			operands[n++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			options = 0;
		else if (argv[i][1] == '-')
			take_long(r, argv, &i);
		else
			take_short(r, argv, &i);
	}
	operands[n] = NULL;
	return n;
}

/* A variable that is empty counts as not set. */
static void
read_environment(struct reading *r)
{
	char name[ROW_ENV_SIZE];

	for (size_t i = 0; i < row_count(r->cmd); i++) {
		const struct option_row *row = row_at(r->cmd, i);
		const char *value;

		if (r->given[i] || !(row->flags & OPTION_CONF))
			continue;
		row_env(row, name);
		if ((value = getenv(name)) != NULL && *value != '\0')
			row_set(r, i, value, name);
	}
}

static void
set_initials(struct reading *r)
{
	for (size_t i = 0; i < row_count(r->cmd); i++) {
		const struct option_row *row = row_at(r->cmd, i);

		if (r->given[i])
			continue;
		if (row->initial != NULL)
			row_set(r, i, row->initial, row->name);
		else if (row->type == OPTION_FD)
			*(int *)((char *)r->values + row->at) = -1;
	}
}

int
options_read(const struct command *cmd, int argc, char **argv, void *values, char ***operands)
{
	struct reading r = { .cmd = cmd, .values = values };
	int n = 0;

	file_hold_standard();
	r.given = keep(row_count(cmd));
	memset(r.given, 0, row_count(cmd));
	*operands = keep(((size_t)argc + 1) * sizeof **operands);
	**operands = NULL;
	if (argc > 0)
		n = read_arguments(&r, argv, *operands);
	read_environment(&r);
	if (!r.common.no_config)
		config_read(&r);
	set_initials(&r);
	if (r.common.lang != NULL)
		words_choose(r.common.lang);
	return n;
}
