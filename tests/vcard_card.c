#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "vcard_card.h"

#define EF_TOKEN    0x0006
#define EF_AUTH_KEY 0x0017
#define EF_AUTH_PIN 0x0018
#define EF_SIGN_KEY 0x001a
#define EF_SIGN_PIN 0x001b
#define EF_SIGN	    0x0001 /* the certificate that holds name and address: password first */

#define TOKEN_INFO 160
#define LABEL_SIZE 32

static const struct {
	uint16_t pin, key;
	int tries;
	const char *key_file, *pin_file;
} secrets[PINS] = {
	{ EF_AUTH_PIN, EF_AUTH_KEY, 3, "auth.key", "pin" },
	{ EF_SIGN_PIN, EF_SIGN_KEY, 5, "sign.key", "password" },
};

static const struct {
	uint16_t id;
	const char *name;
} stored[] = {
	{ 0x000a, "auth.der" },
	{ 0x000b, "auth-ca.der" },
	{ EF_SIGN, "sign.der" },
	{ 0x0002, "sign-ca.der" },
};

static const struct {
	enum card_app app;
	size_t len;
	uint8_t aid[10];
} applications[] = {
	{ APP_JPKI, 10, { 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 } },
	{ APP_MANAGER, 7, { 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00 } },
};

static FILE *
open_in(const struct card *c, const char *name, const char *mode)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", c->dir, name);
	return fopen(path, mode);
}

/* One word of a small file, or `otherwise` where there is none. */
static void
read_word(const struct card *c, const char *name, const char *otherwise, char *out, size_t n)
{
	FILE *fp = open_in(c, name, "re");

	if (fp == NULL || fgets(out, (int)n, fp) == NULL)
		snprintf(out, n, "%s", otherwise);
	out[strcspn(out, "\n")] = '\0';
	if (fp != NULL)
		fclose(fp);
}

static int
load_file(struct card *c, struct card_file *f, uint16_t id, const char *name)
{
	FILE *fp = open_in(c, name, "re");

	*f = (struct card_file){ .id = id };
	if (fp == NULL)
		return 0;
	f->bytes = malloc(CARD_FILE_MAX);
	if (f->bytes != NULL)
		f->len = fread(f->bytes, 1, CARD_FILE_MAX, fp);
	fclose(fp);
	return f->bytes == NULL ? -1 : 0;
}

/* Laid out as PKCS#11's CK_TOKEN_INFO, of which only the label matters. */
static int
make_token(const struct card *c, struct card_file *f)
{
	char label[LABEL_SIZE + 1];

	*f = (struct card_file){ .id = EF_TOKEN, .bytes = malloc(TOKEN_INFO), .len = TOKEN_INFO };
	if (f->bytes == NULL)
		return -1;
	read_word(c, "label", "JPKIAPICCTOKEN2", label, sizeof label);
	memset(f->bytes, ' ', TOKEN_INFO);
	memcpy(f->bytes, label, strlen(label));
	return 0;
}

static void
load_tries(struct card *c)
{
	FILE *fp = open_in(c, "tries", "re");

	for (int i = 0; i < PINS; i++)
		if (fp == NULL || fscanf(fp, "%d", &c->tries[i]) != 1)
			c->tries[i] = secrets[i].tries;
	if (fp != NULL)
		fclose(fp);
}

static void
store_tries(const struct card *c)
{
	FILE *fp = open_in(c, "tries", "we");

	if (fp == NULL || fprintf(fp, "%d %d\n", c->tries[PIN_AUTH], c->tries[PIN_SIGN]) < 0 ||
	    fclose(fp) == EOF)
		perror("vcard: tries");
}

int
card_load(struct card *c, const char *dir)
{
	size_t n = sizeof stored / sizeof *stored;

	*c = (struct card){ .dir = dir };
	for (size_t i = 0; i < n; i++)
		if (load_file(c, &c->files[i], stored[i].id, stored[i].name) == -1)
			return -1;
	if (make_token(c, &c->files[n]) == -1)
		return -1;
	for (int i = 0; i < PINS; i++) {
		FILE *fp = open_in(c, secrets[i].key_file, "re");

		if (fp != NULL) {
			c->keys[i] = PEM_read_PrivateKey(fp, NULL, NULL, NULL);
			fclose(fp);
		}
		read_word(c, secrets[i].pin_file, "", c->pins[i], sizeof c->pins[i]);
	}
	load_tries(c);
	if (c->keys[PIN_AUTH] != NULL)
		return 0;
	fprintf(stderr, "vcard: %s holds no card\n", dir);
	return -1;
}

void
card_free(struct card *c)
{
	for (size_t i = 0; i < sizeof c->files / sizeof *c->files; i++)
		free(c->files[i].bytes);
	for (int i = 0; i < PINS; i++)
		EVP_PKEY_free(c->keys[i]);
	*c = (struct card){ 0 };
}

void
card_reset(struct card *c)
{
	c->app = APP_NONE;
	c->current = 0;
}

void
card_power_off(struct card *c)
{
	card_reset(c);
	memset(c->verified, 0, sizeof c->verified);
}

/* Puts the status word behind n bytes of data; returns the length of the answer. */
static size_t
status(uint8_t *out, size_t n, unsigned sw)
{
	out[n] = (uint8_t)(sw >> 8);
	out[n + 1] = (uint8_t)sw;
	return n + 2;
}

static const struct card_file *
find_file(const struct card *c, uint16_t id)
{
	for (size_t i = 0; i < sizeof c->files / sizeof *c->files; i++)
		if (c->files[i].id == id && c->files[i].bytes != NULL)
			return &c->files[i];
	return NULL;
}

/* The secret whose PIN or key file this is, or -1. */
static int
secret_of(uint16_t id)
{
	for (int i = 0; i < PINS; i++)
		if (id == secrets[i].pin || id == secrets[i].key)
			return i;
	return -1;
}

static int
file_exists(const struct card *c, uint16_t id)
{
	int secret = secret_of(id);

	return secret == -1 ? find_file(c, id) != NULL : c->keys[secret] != NULL;
}

static unsigned
select_application(struct card *c, const uint8_t *aid, size_t n)
{
	for (size_t i = 0; i < sizeof applications / sizeof *applications; i++) {
		if (n != applications[i].len || memcmp(aid, applications[i].aid, n) != 0)
			continue;
		/* JICSAP: another application's selection ends what was verified. */
		if (applications[i].app != APP_JPKI)
			memset(c->verified, 0, sizeof c->verified);
		c->app = applications[i].app;
		c->current = 0;
		return 0x9000;
	}
	return 0x6a82;
}

static size_t
do_select(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	static const uint8_t fci[] = { 0x6f, 0x00 };
	size_t lc = n > 5 ? cmd[4] : 0;
	unsigned sw = 0x6a86;

	if (lc == 0 || n < 5 + lc)
		return status(out, 0, 0x6700);
	if (cmd[2] == 0x04) {
		sw = select_application(c, cmd + 5, lc);
	} else if (cmd[2] == 0x02 && lc == 2) {
		uint16_t id = (uint16_t)(cmd[5] << 8 | cmd[6]);

		sw = c->app == APP_JPKI && file_exists(c, id) ? 0x9000 : 0x6a82;
		if (sw == 0x9000)
			c->current = id;
	}
	if (sw != 0x9000 || (cmd[3] & 0x0c) == 0x0c)
		return status(out, 0, sw);
	memcpy(out, fci, sizeof fci);
	return status(out, sizeof fci, sw);
}

static size_t
do_read(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	size_t offset = (size_t)(cmd[2] << 8 | cmd[3]), want = n == 5 ? cmd[4] : 0;
	const struct card_file *f;

	if (n != 5)
		return status(out, 0, 0x6700);
	if (c->app == APP_JPKI && (cmd[2] & 0x80) != 0) {
		offset = cmd[3];
		if (!file_exists(c, cmd[2] & 0x1f))
			return status(out, 0, 0x6a82);
		c->current = cmd[2] & 0x1f;
	}
	if (c->app != APP_JPKI || c->current == 0)
		return status(out, 0, 0x6986);
	if ((f = find_file(c, c->current)) == NULL)
		return status(out, 0, 0x6981);
	if (f->id == EF_SIGN && !c->verified[PIN_SIGN])
		return status(out, 0, 0x6982);
	if (offset >= f->len)
		return status(out, 0, 0x6b00);
	if (want == 0)
		want = 256;
	if (want > f->len - offset)
		want = f->len - offset;
	memcpy(out, f->bytes + offset, want);
	return status(out, want, 0x9000);
}

static size_t
do_verify(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	uint16_t id = cmd[3] == 0x80 ? c->current : cmd[3] & 0x1f;
	int secret = secret_of(id);
	size_t lc = n > 5 ? cmd[4] : 0;

	if (c->app != APP_JPKI || id == 0)
		return status(out, 0, 0x6986);
	if (secret == -1 || id != secrets[secret].pin)
		return status(out, 0, 0x6981);
	if (n == 4)
		return status(out, 0, 0x63c0 | (unsigned)c->tries[secret]);
	if (n != 5 + lc)
		return status(out, 0, 0x6700);
	if (c->tries[secret] == 0)
		return status(out, 0, 0x6984);
	c->verified[secret] =
	    lc == strlen(c->pins[secret]) && memcmp(cmd + 5, c->pins[secret], lc) == 0;
	c->tries[secret] = c->verified[secret] ? secrets[secret].tries : c->tries[secret] - 1;
	store_tries(c);
	return status(out, 0, c->verified[secret] ? 0x9000 : 0x63c0 | (unsigned)c->tries[secret]);
}

/*
 * P1 says what the card adds: 00 the PKCS#1 padding alone, 02 the DigestInfo of SHA-256 as well.
 * The other schemes of my-number-card.md 4 are not modelled: nobody uses them.
 */
static size_t
sign_with(EVP_PKEY *key, int p1, const uint8_t *data, size_t n, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = CARD_ANSWER_MAX - 2;
	int ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
		 EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		 (p1 == 0x00 || EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1) &&
		 EVP_PKEY_sign(ctx, out, &len, data, n) == 1;

	EVP_PKEY_CTX_free(ctx);
	return ok ? status(out, len, 0x9000) : status(out, 0, 0x6985);
}

static size_t
do_sign(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	uint16_t id = cmd[3] == 0x80 ? c->current : cmd[3] & 0x1f;
	int secret = secret_of(id);
	size_t lc = n > 5 ? cmd[4] : 0;

	if (c->app != APP_JPKI || secret == -1 || id != secrets[secret].key)
		return status(out, 0, 0x6986);
	if (cmd[2] != 0x00 && cmd[2] != 0x02)
		return status(out, 0, 0x6a86);
	if (lc == 0 || n < 5 + lc || n > 6 + lc || (cmd[2] == 0x02 && lc != 32))
		return status(out, 0, 0x6700);
	if (!c->verified[secret])
		return status(out, 0, 0x6982);
	return sign_with(c->keys[secret], cmd[2], cmd + 5, lc, out);
}

static size_t
do_random(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	size_t want = n == 5 ? cmd[4] : 0;

	(void)c;
	if (want == 0 || RAND_bytes(out, (int)want) != 1)
		return status(out, 0, 0x6700);
	return status(out, want, 0x9000);
}

static const struct {
	uint8_t cla, ins;
	size_t (*run)(struct card *, const uint8_t *, size_t, uint8_t *);
} commands[] = {
	{ 0x00, 0xa4, do_select },
	{ 0x00, 0xb0, do_read },
	{ 0x00, 0x20, do_verify },
	{ 0x80, 0x2a, do_sign },
	{ 0x00, 0x84, do_random },
};

size_t
card_answer(struct card *c, const uint8_t *cmd, size_t n, uint8_t *out)
{
	unsigned sw = 0x6e00;

	if (n < 4)
		return status(out, 0, 0x6700);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].cla != cmd[0])
			continue;
		sw = 0x6d00;
		if (commands[i].ins == cmd[1])
			return commands[i].run(c, cmd, n, out);
	}
	return status(out, 0, sw);
}
