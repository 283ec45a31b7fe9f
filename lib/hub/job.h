/*
 * A request on its way: worked out by a worker, made durable by the writer, then handed back to
 * the worker to be sent. Exactly one of them has it at any time.
 */
#ifndef OQ_HUB_JOB_H
#define OQ_HUB_JOB_H

#include <stdint.h>

#include "base/random.h"
#include "hub/http.h"
#include "store/audit.h"
#include "store/people.h"

#define WHO_SIZE 128

struct job_line {
	char ask[ASK_SIZE];
	const char *result; /* a word: status or error code */
	int keep;	    /* the answer is to be kept: it is no error */
	uint64_t digest[2]; /* of the question */
	size_t from, to;    /* its line in reply.bytes */
	int64_t person;
};

struct job {
	struct job *next;
	void (*done)(struct job *); /* hands it back; called in the writer's thread */
	void *owner;		    /* the worker */
	void *conn;		    /* the connection; NULL once it is gone */
	char facility[CODE_SIZE], who[WHO_SIZE];
	struct reply reply; /* its body; the writer puts replays in */
	int failed;	    /* the writer could not make it durable */
	size_t n;
	struct job_line lines[];
};

/* A job for n lines, empty. NULL without memory. */
struct job *job_new(size_t n);
void job_free(struct job *);

#endif
