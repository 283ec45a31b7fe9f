/*
 * The inside of the options room: the rows of a command and those that every command has, as one
 * list, and what sets a row's value.
 */
#ifndef OQ_OPTIONS_ROWS_H
#define OQ_OPTIONS_ROWS_H

#include <stdio.h>

#include "options/options.h"
#include "options/words.h"

/* The values of the rows that every command has. */
struct common {
	int help, version, no_config;
	const char *config, *lang;
};

/* One reading of the options. */
struct reading {
	const struct command *cmd;
	void *values;
	struct common common;
	unsigned char *given; /* by row: has something set it? What comes first counts. */
};

size_t row_count(const struct command *);
/* The i-th row: first those of the command, then the common ones. */
const struct option_row *row_at(const struct command *, size_t i);
/* The row of that name (n bytes of it), or row_count(). */
size_t row_find(const struct command *, const char *name, size_t n);

/* Does the row's value, or each of a list, name a file? Or a directory? */
int row_takes_file(const struct option_row *);
int row_takes_dir(const struct option_row *);
/* Is the row's value one of `words`, and is this one of them? */
int row_takes_word(const struct option_row *);
int row_has_word(const struct option_row *, const char *);
/* Do the command's operands? */
int operands_are_files(const struct command *);

#define ROW_ENV_SIZE 64
/* "OQ_MAX_LINE" for "max-line". */
void row_env(const struct option_row *, char out[static ROW_ENV_SIZE]);

/*
 * Sets the value of a row from its text, which must live as long as the process. `label` is how
 * the mistake is to be named ("--jobs", "oq.conf:3: jobs"). A mistake ends the process with 2.
 */
void row_set(struct reading *, size_t i, const char *text, const char *label);

/* n bytes that live as long as the process; without memory it ends with 7. */
void *keep(size_t n);

/* Which of several names is meant? Zeroed at first; `best` is the nearest one tried. */
struct nearest {
	const char *best;
	size_t distance;
};
void nearest_try(struct nearest *, const char *wanted, size_t wanted_len, const char *name);

/* Reads the configuration file that counts, if any, into the rows that nothing has set yet. */
void config_read(struct reading *);

/*
 * Prints the help, or, when form is not NULL, the option list as "mdoc" or the completions for
 * "bash", "zsh", "fish". Returns the exit status.
 */
int help_print(const struct command *, const char *form);

/* The forms of the help, each on fp. */
void help_text(FILE *fp, const struct command *);
void help_mdoc(FILE *fp, const struct command *);
void help_bash(FILE *fp, const struct command *);
void help_zsh(FILE *fp, const struct command *);
void help_fish(FILE *fp, const struct command *);

#endif
