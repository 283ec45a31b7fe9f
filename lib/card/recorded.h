/*
 * A recorded session: what was asked of a reader and what it answered, in order, as lines of text.
 *
 *	open ok				what a call said: the words of enum link
 *	look ok 0 1 Test Reader 00 00	each reader: events, card or not, name; a line "." ends them
 *	.
 *	connect ok
 *	> 00a4040c0ad392f000260100000001
 *	< 9000				or a word: < removed
 *	off
 *	close
 *
 * Played back byte for byte: a call that the record does not have next fails. A PIN is never
 * written down, but as asterisks, which stand for any digits.
 */
#ifndef OQ_CARD_RECORDED_H
#define OQ_CARD_RECORDED_H

#include "base/error.h"
#include "card/transport.h"

/* Plays a record from a file. NULL self: why. recorded_free() frees it. */
struct way recorded_play(const char *path, struct why *);

/* Works through another way, which stays the caller's, and writes the record to fd. */
struct way recorded_write(int fd, const struct way *);

void recorded_free(struct way *);

#endif
