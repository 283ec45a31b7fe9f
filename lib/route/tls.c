#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "route/tls.h"

#define PEM_MAX	       ((size_t)1 << 20)
#define PASSPHRASE_MAX ((size_t)1023)

struct tls {
	X509_STORE *authority;
	X509 *cert;
	STACK_OF(X509) * chain; /* certificates after ours in its file */
	EVP_PKEY *key;
	int alert;
};

struct passphrase {
	const struct buf *text; /* NULL: none was given */
	int wanted;
};

/* The last thing OpenSSL had to say, and nothing of it stays behind for others to find. */
static const char *
reason(void)
{
	const char *words = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return words == NULL ? "not PEM" : words;
}

/* All of a file in memory for OpenSSL to read; bytes stays the owner. NULL with why. */
static BIO *
open_pem(const char *path, struct buf *bytes, struct why *why)
{
	BIO *bio;

	if (file_read(path, PEM_MAX, bytes, why) == -1)
		return NULL;
	if ((bio = BIO_new_mem_buf(bytes->len == 0 ? "" : bytes->data, (int)bytes->len)) == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
	return bio;
}

/* Adds every certificate of the file to the store. 0, or -1 with why. */
static int
load_authority(struct tls *tls, const char *path, struct why *why)
{
	struct buf bytes;
	BIO *bio;
	X509 *cert;
	int n = 0, failed = -1;

	buf_init(&bytes, PEM_MAX);
	if ((bio = open_pem(path, &bytes, why)) == NULL)
		goto out;
	if ((tls->authority = X509_STORE_new()) == NULL)
		goto out;
	while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(tls->authority, cert);
		X509_free(cert);
	}
	if (n == 0)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: %s", path, reason());
	ERR_clear_error(); /* the end of a PEM file is an error to OpenSSL */
	failed = n == 0 ? -1 : 0;
out:
	BIO_free(bio);
	buf_free(&bytes);
	return failed;
}

static int
load_certificate(struct tls *tls, const char *path, struct why *why)
{
	struct buf bytes;
	BIO *bio;
	X509 *next;

	buf_init(&bytes, PEM_MAX);
	if ((bio = open_pem(path, &bytes, why)) == NULL)
		goto out;
	if ((tls->cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) == NULL) {
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: %s", path, reason());
		goto out;
	}
	tls->chain = sk_X509_new_null();
	while (tls->chain != NULL && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (sk_X509_push(tls->chain, next) == 0)
			X509_free(next);
	ERR_clear_error();
out:
	BIO_free(bio);
	buf_free(&bytes);
	return tls->cert == NULL ? -1 : 0;
}

/* Without this OpenSSL would ask on the terminal. */
static int
give_passphrase(char *to, int size, int writing, void *arg)
{
	struct passphrase *p = arg;

	(void)writing;
	p->wanted = 1;
	if (p->text == NULL || p->text->len > (size_t)size)
		return -1;
	if (p->text->len > 0)
		memcpy(to, p->text->data, p->text->len);
	return (int)p->text->len;
}

/* One line of a descriptor. 0, or -1 with why. */
static int
read_passphrase(int fd, struct buf *out, struct why *why)
{
	char c = '\0';
	ssize_t n = 0;

	while ((n = read(fd, &c, 1)) != 0 && c != '\n') {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 || buf_addc(out, c) == -1)
			break;
	}
	if (n == -1)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "--pass-fd: %s", strerror(errno));
	else if (buf_failed(out))
		why_set(why, ERR_KEY_UNUSABLE, NULL, "--pass-fd: the passphrase is too long");
	explicit_bzero(&c, 1);
	return n == -1 || buf_failed(out) ? -1 : 0;
}

static void
explain_key(const char *path, const struct passphrase *p, struct why *why)
{
	if (p->wanted && p->text == NULL)
		why_set(why, ERR_KEY_UNUSABLE, NULL,
		    "%s needs a passphrase: give it with --pass-fd", path);
	else if (p->wanted)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: the passphrase is wrong", path);
	else
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: %s", path, reason());
	ERR_clear_error();
}

static int
load_key(struct tls *tls, const char *path, int pass_fd, struct why *why)
{
	struct buf bytes, text;
	struct passphrase p = { .text = NULL };
	BIO *bio = NULL;

	buf_init(&bytes, PEM_MAX);
	buf_init(&text, PASSPHRASE_MAX);
	if (pass_fd != -1)
		p.text = &text;
	/* Room at once: growing would leave a copy behind that nobody wipes. */
	if (buf_room(&bytes, PEM_MAX / 16) == NULL || buf_room(&text, PASSPHRASE_MAX) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		goto out;
	}
	if (file_private(path, why) != 1 ||
	    (pass_fd != -1 && read_passphrase(pass_fd, &text, why) == -1) ||
	    (bio = open_pem(path, &bytes, why)) == NULL)
		goto out;
	if ((tls->key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &p)) == NULL)
		explain_key(path, &p, why);
out:
	BIO_free(bio);
	buf_wipe(&bytes);
	buf_wipe(&text);
	return tls->key == NULL ? -1 : 0;
}

struct tls *
tls_load(const char *ca, const char *cert, const char *key, int pass_fd, struct why *why)
{
	struct tls *tls = calloc(1, sizeof *tls);

	if (tls == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return NULL;
	}
	tls->alert = -1;
	if (load_authority(tls, ca, why) == -1)
		goto fail;
	if (cert == NULL)
		return tls;
	if (load_certificate(tls, cert, why) == -1 || load_key(tls, key, pass_fd, why) == -1)
		goto fail;
	if (X509_check_private_key(tls->cert, tls->key) == 1)
		return tls;
	why_set(why, ERR_KEY_UNUSABLE, NULL, "%s is not the key of %s", key, cert);
	ERR_clear_error();
fail:
	tls_free(tls);
	return NULL;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	X509_STORE_free(tls->authority);
	X509_free(tls->cert);
	sk_X509_pop_free(tls->chain, X509_free);
	EVP_PKEY_free(tls->key);
	free(tls);
}

/*
 * A hub that refuses our certificate says so after the handshake and closes the connection, while
 * our request may just be going out. The write then fails, though the reason waits to be read, and
 * libcurl would not read it. Such a write counts as done: what the hub said, or else the same
 * failure, comes with the next read.
 */
static long
read_before_failing(BIO *bio, int operation, const char *bytes, size_t len, int argi, long argl,
    int result, size_t *done)
{
	(void)bytes, (void)argi, (void)argl;
	if (operation != (BIO_CB_WRITE | BIO_CB_RETURN) || result > 0 || BIO_should_retry(bio))
		return result;
	*done = len;
	return 1;
}

/* libcurl hands connections from one request to the next, so an alert is the route's. */
static void
watch(const SSL *ssl, int where, int value)
{
	struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	int alert = value & 0xff;

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && alert != SSL_AD_CLOSE_NOTIFY)
		tls->alert = alert;
	if (where == SSL_CB_HANDSHAKE_DONE)
		BIO_set_callback_ex(SSL_get_wbio(ssl), read_before_failing);
}

int
tls_prepare(struct tls *tls, void *context)
{
	SSL_CTX *ctx = context;

	SSL_CTX_set_app_data(ctx, tls);
	SSL_CTX_set_info_callback(ctx, watch);
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set1_verify_cert_store(ctx, tls->authority) != 1)
		return -1;
	if (tls->cert != NULL &&
	    SSL_CTX_use_cert_and_key(ctx, tls->cert, tls->key, tls->chain, 1) != 1)
		return -1;
	return 0;
}

int
tls_alert(struct tls *tls)
{
	int alert = tls->alert;

	tls->alert = -1;
	return alert;
}
