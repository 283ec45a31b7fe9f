#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "route/client.h"
#include "route/tls.h"

#define CONNECT_TIMEOUT 5000 /* milliseconds; a busy hub still accepts */
#define API		"v1/"

struct client {
	CURLM *multi; /* NULL before the first post */
	struct curl_slist *headers;
	struct tls *tls;
	char *url, *host; /* the URL ends with a slash */
	char *operator, * lane;
	int jobs;
	int64_t timeout;
	uint64_t connections;
};

/* Is this part of the URL there? It must not be. */
static int
has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	int there = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

/* Takes https://HOST[:PORT]/[PREFIX/] apart. 0, or -1 with why. */
static int
read_via(struct client *c, const char *via, struct why *why)
{
	CURLU *u = curl_url();
	char *url = NULL, *host = NULL;
	int failed = -1;

	why_set(why, ERR_ROUTE_UNUSABLE, NULL, "--via %s: it should look like https://HOST/", via);
	if (u == NULL || curl_url_set(u, CURLUPART_URL, via, 0) != CURLUE_OK ||
	    has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD) ||
	    has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT) ||
	    curl_url_get(u, CURLUPART_URL, &url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		goto out;
	c->host = strdup(host);
	if (asprintf(&c->url, "%s%s", url, url[strlen(url) - 1] == '/' ? "" : "/") == -1)
		c->url = NULL;
	if (c->host == NULL || c->url == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		goto out;
	}
	why_set(why, ERR_NONE, NULL, "%s", "");
	failed = 0;
out:
	curl_free(url);
	curl_free(host);
	curl_url_cleanup(u);
	return failed;
}

/* What goes into a header must not be able to begin another one. */
static int
header_safe(const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return 0;
	return 1;
}

static int
add_header(struct client *c, const char *name, const char *value)
{
	struct curl_slist *more;
	char *line;

	if (asprintf(&line, "%s: %s", name, value) == -1)
		return -1;
	more = curl_slist_append(c->headers, line);
	free(line);
	if (more == NULL)
		return -1;
	c->headers = more;
	return 0;
}

/* 0, or -1 with why. */
static int
check_options(const struct route_options *o, struct why *why)
{
	const char *missing = NULL;

	if (o->ca == NULL)
		missing = "--ca, the certificate of the hub's authority";
	else if (o->cert != NULL && o->key == NULL)
		missing = "--key, the private key of --cert";
	else if (o->cert == NULL && o->key != NULL)
		missing = "--cert, the certificate of --key";
	if (missing != NULL)
		why_set(why, ERR_ROUTE_UNUSABLE, NULL, "https needs %s", missing);
	else if (o->operator!= NULL && !header_safe(o->operator))
		why_set(why, ERR_ROUTE_UNUSABLE, NULL, "--operator holds a control character");
	else
		return 0;
	return -1;
}

struct client *
client_open(const struct route_options *o, struct why *why)
{
	struct client *c = calloc(1, sizeof *c);

	if (c == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return NULL;
	}
	c->jobs = o->jobs;
	c->timeout = o->timeout;
	if (read_via(c, o->via, why) == -1 || check_options(o, why) == -1)
		goto fail;
	/* Expect would cost a round trip to a hub that bounds bodies anyway. */
	if (add_header(c, "Content-Type", "application/x-ndjson") == -1 ||
	    add_header(c, "Expect", "") == -1 || add_header(c, "Oq-Lane", o->lane) == -1 ||
	    (o->operator!= NULL && add_header(c, "Oq-Operator", o->operator) == -1)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		goto fail;
	}
	if ((c->tls = tls_load(o->ca, o->cert, o->key, o->pass_fd, why)) == NULL)
		goto fail;
	return c;
fail:
	client_close(c);
	return NULL;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	if (c->multi != NULL) {
		curl_multi_cleanup(c->multi);
		curl_global_cleanup();
	}
	curl_slist_free_all(c->headers);
	tls_free(c->tls);
	free(c->url);
	free(c->host);
	free(c);
}

const char *
client_name(const struct client *c)
{
	return c->host;
}

uint64_t
client_connections(const struct client *c)
{
	return c->connections;
}

/* Loads libcurl and makes the pool of connections, once. */
static int
begin(struct client *c)
{
	if (c->multi != NULL)
		return 0;
	if (curl_global_init(CURL_GLOBAL_SSL) != CURLE_OK)
		return -1;
	if ((c->multi = curl_multi_init()) == NULL) {
		curl_global_cleanup();
		return -1;
	}
	curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)c->jobs);
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)c->jobs);
	curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	return 0;
}

static size_t
take_bytes(char *bytes, size_t size, size_t n, void *arg)
{
	struct post *p = arg;

	return buf_add(p->answer, bytes, size * n) == 0 ? size * n : 0;
}

static CURLcode
take_context(CURL *easy, void *context, void *arg)
{
	struct client *c = arg;

	(void)easy;
	return tls_prepare(c->tls, context) == 0 ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/* All that does not change from post to post. 0, or -1. */
static int
dress(struct client *c, struct post *p)
{
	CURL *e = curl_easy_init();
	CURLcode failed = CURLE_OK;

	if ((p->easy = e) == NULL)
		return -1;
#define SET(option, value)                                                                         \
	do {                                                                                       \
		if (failed == CURLE_OK)                                                            \
			failed = curl_easy_setopt(e, option, value);                               \
	} while (0)
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_PROXY, ""); /* and none from the environment */
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	SET(CURLOPT_CAINFO, NULL); /* the authority comes with take_context() */
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_CTX_FUNCTION, take_context);
	SET(CURLOPT_SSL_CTX_DATA, c);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(c->timeout < CONNECT_TIMEOUT ? c->timeout : CONNECT_TIMEOUT));
	SET(CURLOPT_TIMEOUT_MS, (long)c->timeout);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_HTTPHEADER, c->headers);
	SET(CURLOPT_USERAGENT, "oq");
	SET(CURLOPT_ERRORBUFFER, p->words);
	SET(CURLOPT_WRITEFUNCTION, take_bytes);
	SET(CURLOPT_WRITEDATA, p);
	SET(CURLOPT_PRIVATE, p);
#undef SET
	return failed == CURLE_OK ? 0 : -1;
}

/* Says what is to be sent this time. 0, or -1. */
static int
address(struct client *c, struct post *p)
{
	char *url;
	int failed;

	if (asprintf(&url, "%s" API "%s", c->url, p->service) == -1)
		return -1;
	failed = curl_easy_setopt(p->easy, CURLOPT_URL, url) != CURLE_OK;
	free(url);
	if (failed)
		return -1;
	if (p->body == NULL)
		return curl_easy_setopt(p->easy, CURLOPT_HTTPGET, 1L) == CURLE_OK ? 0 : -1;
	return curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, p->body) == CURLE_OK &&
		       curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->len) ==
			   CURLE_OK
		   ? 0
		   : -1;
}

int
client_post(struct client *c, struct post *p, struct why *why)
{
	p->words[0] = '\0';
	p->answer_at = p->answer->len;
	if (begin(c) == 0 && (p->easy != NULL || dress(c, p) == 0) && address(c, p) == 0 &&
	    curl_multi_add_handle(c->multi, p->easy) == CURLM_OK)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "libcurl");
	return -1;
}

void
client_cancel(struct client *c, struct post *p)
{
	curl_multi_remove_handle(c->multi, p->easy);
}

void
client_forget(struct post *p)
{
	curl_easy_cleanup(p->easy);
	p->easy = NULL;
}

static void
describe(struct client *c, struct post *p, CURLcode code, struct reply *r)
{
	curl_off_t begun = 0, after = 0;
	long connects = 0;

	*r = (struct reply){ .code = code, .words = p->words, .retry_after = -1 };
	r->overflow = buf_failed(p->answer) == EFBIG;
	r->alert = tls_alert(c->tls);
	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &r->status);
	curl_easy_getinfo(p->easy, CURLINFO_SSL_VERIFYRESULT, &r->verify);
	curl_easy_getinfo(p->easy, CURLINFO_NUM_CONNECTS, &connects);
	if (curl_easy_getinfo(p->easy, CURLINFO_PRETRANSFER_TIME_T, &begun) == CURLE_OK)
		r->begun = begun > 0;
	if (curl_easy_getinfo(p->easy, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
		r->retry_after = after > INT_MAX ? INT_MAX : after * 1000;
	if (p->answer->len > p->answer_at) {
		r->body = p->answer->data + p->answer_at;
		r->len = p->answer->len - p->answer_at;
	}
	c->connections += (uint64_t)connects;
}

struct post *
client_done(struct client *c, struct reply *r)
{
	struct post *p = NULL;
	CURLMsg *m;
	int left;

	if (c->multi == NULL)
		return NULL;
	curl_multi_perform(c->multi, &left);
	while (p == NULL && (m = curl_multi_info_read(c->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		describe(c, p, m->data.result, r);
		curl_multi_remove_handle(c->multi, p->easy);
	}
	return p;
}

#define FDS_MAX 4

int
client_wait(struct client *c, int64_t timeout, const int *fds, size_t n)
{
	struct curl_waitfd more[FDS_MAX];
	struct pollfd alone[FDS_MAX];
	int ms = timeout < 0 || timeout > INT_MAX ? INT_MAX : (int)timeout, ready = 0;

	for (size_t i = 0; i < n && i < FDS_MAX; i++) {
		more[i] = (struct curl_waitfd){ .fd = fds[i], .events = CURL_WAIT_POLLIN };
		alone[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	}
	if (c->multi == NULL)
		return poll(alone, n, ms) > 0;
	curl_multi_poll(c->multi, more, (unsigned)n, ms, NULL);
	for (size_t i = 0; i < n && i < FDS_MAX; i++)
		ready |= more[i].revents != 0;
	return ready;
}
