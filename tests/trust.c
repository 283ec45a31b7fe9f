/*
 * trust presence TOKEN FACILITY AUDIENCE SCOPE CARD-CA ATTESTER|-	is the token good now?
 * trust consent TOKEN FACILITY AUDIENCE		the same of a consent
 * trust withdrawal TOKEN FACILITY AUDIENCE	and of a withdrawal
 * trust new-consent FACILITY AUDIENCE	claims of a consent, from our own hand
 * trust new-withdrawal FACILITY AUDIENCE CONSENT
 * trust sign CERT KEY TYPE CLAIMS	a token by the signer
 * trust list CERT KEY LIST	its detached signature of a list of digests, DER
 * trust repeat KEY TEXT	an ECDSA signature that repeats, DER
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
#include "trust/consent.h"
#include "trust/presence.h"
#include "trust/repeat.h"
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
say_signer(const uint8_t signer[static IDCERT_FINGERPRINT])
{
	for (size_t i = 0; i < IDCERT_FINGERPRINT; i++)
		printf("%02x", signer[i]);
	putchar('\n');
	return 0;
}

static int
consent(char **arg)
{
	struct why why = { .id = ERR_NONE };
	struct consent_rules r = { .facility = arg[1], .audience = arg[2], .now = clock_now() };
	struct consent c;
	struct buf token;
	int good;

	buf_init(&token, 1 << 20);
	good = file_read(arg[0], 1 << 20, &token, &why) == 0 &&
	       consent_read(token.data == NULL ? "" : token.data, token.len, &c, &why) &&
	       consent_check(&c, &r, &why);
	buf_free(&token);
	if (!good)
		return say_refusal(&why);
	printf("good %s %s given %x refused %x %s %s %s %s [%s] %lld ", c.id, c.presence,
	    (unsigned)c.purposes.given, (unsigned)c.purposes.refused, c.text.id, c.text.version,
	    c.text.lang, c.origin_word, c.operator,(long long) c.n);
	return say_signer(c.signer);
}

static int
withdrawal(char **arg)
{
	struct why why = { .id = ERR_NONE };
	struct consent_rules r = { .facility = arg[1], .audience = arg[2], .now = clock_now() };
	struct withdrawal w;
	struct buf token;
	int good;

	buf_init(&token, 1 << 20);
	good = file_read(arg[0], 1 << 20, &token, &why) == 0 &&
	       withdrawal_read(token.data == NULL ? "" : token.data, token.len, &w, &why) &&
	       withdrawal_check(&w, &r, &why);
	buf_free(&token);
	if (!good)
		return say_refusal(&why);
	printf("good %s [%s] ", w.consent, w.operator);
	return say_signer(w.signer);
}

static const char *const zeros = "0000000000000000000000000000000000000000000000000000000000000000";

static int
new_consent(char **arg)
{
	struct consent c;
	struct buf claims;

	consent_new(&c, arg[0], arg[1], CONSENT_SCREEN, clock_now());
	ask_new(c.presence);
	c.purposes =
	    (struct consent_purposes){ PURPOSE_SET(FOR_DRUGS), PURPOSE_SET(FOR_INSURANCE_USE) };
	c.text = (struct consent_text){ "medical", "2026-04-01", "ja" };
	c.n = 1;
	memcpy(c.prev, zeros, sizeof c.prev);
	buf_init(&claims, 4096);
	consent_claims(&claims, &c);
	puts(claims.data);
	buf_free(&claims);
	return 0;
}

static int
new_withdrawal(char **arg)
{
	struct withdrawal w;
	struct buf claims;

	withdrawal_new(&w, arg[0], arg[1], arg[2], clock_now());
	w.n = 2;
	memcpy(w.prev, zeros, sizeof w.prev);
	buf_init(&claims, 4096);
	withdrawal_claims(&claims, &w);
	puts(claims.data);
	buf_free(&claims);
	return 0;
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
list(char **arg)
{
	struct why why = { .id = ERR_NONE };
	struct signer *signer = signer_start(arg[0], arg[1], -1, &why);
	struct buf sig;
	int failed = 1;

	buf_init(&sig, 1 << 20);
	if (signer != NULL && signer_list(signer, arg[2], strlen(arg[2]), &sig, &why) == 0)
		failed = fwrite(sig.data, 1, sig.len, stdout) != sig.len;
	else
		say_refusal(&why);
	signer_stop(signer);
	buf_free(&sig);
	return failed;
}

static int
repeat(char **arg)
{
	FILE *fp = fopen(arg[0], "re");
	EVP_PKEY *key = fp == NULL ? NULL : PEM_read_PrivateKey(fp, NULL, NULL, NULL);
	struct buf sig;
	int failed = 1;

	buf_init(&sig, 1 << 10);
	if (key != NULL && repeat_sign(alg_of_key(key), key, arg[1], strlen(arg[1]), &sig) == 0)
		failed = fwrite(sig.data, 1, sig.len, stdout) != sig.len;
	EVP_PKEY_free(key);
	if (fp != NULL)
		fclose(fp);
	buf_free(&sig);
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
} jobs[] = { { "presence", 6, presence }, { "consent", 3, consent },
	{ "withdrawal", 3, withdrawal }, { "new-consent", 2, new_consent },
	{ "new-withdrawal", 3, new_withdrawal }, { "sign", 4, sign }, { "list", 3, list },
	{ "repeat", 2, repeat }, { "base64", 0, base64 } };

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof jobs / sizeof *jobs; i++)
		if (strcmp(argv[1], jobs[i].name) == 0 && argc == jobs[i].arguments + 2)
			return jobs[i].run(argv + 2);
	fputs("usage: see the top of trust.c\n", stderr);
	return 2;
}
