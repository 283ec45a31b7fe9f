#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/file.h"
#include "trust/issue.h"
#include "trust/issue_private.h"

#define DAY		 ((int64_t)24 * 60 * 60)
#define AUTHORITY_DAYS	 3652
#define CERTIFICATE_DAYS 825  /* what browsers and curl put up with */
#define BACKDATED	 3600 /* a clinic's clock may be slow */

void
pair_free(struct pair *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->cert);
}

int
crypto_failed(struct why *why, const char *what)
{
	char text[200] = "";

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
	ERR_clear_error();
	why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: %s", what, text);
	return -1;
}

static int
path_of(char *out, size_t n, const char *dir, const char *file, const char *ending, struct why *why)
{
	int len = snprintf(out, n, "%s/%s.%s", dir, file, ending);

	if (len > 0 && (size_t)len < n)
		return 0;
	why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: the name is too long", dir);
	return -1;
}

static int
write_key(FILE *fp, const struct pair *p)
{
	return PEM_write_PKCS8PrivateKey(fp, p->key, NULL, NULL, 0, NULL, NULL);
}

static int
write_cert(FILE *fp, const struct pair *p)
{
	return PEM_write_X509(fp, p->cert);
}

int
pair_write(const struct pair *p, const char *dir, const char *file, struct why *why)
{
	static const struct {
		const char *ending;
		mode_t mode;
		int (*write)(FILE *, const struct pair *);
	} files[] = {
		{ "key", 0600, write_key },
		{ "pem", 0644, write_cert },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct whole w;
		char path[4096];

		if (path_of(path, sizeof path, dir, file, files[i].ending, why) == -1 ||
		    whole_open(&w, path, files[i].mode, why) == -1)
			return -1;
		if (files[i].write(w.fp, p) != 1) {
			whole_abort(&w);
			return crypto_failed(why, path);
		}
		if (whole_commit(&w, why) == -1)
			return -1;
	}
	return 0;
}

static FILE *
pair_open(const char *dir, const char *file, const char *ending, struct why *why)
{
	char path[4096];
	FILE *fp;

	if (path_of(path, sizeof path, dir, file, ending, why) == -1)
		return NULL;
	if ((fp = fopen(path, "re")) == NULL)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	return fp;
}

int
pair_read(struct pair *p, const char *dir, const char *file, struct why *why)
{
	FILE *key = pair_open(dir, file, "key", why), *cert = NULL;
	int r = -1;

	if (key == NULL || (cert = pair_open(dir, file, "pem", why)) == NULL)
		goto out;
	p->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
	p->cert = PEM_read_X509(cert, NULL, NULL, NULL);
	if (p->key == NULL || p->cert == NULL || X509_check_private_key(p->cert, p->key) != 1) {
		crypto_failed(why, "the authority");
		goto out;
	}
	r = 0;
out:
	if (key != NULL)
		fclose(key);
	if (cert != NULL)
		fclose(cert);
	return r;
}

int
set_serial(X509 *cert, int len)
{
	unsigned char bytes[SERIAL_MAX];
	BIGNUM *n = NULL;
	int ok;

	if (RAND_bytes(bytes, len) != 1)
		return 0;
	bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive, and as long as that */
	n = BN_bin2bn(bytes, len, NULL);
	ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	return ok;
}

static int
set_name(X509_NAME *name, const char *unit, const char *common_name)
{
	const struct {
		const char *field, *text;
	} parts[] = { { "O", "oq" }, { "OU", unit }, { "CN", common_name } };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].text != NULL &&
		    X509_NAME_add_entry_by_txt(name, parts[i].field, MBSTRING_UTF8,
			(const unsigned char *)parts[i].text, -1, -1, 0) != 1)
			return 0;
	return 1;
}

static int
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	if ((e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) == NULL)
		return 0;
	ok = X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

/* Adds each name as the kind it is: an address of four or sixteen bytes, else a DNS name. */
static int
add_alternative_names(X509 *cert, const char *const *names)
{
	GENERAL_NAMES *all = GENERAL_NAMES_new();
	int ok = all != NULL;

	for (; ok && *names != NULL; names++) {
		GENERAL_NAME *one = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_IPADD, *names, 0);

		if (one == NULL)
			one = a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_DNS, *names, 0);
		ok = one != NULL && sk_GENERAL_NAME_push(all, one) > 0;
		if (!ok)
			GENERAL_NAME_free(one);
	}
	ERR_clear_error(); /* of names that were no addresses */
	ok = ok && X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(all);
	return ok;
}

static int
begin(struct pair *p, const char *unit, const char *common_name, int days)
{
	int64_t now = clock_now();

	p->key = EVP_EC_gen("P-256");
	p->cert = X509_new();
	return p->key != NULL && p->cert != NULL && X509_set_version(p->cert, 2) == 1 &&
	       set_serial(p->cert, SERIAL_MAX) && X509_set_pubkey(p->cert, p->key) == 1 &&
	       set_name(X509_get_subject_name(p->cert), unit, common_name) &&
	       ASN1_TIME_set(X509_getm_notBefore(p->cert), (time_t)(now - BACKDATED)) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(p->cert), (time_t)(now + days * DAY)) != NULL;
}

static int
sign(struct pair *p, const struct pair *authority)
{
	return X509_set_issuer_name(p->cert, X509_get_subject_name(authority->cert)) == 1 &&
	       X509_sign(p->cert, authority->key, EVP_sha256()) > 0;
}

int
issue_authority(const char *dir, const char *name, struct why *why)
{
	struct pair p = { 0 };
	int r = -1;

	if (!begin(&p, "authority", name, AUTHORITY_DAYS) ||
	    !add_extension(p.cert, p.cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
	    !add_extension(p.cert, p.cert, NID_key_usage, "critical,keyCertSign,cRLSign") ||
	    !add_extension(p.cert, p.cert, NID_subject_key_identifier, "hash") || !sign(&p, &p))
		crypto_failed(why, "the authority's certificate");
	else
		r = pair_write(&p, dir, "ca", why);
	pair_free(&p);
	return r;
}

static int
fill(struct pair *p, const struct pair *authority, const struct issue *issue)
{
	X509 *issuer = authority->cert;
	const char *use = issue->use == ISSUE_SERVER ? "serverAuth" : "clientAuth";

	return begin(p, issue->unit, issue->common_name, CERTIFICATE_DAYS) &&
	       add_extension(p->cert, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(p->cert, issuer, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(p->cert, issuer, NID_ext_key_usage, use) &&
	       add_extension(p->cert, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(p->cert, issuer, NID_authority_key_identifier, "keyid:always") &&
	       (issue->names == NULL || add_alternative_names(p->cert, issue->names)) &&
	       sign(p, authority);
}

int
issue_certificate(const char *dir, const struct issue *issue,
    unsigned char fingerprint[static FINGERPRINT_SIZE], struct why *why)
{
	struct pair authority = { 0 }, p = { 0 };
	unsigned n = 0;
	int r = -1;

	if (pair_read(&authority, dir, "ca", why) == -1)
		goto out;
	if (!fill(&p, &authority, issue) ||
	    X509_digest(p.cert, EVP_sha256(), fingerprint, &n) != 1 || n != FINGERPRINT_SIZE)
		crypto_failed(why, issue->file);
	else
		r = pair_write(&p, dir, issue->file, why);
out:
	pair_free(&authority);
	pair_free(&p);
	return r;
}
