#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

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
