/* What became of one request, and what to do now: PROTOCOL 1's table. */
#ifndef OQ_ROUTE_OUTCOME_H
#define OQ_ROUTE_OUTCOME_H

#include <curl/curl.h>
#include <stdint.h>

#include "base/error.h"

enum course {
	COURSE_TAKE,	/* an answer came: match it with the questions */
	COURSE_CONNECT, /* no connection: the route counts it, and tries again while it has patience */
	COURSE_STOP,	/* asking again cannot help, neither this nor any other question */
	COURSE_HALVE, /* too large: half of it; one question alone keeps the error */
	COURSE_WAIT,  /* the hub wants us to wait */
	COURSE_AGAIN, /* broken: three tries, the same asks */
};

struct reply {
	CURLcode code;
	const char *words;   /* libcurl's for the code; "" when it had none */
	int begun;	     /* the connection stood and the request began to go out */
	int overflow;	     /* the answer was cut by our ceiling */
	int alert;	     /* TLS alert that the hub sent, or -1 */
	long verify;	     /* X509_V_... of the hub's certificate */
	long status;	     /* of HTTP, 0 when none came */
	int64_t retry_after; /* milliseconds; -1 when the hub did not say */
	const char *body;    /* of an answer that is not 200 */
	size_t len;
};

struct outcome {
	enum course course;
	int64_t wait; /* COURSE_WAIT: milliseconds; -1 when the hub did not say */
	struct why why;
};

void outcome_judge(const struct reply *, struct outcome *);

#endif
