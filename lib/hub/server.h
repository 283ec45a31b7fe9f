/*
 * The server: threads with an event loop each on the shared port, one writer.
 */
#ifndef OQ_HUB_SERVER_H
#define OQ_HUB_SERVER_H

#include "base/error.h"

struct server_options {
	const char *dir;
	const char *listen; /* ADDRESS:PORT, port 0: any free one */
	const char *admin;  /* ADDRESS:PORT or the path of a socket; NULL: none */
	const char *grace;  /* model/grace.h; NULL: the installed table */
	const char *faults; /* a schedule (faults.h); NULL: none */
	int threads;	    /* 0: one a core, less the writer's */
};

struct server;

/* Opens what lies outside the directory and listens; nothing is answered yet. NULL with why. */
struct server *server_open(const struct server_options *, struct why *);

/* The port that it listens on. */
int server_port(const struct server *);
/* ADDRESS of `listen`, in brackets if it is an IPv6 one. */
const char *server_host(const struct server *);

/* Starts to answer. The caller has blocked SIGTERM and SIGINT. 0, or -1 with why. */
int server_start(struct server *, struct why *);

/* Reads the people into memory, then waits for SIGTERM or SIGINT. 0, or -1 with why. */
int server_wait(struct server *, struct why *);

/* Finishes what is under way, and frees. */
void server_close(struct server *);

#endif
