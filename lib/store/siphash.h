/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash nobody outside can steer. */
#ifndef OQ_STORE_SIPHASH_H
#define OQ_STORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_SIZE 16

uint64_t siphash(const unsigned char key[static SIPHASH_KEY_SIZE], const void *, size_t);

#endif
