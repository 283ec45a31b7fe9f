#include <stdio.h>
#include <string.h>

#include <openssl/conf.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "trust/issue.h"
#include "trust/issue_private.h"

#define AUTHORITY	"card-ca"
#define AUTHORITY_YEARS 20
#define YEAR		((int64_t)366 * 24 * 60 * 60)
#define CARD_SERIAL	8 /* octets: four are not enough for every person to have one */
#define BITS		2048

/* Extensions as my-number-card.md 9 has them, in the language of x509v3_config(5). */
static const char extensions[] = "[authority]\n"
				 "basicConstraints = critical,CA:TRUE\n"
				 "keyUsage = critical,keyCertSign,cRLSign\n"
				 "subjectKeyIdentifier = hash\n"
				 "[card]\n"
				 "keyUsage = critical,digitalSignature\n"
				 "extendedKeyUsage = clientAuth\n"
				 "certificatePolicies = critical,@policy\n"
				 "issuerAltName = dirName:issuer\n"
				 "crlDistributionPoints = lists\n"
				 "authorityInfoAccess = OCSP;URI:http://ocsp.invalid/\n"
				 "subjectKeyIdentifier = hash\n"
				 "authorityKeyIdentifier = keyid:always\n"
				 "[policy]\n"
				 "policyIdentifier = 1.2.392.200149.8.5.1.3.30\n"
				 "CPS.1 = http://www.invalid/cps.html\n"
				 "[issuer]\n"
				 "C = JP\n"
				 "O = Rehearsal of public individual authentication\n"
				 "OU = For user authentication\n"
				 "[lists]\n"
				 "fullname = dirName:list\n"
				 "[list]\n"
				 "C = JP\n"
				 "O = OQ-REHEARSAL\n"
				 "OU = CRL Distribution Points\n";

static int
add_extensions(X509 *cert, X509 *issuer, const char *section)
{
	BIO *text = BIO_new_mem_buf(extensions, sizeof extensions - 1);
	CONF *conf = NCONF_new(NULL);
	X509V3_CTX ctx;
	long line;
	int ok;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	ok = text != NULL && conf != NULL && NCONF_load_bio(conf, text, &line) == 1 &&
	     X509V3_EXT_add_nconf(conf, &ctx, section, cert) == 1;
	NCONF_free(conf);
	BIO_free(text);
	return ok;
}

static int
add_name(X509_NAME *name, const char *field, const char *text)
{
	return X509_NAME_add_entry_by_txt(
		   name, field, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

static int
begin(struct pair *p, int serial, int64_t from, int64_t to)
{
	p->key = EVP_RSA_gen(BITS);
	p->cert = X509_new();
	return p->key != NULL && p->cert != NULL && X509_set_version(p->cert, 2) == 1 &&
	       set_serial(p->cert, serial) && X509_set_pubkey(p->cert, p->key) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(p->cert), (time_t)from) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(p->cert), (time_t)to) != NULL;
}

int
issue_card_authority(const char *dir, const char *name, struct why *why)
{
	int64_t now = clock_now();
	struct pair p = { 0 };
	X509_NAME *subject;
	int r = -1;

	/* As old as it gets: cards that have expired are made from it as well. */
	if (!begin(&p, SERIAL_MAX, now - AUTHORITY_YEARS / 2 * YEAR,
		now + AUTHORITY_YEARS / 2 * YEAR) ||
	    (subject = X509_get_subject_name(p.cert)) == NULL || !add_name(subject, "C", "JP") ||
	    !add_name(subject, "O", "OQ-REHEARSAL") ||
	    !add_name(subject, "OU", "JPKI for user authentication") ||
	    !add_name(subject, "OU", name) || X509_set_issuer_name(p.cert, subject) != 1 ||
	    !add_extensions(p.cert, p.cert, "authority") ||
	    X509_sign(p.cert, p.key, EVP_sha256()) == 0)
		crypto_failed(why, "the card authority's certificate");
	else
		r = pair_write(&p, dir, AUTHORITY, why);
	pair_free(&p);
	return r;
}

/* A number that tells nobody who it is. */
static int
set_subject(X509 *cert)
{
	char number[ASK_SIZE];

	ask_new(number);
	return add_name(X509_get_subject_name(cert), "C", "JP") &&
	       add_name(X509_get_subject_name(cert), "CN", number);
}

static int
fill(struct pair *card, const struct pair *authority, int64_t not_after)
{
	int64_t now = clock_now(), from = not_after - 5 * YEAR;

	return begin(card, CARD_SERIAL, from < now ? from : now, not_after) &&
	       set_subject(card->cert) &&
	       X509_set_issuer_name(card->cert, X509_get_subject_name(authority->cert)) == 1 &&
	       add_extensions(card->cert, authority->cert, "card") &&
	       X509_sign(card->cert, authority->key, EVP_sha256()) > 0;
}

/* What is laid into the card's directory. */
struct content {
	const struct pair *card, *authority;
};

static int
write_key(FILE *fp, const struct content *c)
{
	return PEM_write_PKCS8PrivateKey(fp, c->card->key, NULL, NULL, 0, NULL, NULL) == 1;
}

static int
write_card(FILE *fp, const struct content *c)
{
	return i2d_X509_fp(fp, c->card->cert) == 1;
}

static int
write_authority(FILE *fp, const struct content *c)
{
	return i2d_X509_fp(fp, c->authority->cert) == 1;
}

static int
write_pin(FILE *fp, const struct content *c)
{
	uint64_t n;

	(void)c;
	random_bytes(&n, sizeof n);
	return fprintf(fp, "%04u\n", (unsigned)(n % 10000)) > 0;
}

static int
write_files(const struct content *c, const char *out, struct why *why)
{
	static const struct {
		const char *name;
		int (*write)(FILE *, const struct content *);
	} files[] = {
		{ "auth.key", write_key },
		{ "auth.der", write_card },
		{ "auth-ca.der", write_authority },
		{ "pin", write_pin },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct whole w;
		char path[4096];

		snprintf(path, sizeof path, "%s/%s", out, files[i].name);
		if (whole_open(&w, path, 0600, why) == -1)
			return -1;
		if (!files[i].write(w.fp, c)) {
			whole_abort(&w);
			return crypto_failed(why, path);
		}
		if (whole_commit(&w, why) == -1)
			return -1;
	}
	return 0;
}

int
issue_card(const char *dir, const char *out, int64_t not_after, struct why *why)
{
	struct pair authority = { 0 }, card = { 0 };
	const struct content content = { &card, &authority };
	int r = -1;

	if (pair_read(&authority, dir, AUTHORITY, why) == 0) {
		if (!fill(&card, &authority, not_after))
			crypto_failed(why, "the card's certificate");
		else
			r = write_files(&content, out, why);
	}
	pair_free(&authority);
	pair_free(&card);
	return r;
}
