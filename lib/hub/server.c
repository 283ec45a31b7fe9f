#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "hub/make.h"
#include "hub/server.h"
#include "hub/tls.h"
#include "hub/worker.h"
#include "model/grace.h"

#define BACKLOG	    512
#define THREADS_MAX 64

struct server {
	char dir[4096], host[64], admin_path[108]; /* admin_path: a socket to be removed, or "" */
	int port, threads;
	int fds[THREADS_MAX], admin_fd;
	struct shared shared;
	struct shelf *shelf;
	struct worker workers[THREADS_MAX];
};

static int
refused(struct why *why, const char *address, const char *what)
{
	why_set(why, ERR_ADDRESS_UNUSABLE, NULL, "%s: %s", address, what);
	return -1;
}

/* ADDRESS:PORT, [ADDRESS]:PORT: numbers only, nothing is looked up. */
static struct addrinfo *
resolve(const char *text, struct why *why)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(text, ':');
	struct addrinfo *all = NULL;
	char host[64];
	int r;

	if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
		refused(why, text, "write it ADDRESS:PORT");
		return NULL;
	}
	snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		memmove(host, host + 1, strlen(host));
	}
	if ((r = getaddrinfo(host, colon + 1, &hints, &all)) != 0) {
		refused(why, text, gai_strerror(r));
		return NULL;
	}
	return all;
}

/* A socket that listens. share: others of this process listen on the same port. */
static int
listen_on(const struct sockaddr *addr, socklen_t len, int share)
{
	int on = 1, fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if ((share && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
			  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == -1)) ||
	    bind(fd, addr, len) == -1 || listen(fd, BACKLOG) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
port_of(const struct sockaddr *addr)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (addr->sa_family == AF_INET6) {
		memcpy(&in6, addr, sizeof in6);
		return ntohs(in6.sin6_port);
	}
	memcpy(&in, addr, sizeof in);
	return ntohs(in.sin_port);
}

/* One socket a thread; the first finds the port when any will do. */
static int
open_doors(struct server *s, const char *address, struct why *why)
{
	struct addrinfo *all = resolve(address, why);
	struct sockaddr_storage bound;
	socklen_t len = sizeof bound;
	int r = 0;

	if (all == NULL)
		return -1;
	snprintf(s->host, sizeof s->host, "%.*s", (int)(strrchr(address, ':') - address), address);
	memcpy(&bound, all->ai_addr, all->ai_addrlen);
	len = all->ai_addrlen;
	for (int i = 0; i < s->threads && r == 0; i++) {
		s->fds[i] = listen_on((struct sockaddr *)&bound, len, 1);
		if (s->fds[i] == -1 ||
		    getsockname(s->fds[i], (struct sockaddr *)&bound, &len) == -1)
			r = refused(why, address, strerror(errno));
	}
	s->port = port_of((struct sockaddr *)&bound);
	freeaddrinfo(all);
	return r;
}

static int
open_admin_path(struct server *s, const char *path, struct why *why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct stat st;

	if (strlen(path) >= sizeof un.sun_path)
		return refused(why, path, "the path is too long");
	memcpy(un.sun_path, path, strlen(path) + 1);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path); /* of a server that was killed */
	s->admin_fd = listen_on((struct sockaddr *)&un, sizeof un, 0);
	if (s->admin_fd == -1)
		return refused(why, path, strerror(errno));
	snprintf(s->admin_path, sizeof s->admin_path, "%s", path);
	return 0;
}

static int
open_admin(struct server *s, const char *address, struct why *why)
{
	struct addrinfo *all;

	if (strchr(address, '/') != NULL)
		return open_admin_path(s, address, why);
	if ((all = resolve(address, why)) == NULL)
		return -1;
	s->admin_fd = listen_on(all->ai_addr, all->ai_addrlen, 0);
	freeaddrinfo(all);
	return s->admin_fd == -1 ? refused(why, address, strerror(errno)) : 0;
}

/*
 * The writer is a thread too. On two cores, two threads beside it are no faster than one and need
 * 6 % more of the processor.
 */
static int
threads_of(const struct server_options *o)
{
	long n = o->threads > 0 ? o->threads : sysconf(_SC_NPROCESSORS_ONLN) - 1;

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

/*
 * Replies of a few hundred kilobytes come and go: their memory is kept, or every one of them is
 * taken from the system page by page.
 */
static void
keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
}

/* What a hub that issues cards knows them by. One without such an authority knows none. */
static int
load_card_rules(struct server *s, const struct server_options *o, struct why *why)
{
	char path[sizeof s->dir + sizeof HUB_CARD_CA];

	snprintf(path, sizeof path, "%s/" HUB_CARD_CA, o->dir);
	if ((s->shared.grace = grace_load(o->grace, why)) == NULL)
		return -1;
	if (access(path, F_OK) == -1 && errno == ENOENT)
		return 0;
	s->shared.card_ca = anchors_load(path, why);
	return s->shared.card_ca == NULL ? -1 : 0;
}

struct server *
server_open(const struct server_options *o, struct why *why)
{
	struct server *s = calloc(1, sizeof *s);

	if (s == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the server");
		return NULL;
	}
	keep_memory();
	s->threads = threads_of(o);
	s->admin_fd = -1;
	for (int i = 0; i < THREADS_MAX; i++)
		s->fds[i] = -1;
	snprintf(s->dir, sizeof s->dir, "%s", o->dir);
	if ((s->shared.tls = tls_context(o->dir, why)) == NULL ||
	    load_card_rules(s, o, why) == -1 ||
	    (o->faults != NULL &&
		((s->shared.faults = faults_read(o->faults, why)) == NULL ||
		    (s->shared.wrong_tls = tls_wrong_context(o->dir, why)) == NULL)) ||
	    open_doors(s, o->listen, why) == -1 ||
	    (o->admin != NULL && open_admin(s, o->admin, why) == -1)) {
		server_close(s);
		return NULL;
	}
	return s;
}

int
server_port(const struct server *s)
{
	return s->port;
}

const char *
server_host(const struct server *s)
{
	return s->host;
}

/* Makes what a store lacks, and begins to answer. 0, or -1 with why. */
static int
open_stores(struct server *s, struct why *why)
{
	struct people *people = people_open(s->dir, PEOPLE_WRITE, why);
	struct medical *medical;

	if (people == NULL)
		return -1;
	s->shared.covers = people_covers(people, why);
	people_close(people);
	/* One of an older version gets what it lacks before anybody reads it. */
	if (s->shared.covers == -1 || (medical = medical_open(s->dir, MEDICAL_WRITE, why)) == NULL)
		return -1;
	medical_close(medical);
	if ((s->shared.writer = writer_start(s->dir, why)) == NULL)
		return -1;
	for (int i = 0; i < s->threads; i++) {
		int fd = s->fds[i], admin_fd = i == 0 ? s->admin_fd : -1;

		s->fds[i] = -1;
		if (i == 0)
			s->admin_fd = -1;
		if (worker_start(&s->workers[i], &s->shared, s->dir, fd, admin_fd, why) == -1)
			return -1;
	}
	return 0;
}

/* Of several processes on one directory one at a time brings the stores up to date. */
int
server_start(struct server *s, struct why *why)
{
	int r, turn = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (turn == -1 || flock(turn, LOCK_EX) == -1) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", s->dir, strerror(errno));
		r = -1;
	} else {
		r = open_stores(s, why);
	}
	if (turn != -1)
		close(turn);
	return r;
}

/* Has a signal come that ends us? It stays pending. */
static int
asked_to_stop(void *arg)
{
	sigset_t pending;

	(void)arg;
	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

static void
wait_for_stop(void)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	while (sigwait(&set, &signal) != 0)
		;
}

int
server_wait(struct server *s, struct why *why)
{
	s->shelf = shelf_load(s->dir, asked_to_stop, NULL, why);
	if (s->shelf == NULL && why->id != ERR_NONE && why->id != ERR_OUT_OF_MEMORY)
		return -1;
	atomic_store(&s->shared.shelf, s->shelf); /* NULL: it is slower, and says so in /healthz */
	wait_for_stop();
	return 0;
}

void
server_close(struct server *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < s->threads; i++)
		worker_stop(&s->workers[i]);
	for (int i = 0; i < s->threads; i++)
		worker_wait(&s->workers[i]);
	writer_stop(s->shared.writer);
	for (int i = 0; i < s->threads; i++)
		worker_free(&s->workers[i]);
	for (int i = 0; i < s->threads; i++)
		if (s->fds[i] != -1)
			close(s->fds[i]);
	if (s->admin_fd != -1)
		close(s->admin_fd);
	if (s->admin_path[0] != '\0')
		unlink(s->admin_path);
	SSL_CTX_free(s->shared.tls);
	SSL_CTX_free(s->shared.wrong_tls);
	shelf_free(s->shelf);
	anchors_free(s->shared.card_ca);
	table_free(s->shared.grace);
	faults_free(s->shared.faults);
	free(s);
}
