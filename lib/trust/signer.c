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
	X509_free(cert);
	ERR_clear_error();
	return r;
}

static void
answer_question(struct holder *h, const struct question *q, struct answer *a)
{
	struct buf token, sig;

	*a = (struct answer){ .n = 0 };
	buf_init(&token, sizeof a->token);
	buf_init(&sig, sizeof a->token);
	if (q->type < 0 || q->type >= TYPES || q->n > sizeof q->claims ||
	    jws_begin(&token, h->alg, types[q->type], (const uint8_t *)h->der.data, h->der.len,
		q->claims, q->n) == -1 ||
	    alg_sign(h->alg, h->key, token.data, token.len, &sig) == -1 ||
	    jws_end(&token, (const uint8_t *)sig.data, sig.len) == -1) {
		why_set(&a->why, ERR_SIGNER_FAILED, NULL, "the token cannot be signed");
	} else {
		a->n = token.len;
		memcpy(a->token, token.data, token.len);
	}
	buf_free(&token);
	buf_free(&sig);
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

int
signer_token(struct signer *s, const char *typ, const char *claims, size_t n, struct buf *out,
    struct why *why)
{
	struct question *q = calloc(1, sizeof *q);
	struct answer *a = malloc(sizeof *a);
	int r = -1;

	if (q == NULL || a == NULL || n > sizeof q->claims) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "signer");
		goto out;
	}
	q->n = n;
	memcpy(q->claims, claims, n);
	while (q->type < TYPES && strcmp(types[q->type], typ) != 0)
		q->type++;
	if (send(s->fd, q, sizeof *q, MSG_NOSIGNAL) == -1)
		why_set(why, ERR_SIGNER_FAILED, NULL, "%s", strerror(errno));
	else if (receive(s, a, why) == 0 && (r = buf_add(out, a->token, a->n)) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "signer");
out:
	free(q);
	free(a);
	return r;
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
