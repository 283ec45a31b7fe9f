/*
 * Faults on purpose, so that receipt computers can be tested against a terminal that misbehaves.
 *
 * The schedule is that of base/schedule.h; requests count from 1 in the order in which they are
 * taken. Different faults of one request add up; of the rows of one fault the first counts.
 *
 *	slow		milliseconds before the response appears
 *	order		how many responses to later requests appear before it
 *	pending		milliseconds for which a response with SegmentOfResult 2 stands in its place
 *	half		milliseconds for which only its first half is there; 0: for ever
 *	encoding	- (its declaration names the other encoding)
 *	error		the code of an error instead of the answer
 *	never		- (it is taken, and that is all)
 *	twice		milliseconds after which the same response appears once more
 *	echo		- (what it registers comes back with another number)
 *	future		- (a request about a day to come is refused)
 *
 * Of a bulk submission `pending` is how long its result is not ready. Of a bulk result:
 *
 *	missing		the number of a person whose unit is left out
 *	doubled		of one whose unit comes twice
 *	differing	of one whose unit comes twice, with another answer
 *	foreign		- (a unit comes that nobody has asked for)
 *	counts		- (its counts are wrong)
 *	reversed	- (its units come in the reverse order)
 */
#ifndef OQ_TERMINAL_FAULTS_H
#define OQ_TERMINAL_FAULTS_H

#include "base/schedule.h"

extern const struct schedule_kind terminal_faults[];

struct plan { /* what is to go wrong with one request; -1: this not */
	int64_t slow, order, pending, half, twice, missing, doubled, differing;
	int encoding, never, future, foreign, counts, reversed, echo;
	char error[SCHEDULE_TEXT_SIZE]; /* "": none */
};

/* The faults of request n. A NULL schedule has none. */
void plan_make(const struct schedule *, uint64_t n, struct plan *);

#endif
