#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/clock.h"
#include "base/file.h"
#include "hub/tls.h"

static int
failed(struct why *why, const char *what)
{
	char text[200] = "";

	ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
	ERR_clear_error();
	why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: %s", what, text);
	return 0;
}

static int
load_authority(SSL_CTX *ctx, const char *dir, struct why *why)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/ca.pem", dir);
	if (SSL_CTX_load_verify_file(ctx, path) != 1)
		return failed(why, path);
	return 1;
}

static int
load_own(SSL_CTX *ctx, const char *dir, struct why *why)
{
	char cert[4096], key[4096];

	snprintf(cert, sizeof cert, "%s/server.pem", dir);
	snprintf(key, sizeof key, "%s/server.key", dir);
	if (file_private(key, why) != 1)
		return 0;
	if (SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) != 1)
		return failed(why, cert);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return failed(why, key);
	return 1;
}

/* Self-signed, for a name that is not ours. */
static int
make_wrong(SSL_CTX *ctx, struct why *why)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = cert == NULL ? NULL : X509_get_subject_name(cert);
	int64_t now = clock_now();
	int ok = key != NULL && name != NULL && X509_set_version(cert, 2) == 1 &&
		 ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
		 X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		     (const unsigned char *)"wrong.invalid", -1, -1, 0) == 1 &&
		 X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
		 ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(now - 3600)) != NULL &&
		 ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(now + 86400)) != NULL &&
		 X509_sign(cert, key, EVP_sha256()) > 0 &&
		 SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;

	X509_free(cert);
	EVP_PKEY_free(key);
	return ok ? 1 : failed(why, "the wrong certificate");
}

/* What both have: no older TLS, no tickets (a client reconnects rarely, and is looked up anew). */
static SSL_CTX *
new_context(const char *dir, struct why *why)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_num_tickets(ctx, 0) != 1) {
		failed(why, "TLS");
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_verify_depth(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_read_ahead(ctx, 0);
	if (!load_authority(ctx, dir, why)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

SSL_CTX *
tls_context(const char *dir, struct why *why)
{
	SSL_CTX *ctx = new_context(dir, why);

	if (ctx != NULL && !load_own(ctx, dir, why)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

SSL_CTX *
tls_wrong_context(const char *dir, struct why *why)
{
	SSL_CTX *ctx = new_context(dir, why);

	if (ctx != NULL && !make_wrong(ctx, why)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

int
tls_fingerprint(const SSL *ssl, unsigned char fingerprint[static CREDENTIAL_SIZE])
{
	const X509 *cert = SSL_get0_peer_certificate(ssl);
	unsigned n = 0;

	return cert != NULL && X509_digest(cert, EVP_sha256(), fingerprint, &n) == 1 &&
	       n == CREDENTIAL_SIZE;
}
