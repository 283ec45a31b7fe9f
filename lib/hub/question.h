/*
 * A question line, read without a tree: what is not exactly the question of PROTOCOL 1 is refused
 * (question-malformed), and who refuses names the member.
 */
#ifndef OQ_HUB_QUESTION_H
#define OQ_HUB_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "store/people.h"

#define QUESTION_TEXT_MAX 128 /* bytes of one text of a question */

struct question {
	char ask[ASK_SIZE]; /* "" when it could not be read, */
	struct ask packed;  /* and then none */
	uint32_t visit_date;
	/* By card: tokens, in the line itself. Then nothing of what follows is read from it. */
	const char *presence; /* NULL: by number */
	const char *consent;  /* NULL: none goes with it */
	size_t presence_len, consent_len;
	char insurer_number[QUESTION_TEXT_MAX], symbol[QUESTION_TEXT_MAX];
	char number[QUESTION_TEXT_MAX], branch[QUESTION_TEXT_MAX];
	uint32_t birth_date;
	int limit_certificate_consent;
	int specific_diseases_consent; /* by card only: by number the former stands for both */
	char limit_kind[32], limit_class[8]; /* last known to the clinic; "" */
	int has_insured;
	int has_limit; /* it said what it knew, also if that is nothing */
};

/*
 * Reads one line (without its line feed). 1, or 0 with why; then ask is set if the line is an
 * object that has one.
 */
int question_read(const char *, size_t, struct question *, struct why *);
/* The same, never by the short way: for the test that both say the same. */
int question_read_any(const char *, size_t, struct question *, struct why *);

/*
 * The key to look for; its texts point into the question and into what is added to `scratch`,
 * which must have QUESTION_KEY_ROOM left or earlier keys move. 0, or -1 with why.
 */
#define QUESTION_KEY_ROOM ((size_t)12 * QUESTION_TEXT_MAX)
int question_key(const struct question *, struct buf *scratch, struct cover_key *, struct why *);

/*
 * What makes the answer to a question by number, whose key is found at slot: a digest of it tells
 * whether an ask has come with another question. Returns the number of bytes.
 */
#define QUESTION_CONTENT_MAX 256
size_t question_content(
    const struct question *, int64_t slot, unsigned char out[static QUESTION_CONTENT_MAX]);

#endif
