/* Identity of a question, and other numbers nobody can guess. */
#ifndef OQ_BASE_RANDOM_H
#define OQ_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define ASK_SIZE 27 /* 26 characters and NUL */

/* Fills with bytes of the kernel; aborts if it has none to give. */
void random_bytes(void *, size_t);

/* A new `ask`: 26 characters, lower-case base32 (RFC 4648, no padding) of 16 random bytes. */
void ask_new(char out[static ASK_SIZE]);
/* 1 if it has the form of an ask, else 0. */
int ask_valid(const char *);

/* An ask as a number of 130 bits: five for each character, the first lowest. */
struct ask {
	uint64_t low, high;
	uint8_t rest; /* the last two bits and ASK_THERE; 0: there is none */
};
#define ASK_THERE 4

/* Reads 26 characters. 1, or 0 and none where they have not the form of an ask. */
int ask_pack(const char *, struct ask *);
/* Of none "". */
void ask_unpack(const struct ask *, char out[static ASK_SIZE]);

static inline int
ask_same(const struct ask *a, const struct ask *b)
{
	return a->low == b->low && a->high == b->high && a->rest == b->rest;
}

/* base32 of n bytes into out, which must hold (n * 8 + 4) / 5 + 1 characters. */
void base32(char *out, const unsigned char *, size_t n);

#endif
