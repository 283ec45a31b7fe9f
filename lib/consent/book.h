/* Looking things up in the ledger: the consents that it holds, and what became of them. */
#ifndef OQ_CONSENT_BOOK_H
#define OQ_CONSENT_BOOK_H

#include "base/buf.h"
#include "trust/ledger_check.h"

struct book;

/*
 * Reads the ledger through, checking it; withdrawals after as_of have not happened yet. The report
 * says how far it is whole: what lies behind that is not looked at. NULL with why without memory.
 */
struct book *book_open(const char *path, const struct ledger_rules *, int64_t as_of,
    struct ledger_report *, struct why *);
void book_close(struct book *);

/* A consent: a receipt, or what was taken over or said without a card. */
struct agreement {
	const struct ledger_entry *entry;
	const struct ledger_token *token;
	int64_t withdrawn_at;	/* 0: it was not */
	const char *withdrawal; /* the token of that, or NULL */
};

/* Hands out those made by as_of, in order. */
void book_each(
    const struct book *, void (*take)(void *context, const struct agreement *), void *context);

/*
 * Finds the receipt by its code, its entry's number, its token's number, or the last one (NULL),
 * and hands it out. 1, or 0 with why: entry-unknown.
 */
int book_find(const struct book *, const char *which,
    void (*take)(void *context, const struct agreement *), void *context, struct why *why);

/* Appends the record of an agreement. hub: a word, or NULL. 0, or -1 when out has failed. */
int agreement_write(struct buf *out, const struct agreement *, int64_t as_of, const char *hub);

#endif
