/*
 * Load on a server over TLS with a client certificate, for tests/bench: wrk and h2load have no
 * option for one.
 *
 *	load -a 127.0.0.1:PORT -o PID -A CA -C CERT -K KEY -b BODY [-u PATH] [-H HOST]
 *	     [-L LANE] [-c CONNECTIONS] [-n REQUESTS] [-l LINES]
 *
 * Each connection POSTs LINES question lines of the file BODY at a time (taken in turn, from the
 * top again at its end), REQUESTS times over all connections. Every member "ask" of 26 characters
 * gets a fresh value, so that no answer is a replay. The address must be loopback, and process PID
 * must be the one that listens there. A status other than 200 ends it with 1. Prints
 * "requests N lines N bytes N errors N ns N": lines and bytes of the answers' bodies, how many
 * hold "error":, and the wall clock.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)16 << 20)
#define ASK_LENGTH 26

struct load {
	struct sockaddr_in address;
	const char *host, *path, *lane;
	SSL_CTX *tls;
	char *body;    /* question lines, each with its line feed */
	char **starts; /* of each line, and one more: the end */
	size_t n_lines, per_request;
	long requests;
	atomic_long begun, lines, bytes, errors;
	atomic_ullong asks;
	uint64_t run; /* the time of its beginning, in nanoseconds */
};

/* One thread's connection and its buffers. */
struct client {
	SSL *ssl;
	char *request, *answer;
	size_t request_size, next_line;
};

/* Fresh for each question, and different from run to run. */
static void
ask_write(struct load *l, char *at)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t low = atomic_fetch_add(&l->asks, 1), high = l->run;
	char ask[ASK_LENGTH];

	for (int i = 12; i >= 0; i--, high >>= 5)
		ask[i] = digits[high & 31];
	for (int i = 24; i > 12; i--, low >>= 5)
		ask[i] = digits[low & 31];
	ask[ASK_LENGTH - 1] = 'a'; /* the last of 128 bits: two bits of the character are free */
	memcpy(at, ask, ASK_LENGTH);
}

static char *
read_file(const char *path, size_t *len)
{
	FILE *fp = fopen(path, "r");
	char *data = NULL;
	size_t n, size = 0;

	if (fp == NULL)
		err(1, "%s", path);
	*len = 0;
	do {
		size += 1 << 20;
		if ((data = realloc(data, size)) == NULL)
			err(1, NULL);
		n = fread(data + *len, 1, size - *len, fp);
		*len += n;
	} while (*len == size);
	if (ferror(fp))
		err(1, "%s", path);
	fclose(fp);
	return data;
}

static void
read_body(struct load *l, const char *path)
{
	size_t len, n = 0;

	l->body = read_file(path, &len);
	for (size_t i = 0; i < len; i++)
		l->n_lines += l->body[i] == '\n';
	if (l->n_lines == 0)
		errx(1, "%s: no lines", path);
	if ((l->starts = calloc(l->n_lines + 1, sizeof *l->starts)) == NULL)
		err(1, NULL);
	l->starts[n++] = l->body;
	for (size_t i = 0; i < len; i++)
		if (l->body[i] == '\n')
			l->starts[n++] = l->body + i + 1;
}

/* Does process pid hold the socket that listens at the address? 1 or 0. */
static int
listens(const char *pid, const struct sockaddr_in *address)
{
	char path[64], line[512], wanted[64], target[64];
	unsigned long inode = 0, found;
	unsigned ip, port, state;
	struct dirent *entry;
	FILE *fp = fopen("/proc/net/tcp", "r");
	DIR *dir;
	int is = 0;

	if (fp == NULL)
		err(1, "/proc/net/tcp");
	while (fgets(line, sizeof line, fp) != NULL)
		if (sscanf(line, "%*d: %x:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %*d %*d %lu", &ip,
			&port, &state, &found) == 4 &&
		    state == 0x0a && port == ntohs(address->sin_port) &&
		    ip == address->sin_addr.s_addr)
			inode = found;
	fclose(fp);
	snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	if ((dir = opendir(path)) == NULL)
		err(1, "%s", path);
	while ((entry = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);

		if (n > 0) {
			target[n] = '\0';
			is |= strcmp(target, wanted) == 0;
		}
	}
	closedir(dir);
	return is;
}

static void
parse_address(const char *text, struct sockaddr_in *address)
{
	char ip[64];
	unsigned short port;

	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	if (sscanf(text, "%63[0-9.]:%hu", ip, &port) != 2 ||
	    inet_pton(AF_INET, ip, &address->sin_addr) != 1)
		errx(2, "%s is no address", text);
	if (ntohl(address->sin_addr.s_addr) >> 24 != 127)
		errx(2, "%s is not loopback", text);
	address->sin_port = htons(port);
}

static void
fail(const char *what)
{
	ERR_print_errors_fp(stderr);
	errx(1, "%s", what);
}

static SSL_CTX *
tls_new(const char *ca, const char *cert, const char *key)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_load_verify_locations(tls, ca, NULL) != 1 ||
	    SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
		fail("certificates");
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	return tls;
}

static SSL *
connect_to(const struct load *l)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	SSL *ssl;

	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)&l->address, sizeof l->address) == -1 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == -1)
		err(1, "connect");
	if ((ssl = SSL_new(l->tls)) == NULL || SSL_set_fd(ssl, fd) != 1 ||
	    SSL_set1_host(ssl, l->host) != 1 || SSL_set_tlsext_host_name(ssl, l->host) != 1 ||
	    SSL_connect(ssl) != 1)
		fail("handshake");
	return ssl;
}

/* Fills c->request; returns its length. */
static size_t
write_request(struct load *l, struct client *c)
{
	size_t length = 0, n, taken = 0;
	char *at;

	for (size_t i = 0; i < l->per_request; i++) {
		size_t k = (c->next_line + i) % l->n_lines;

		length += (size_t)(l->starts[k + 1] - l->starts[k]);
	}
	if (c->request == NULL || length + 1024 > c->request_size) {
		c->request_size = length + 1024;
		if ((c->request = realloc(c->request, c->request_size)) == NULL)
			err(1, NULL);
	}
	n = (size_t)snprintf(c->request, 1024,
	    "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-ndjson\r\n"
	    "Oq-Lane: %s\r\nContent-Length: %zu\r\n\r\n",
	    l->path, l->host, l->lane, length);
	for (; taken < l->per_request; taken++, c->next_line = (c->next_line + 1) % l->n_lines) {
		size_t len = (size_t)(l->starts[c->next_line + 1] - l->starts[c->next_line]);

		memcpy(c->request + n, l->starts[c->next_line], len);
		if ((at = memmem(c->request + n, len, "\"ask\":\"", 7)) != NULL)
			ask_write(l, at + 7);
		n += len;
	}
	return n;
}

/* Reads one answer; *body and its length. Only 200 with a Content-Length passes. */
static size_t
read_answer(struct client *c, char **body)
{
	size_t got = 0, length = 0, head = 0;
	char *end, *at;

	do {
		int n = SSL_read(c->ssl, c->answer + got, (int)(ANSWER_MAX - got));

		if (n <= 0)
			fail("cut answer");
		got += (size_t)n;
		c->answer[got] = '\0';
		if (head == 0 && (end = strstr(c->answer, "\r\n\r\n")) != NULL) {
			head = (size_t)(end + 4 - c->answer);
			if (strncmp(c->answer, "HTTP/1.1 200", 12) != 0 ||
			    (at = strcasestr(c->answer, "\r\nContent-Length:")) == NULL || at > end)
				errx(1, "answered: %.300s", c->answer);
			length = strtoul(at + 17, NULL, 10);
		}
	} while (head == 0 || got < head + length);
	*body = c->answer + head;
	return length;
}

static void
count_answer(struct load *l, const char *body, size_t length)
{
	long lines = 0, errors = 0;
	const char *p = body;

	for (size_t i = 0; i < length; i++)
		lines += body[i] == '\n';
	while ((p = memmem(p, length - (size_t)(p - body), "\"error\":", 8)) != NULL) {
		errors++;
		p += 8;
	}
	atomic_fetch_add(&l->lines, lines);
	atomic_fetch_add(&l->errors, errors);
	atomic_fetch_add(&l->bytes, (long)length);
}

static void *
run_client(void *arg)
{
	struct load *l = arg;
	struct client c = { .ssl = connect_to(l), .answer = malloc(ANSWER_MAX + 1) };
	long i;

	if (c.answer == NULL)
		err(1, NULL);
	while ((i = atomic_fetch_add(&l->begun, 1)) < l->requests) {
		size_t n, length;
		char *body;

		c.next_line = (size_t)i * l->per_request % l->n_lines;
		n = write_request(l, &c);
		if (SSL_write(c.ssl, c.request, (int)n) != (int)n)
			fail("write");
		length = read_answer(&c, &body);
		count_answer(l, body, length);
	}
	SSL_shutdown(c.ssl);
	close(SSL_get_fd(c.ssl));
	SSL_free(c.ssl);
	free(c.request);
	free(c.answer);
	return NULL;
}

static int64_t
wall_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
run(struct load *l, int connections)
{
	pthread_t *threads = calloc((size_t)connections, sizeof *threads);
	int64_t began = wall_ns(CLOCK_MONOTONIC);

	if (threads == NULL)
		err(1, NULL);
	for (int i = 0; i < connections; i++)
		if (pthread_create(&threads[i], NULL, run_client, l) != 0)
			errx(1, "no thread");
	for (int i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	printf("requests %ld lines %ld bytes %ld errors %ld ns %" PRId64 "\n", l->requests,
	    atomic_load(&l->lines), atomic_load(&l->bytes), atomic_load(&l->errors),
	    wall_ns(CLOCK_MONOTONIC) - began);
	free(threads);
}

int
main(int argc, char **argv)
{
	struct load l = { .host = "localhost",
		.path = "/v1/verify",
		.lane = "desk",
		.per_request = 1,
		.requests = 1 };
	const char *address = NULL, *pid = NULL, *ca = NULL, *cert = NULL, *key = NULL,
		   *body = NULL;
	int c, connections = 1;

	while ((c = getopt(argc, argv, "A:C:H:K:L:a:b:c:l:n:o:u:")) != -1)
		switch (c) {
		case 'A':
			ca = optarg;
			break;
		case 'C':
			cert = optarg;
			break;
		case 'H':
			l.host = optarg;
			break;
		case 'K':
			key = optarg;
			break;
		case 'L':
			l.lane = optarg;
			break;
		case 'a':
			address = optarg;
			break;
		case 'b':
			body = optarg;
			break;
		case 'c':
			connections = atoi(optarg);
			break;
		case 'l':
			l.per_request = strtoul(optarg, NULL, 10);
			break;
		case 'n':
			l.requests = atol(optarg);
			break;
		case 'o':
			pid = optarg;
			break;
		case 'u':
			l.path = optarg;
			break;
		default:
			return 2;
		}
	if (address == NULL || pid == NULL || ca == NULL || cert == NULL || key == NULL ||
	    body == NULL)
		errx(2, "-a -o -A -C -K -b are required");
	parse_address(address, &l.address);
	if (!listens(pid, &l.address))
		errx(1, "process %s does not listen at %s", pid, address);
	l.run = (uint64_t)wall_ns(CLOCK_REALTIME);
	read_body(&l, body);
	l.tls = tls_new(ca, cert, key);
	run(&l, connections);
	SSL_CTX_free(l.tls);
	free(l.starts);
	free(l.body);
	return 0;
}
