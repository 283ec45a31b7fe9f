/*
 * Claims of tokens by a table: a claim is a row that says where in a struct it is kept. What no
 * row names is refused, and so is a row that the token does not have.
 */
#ifndef OQ_TRUST_CLAIMS_H
#define OQ_TRUST_CLAIMS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* How a claim is read and written. read() returns 1, or 0 when the value is not of its form. */
struct claim_form {
	int (*read)(void *to, size_t size, const json_t *value);
	int (*write)(struct buf *out, const void *from);
};

extern const struct claim_form claim_text;   /* char[]: not empty, and it fits */
extern const struct claim_form claim_hash;   /* char[]: hex in lower case that fills it */
extern const struct claim_form claim_number; /* int64_t: Unix seconds, or a count */

struct claim {
	const char *name;
	size_t at, size;
	const struct claim_form *form;
	unsigned required, allowed; /* in tokens of which kinds, a bit each */
};

/* A row for a member of a struct. */
#define CLAIM(claim_name, type, member, how, required_in, allowed_in)                              \
	{                                                                                          \
		.name = (claim_name), .at = offsetof(type, member),                                \
		.size = sizeof((type *)NULL)->member, .form = &(how), .required = (required_in),   \
		.allowed = (allowed_in)                                                            \
	}

/*
 * Reads the claims of a token of one kind into a zeroed struct. 1, or 0 with why: token-claim-missing,
 * -malformed or -unknown, and which.
 */
int claims_read(
    void *to, const struct claim *, size_t n, unsigned kind, json_t *object, struct why *);

/* Appends them as a JSON object; texts that are empty and not required are left out. 0, or -1. */
int claims_write(struct buf *out, const void *from, const struct claim *, size_t n, unsigned kind);

/* Index of the word in a list of n, or -1. */
int claim_word(const char *const *words, int n, const char *word);

#endif
