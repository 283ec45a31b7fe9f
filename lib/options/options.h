/*
 * A command's options are one table. --help, completions, the page's option list, the
 * configuration file and the environment all come from it.
 */
#ifndef OQ_OPTIONS_OPTIONS_H
#define OQ_OPTIONS_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define OQ_VERSION "0.1.0"
#define N_(s)	   s /* marked for translation where a constant is needed */

enum option_type {
	OPTION_FLAG,  /* int: 1 when given */
	OPTION_TEXT,  /* const char * */
	OPTION_FILE,  /* const char *; completions offer files */
	OPTION_DIR,   /* const char *; completions offer directories */
	OPTION_LIST,  /* struct option_list: may be given again */
	OPTION_WORD,  /* const char *: one of `words` */
	OPTION_STEP,  /* the same; the last of them when none of them follows */
	OPTION_COUNT, /* int64_t from `low` to `high` */
	OPTION_SIZE,  /* int64_t bytes, with k m g */
	OPTION_SPAN,  /* int64_t milliseconds: 90s 15m 12h 7d */
	OPTION_DATE,  /* const char *, checked to be YYYY-MM-DD */
	OPTION_TIME,  /* const char *, checked to be RFC 3339 */
	OPTION_FD,    /* int, an open descriptor; -1 when not given */
};

struct option_list {
	const char **items;
	size_t n;
};

enum { OPTION_CONF = 1 }; /* may also stand in oq.conf and, as OQ_NAME, in the environment */

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order that a row is read */
struct option_row {
	const char *name; /* "max-line" for --max-line */
	char letter;	  /* 'o' for -o, or 0 */
	const char *arg;  /* "FILE" in the help, NULL for a flag */
	enum option_type type;
	size_t at;	     /* offsetof in the command's options struct */
	const char *words;   /* OPTION_WORD, OPTION_STEP: "negative unknown", else NULL */
	const char *initial; /* default, as it would be written, or NULL */
	int64_t low, high;   /* OPTION_COUNT, OPTION_SIZE */
	unsigned flags;
	const char *help; /* N_(): one sentence without a full stop */
};

struct verb {
	const char *name; /* of a sub-command: "init" */
	const char *args; /* "DIR" */
	const char *help;
};

struct command {
	const char *name; /* "oq-verify" */
	const char *kind; /* "filter", "source", "sum", "service" */
	const char *args; /* "[FILE ...]" or "" */
	const char *help; /* N_(): what it does, one line */
	const struct option_row *rows;
	size_t n_rows;
	const struct verb *verbs; /* NULL, or ends with a NULL name */
	/* Which options belong to which verb is said in each verb's row of the page. */
};

/*
 * Reads flags, then OQ_ variables, then the configuration file, then defaults into `values` (a
 * zeroed struct of the command, at the offsets of the table). Returns the number of operands and
 * *operands, with a NULL behind the last; argv stays as it is. --help and --version print and exit
 * 0; any mistake prints what is wrong, with the nearest name, and exits 2. Memory of values and of
 * *operands lives as long as the process. Before all else it calls file_hold_standard(): no command
 * may open a file earlier.
 *
 * Given twice, the last flag counts. A variable that is empty, or a name without a value in the
 * file, counts as not there. The file (PROTOCOL 6) may be written by its owner only, who must be
 * root or the one who runs the command; it may hold the names of all commands, listed in config.c.
 */
int options_read(const struct command *, int argc, char **argv, void *values, char ***operands);

/* Prints "oq-x: ...; try 'oq-x --help'" and exits 2. */
void usage_error(const struct command *, const char *, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Rows that several commands share; use them in tables: OPTION_VIA(struct options, via). */
#define ROW(T, name, letter, arg, type, member, words, initial, flags, help)                       \
	{                                                                                          \
		name, letter, arg, type, offsetof(T, member), words, initial, 0, INT64_MAX, flags, \
		    help                                                                           \
	}
#define ROW_VIA(T)                                                                                 \
	ROW(T, "via", 0, "ROUTE", OPTION_TEXT, via, NULL, NULL, OPTION_CONF,                       \
	    N_("the way out: https://HOST/ or terminal:DIR"))
#define ROW_FACILITY(T)                                                                            \
	ROW(T, "facility", 0, "CODE", OPTION_TEXT, facility, NULL, NULL, OPTION_CONF,              \
	    N_("our 10-digit institution code"))
#define ROW_CA(T)                                                                                  \
	ROW(T, "ca", 0, "FILE", OPTION_FILE, ca, NULL, NULL, OPTION_CONF,                          \
	    N_("PEM certificate of the hub's authority"))
#define ROW_CERT(T)                                                                                \
	ROW(T, "cert", 0, "FILE", OPTION_FILE, cert, NULL, NULL, OPTION_CONF,                      \
	    N_("our PEM certificate"))
#define ROW_KEY(T)                                                                                 \
	ROW(T, "key", 0, "FILE", OPTION_FILE, key, NULL, NULL, OPTION_CONF,                        \
	    N_("our PEM private key, readable by its owner only"))
#define ROW_HUB(T)                                                                                 \
	ROW(T, "hub", 0, "NAME", OPTION_TEXT, hub, NULL, NULL, OPTION_CONF,                        \
	    N_("the hub's own name, where it is not the host of --via"))
#define ROW_GRACE(T)                                                                               \
	ROW(T, "grace", 0, "FILE", OPTION_FILE, grace, NULL, NULL, OPTION_CONF,                    \
	    N_("the table of a card's time of grace, instead of the installed one"))
#define ROW_PASS_FD(T)                                                                             \
	ROW(T, "pass-fd", 0, "N", OPTION_FD, pass_fd, NULL, NULL, 0,                               \
	    N_("descriptor to read the key's passphrase from"))
#define ROW_OPERATOR(T)                                                                            \
	ROW(T, "operator", 0, "NAME", OPTION_TEXT, operator, NULL, NULL, OPTION_CONF,              \
	    N_("who is at the desk, for the other side's audit"))
#define ROW_JOBS(T)                                                                                \
	{                                                                                          \
		"jobs", 'j', "N", OPTION_COUNT, offsetof(T, jobs), NULL, "4", 1, 4, OPTION_CONF,   \
		    N_("windows in flight")                                                        \
	}
#define ROW_JOURNAL(T)                                                                             \
	ROW(T, "journal", 0, "FILE", OPTION_FILE, journal, NULL, NULL, 0,                          \
	    N_("remember questions here, and take up from it what was cut"))
#define ROW_MAX_LINE(T)                                                                            \
	{                                                                                          \
		"max-line", 0, "BYTES", OPTION_SIZE, offsetof(T, max_line), NULL, "16m", 1024,     \
		    (int64_t)16 << 20, OPTION_CONF, N_("longest line taken in or written")         \
	}
#define ROW_SUMMARY(T)                                                                             \
	ROW(T, "summary", 0, "FILE", OPTION_FILE, summary, NULL, NULL, 0,                          \
	    N_("write the closing count as JSON, whole or not at all"))
#define ROW_FAIL_ON(T)                                                                             \
	ROW(T, "fail-on", 0, "WHAT", OPTION_WORD, fail_on, "negative unknown", "negative",         \
	    OPTION_CONF,                                                                           \
	    N_("what is a failure: negative answers (1) and unknown ones (3), or only unknown "    \
	       "ones"))

/* --help, --version, --config, --no-config, --lang belong to every table and are added by
 * options_read() itself, which tells words_choose() the language. --help=mdoc|bash|zsh|fish
 * prints the list in that form. */

#endif
