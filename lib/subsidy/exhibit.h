/*
 * The documents that an application goes with, each under the name by which the law of electronic
 * books wants it found (電子帳簿保存法: day, counterparty, amount).
 */
#ifndef OQ_SUBSIDY_EXHIBIT_H
#define OQ_SUBSIDY_EXHIBIT_H

#include "base/buf.h"
#include "subsidy/assess.h"
#include "subsidy/digest.h"

enum exhibit_kind {
	EXHIBIT_RECEIPT,
	EXHIBIT_BREAKDOWN,
	EXHIBIT_REPORT,
	EXHIBIT_CONTRACT,
	N_EXHIBITS
};
extern const char *const exhibit_words[N_EXHIBITS]; /* "receipt" */

#define EXHIBIT_PATH_SIZE 256

struct exhibit {
	enum exhibit_kind kind;
	long supplier; /* whose, or NOWHERE */
	int64_t day, yen;
	const char *counterparty;
	const char *member; /* that names its file: receipt_file */
	const char *file;   /* below the directory of files; NULL: it stands in bytes */
	struct buf bytes;
	char ending[12]; /* ".pdf", or "" */
	char path
	    [EXHIBIT_PATH_SIZE]; /* in a package: "data/receipt/20230310_架空システム_110000.pdf" */
	char sha256[HEX_SIZE]; /* once it was packed */
};

struct exhibits {
	struct exhibit *exhibits;
	size_t n, room;
};

/*
 * What the project has, assessed: each supplier's receipt and contract where it names a file. Then
 * exhibits_name() gives each its path; equal ones get _2. The exhibits borrow from the project.
 * 0, or -1 with why: out-of-memory, or subsidy-fact-missing where day or counterparty are unsaid.
 */
int exhibits_collect(struct exhibits *, const struct project *, struct why *);
int exhibits_name(struct exhibits *, struct why *);
void exhibits_free(struct exhibits *);

/*
 * A new exhibit of that kind, made from the project: its day, counterparty and amount are those of
 * the supplier (NOWHERE: of the facility) and its bytes are the caller's to fill. NULL with why.
 */
struct exhibit *exhibits_add(struct exhibits *, const struct project *, const struct assessment *,
    enum exhibit_kind, long supplier, const char *ending, struct why *);

/* The JSON Pointer to the member that names the file of an exhibit that has one. */
#define POINTER_SIZE 96
void exhibit_pointer(const struct exhibit *, char out[static POINTER_SIZE]);

/*
 * Opens the file of a exhibit that has one, which must be below dir, links and all. A descriptor, or
 * -1 with why (evidence-unreadable, pointing at the member).
 */
int exhibit_open(const struct exhibit *, const char *dir, struct why *);

/* Adds text as a part of a file's name: what a file system or a shell minds becomes '_'. */
void name_part(struct buf *out, const char *text, size_t max);

#endif
