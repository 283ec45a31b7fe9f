/*
 * Why something did not work: the `error` member of records.csv before it is written.
 *
 * Codes are rows of errors.csv (generated: enum error_id, error_rows[]); a row fixes title, actor,
 * next step and whether asking again can help, so that the same mishap reads the same everywhere.
 * A struct why is plain memory: nothing to free, may be copied.
 */
#ifndef OQ_BASE_ERROR_H
#define OQ_BASE_ERROR_H

#include <stddef.h>

#include "base/buf.h"
#include "gen/errors.h" /* enum error_id: ERR_NONE, ERR_HUB_UNREACHABLE, ... */

struct error_row {
	const char *code;  /* hub-unreachable */
	const char *title; /* English, one per code, never translated */
	const char *actor; /* patient facility insurer network central operator */
	const char *next;  /* what to do, a word of next.csv */
	const char *retry; /* never later now */
	int exit; /* exit status when it stopped every line; 0: it only makes lines unknown */
};
extern const struct error_row error_rows[]; /* indexed by enum error_id */

struct next_row {
	const char *word;
	const char *en, *ja; /* a sentence for people */
};
extern const struct next_row next_rows[]; /* ends with a NULL word */

struct why {
	enum error_id id; /* ERR_NONE: no error */
	char detail[384]; /* this case, for people; "" when there is nothing to add */
	char pointer[96]; /* JSON Pointer into the record, or "" */
	char upstream_code[64];
	char upstream_message[384]; /* both unaltered, "" when there was no upstream */
};

/*
 * Fills why; a NULL why is allowed and ignored. pointer may be NULL. The detail must not hold a
 * secret, and where it is printed on stderr no personal data: name the field, not its value.
 */
void why_set(struct why *, enum error_id, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

void why_upstream(struct why *, const char *code, const char *message);

/* The code, word or sentence of a why; "" when there is none. */
const char *why_code(const struct why *);
const char *why_sentence(const struct why *, int japanese);

/* The id of a code read from a record, or ERR_NONE if this version does not know it. */
enum error_id error_find(const char *code);

/* Adds the JSON object of records.csv's `error` (tool, code, title, ...) to out. */
int why_json(struct buf *out, const struct why *, const char *tool);

/* "oq-verify: title: detail; sentence" and a line feed, on stderr. */
void why_print(const struct why *, const char *tool);

#endif
