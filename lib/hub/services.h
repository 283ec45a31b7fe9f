/*
 * What the hub answers: one row a service, one file each. Whatever is not in the table is 404,
 * or 405 where only the method is wrong.
 */
#ifndef OQ_HUB_SERVICES_H
#define OQ_HUB_SERVICES_H

#include "hub/http.h"
#include "hub/job.h"
#include "hub/writer.h"
#include "store/people.h"
#include "table/table.h"
#include "trust/idcert.h"

#define SERVICE_BODY_MAX ((int64_t)1 << 20)

/* A request with all that is known about it. */
struct request {
	const struct http_request *http;
	const char *body;
	size_t body_len;
	const unsigned char *fingerprint; /* of the client's certificate */
	struct credential credential;	  /* set by the dispatcher */
	struct people *people;		  /* between begin and end while a service runs */
	struct candidates *candidates;	  /* room to look into */
	struct buf *scratch;
	const struct writer *writer;
	struct audit *audit;	       /* to read what was redeemed */
	const struct anchors *card_ca; /* NULL: this hub knows no cards */
	const struct table *grace;     /* model/grace.h */
};

/* What becomes of it. */
enum served {
	SERVED_NOW,   /* the reply can leave */
	SERVED_LATER, /* the writer must make it durable first */
};

struct service {
	const char *method, *path;
	const char *role; /* NULL: any that the hub knows */
	size_t lines;	  /* at most; 0: no body */
	int64_t bytes;
	enum served (*serve)(struct request *, struct job *);
};

/*
 * May the request's head go on to its body? 0, or the status that refuses it, with code, detail
 * and further header lines.
 */
struct refusal {
	int status;
	const char *code, *detail, *extra;
};
const struct service *service_find(const struct http_request *, struct refusal *);

/* Serves a whole request. NULL without memory; else the job has a finished or pending reply. */
struct job *service_run(const struct service *, struct request *, enum served *);

/* A job whose reply is the refusal. NULL without memory. */
struct job *service_refuse(const struct refusal *, int keep_alive);

enum served verify_serve(struct request *, struct job *);
/* Writes the reply again, repeated questions as they were answered first. 0, or -1 with why. */
int verify_repeat(struct request *, struct job *, struct why *);
enum served hello_serve(struct request *, struct job *);

#endif
