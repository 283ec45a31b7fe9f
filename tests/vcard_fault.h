/*
 * Steps of a session, and what may go wrong at each on request:
 *
 *	WHAT@STEP[#N][=ARGUMENT]	at the Nth command of that step, else at each of them
 *
 *	silent		no answer, ever
 *	slow=MS		the answer comes that much later
 *	short		an answer of one byte
 *	cut=N		only N bytes of the data, then 9000
 *	long		a data byte more than was asked for
 *	flip		the last byte of the data comes back changed
 *	sw=HHHH		this status word instead; the card does nothing
 *	remove		the card is gone before it answers, and did nothing
 *	lost		the card is gone before it answers, but did it
 *	swap=DIR	another card lies there, fresh from the power-up
 *	run=PROGRAM	runs it before the card does anything
 */
#ifndef OQ_TESTS_VCARD_FAULT_H
#define OQ_TESTS_VCARD_FAULT_H

#include "vcard_card.h"

#define FAULTS_MAX 8

enum fault_kind {
	FAULT_SILENT,
	FAULT_SLOW,
	FAULT_SHORT,
	FAULT_CUT,
	FAULT_LONG,
	FAULT_FLIP,
	FAULT_SW,
	FAULT_REMOVE,
	FAULT_LOST,
	FAULT_SWAP,
	FAULT_RUN,
};

struct fault {
	enum fault_kind kind;
	char step[16];
	int nth;  /* 0: each time */
	int seen; /* commands of that step so far */
	const char *argument;
};

/* Reads one fault as above. 1, or 0 if it is none. */
int fault_parse(const char *text, struct fault *);

/* The step that a command belongs to: application token certificate pin query verify key sign
 * drop other. */
const char *step_of(const struct card *, const uint8_t *command, size_t n);

/* Is it this fault's turn? Counts. */
int fault_due(struct fault *, const char *step);

#endif
