/*
 * A hub that answers to order, for what a real one is never asked to do (tests/protocol.bats).
 *
 *	badhub CERT KEY CA BEHAVIOUR...
 *
 * Prints its port on 127.0.0.1, then one line for each request: how many questions it had. Each
 * request takes the next behaviour, the last one stays:
 *
 *	ok		every question is answered with valid
 *	limit:N		more than N questions: 413
 *	wide:N		answers of N KiB each
 *	say:MEMBERS	every question is answered with these; the body goes to stderr
 *	NNN		this status
 *	mute		(first only) connections are taken, and nothing is ever said
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_LENGTH   26
#define REQUEST_MAX  ((size_t)2 << 20)
#define ANSWER_START "{\"ask\":\"%.*s\",\"eligibility\":{\"status\":\"valid\",\"pad\":\""

static char request[REQUEST_MAX + 1];

static int
listen_anywhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&address, n) == -1 || listen(fd, 16) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &n) == -1)
		err(1, "listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

static SSL_CTX *
context(char **files)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, files[0]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, files[1], SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_load_verify_locations(ctx, files[2], NULL) != 1)
		errx(1, "credentials");
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return ctx;
}

/* Reads one request; returns its body, or NULL when the connection has ended. */
static char *
read_request(SSL *ssl)
{
	size_t n = 0, length = 0;
	char *body = NULL, *header;

	do {
		int got = SSL_read(ssl, request + n, (int)(REQUEST_MAX - n));

		if (got <= 0)
			return NULL;
		n += (size_t)got;
		request[n] = '\0';
		if (body == NULL && (body = strstr(request, "\r\n\r\n")) != NULL) {
			body += 4;
			header = strcasestr(request, "\r\nContent-Length:");
			length = header == NULL ? 0 : strtoul(header + 17, NULL, 10);
		}
	} while (body == NULL || (size_t)(request + n - body) < length);
	return body;
}

static int
count_lines(const char *body)
{
	int n = 0;

	for (; (body = strchr(body, '\n')) != NULL; body++)
		n++;
	return n;
}

/* The answers to all questions of the body, with these members, or padded to so many bytes each. */
static char *
answers(const char *body, const char *members, size_t pad)
{
	char *text = NULL;
	size_t n = 0;
	FILE *fp = open_memstream(&text, &n);

	for (const char *ask; (ask = strstr(body, "\"ask\":\"")) != NULL; body = ask + 7) {
		if (members != NULL) {
			fprintf(fp, "{\"ask\":\"%.*s\",%s}\n", ASK_LENGTH, ask + 7, members);
			continue;
		}
		fprintf(fp, ANSWER_START, ASK_LENGTH, ask + 7);
		for (size_t i = 0; i < pad; i++)
			fputc('x', fp);
		fputs("\"}}\n", fp);
	}
	if (fclose(fp) == EOF)
		err(1, NULL);
	return text;
}

static void
reply(SSL *ssl, int status, const char *body)
{
	char head[128];
	int n = snprintf(head, sizeof head, "HTTP/1.1 %d x\r\nContent-Length: %zu\r\n\r\n", status,
	    strlen(body));

	SSL_write(ssl, head, n);
	for (size_t left = strlen(body); left > 0;) {
		int done = SSL_write(ssl, body, (int)left);

		if (done <= 0)
			return;
		body += done;
		left -= (size_t)done;
	}
}

static void
behave(SSL *ssl, const char *behaviour, const char *body)
{
	int lines = count_lines(body), limit = lines, pad = 0;
	const char *say = strncmp(behaviour, "say:", 4) == 0 ? behaviour + 4 : NULL;
	char *text;

	printf("%d\n", lines);
	fflush(stdout);
	sscanf(behaviour, "limit:%d", &limit);
	sscanf(behaviour, "wide:%d", &pad);
	if (say != NULL)
		fprintf(stderr, "%.*s\n%s", (int)strcspn(request, "\r"), request, body);
	if (lines > limit) {
		reply(ssl, 413, "");
	} else if (atoi(behaviour) > 0) {
		reply(ssl, atoi(behaviour), "");
	} else {
		text = answers(body, say, (size_t)pad << 10);
		reply(ssl, 200, text);
		free(text);
	}
}

int
main(int argc, char **argv)
{
	SSL_CTX *ctx;
	int fd;

	if (argc < 5)
		errx(1, "usage: badhub CERT KEY CA BEHAVIOUR...");
	signal(SIGPIPE, SIG_IGN);
	ctx = context(argv + 1);
	fd = listen_anywhere();
	for (argv += 4;;) {
		int peer = accept(fd, NULL, NULL);
		SSL *ssl = SSL_new(ctx);
		char *body;

		if (strcmp(*argv, "mute") == 0)
			continue;
		SSL_set_fd(ssl, peer);
		if (SSL_accept(ssl) == 1)
			while ((body = read_request(ssl)) != NULL) {
				behave(ssl, *argv, body);
				if (argv[1] != NULL)
					argv++;
			}
		SSL_free(ssl);
		close(peer);
	}
}
