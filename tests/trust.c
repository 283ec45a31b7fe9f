/*
 * trust presence TOKEN FACILITY AUDIENCE SCOPE CARD-CA ATTESTER|-	is the token good now?
 * trust sign CERT KEY TYPE CLAIMS	a token by the signer
 * trust base64			base64url and back, of random bytes of every length
 *
 * Prints what it says, or the code of the refusal; for trust.bats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "trust/base64.h"
#include "trust/presence.h"
#include "trust/signer.h"

static int
say_refusal(const struct why *why)
{
	puts(why_code(why));
	return 1;
}

static int
fingerprint(const char *path, uint8_t out[static IDCERT_FINGERPRINT])
{
	FILE *fp = fopen(path, "re");
	X509 *cert = fp == NULL ? NULL : PEM_read_X509(fp, NULL, NULL, NULL);
	unsigned n = 0;
	int ok = cert != NULL && X509_digest(cert, EVP_sha256(), out, &n) == 1;

	X509_free(cert);
	if (fp != NULL)
		fclose(fp);
	return ok;
}

static int
presence(char **arg)
{
	uint8_t attester[IDCERT_FINGERPRINT];
	struct why why = { .id = ERR_NONE };
	struct presence_rules r = { .facility = arg[1], .audience = arg[2], .now = clock_now() };
	struct presence p;
	struct buf token;
	int good = 0;

	buf_init(&token, 1 << 20);
	r.scope = strcmp(arg[3], "self") == 0 ? PRESENCE_FOR_SELF : PRESENCE_FOR_VERIFY;
	r.anchors = anchors_load(arg[4], &why);
	if (strcmp(arg[5], "-") != 0 && fingerprint(arg[5], attester))
		r.attester = attester;
	if (r.anchors != NULL && file_read(arg[0], 1 << 20, &token, &why) == 0)
		good =
		    presence_verify(token.data == NULL ? "" : token.data, token.len, &r, &p, &why);
	if (good)
		printf("good %s %s %s %s%s\n", p.method_word, p.scope_word, p.id, p.card,
		    p.fingerprint);
	else
		say_refusal(&why);
	anchors_free((struct anchors *)r.anchors);
	buf_free(&token);
	return !good;
}

static int
sign(char **arg)
{
	struct why why = { .id = ERR_NONE };
	struct signer *signer = signer_start(arg[0], arg[1], -1, &why);
	struct buf token;
	int failed = 1;

	buf_init(&token, 1 << 20);
	if (signer != NULL &&
	    signer_token(signer, arg[2], arg[3], strlen(arg[3]), &token, &why) == 0)
		failed = fputs(token.data, stdout) == EOF;
	else
		say_refusal(&why);
	signer_stop(signer);
	buf_free(&token);
	return failed;
}

static int
base64(char **arg)
{
	unsigned char bytes[200];
	struct buf text, back;

	(void)arg;
	buf_init(&text, 1024);
	buf_init(&back, 1024);
	random_bytes(bytes, sizeof bytes);
	for (size_t n = 0; n <= sizeof bytes; n++)
		for (int form = BASE64_URL; form <= BASE64_PADDED; form++) {
			buf_reset(&text);
			buf_reset(&back);
			base64_add(&text, (enum base64)form, bytes, n);
			if (base64_read(
				&back, (enum base64)form, n == 0 ? "" : text.data, text.len) != 1 ||
			    back.len != n || (n > 0 && memcmp(back.data, bytes, n) != 0)) {
				printf("%zu bytes come back wrong\n", n);
				return 1;
			}
		}
	buf_free(&text);
	buf_free(&back);
	puts("same");
	return 0;
}

static const struct {
	const char *name;
	int arguments;
	int (*run)(char **);
} jobs[] = { { "presence", 6, presence }, { "sign", 4, sign }, { "base64", 0, base64 } };

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof jobs / sizeof *jobs; i++)
		if (strcmp(argv[1], jobs[i].name) == 0 && argc == jobs[i].arguments + 2)
			return jobs[i].run(argv + 2);
	fputs("usage: see the top of trust.c\n", stderr);
	return 2;
}
