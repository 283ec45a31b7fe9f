#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/file.h"
#include "base/restrain.h"
#include "trust/alone.h"
#include "trust/cms.h"
#include "trust/consent.h"
#include "trust/event.h"
#include "trust/jws.h"
#include "trust/presence.h"
#include "trust/signer.h"

#define CLAIMS_MAX 2048
#define PASS_MAX   1024

struct signer {
	pid_t pid;
	int fd; /* SEQPACKET: one message a question, one an answer */
};

/* What may be signed. A type that is no row here can never be forged with the facility's key. */
static const char *const types[] = { PRESENCE_TYPE, CONSENT_TYPE, WITHDRAWAL_TYPE, EVENT_TYPE };
#define TYPES ((int)(sizeof types / sizeof *types))
#define LIST  TYPES /* no token: a list of digests */

struct question {
	int type;
	size_t n;
	char claims[CLAIMS_MAX];
};

struct answer {
	struct why why; /* ERR_NONE: token holds n bytes */
	size_t n;
	char token[JWS_MAX];
};

/* What the process holds. */
struct holder {
	EVP_PKEY *key;
	const struct alg *alg;
	struct buf der;
	X509 *cert;
};

static int
read_passphrase(char *out, int size, int rwflag, void *data)
{
	const int *fd = data;
	int n = 0;

	(void)rwflag;
	while (*fd != -1 && n < size && read(*fd, out + n, 1) == 1 && out[n] != '\n')
		n++;
	return *fd == -1 ? -1 : n;
}

static FILE *
open_pem(const char *path, struct why *why)
{
	FILE *fp = fopen(path, "re");

	if (fp == NULL)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	return fp;
}

static X509 *
load_certificate(const char *path, struct holder *h, struct why *why)
{
	FILE *fp = open_pem(path, why);
	X509 *cert = NULL;
	uint8_t *der = NULL;
	int n = -1;

	if (fp == NULL)
		return NULL;
	cert = PEM_read_X509(fp, NULL, NULL, NULL);
	if (cert == NULL) {
		rewind(fp);
		cert = d2i_X509_fp(fp, NULL); /* as it stands on a card */
	}
	fclose(fp);
	if (cert != NULL && (n = i2d_X509(cert, &der)) > 0 && buf_add(&h->der, der, (size_t)n) == 0)
		goto out;
	why_set(why, ERR_KEY_UNUSABLE, NULL, "%s holds no certificate", path);
	X509_free(cert);
	cert = NULL;
out:
	OPENSSL_free(der);
	return cert;
}

/* 0, or -1 with why. */
static int
load(struct holder *h, const char *cert_path, const char *key_path, int pass_fd, struct why *why)
{
	X509 *cert = NULL;
	FILE *fp = NULL;
	int r = -1;

	if (file_private(key_path, why) != 1 || (fp = open_pem(key_path, why)) == NULL ||
	    (cert = load_certificate(cert_path, h, why)) == NULL)
		goto out;
	h->key = PEM_read_PrivateKey(fp, NULL, read_passphrase, &pass_fd);
	if (h->key == NULL)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s: no key, or the passphrase is wrong",
		    key_path);
	else if (X509_check_private_key(cert, h->key) != 1)
		why_set(
		    why, ERR_KEY_UNUSABLE, NULL, "%s is not the key of %s", key_path, cert_path);
	else if ((h->alg = alg_of_key(h->key)) == NULL)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s is neither P-256 nor RSA", key_path);
	else
		r = 0;
out:
	if (fp != NULL)
		fclose(fp);
	h->cert = cert;
	ERR_clear_error();
	return r;
}

/* 0, or -1. */
static int
make_token(struct holder *h, const struct question *q, struct buf *token)
{
	struct buf sig;
	int r = -1;

	buf_init(&sig, JWS_MAX);
	if (jws_begin(token, h->alg, types[q->type], (const uint8_t *)h->der.data, h->der.len,
		q->claims, q->n) == 0 &&
	    alg_sign(h->alg, h->key, token->data, token->len, &sig) == 0)
		r = jws_end(token, (const uint8_t *)sig.data, sig.len);
	buf_free(&sig);
	return r;
}

/*
 * Is it a list of digests as sha256sum(1) writes it? Nothing else is signed as bytes: no token, and
 * no text that somebody wrote, looks like this.
 */
static int
is_list(const char *text, size_t n)
{
	const size_t digest = 64;
	size_t at = 0;

	while (at < n) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end == NULL ? 0 : (size_t)(end - (text + at));

		if (len < digest + 3 || strspn(text + at, "0123456789abcdef") != digest ||
		    memcmp(text + at + digest, "  ", 2) != 0)
			return 0;
		at += len + 1;
	}
	return n > 0;
}

static void
answer_question(struct holder *h, const struct question *q, struct answer *a)
{
	struct buf made;
	int r = -1;

	*a = (struct answer){ .n = 0 };
	buf_init(&made, sizeof a->token);
	if (q->n <= sizeof q->claims && q->type >= 0 && q->type < TYPES)
		r = make_token(h, q, &made);
	else if (q->n <= sizeof q->claims && q->type == LIST && is_list(q->claims, q->n))
		r = cms_sign(h->alg, h->cert, h->key, q->claims, q->n, &made);
	if (r == -1) {
		why_set(&a->why, ERR_SIGNER_FAILED, NULL, "the %s cannot be signed",
		    q->type == LIST ? "list" : "token");
	} else {
		a->n = made.len;
		memcpy(a->token, made.data, made.len);
	}
	buf_free(&made);
}

/* The process: until the other side of the socket is closed. */
static void
serve(int fd, const char *cert, const char *key, int pass_fd)
{
	static const struct profile profile = { .name = "signer" };
	static struct question q;
	static struct answer a;
	struct holder h = { 0 };
	ssize_t n;

	buf_init(&h.der, JWS_MAX);
	if (load(&h, cert, key, pass_fd, &a.why) == 0)
		restrain(&profile, &a.why);
	do {
		if (send(fd, &a, sizeof a, MSG_NOSIGNAL) == -1 || a.why.id != ERR_NONE)
			break;
		while ((n = recv(fd, &q, sizeof q, 0)) == -1 && errno == EINTR)
			;
		if (n == (ssize_t)sizeof q)
			answer_question(&h, &q, &a);
	} while (n == (ssize_t)sizeof q);
	EVP_PKEY_free(h.key);
	X509_free(h.cert);
	buf_free(&h.der);
}

/* 0 and the answer, or -1 with why. */
static int
receive(struct signer *s, struct answer *a, struct why *why)
{
	ssize_t n;

	while ((n = recv(s->fd, a, sizeof *a, 0)) == -1 && errno == EINTR)
		;
	if (n != (ssize_t)sizeof *a || a->n > sizeof a->token) {
		why_set(why, ERR_SIGNER_FAILED, NULL, NULL);
		return -1;
	}
	if (a->why.id == ERR_NONE)
		return 0;
	*why = a->why;
	return -1;
}

struct signer *
signer_start(const char *cert, const char *key, int pass_fd, struct why *why)
{
	struct signer *s = calloc(1, sizeof *s);
	struct answer *hello = malloc(sizeof *hello);
	int pair[2] = { -1, -1 };

	if (s == NULL || hello == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1 ||
	    (s->pid = fork()) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "signer: %s", strerror(errno));
		if (pair[0] != -1) {
			close(pair[0]);
			close(pair[1]);
		}
		free(s);
		free(hello);
		return NULL;
	}
	if (s->pid == 0) {
		const int mine[] = { pair[1], pass_fd };

		if (alone(mine, 2) == 0)
			serve(pair[1], cert, key, pass_fd);
		_exit(0);
	}
	close(pair[1]);
	s->fd = pair[0];
	if (receive(s, hello, why) == -1) {
		signer_stop(s);
		s = NULL;
	}
	free(hello);
	return s;
}

/* Has n bytes signed as that type. 0, or -1 with why. */
static int
ask_signature(
    struct signer *s, int type, const char *bytes, size_t n, struct buf *out, struct why *why)
{
	struct question *q = calloc(1, sizeof *q);
	struct answer *a = malloc(sizeof *a);
	int r = -1;

	if (q == NULL || a == NULL || n > sizeof q->claims) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "signer");
		goto out;
	}
	q->type = type;
	q->n = n;
	memcpy(q->claims, bytes, n);
	if (send(s->fd, q, sizeof *q, MSG_NOSIGNAL) == -1)
		why_set(why, ERR_SIGNER_FAILED, NULL, "%s", strerror(errno));
	else if (receive(s, a, why) == 0 && (r = buf_add(out, a->token, a->n)) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "signer");
out:
	free(q);
	free(a);
	return r;
}

int
signer_token(struct signer *s, const char *typ, const char *claims, size_t n, struct buf *out,
    struct why *why)
{
	int type = 0;

	while (type < TYPES && strcmp(types[type], typ) != 0)
		type++;
	if (type < TYPES)
		return ask_signature(s, type, claims, n, out, why);
	why_set(why, ERR_SIGNER_FAILED, NULL, "no token is a %s", typ);
	return -1;
}

int
signer_list(struct signer *s, const char *list, size_t n, struct buf *out, struct why *why)
{
	return ask_signature(s, LIST, list, n, out, why);
}

void
signer_stop(struct signer *s)
{
	if (s == NULL)
		return;
	shutdown(s->fd, SHUT_RDWR); /* whoever else may hold a copy */
	close(s->fd);
	while (waitpid(s->pid, NULL, 0) == -1 && errno == EINTR)
		;
	free(s);
}
