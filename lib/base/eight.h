/*
 * Eight bytes of text at a time, the first one lowest. A mask has the highest bit of each byte that
 * is meant and no other bit. No branch depends on the text: in short texts of all lengths a loop's
 * end is guessed wrong, and that costs more than the rest.
 */
#ifndef OQ_BASE_EIGHT_H
#define OQ_BASE_EIGHT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT(byte) ((uint64_t)0x0101010101010101 * (byte))
#define EIGHT_HIGH  EIGHT(0x80)

static inline uint64_t
eight_load(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return le64toh(x);
}

static inline void
eight_store(char *p, uint64_t x)
{
	x = htole64(x);
	memcpy(p, &x, sizeof x);
}

/* Of bytes from least (1 to 0x80) upwards. */
static inline uint64_t
eight_from(uint64_t x, unsigned least)
{
	return (((x & ~EIGHT_HIGH) + EIGHT(0x80 - least)) | x) & EIGHT_HIGH;
}

/* Of bytes from least to most, both below 0x80. */
static inline uint64_t
eight_between(uint64_t x, unsigned least, unsigned most)
{
	return eight_from(x, least) & ~eight_from(x, most + 1);
}

/* Of bytes equal to one below 0x80. */
static inline uint64_t
eight_equal(uint64_t x, unsigned byte)
{
	return eight_between(x, byte, byte);
}

/* Where the first byte of a mask is; 8 if there is none. */
static inline size_t
eight_first(uint64_t mask)
{
	return mask == 0 ? 8 : (size_t)__builtin_ctzll(mask) / 8;
}

/* The first n (at most 8) bytes, then zeros. */
static inline uint64_t
eight_only(uint64_t x, size_t n)
{
	return n >= 8 ? x : x & (((uint64_t)1 << 8 * n) - 1);
}

#endif
