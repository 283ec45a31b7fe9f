/*
 * HTTP/1.1 as PROTOCOL 1 needs it: requests with a Content-Length, nothing else.
 *
 * Not evhttp: that of libevent 2.1 answers what it refuses (too large, malformed, unknown method)
 * with a page of HTML that cannot be replaced, and looks at a request only when its body is in.
 * What is not understood here is refused, never guessed; there is one way to frame a body.
 */
#ifndef OQ_HUB_HTTP_H
#define OQ_HUB_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/cover.h"

#define HTTP_HEAD_MAX ((size_t)16384)

struct http_request {
	struct text method, path;
	struct text content_type, content_encoding, transfer_encoding;
	struct text lane, who, expect, connection;
	struct text content_length_text;
	int64_t content_length; /* -1: none */
	int keep_alive;
	size_t head_len; /* with the empty line */
};

enum http_status {
	HTTP_OK = 200,
	HTTP_BAD_REQUEST = 400,
	HTTP_FORBIDDEN = 403,
	HTTP_NOT_FOUND = 404,
	HTTP_METHOD_NOT_ALLOWED = 405,
	HTTP_REQUEST_TIMEOUT = 408,
	HTTP_LENGTH_REQUIRED = 411,
	HTTP_TOO_LARGE = 413,
	HTTP_UNSUPPORTED_TYPE = 415,
	HTTP_TOO_MANY_REQUESTS = 429,
	HTTP_HEAD_TOO_LARGE = 431,
	HTTP_SERVER_ERROR = 500,
	HTTP_UNAVAILABLE = 503,
	HTTP_VERSION_UNSUPPORTED = 505,
};

/*
 * Reads the head of a request; texts point into the bytes. HTTP_OK when it is whole, 0 when more
 * must come, else the status to refuse it with.
 */
int http_read_head(const char *, size_t, struct http_request *);

/* Case-insensitive, as header names and tokens are compared. */
int http_is(const struct text *, const char *);

/* The media type of a Content-Type, without its parameters, is this one. */
int http_is_type(const struct text *, const char *type);

/*
 * A reply is one run of bytes: HTTP_REPLY_ROOM bytes are left free, the body follows, and when its
 * length is known the head is put right before it.
 */
#define HTTP_REPLY_ROOM 512

struct reply {
	struct buf bytes; /* room, then body */
	size_t start;	  /* where the head begins, once it is put */
};

void reply_begin(struct reply *, size_t max);
void reply_free(struct reply *);
/* Puts the head. extra: further header lines, each with CRLF, or "". 0, or -1 when it failed. */
int reply_finish(struct reply *, int status, const char *type, const char *extra, int keep_alive);

/* Makes the reply application/problem+json (RFC 9457). code: "" or an error code. 0, or -1. */
int reply_problem(struct reply *, int status, const char *code, const char *detail,
    const char *extra, int keep_alive);

#endif
