/*
 * What the commands that ask have in common: their options, and everything from opening to the exit
 * status. A command's options begin with struct asker, at offset 0.
 */
#ifndef OQ_ASK_COMMAND_H
#define OQ_ASK_COMMAND_H

#include "ask/service.h"
#include "options/options.h"
#include "options/words.h"

struct asker {
	const char *via, *facility, *ca, *cert, *key, *operator, * lane, *journal, *state, *archive,
	    *summary, *fail_on, *until;
	int pass_fd, as_completed, retry_unknown, keep;
	int64_t jobs, max_line, retry_for, rate, timeout, scan, settle, note_after, give_up;
};

/* Before the rows of the command. */
#define ASKER_ROWS_FIRST                                                                           \
	ROW_VIA(struct asker), ROW_FACILITY(struct asker), ROW_CA(struct asker),                   \
	    ROW_CERT(struct asker), ROW_KEY(struct asker), ROW_PASS_FD(struct asker),              \
	    ROW_OPERATOR(struct asker),                                                            \
	    ROW(struct asker, "lane", 0, "LANE", OPTION_WORD, lane, "desk batch", "desk", 0,       \
		N_("whether somebody at the desk waits for the answers, or nobody does")),         \
	    ROW_JOBS(struct asker), ROW_JOURNAL(struct asker),                                     \
	    ROW(struct asker, "state", 0, "DIR", OPTION_DIR, state, NULL, NULL, OPTION_CONF,       \
		N_("where the journal of a terminal is, unless --journal names it")),              \
	    ROW(struct asker, "as-completed", 0, NULL, OPTION_FLAG, as_completed, NULL, NULL, 0,   \
		N_("let a line leave when it is answered, not in its order"))

/* After them. */
#define ASKER_ROWS_LAST                                                                            \
	ROW(struct asker, "retry-unknown", 0, NULL, OPTION_FLAG, retry_unknown, NULL, NULL, 0,     \
	    N_("ask again where our own error says that this can help")),                          \
	    ROW(struct asker, "retry-for", 0, "SPAN", OPTION_SPAN, retry_for, NULL, "30s", 0,      \
		N_("patience with a hub that is down, fails or wants us to wait; more than 30s "   \
		   "needs a journal")),                                                            \
	    { "rate", 0, "N", OPTION_COUNT, offsetof(struct asker, rate), NULL, NULL, 1, 1000000,  \
		    0, N_("ask at most so many questions a minute") },                             \
	    ROW(struct asker, "until", 0, "HH:MM", OPTION_TEXT, until, NULL, NULL, 0,              \
		N_("stop asking at that time in Japan, as a signal would")),                       \
	    ROW(struct asker, "timeout", 0, "SPAN", OPTION_SPAN, timeout, NULL, "30s", 0,          \
		N_("patience with one request, from connect to last byte")),                       \
	    ROW(struct asker, "scan", 0, "SPAN", OPTION_SPAN, scan, NULL, "1s", 0,                 \
		N_("look into the terminal's folder this often, also when nothing is reported of " \
		   "it")),                                                                         \
	    ROW(struct asker, "settle", 0, "SPAN", OPTION_SPAN, settle, NULL, "300ms", 0,          \
		N_("time between two readings of a response that must be the same")),              \
	    ROW(struct asker, "note-after", 0, "SPAN", OPTION_SPAN, note_after, NULL, "10s", 0,    \
		N_("say on a terminal that an answer takes longer than this")),                    \
	    ROW(struct asker, "give-up", 0, "SPAN", OPTION_SPAN, give_up, NULL, "180s", 0,         \
		N_("patience with the terminal, from a request to its response")),                 \
	    ROW(struct asker, "keep", 0, NULL, OPTION_FLAG, keep, NULL, NULL, 0,                   \
		N_("leave the terminal's responses in the folder instead of removing them")),      \
	    ROW(struct asker, "archive", 0, "DIR", OPTION_DIR, archive, NULL, NULL, 0,             \
		N_("move the terminal's responses here instead of removing them")),                \
	    ROW_MAX_LINE(struct asker), ROW_SUMMARY(struct asker), ROW_FAIL_ON(struct asker)

/* What a command adds to them. */
struct asking_command {
	const struct command *command;
	const struct service *service;
	const struct query *query;	 /* of service_query */
	const struct bulk_options *bulk; /* of service_bulk */
	int say, again, dry_run;
	int64_t reuse_within;	   /* milliseconds; 0: nothing is reused */
	const char *changed_since; /* a journal or a file of records, or NULL */
	const char *pdf;	   /* a directory for PDFs, or NULL */
};

/*
 * Runs the command: asks for the records of standard input. Its exit status; or it does not return,
 * but ends the process with it.
 */
int asker_run(const struct asking_command *, const struct asker *, int operands, char **argv);

#endif
