/* oq-read-card's work with a PC/SC reader: readings become records. */
#ifndef OQ_CARD_RUN_H
#define OQ_CARD_RUN_H

#include <stdint.h>

#include "card/transport.h"

/* As the options of oq-read-card(1) of the same names; times in milliseconds. */
struct card_run {
	const char *tool;
	const char *method; /* "pin" or "visual" */
	const char *scope;  /* "verify" or "self" */
	const char *reader;
	const char *via, *hub, *facility, *card_ca, *grace;
	const char *looked; /* --operator */
	const char *cert, *key;
	const char *summary;
	int pin_fd, pass_fd; /* -1: none */
	int status, watch, merge;
	int use_last_try, with_serial;
	int64_t timeout, max_line;
	const struct way *way; /* NULL: PC/SC */
};

/* What is wrong with the choice of options, for usage_error(); NULL if nothing. */
const char *card_run_mistake(const struct card_run *);

/* Does it, and returns the exit status. Enters its restraint. */
int card_run(const struct card_run *);

#endif
