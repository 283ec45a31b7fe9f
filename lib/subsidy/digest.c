#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "subsidy/digest.h"

#define BYTES 32

struct digest {
	EVP_MD_CTX *ctx;
};

static int
begin(struct digest *d)
{
	return EVP_DigestInit_ex2(d->ctx, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

static void
write_hex(const unsigned char bytes[static BYTES], char hex[static HEX_SIZE])
{
	for (size_t i = 0; i < BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

struct digest *
digest_new(void)
{
	struct digest *d = calloc(1, sizeof *d);

	if (d != NULL && (d->ctx = EVP_MD_CTX_new()) != NULL && begin(d) == 0)
		return d;
	digest_free(d);
	return NULL;
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

int
digest_add(struct digest *d, const void *bytes, size_t n)
{
	return EVP_DigestUpdate(d->ctx, bytes, n) == 1 ? 0 : -1;
}

int
digest_end(struct digest *d, char hex[static HEX_SIZE])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (EVP_DigestFinal_ex(d->ctx, bytes, &n) != 1 || n != BYTES)
		return -1;
	write_hex(bytes, hex);
	return begin(d);
}

int
digest_peek(const struct digest *d, char hex[static HEX_SIZE])
{
	struct digest copy = { EVP_MD_CTX_new() };
	int failed = copy.ctx == NULL || EVP_MD_CTX_copy_ex(copy.ctx, d->ctx) != 1 ||
		     digest_end(&copy, hex) == -1;

	EVP_MD_CTX_free(copy.ctx);
	return failed ? -1 : 0;
}

int
digest_of(const void *bytes, size_t n, char hex[static HEX_SIZE])
{
	unsigned char made[EVP_MAX_MD_SIZE];
	size_t len = 0;

	if (EVP_Q_digest(NULL, "SHA256", NULL, bytes, n, made, &len) != 1 || len != BYTES)
		return -1;
	write_hex(made, hex);
	return 0;
}
