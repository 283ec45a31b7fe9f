/*
 * Asking with a journal (PROTOCOL 4): before a question goes out it is looked for among those that
 * were asked, by this run or by one that was cut.
 *
 * When the journal fails nothing more is asked: a question that nobody remembers could get a second
 * identity. Lines then fail with what failed; those under way still leave.
 */
#ifndef OQ_ASK_JOURNAL_H
#define OQ_ASK_JOURNAL_H

#include "ask/batch.h"
#include "store/journal.h"

#define ASKED_FLYING 64 /* windows under way at most */

struct asked { /* zeroed: no journal */
	struct journal *journal;
	const struct service *service;
	const char *route;		       /* its name */
	struct why failed;		       /* journal-failed; ERR_NONE while it works */
	unsigned char place[JOURNAL_KEY_SIZE]; /* SHA-256 of route and facility */
	struct buf question;		       /* the line's, as it would be sent */
	char fresh[ASK_SIZE];		       /* for it, when it was not asked before */
	struct journal_question entry;
	int64_t filling, flying[ASKED_FLYING]; /* windows that will be answered; 0: none */
	struct journal_found found;
};

/* 0, or -1 with why without memory. Borrows what the options name, and the route's name. */
int asked_open(struct asked *, const struct ask_options *, const char *route, struct why *);
void asked_close(struct asked *);

/*
 * Writes the line's question, with an ask that does not count, and entry.key, which is over the place
 * and all but the ask. 0, or -1 with why.
 */
int asked_question(struct asked *, const struct decision *, struct why *);

/*
 * Looks for the question of a line that is to be asked (WAY_ASK). It may become WAY_KEPT, with the
 * answer, WAY_SAME, when it is under way, or WAY_FAILED; else it says with which ask it goes out.
 */
void asked_look(struct asked *, struct decision *);

/* The key of the question that was looked for last; NULL without a journal. */
const unsigned char *asked_key(const struct asked *);
/* Where that one's own answer stands in the journal (WAY_KEPT); 0: nowhere yet. */
uint64_t asked_place(const struct asked *, const struct decision *);

/* The line that was looked for is the batch's last one now. */
void asked_add(struct asked *, struct batch *);

/* The batch takes no more. Once asked_commit() has not failed it may leave. */
void asked_seal(struct asked *, struct batch *, int64_t now);
/* It may not: its questions say why. */
void asked_refuse(const struct asked *, struct batch *);

/* The batch is done: the journal learns its answers, and so do equal lines in any batch. */
void asked_done(struct asked *, struct batch *, struct batch *const *batches, size_t n);

/*
 * Reads an answer of this run back; what given says of the time stays. 0, or -1: then the journal has
 * failed.
 */
int asked_recall(struct asked *, int64_t window, size_t place, struct given *);

/* Makes durable what was sealed, and what was answered. */
void asked_commit(struct asked *);

#define FACILITY_SIZE 65
/*
 * Who asks, for the journal: the facility's code, or, when none is given, what stands for it, a
 * hash of the certificate that says it to the hub. 0, or -1 with why.
 */
int asked_facility(
    const char *code, const char *cert, char out[static FACILITY_SIZE], struct why *why);

#endif
