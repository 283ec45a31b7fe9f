/*
 * The consent ledger (PROTOCOL 3): a file of lines, one an event, which only grows.
 *
 * The first line says whose it is; each later one is {"n","at","event","token"} in exactly the
 * bytes that entry_write() makes, and its token holds `n` and `prev`, the hex SHA-256 of the line
 * before it with its line feed. So whoever holds any later token or checkpoint holds them all.
 *
 * A line without its line feed is a torn append: a crash, not tampering. The next writer saves it
 * to FILE.torn and enters `recovered` in its place. The file is locked for an append only, so
 * that several desks can ask at the same time; it belongs on a disk of the machine.
 *
 * This is the first format: there is none before it to migrate from.
 */
#ifndef OQ_TRUST_LEDGER_H
#define OQ_TRUST_LEDGER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "trust/consent.h"
#include "trust/event.h"
#include "trust/jws.h"
#include "trust/signer.h"

#define LEDGER_FORMAT	1
#define LEDGER_LINE_MAX (JWS_MAX + 256)

struct ledger;

/*
 * Opens the ledger for writing, or makes it (0600). NULL with why: ledger-newer, ledger-damaged,
 * ledger-exposed, ledger-on-share, foreign-institution, file-unwritable.
 */
struct ledger *ledger_open(const char *path, const char *facility, struct why *);
void ledger_close(struct ledger *);

/* An entry to be made: what its token says is asked for once its place is known. */
struct ledger_draft {
	enum event_kind event;
	const char *type; /* of the token */
	int64_t at;	  /* iat */
	int (*claims)(void *context, int64_t n, const char *prev, struct buf *out);
	void *context;
};

/* Drafts of the three kinds of token, which stay the caller's and are given n and prev. */
struct ledger_draft draft_consent(struct consent *);
struct ledger_draft draft_withdrawal(struct withdrawal *);
struct ledger_draft draft_event(struct ledger_event *);

/*
 * Signs and appends, after setting a torn line aside; token gets the token. 0 when the entry is on
 * the disk, or -1 with why: then it is not in the ledger, or torn.
 */
int ledger_append(
    struct ledger *, struct signer *, const struct ledger_draft *, struct buf *token, struct why *);

/* The hash of the last line, which this process has appended. */
const char *ledger_last(const struct ledger *);

/* How many bytes of torn lines were set aside since ledger_open(). */
uint64_t ledger_recovered(const struct ledger *);

/* What a line says. */
struct ledger_entry {
	int64_t n, at;
	enum event_kind event;
	char token[JWS_MAX + 1];
	char hash[CONSENT_PREV]; /* of the line */
};

/* What its token says, by type. */
struct ledger_token {
	const char *type; /* CONSENT_TYPE, WITHDRAWAL_TYPE, EVENT_TYPE */
	const char *facility, *prev;
	int64_t issued, n;
	const uint8_t *signer;
	struct consent consent;
	struct withdrawal withdrawal;
	struct ledger_event event;
};

/* Reading, line by line; one reader a file. */
struct ledger_reader {
	FILE *fp;
	char *line;
	size_t room;
	char facility[16];
	char hash[CONSENT_PREV]; /* of the line last read */
	uint64_t torn;		 /* bytes of a torn line at the end */
};

/* Opens and reads the first line. 0, or -1 with why. ledger_end() is safe in either case. */
int ledger_begin(struct ledger_reader *, const char *path, struct why *);
void ledger_end(struct ledger_reader *);

/* 1 and an entry, 0 at the end, -1 with why: the line is none (ledger-damaged), or reading failed. */
int ledger_next(struct ledger_reader *, struct ledger_entry *, struct why *);

/* Reads the entry's token and checks its signature; it borrows from the struct. 1, or 0 with why. */
int entry_token(const struct ledger_entry *, struct ledger_token *, struct why *);

#endif
