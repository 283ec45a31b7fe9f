#include <stdio.h>
#include <string.h>

#include "card/jpki.h"

#define SW_DONE	       0x9000
#define SW_EARLY_END   0x6282 /* what came before the end counts */
#define SW_SECURITY    0x6982
#define SW_BLOCKED     0x6983 /* ISO; 6984 is JICSAP's */
#define SW_BLOCKED_OLD 0x6984
#define SW_NO_FILE_NOW 0x6986
#define SW_NOT_FOUND   0x6a82
#define SW_END	       0x6b00
#define SW_UNSPECIFIED 0x6f00

#define EF_TOKEN       0x0006
#define EF_CERTIFICATE 0x000a
#define EF_KEY	       0x0017
#define EF_PIN	       0x0018
#define LABEL	       32
#define READS_MAX      64 /* a card that gives a byte at a time gives up here */

/* What a signing command carries: the key's algorithm says how the digest is wrapped. */
static const struct scheme {
	const char *alg;
	uint8_t prefix[19]; /* DigestInfo (RFC 8017 9.2) up to the digest */
	size_t prefix_len;
} schemes[] = {
	{ "RS256",
	    { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
		0x01, 0x05, 0x00, 0x04, 0x20 },
	    19 },
};

static int
select_file(struct channel *c, enum step step, unsigned id, struct answer *a, struct why *why)
{
	const uint8_t command[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, (uint8_t)(id >> 8), (uint8_t)id };

	return apdu(c, step, command, sizeof command, APDU_DATA, APDU_FETCH, a, why);
}

static int
read_binary(struct channel *c, enum step step, size_t offset, size_t want, struct answer *a,
    struct why *why)
{
	const uint8_t command[] = { 0x00, 0xb0, (uint8_t)(offset >> 8), (uint8_t)offset,
		(uint8_t)want };

	return apdu(c, step, command, sizeof command, want, APDU_FETCH, a, why);
}

static int
select_application(struct channel *c, enum step step, struct answer *a, struct why *why)
{
	static const uint8_t command[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00,
		0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };

	return apdu(c, step, command, sizeof command, APDU_DATA, APDU_FETCH, a, why);
}

int
jpki_select(struct channel *c, struct why *why)
{
	struct answer a;

	/* Some pairs of card and reader answer 6F00 to the first command after power-up. */
	for (int i = 0; i < 2; i++) {
		if (select_application(c, STEP_APPLICATION, &a, why) == -1)
			return -1;
		if (a.sw == SW_DONE)
			return 0;
		if (a.sw != SW_UNSPECIFIED)
			break;
	}
	why_set(why, ERR_CARD_FOREIGN, NULL, "status word %04X", a.sw);
	return -1;
}

/* By its short identifier, which selects too; a card that has none takes two commands. */
static int
read_label(struct channel *c, struct answer *a, struct why *why)
{
	if (read_binary(c, STEP_TOKEN, 0x8000 | EF_TOKEN << 8, LABEL, a, why) == -1)
		return -1;
	if (a->sw == SW_DONE)
		return 0;
	if (select_file(c, STEP_TOKEN, EF_TOKEN, a, why) == -1)
		return -1;
	return a->sw == SW_DONE ? read_binary(c, STEP_TOKEN, 0, LABEL, a, why) : 0;
}

int
jpki_label(struct channel *c, struct why *why)
{
	static const struct {
		const char *label, *kind; /* NULL: ours */
	} labels[] = {
		{ "JPKIAPICCTOKEN2", NULL },
		{ "JPKIAPICCTOKEN", "an old resident-register card (住民基本台帳カード)" },
		{ "JPKIAPGPSETOKEN", "an Android phone" },
		{ "JPKIAPIOSTOKEN", "an iPhone" },
	};
	struct answer a;
	size_t n;

	if (read_label(c, &a, why) == -1)
		return -1;
	for (n = a.sw == SW_DONE ? a.len : 0; n > 0 && a.data[n - 1] == ' ';)
		n--;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (n != strlen(labels[i].label) || memcmp(a.data, labels[i].label, n) != 0)
			continue;
		if (labels[i].kind == NULL)
			return 0;
		why_set(why, ERR_CARD_KIND_UNSUPPORTED, NULL, "%s", labels[i].kind);
		return -1;
	}
	why_set(why, ERR_CARD_KIND_UNSUPPORTED, NULL, "its token label is none that we know");
	return -1;
}

/*
 * The length of a DER object from its first bytes, with its header; 0 if it cannot be a
 * certificate's: indefinite, or too long.
 */
static size_t
der_length(const uint8_t *p, size_t n)
{
	size_t total = 0;

	if (n < 4 || p[0] != 0x30)
		return 0;
	if (p[1] == 0x82)
		total = ((size_t)p[2] << 8 | p[3]) + 4;
	else if (p[1] == 0x81)
		total = (size_t)p[2] + 3;
	else if (p[1] > 0x10 && p[1] < 0x80)
		total = (size_t)p[1] + 2;
	return total <= JPKI_CERT_MAX ? total : 0;
}

static int
malformed(struct why *why, const char *what)
{
	why_set(why, ERR_CARD_CERTIFICATE_MALFORMED, NULL, "%s", what);
	return -1;
}

/*
 * The card has forgotten what was selected. 1 if it is still the card of that certificate (and its
 * application is selected again), 0 if not, -1 with why.
 */
static int
same_card(struct channel *c, enum step step, const struct buf *certificate, struct why *why)
{
	size_t n = certificate->len < APDU_DATA ? certificate->len : APDU_DATA;
	struct answer a;

	if (select_application(c, step, &a, why) == -1)
		return -1;
	if (a.sw != SW_DONE)
		return 0;
	if (select_file(c, step, EF_CERTIFICATE, &a, why) == -1)
		return -1;
	if (a.sw != SW_DONE)
		return 0;
	if (read_binary(c, step, 0, n, &a, why) == -1)
		return -1;
	return a.len == n && memcmp(a.data, certificate->data, n) == 0;
}

/* -1 and why for a status word that a card fresh from its power-up gives, or any other. */
static int
astray(struct channel *c, enum step step, const struct buf *certificate, struct answer *a,
    struct why *why)
{
	int same;

	if (a->sw != SW_SECURITY && a->sw != SW_NO_FILE_NOW && a->sw != SW_NOT_FOUND)
		return apdu_refused(step, a, why);
	if ((same = same_card(c, step, certificate, why)) == -1)
		return -1;
	why_set(why, same ? ERR_CARD_RESET : ERR_CARD_SWAPPED, NULL, "%s", step_words(step));
	return -1;
}

/* Reads the selected file up to the length that its own first bytes tell. */
static int
read_der(struct channel *c, struct buf *out, struct why *why)
{
	size_t total = 0;

	for (int reads = 0; total == 0 || out->len < total; reads++) {
		size_t left = total == 0 ? APDU_DATA : total - out->len;
		struct answer a;

		if (read_binary(c, STEP_CERTIFICATE, out->len, left > APDU_DATA ? APDU_DATA : left,
			&a, why) == -1)
			return -1;
		if (a.sw != SW_DONE && a.sw != SW_END && a.sw != SW_EARLY_END)
			return astray(c, STEP_CERTIFICATE, out, &a, why);
		if (a.len == 0 || reads == READS_MAX)
			return malformed(why, "the card ends before its certificate does");
		if (buf_add(out, a.data, a.len) == -1)
			return malformed(why, "the certificate is too long");
		if (total == 0 && (total = der_length((const uint8_t *)out->data, out->len)) == 0)
			return malformed(why, "it does not begin as a certificate");
	}
	out->len = total; /* behind it there is only filler */
	return 0;
}

int
jpki_certificate(struct channel *c, struct buf *out, struct why *why)
{
	struct answer a;

	if (select_file(c, STEP_CERTIFICATE, EF_CERTIFICATE, &a, why) == -1)
		return -1;
	if (a.sw == SW_DONE)
		return read_der(c, out, why);
	if (a.sw != SW_NOT_FOUND)
		return apdu_refused(STEP_CERTIFICATE, &a, why);
	/* No such file, or no application any more because another card lies there now? */
	if (select_application(c, STEP_CERTIFICATE, &a, why) == -1 ||
	    select_file(c, STEP_CERTIFICATE, EF_CERTIFICATE, &a, why) == -1)
		return -1;
	why_set(why, a.sw == SW_DONE ? ERR_CARD_SWAPPED : ERR_CARD_WITHOUT_CERTIFICATE, NULL, "%s",
	    a.sw == SW_DONE ? step_words(STEP_CERTIFICATE) : "");
	return -1;
}

static int
query(struct channel *c, struct answer *a, struct why *why)
{
	static const uint8_t command[] = { 0x00, 0x20, 0x00, 0x80 };

	return apdu(c, STEP_TRIES, command, sizeof command, 0, 0, a, why);
}

static int
tries_of(unsigned sw)
{
	if (sw >> 4 == 0x63c)
		return (int)(sw & 15);
	if (sw == SW_BLOCKED || sw == SW_BLOCKED_OLD)
		return 0;
	return TRIES_UNKNOWN; /* 9000 too: it must never count as "right" */
}

int
jpki_tries(struct channel *c, const struct buf *certificate, int *tries, struct why *why)
{
	struct answer a;
	int same;

	if (select_file(c, STEP_PIN_FILE, EF_PIN, &a, why) == -1)
		return -1;
	if (a.sw == SW_NOT_FOUND) {
		if ((same = same_card(c, STEP_PIN_FILE, certificate, why)) == -1 ||
		    (same && select_file(c, STEP_PIN_FILE, EF_PIN, &a, why) == -1))
			return -1;
		if (same && a.sw == SW_NOT_FOUND)
			why_set(why, ERR_PIN_TRIES_UNKNOWN, NULL,
			    "the card has no PIN (顔認証マイナンバーカード)");
		else
			why_set(why, same ? ERR_CARD_RESET : ERR_CARD_SWAPPED, NULL, "%s",
			    step_words(STEP_PIN_FILE));
		return -1;
	}
	if (a.sw != SW_DONE)
		return astray(c, STEP_PIN_FILE, certificate, &a, why);
	if (query(c, &a, why) == -1)
		return -1;
	if (a.sw == SW_NO_FILE_NOW)
		return astray(c, STEP_TRIES, certificate, &a, why);
	*tries = tries_of(a.sw);
	return 0;
}

static int
verified(struct channel *c, const struct buf *certificate, struct answer *a, struct why *why)
{
	int left = tries_of(a->sw);

	if (a->sw == SW_DONE)
		return 0;
	if (left == 0)
		why_set(why, ERR_PIN_BLOCKED, NULL, "this PIN was wrong, or there was no try left");
	else if (left > 0)
		why_set(why, ERR_PIN_WRONG, NULL, "%d left", left);
	else if (a->sw == 0x6300)
		why_set(why, ERR_PIN_WRONG, NULL, "the card does not say how many tries are left");
	else
		return astray(c, STEP_VERIFY, certificate, a, why);
	return -1;
}

int
jpki_verify(struct channel *c, const struct buf *certificate, int tries,
    const char pin[static PIN_DIGITS], struct why *why)
{
	uint8_t command[5 + PIN_DIGITS] = { 0x00, 0x20, 0x00, 0x80, PIN_DIGITS };
	struct answer a;
	int r;

	if (query(c, &a, why) == -1)
		return -1;
	if (tries_of(a.sw) != tries)
		return astray(c, STEP_TRIES, certificate, &a, why);
	memcpy(command + 5, pin, PIN_DIGITS);
	r = apdu(c, STEP_VERIFY, command, sizeof command, 0, 0, &a, why);
	explicit_bzero(command, sizeof command);
	return r == -1 ? -1 : verified(c, certificate, &a, why);
}

static const struct scheme *
scheme_of(const struct alg *alg)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strcmp(schemes[i].alg, alg->name) == 0)
			return &schemes[i];
	return NULL;
}

int
jpki_can(const struct alg *alg, struct why *why)
{
	if (scheme_of(alg) != NULL)
		return 1;
	why_set(why, ERR_CARD_KEY_UNSUPPORTED, NULL, "%s: how the next card signs is not public",
	    alg->name);
	return 0;
}

int
jpki_sign(struct channel *c, const struct buf *certificate, const struct alg *alg,
    const uint8_t *digest, size_t digest_len, uint8_t *signature, size_t *n, struct why *why)
{
	const struct scheme *s = scheme_of(alg);
	uint8_t command[6 + 128] = { 0x80, 0x2a, 0x00, 0x80 };
	size_t lc = s->prefix_len + digest_len;
	struct answer a;

	if (select_file(c, STEP_KEY, EF_KEY, &a, why) == -1)
		return -1;
	if (a.sw != SW_DONE)
		return astray(c, STEP_KEY, certificate, &a, why);
	command[4] = (uint8_t)lc;
	memcpy(command + 5, s->prefix, s->prefix_len);
	memcpy(command + 5 + s->prefix_len, digest, digest_len);
	if (apdu(c, STEP_SIGN, command, 6 + lc, APDU_DATA, APDU_FETCH, &a, why) == -1)
		return -1;
	if (a.sw != SW_DONE)
		return astray(c, STEP_SIGN, certificate, &a, why);
	if (a.len > *n) {
		why_set(why, ERR_CARD_ANSWER_MALFORMED, NULL, "a signature of %zu bytes", a.len);
		return -1;
	}
	memcpy(signature, a.data, a.len);
	*n = a.len;
	return 0;
}

void
jpki_drop(struct channel *c)
{
	static const uint8_t card_manager[] = { 0x00, 0xa4, 0x04, 0x0c, 0x07, 0xa0, 0x00, 0x00,
		0x01, 0x51, 0x00, 0x00 };
	struct answer a;

	apdu(c, STEP_DROP, card_manager, sizeof card_manager, APDU_DATA, 0, &a, NULL);
}
