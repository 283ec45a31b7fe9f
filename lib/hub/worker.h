/* A worker: a thread with its event loop, its connections and its own handle on the people. */
#ifndef OQ_HUB_WORKER_H
#define OQ_HUB_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "hub/faults.h"
#include "hub/job.h"
#include "hub/writer.h"
#include "store/looks.h"
#include "store/medical.h"
#include "store/people.h"
#include "store/shelf.h"
#include "table/table.h"
#include "trust/idcert.h"

/* What all workers share; read only while they run, but for the counters. */
struct shared {
	SSL_CTX *tls, *wrong_tls;
	struct writer *writer;
	struct anchors *card_ca; /* NULL: this hub knows no cards */
	struct table *grace;
	struct faults *faults;
	atomic_uint_fast64_t connections, requests; /* so far, from 1: faults go by them */
	atomic_uint_fast64_t refused, open;
	_Atomic(const struct shelf *) shelf; /* NULL until it is filled */
	int64_t covers;
};

enum patience {
	PATIENCE_HANDSHAKE,
	PATIENCE_IDLE,
	PATIENCE_REQUEST,
	PATIENCE_SEND,
	PATIENCE_LINGER,
	PATIENCES
};

struct conn;

struct worker {
	struct shared *shared;
	struct event_base *base;
	struct evconnlistener *listener, *admin_listener;
	struct event *wake, *deadline;
	int wake_fd;
	const struct timeval *patience[PATIENCES];
	struct people *people;
	struct audit *audit;	 /* to read */
	struct medical *medical; /* to read */
	struct looks *looks;
	struct candidates *candidates;
	struct buf scratch;
	struct conn *conns;
	struct conn *waiting, **last_waiting; /* of the batch lane, with a whole request */
	int desk_came;			      /* a request of the desk's, in this round */
	int stirred;			      /* some of a request came or was answered in it */
	struct job *made, *last_made;	      /* in this turn, for the writer */
	pthread_t thread;
	int running;
	pthread_mutex_t lock; /* of the two below */
	struct job *done;
	int stop;
	int stopping; /* the loop's own */
};

/* fd listens already and is the worker's from now on; admin_fd may be -1. 0, or -1 with why. */
int worker_start(
    struct worker *, struct shared *, const char *dir, int fd, int admin_fd, struct why *);

/* Asks it to finish. Any thread. */
void worker_stop(struct worker *);

/* Waits for the end of its thread. The writer may still hand jobs back. */
void worker_wait(struct worker *);

/* Frees what it had, once the writer has stopped. Both are safe on a zeroed worker. */
void worker_free(struct worker *);

/* The job goes to the writer when this turn ends, with all others of the turn. */
void worker_hand_over(struct worker *, struct job *);

/* Hands a job back to its worker. Any thread. */
void worker_done(struct job *);

#endif
