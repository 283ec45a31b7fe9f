#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gen/names.h"
#include "hub/http.h"

/* Of RFC 9457; its other members are named as in our own `error`. */
#define PROBLEM_TYPE   "type"
#define PROBLEM_STATUS "status"

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ HTTP_OK, "OK" },
	{ HTTP_BAD_REQUEST, "Bad Request" },
	{ HTTP_FORBIDDEN, "Forbidden" },
	{ HTTP_NOT_FOUND, "Not Found" },
	{ HTTP_METHOD_NOT_ALLOWED, "Method Not Allowed" },
	{ HTTP_REQUEST_TIMEOUT, "Request Timeout" },
	{ HTTP_LENGTH_REQUIRED, "Length Required" },
	{ HTTP_TOO_LARGE, "Content Too Large" },
	{ HTTP_UNSUPPORTED_TYPE, "Unsupported Media Type" },
	{ HTTP_TOO_MANY_REQUESTS, "Too Many Requests" },
	{ HTTP_HEAD_TOO_LARGE, "Request Header Fields Too Large" },
	{ HTTP_SERVER_ERROR, "Internal Server Error" },
	{ HTTP_UNAVAILABLE, "Service Unavailable" },
	{ HTTP_VERSION_UNSUPPORTED, "HTTP Version Not Supported" },
};

static const struct field {
	const char *name;
	size_t at;
} fields[] = {
	{ "content-type", offsetof(struct http_request, content_type) },
	{ "content-length", offsetof(struct http_request, content_length_text) },
	{ "content-encoding", offsetof(struct http_request, content_encoding) },
	{ "transfer-encoding", offsetof(struct http_request, transfer_encoding) },
	{ "connection", offsetof(struct http_request, connection) },
	{ "expect", offsetof(struct http_request, expect) },
	{ "oq-lane", offsetof(struct http_request, lane) },
	{ "oq-operator", offsetof(struct http_request, who) },
};

static const char *
phrase_of(int status)
{
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
}

int
http_is(const struct text *t, const char *word)
{
	return t->n == strlen(word) && strncasecmp(t->s, word, t->n) == 0;
}

int
http_is_type(const struct text *t, const char *type)
{
	struct text media = *t;
	const char *semicolon = t->n == 0 ? NULL : memchr(t->s, ';', t->n);

	if (semicolon != NULL)
		media.n = (size_t)(semicolon - t->s);
	while (media.n > 0 && (media.s[media.n - 1] == ' ' || media.s[media.n - 1] == '\t'))
		media.n--;
	return http_is(&media, type);
}

/* A character of a header's name or of a method (RFC 9110 5.6.2). */
static int
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t
token(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && is_token(p[n]))
		n++;
	return n;
}

/* METHOD SP /path SP HTTP/1.1 */
static int
read_request_line(const char *p, const char *end, struct http_request *r)
{
	static const char version[] = "HTTP/1.1";
	const char *path;

	r->method = (struct text){ p, token(p, end) };
	p += r->method.n;
	if (r->method.n == 0 || p >= end || *p++ != ' ' || p >= end || *p != '/')
		return HTTP_BAD_REQUEST;
	for (path = p; p<end && * p> ' ' && *p < 0x7f; p++)
		;
	r->path = (struct text){ path, (size_t)(p - path) };
	if (p >= end || *p++ != ' ' || end - p < 5 || memcmp(p, version, 5) != 0)
		return HTTP_BAD_REQUEST;
	if ((size_t)(end - p) != sizeof version - 1 || memcmp(p, version, sizeof version - 1) != 0)
		return HTTP_VERSION_UNSUPPORTED;
	return HTTP_OK;
}

/* A name that counts may come once: two lengths are two ways to read what follows. */
static int
keep_field(struct http_request *r, const struct text *name, const struct text *value)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (http_is(name, fields[i].name)) {
			struct text *to = (struct text *)(void *)((char *)r + fields[i].at);

			if (to->s != NULL)
				return HTTP_BAD_REQUEST;
			*to = *value;
		}
	return HTTP_OK;
}

/* Name: value, without the folding of old. */
static int
read_field(const char *p, const char *end, struct http_request *r)
{
	struct text name = { p, token(p, end) }, value;

	p += name.n;
	if (name.n == 0 || p >= end || *p++ != ':')
		return HTTP_BAD_REQUEST;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	value = (struct text){ p, (size_t)(end - p) };
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.s[i] < ' ' && value.s[i] != '\t')
			return HTTP_BAD_REQUEST;
	return keep_field(r, &name, &value);
}

static int
read_length(struct http_request *r)
{
	const struct text *t = &r->content_length_text;

	r->content_length = -1;
	if (t->s == NULL)
		return HTTP_OK;
	if (t->n == 0 || t->n > 15)
		return t->n == 0 ? HTTP_BAD_REQUEST : HTTP_TOO_LARGE;
	r->content_length = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (t->s[i] < '0' || t->s[i] > '9')
			return HTTP_BAD_REQUEST;
		r->content_length = r->content_length * 10 + (t->s[i] - '0');
	}
	return HTTP_OK;
}

/* The end of the line at p (its CR), or NULL. */
static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return lf == NULL || lf == p || lf[-1] != '\r' ? NULL : lf - 1;
}

int
http_read_head(const char *bytes, size_t n, struct http_request *r)
{
	const char *blank = memmem(bytes, n < HTTP_HEAD_MAX ? n : HTTP_HEAD_MAX, "\r\n\r\n", 4);
	const char *p = bytes, *end, *eol;
	int status;

	*r = (struct http_request){ .keep_alive = 1, .content_length = -1 };
	if (blank == NULL)
		return n < HTTP_HEAD_MAX ? 0 : HTTP_HEAD_TOO_LARGE;
	r->head_len = (size_t)(blank - bytes) + 4;
	end = blank + 2;
	if ((eol = line_end(p, end)) == NULL)
		return HTTP_BAD_REQUEST;
	status = read_request_line(p, eol, r);
	while (status == HTTP_OK && (p = eol + 2) < end)
		status =
		    (eol = line_end(p, end)) == NULL ? HTTP_BAD_REQUEST : read_field(p, eol, r);
	if (status == HTTP_OK)
		status = read_length(r);
	r->keep_alive = !http_is(&r->connection, "close");
	return status;
}

void
reply_begin(struct reply *r, size_t max)
{
	buf_init(&r->bytes, max);
	r->start = 0;
	if (buf_room(&r->bytes, HTTP_REPLY_ROOM) != NULL)
		r->bytes.len = HTTP_REPLY_ROOM;
}

void
reply_free(struct reply *r)
{
	buf_free(&r->bytes);
	r->start = 0;
}

int
reply_finish(struct reply *r, int status, const char *type, const char *extra, int keep_alive)
{
	char head[HTTP_REPLY_ROOM];
	int n;

	if (buf_failed(&r->bytes))
		return -1;
	n = snprintf(head, sizeof head,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s%s\r\n", status,
	    phrase_of(status), type, r->bytes.len - HTTP_REPLY_ROOM, extra,
	    keep_alive ? "" : "Connection: close\r\n");
	if (n < 0 || (size_t)n >= sizeof head)
		return -1;
	r->start = HTTP_REPLY_ROOM - (size_t)n;
	memcpy(r->bytes.data + r->start, head, (size_t)n);
	return 0;
}

int
reply_problem(struct reply *r, int status, const char *code, const char *detail, const char *extra,
    int keep_alive)
{
	struct buf *out = &r->bytes;
	const char *title = phrase_of(status);
	enum error_id id = error_find(code);

	if (id != ERR_NONE)
		title = error_rows[id].title;
	buf_adds(out, "{\"" PROBLEM_TYPE "\":\"about:blank\",\"" ERROR_TITLE "\":");
	buf_addjson(out, title, strlen(title));
	buf_addf(out, ",\"" PROBLEM_STATUS "\":%d", status);
	if (code[0] != '\0')
		buf_addf(out, ",\"" ERROR_CODE "\":\"%s\"", code);
	buf_adds(out, ",\"" ERROR_DETAIL "\":");
	buf_addjson(out, detail, strlen(detail));
	buf_adds(out, "}\n");
	return reply_finish(r, status, "application/problem+json", extra, keep_alive);
}
