#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/eight.h"
#include "base/random.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void
random_bytes(void *to, size_t n)
{
	unsigned char *p = to;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			abort(); /* an identity that could be guessed is worse than none */
		p += got;
		n -= (size_t)got;
	}
}

void
base32(char *out, const unsigned char *in, size_t n)
{
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < n; i++) {
		held = held << 8 | in[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*out++ = alphabet[held >> (bits - 5) & 31];
		held &= (1U << bits) - 1;
	}
	if (bits > 0)
		*out++ = alphabet[held << (5 - bits) & 31];
	*out = '\0';
}

void
ask_new(char out[static ASK_SIZE])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof bytes);
	base32(out, bytes, sizeof bytes);
}

int
ask_valid(const char *s)
{
	return strlen(s) == ASK_SIZE - 1 && strspn(s, alphabet) == ASK_SIZE - 1;
}

/* Eight characters of an ask as 40 bits; *good keeps only the marks of what may stand in one. */
static uint64_t
forty_bits(uint64_t x, uint64_t *good)
{
	uint64_t letters = eight_between(x, 'a', 'z');

	*good &= letters | eight_between(x, '2', '7');
	/* 'a' ends in 1 and is 0, '2' ends in 18 and is 26. */
	x = (x & EIGHT(0x1f)) + EIGHT(8) - (letters >> 7) * 9;
	x = (x & 0x001f001f001f001f) | (x >> 3 & 0x03e003e003e003e0);
	x = (x & 0x000003ff000003ff) | (x >> 6 & 0x000ffc00000ffc00);
	return (x & 0x00000000000fffff) | (x >> 12 & 0x000000fffff00000);
}

int
ask_pack(const char *ask, struct ask *out)
{
	uint64_t good = EIGHT_HIGH, eight[4];

	for (size_t i = 0; i < 3; i++)
		eight[i] = forty_bits(eight_load(ask + 8 * i), &good);
	/* The last two: after six that were read already. */
	eight[3] = forty_bits(eight_load(ask + ASK_SIZE - 1 - 8), &good) >> 30;
	if (good != EIGHT_HIGH) {
		*out = (struct ask){ 0 };
		return 0;
	}
	out->low = eight[0] | eight[1] << 40;
	out->high = eight[1] >> 24 | eight[2] << 16 | eight[3] << 56;
	out->rest = (uint8_t)(eight[3] >> 8 | ASK_THERE);
	return 1;
}

void
ask_unpack(const struct ask *ask, char out[static ASK_SIZE])
{
	uint64_t low = ask->low, high = ask->high, rest = ask->rest & (ASK_THERE - 1);

	if (ask->rest == 0) {
		out[0] = '\0';
		return;
	}
	for (size_t i = 0; i < ASK_SIZE - 1; i++) {
		out[i] = alphabet[low & 31];
		low = low >> 5 | high << 59;
		high = high >> 5 | rest << 59;
		rest >>= 5;
	}
	out[ASK_SIZE - 1] = '\0';
}
