/* Authority, certificate and key: there, ours alone, and good for how long. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/clock.h"
#include "base/file.h"
#include "readiness/probe.h"
#include "route/client.h"
#include "route/tls.h"

#define PEM_MAX ((size_t)1 << 20)
#define DAY	((int64_t)24 * 60 * 60)

/* Renewal opens 90 days before the end and reminds at these days (onboarding.md 4). */
static const long reminders[] = { 7, 15, 30, 60, 90 };

enum found
probe_days(long days, const char *whose, struct why *why)
{
	if (days < 0) {
		why_set(why, ERR_CERTIFICATE_EXPIRED, NULL, "%s ended %ld days ago", whose, -days);
		return FOUND_FAIL;
	}
	for (size_t i = 0; i < sizeof reminders / sizeof *reminders; i++)
		if (days <= reminders[i]) {
			why_set(
			    why, ERR_CERTIFICATE_ENDING, NULL, "%s: %ld days left", whose, days);
			return FOUND_NOTICE;
		}
	return FOUND_OK;
}

/* The first certificate of a PEM file, or NULL with why. */
static X509 *
read_certificate(const char *path, struct why *why)
{
	struct buf bytes;
	BIO *bio = NULL;
	X509 *cert = NULL;

	buf_init(&bytes, PEM_MAX);
	if (file_read(path, PEM_MAX, &bytes, why) == 0 && bytes.len > 0)
		bio = BIO_new_mem_buf(bytes.data, (int)bytes.len);
	if (bio != NULL && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) == NULL)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: not a PEM certificate", path);
	else if (bio == NULL && why->id == ERR_NONE)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: it is empty", path);
	ERR_clear_error();
	BIO_free(bio);
	buf_free(&bytes);
	return cert;
}

/* Whole days from now to a time of a certificate, rounded down. 0, or -1 when it cannot be read. */
static int
days_to(const ASN1_TIME *t, long *days)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, clock_now());
	int whole = 0, seconds = 0,
	    told = now == NULL ? 0 : ASN1_TIME_diff(&whole, &seconds, now, t);

	ASN1_TIME_free(now);
	*days = seconds < 0 ? whole - 1 : whole;
	return told == 1 ? 0 : -1;
}

/* Is it signed by an authority of that file, whatever the dates say? */
static int
issued_by(X509 *cert, const char *ca)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int good = store != NULL && context != NULL && X509_STORE_load_file(store, ca) == 1 &&
		   X509_STORE_CTX_init(context, store, cert, NULL) == 1;

	if (good) {
		X509_VERIFY_PARAM_set_flags(
		    X509_STORE_CTX_get0_param(context), X509_V_FLAG_NO_CHECK_TIME);
		good = X509_verify_cert(context) == 1;
	}
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	ERR_clear_error();
	return good;
}

static enum found
judge_certificate(struct probe *p, X509 *cert, struct why *why)
{
	long since, days;
	enum found found;

	if (days_to(X509_get0_notBefore(cert), &since) == -1 ||
	    days_to(X509_get0_notAfter(cert), &days) == -1) {
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: its dates cannot be read", p->o->cert);
		return FOUND_FAIL;
	}
	p->days = days;
	p->has_days = 1;
	if (since >= 0) {
		why_set(why, ERR_CERTIFICATE_NOT_YET_VALID, NULL, "%s", p->o->cert);
		return FOUND_FAIL;
	}
	found = probe_days(days, p->o->cert, why);
	if (found == FOUND_OK && !issued_by(cert, p->o->ca)) {
		why_set(why, ERR_CERTIFICATE_OF_OTHER_AUTHORITY, NULL, "%s", p->o->cert);
		found = FOUND_NOTICE;
	}
	return found;
}

/* 1 to go on, 0 when what follows cannot be looked at. */
static int
look_at_authority(struct probe *p)
{
	struct why why = { .id = ERR_ROUTE_UNUSABLE, .detail = "https needs --ca" };
	struct tls *tls = NULL;

	if (p->o->ca != NULL)
		tls = tls_load(p->o->ca, NULL, NULL, -1, &why);
	tls_free(tls);
	probe_found(
	    p, STAGE_AUTHORITY, tls == NULL ? FOUND_FAIL : FOUND_OK, tls == NULL ? &why : NULL);
	return tls != NULL;
}

static int
look_at_certificate(struct probe *p)
{
	struct why why = { .id = ERR_NONE };
	X509 *cert = NULL;
	enum found found = FOUND_FAIL;

	if (p->o->cert == NULL)
		why_set(&why, ERR_ROUTE_UNUSABLE, NULL, "https needs --cert");
	else if ((cert = read_certificate(p->o->cert, &why)) != NULL)
		found = judge_certificate(p, cert, &why);
	X509_free(cert);
	probe_found(p, STAGE_CERTIFICATE, found, &why);
	return found != FOUND_FAIL;
}

/* Ours alone, and the certificate's: the way to the hub is opened with it. */
static void
look_at_key(struct probe *p)
{
	const struct probe_options *o = p->o;
	const struct route_options way = { .via = o->via,
		.facility = o->facility,
		.ca = o->ca,
		.cert = o->cert,
		.key = o->key,
		.lane = "desk",
		.pass_fd = o->pass_fd,
		.jobs = 1,
		.timeout = o->timeout };
	struct why why = { .id = ERR_NONE };

	p->client = client_open(&way, &why);
	probe_found(p, STAGE_KEY, p->client == NULL ? FOUND_FAIL : FOUND_OK, &why);
}

void
probe_credentials(struct probe *p)
{
	if (probe_way(p->o) == WAY_HTTPS && look_at_authority(p) && look_at_certificate(p))
		look_at_key(p);
}
