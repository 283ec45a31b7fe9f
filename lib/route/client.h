/*
 * HTTP/1.1 over mutual TLS 1.3 to one hub (PROTOCOL 1): https only, one authority, no redirect, no
 * proxy, connections kept. libcurl starts with the first post, not before.
 */
#ifndef OQ_ROUTE_CLIENT_H
#define OQ_ROUTE_CLIENT_H

#include <curl/curl.h>

#include "route/outcome.h"
#include "route/route.h"

struct client;

struct post {
	const char *service; /* "verify": the path's end */
	const char *body;    /* stays where it is until the post is done; NULL: it is a GET */
	size_t len;
	struct buf *answer; /* the body of the answer is added here */
	void *owner;	    /* the caller's */
	/* The client's; all zero before the first use, and kept for the next. */
	CURL *easy;
	char words[CURL_ERROR_SIZE];
	size_t answer_at;
};

/* Reads via and the credentials. NULL with why. */
struct client *client_open(const struct route_options *, struct why *);
void client_close(struct client *);

/* The hub's name: that of --via, against which its certificate is checked. */
const char *client_name(const struct client *);

/* Takes a post under way. 0, or -1 with why when there is no memory. */
int client_post(struct client *, struct post *, struct why *);
/* Gives it up: nothing of it comes any more. */
void client_cancel(struct client *, struct post *);
/* Gives back what the post holds. */
void client_forget(struct post *);

/* Moves everything on; a post that is done, and how it went, or NULL. reply borrows from it. */
struct post *client_done(struct client *, struct reply *);

/* Waits for the network or a descriptor, at most so long: 1 if a descriptor is readable, else 0. */
int client_wait(struct client *, int64_t timeout, const int *fds, size_t n);

uint64_t client_connections(const struct client *);

#endif
