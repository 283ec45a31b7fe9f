/*
 * What the hub answers: one row a service, one file each. Whatever is not in the table is 404,
 * or 405 where only the method is wrong.
 */
#ifndef OQ_HUB_SERVICES_H
#define OQ_HUB_SERVICES_H

#include "hub/http.h"
#include "hub/job.h"
#include "hub/writer.h"
#include "store/looks.h"
#include "store/medical.h"
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
	struct audit *audit; /* to read what was redeemed, and which consents are held */
	struct medical *medical;
	struct looks *looks;
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
	/* Adds the answer to a line that is repeated, or told after. 0, or -1 with why. */
	int (*repeat)(
	    struct request *, struct job *, const struct job_line *, struct buf *out, struct why *);
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

/*
 * Writes the reply again, after the writer: repeated questions as they were answered first, what it
 * refused as errors. 0, or -1 with why.
 */
int service_repeat(const struct service *, struct request *, struct job *, struct why *);

/*
 * For the services themselves: has the answer to a line remembered as of that format, and of the
 * question what makes it,
 */
void line_remember(
    const struct request *, struct job_line *, uint8_t format, const void *content, size_t);
/* or adds an error as its answer. */
void line_refuse(struct job *, struct job_line *, const struct why *);

/* Adds lines and bytes of each service as JSON, for /v1/hello. */
void service_limits(struct buf *);

enum served verify_serve(struct request *, struct job *);
enum served query_serve(struct request *, struct job *);
enum served consent_serve(struct request *, struct job *);
enum served self_serve(struct request *, struct job *);
enum served hello_serve(struct request *, struct job *);

int verify_repeat(
    struct request *, struct job *, const struct job_line *, struct buf *out, struct why *);
int query_repeat(
    struct request *, struct job *, const struct job_line *, struct buf *out, struct why *);
int consent_tell(
    struct request *, struct job *, const struct job_line *, struct buf *out, struct why *);

#endif
