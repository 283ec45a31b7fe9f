/* Identity of a question, and other numbers nobody can guess. */
#ifndef OQ_BASE_RANDOM_H
#define OQ_BASE_RANDOM_H

#include <stddef.h>

#define ASK_SIZE 27 /* 26 characters and NUL */

/* Fills with bytes of the kernel; aborts if it has none to give. */
void random_bytes(void *, size_t);

/* A new `ask`: 26 characters, lower-case base32 (RFC 4648, no padding) of 16 random bytes. */
void ask_new(char out[static ASK_SIZE]);
/* 1 if it has the form of an ask, else 0. */
int ask_valid(const char *);

/*
 * An ask in 17 bytes: its characters as five bits each, the first lowest. ask_pack() returns 0, and
 * out is not to be used, where it has not the form of one.
 */
#define ASK_PACKED 17
int ask_pack(const char ask[static ASK_SIZE], unsigned char out[static ASK_PACKED]);
void ask_unpack(const unsigned char packed[static ASK_PACKED], char out[static ASK_SIZE]);

/* base32 of n bytes into out, which must hold (n * 8 + 4) / 5 + 1 characters. */
void base32(char *out, const unsigned char *, size_t n);

#endif
