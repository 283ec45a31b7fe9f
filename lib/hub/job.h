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
#include "store/consents.h"
#include "store/people.h"
#include "store/redeemed.h"

#define WHO_SIZE 128

enum line_kind {
	LINE_NEW,
	LINE_REPLAY,  /* asked before: `made` says how it was answered */
	LINE_REFUSED, /* what only the writer could see forbids it: `result` */
};

/* Small, because a window has 256 of them, each is gone through five times, and by two threads. */
struct job_line {
	struct ask ask;
	uint64_t ask_hash;  /* once it has been served */
	const char *result; /* a word: status or error code, also of LINE_REFUSED */
	struct made made;   /* format 0: an error, which is not remembered and was never answered */
	int64_t person;
	uint16_t purposes;	   /* a set: answered, or asked where it is refused */
	uint8_t kind;		   /* enum line_kind: the writer finds out */
	uint8_t audited;	   /* enum audit_kind */
	uint8_t refused;	   /* an error all the same: unless it was answered before */
	uint8_t withdraws;	   /* held is to be withdrawn, not stored */
	uint8_t told_after;	   /* it is written when all is durable: it tells what is */
	struct redeemed *redeemed; /* the presence that it redeems; NULL: by number. Ours */
	struct held *held; /* the consent that it stands on, or hands in; NULL: none. Ours */
	uint32_t question, question_len; /* in the body */
	uint32_t from, to;		 /* its line in reply.bytes */
};

struct job {
	struct job *next;
	void (*done)(struct job *); /* hands it back; called in the writer's thread */
	void *owner;		    /* the worker */
	void *conn;		    /* the connection; NULL once it is gone */
	char facility[CODE_SIZE], who[WHO_SIZE];
	struct reply reply;
	int failed;	/* the writer could not make it durable */
	int batch;	/* nobody waits for it at a desk */
	size_t repeats; /* lines that are not LINE_NEW, or told after: the reply is written again */
	size_t n;
	struct job_line lines[];
};

/* A job for n lines, empty. NULL without memory. */
struct job *job_new(size_t n);
void job_free(struct job *);

#endif
