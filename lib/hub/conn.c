#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>

#include "hub/admin.h"
#include "hub/conn.h"
#include "hub/services.h"
#include "hub/tls.h"

#define IN_MAX	   (HTTP_HEAD_MAX + (size_t)SERVICE_BODY_MAX + READ_CHUNK)
#define READ_CHUNK ((size_t)32768) /* two TLS records at a time */
#define RECORD_MAX ((size_t)16384) /* what one TLS record holds */

enum state {
	HANDSHAKE,
	IDLE,	 /* between requests */
	READING, /* a head or a body is coming */
	WAITING, /* the request is whole; the desk's come first */
	BUSY,	 /* the writer has the job */
	HELD,	 /* a slow answer: not sent yet */
	SENDING,
	LINGERING, /* told the other side that we are done; what still comes is thrown away */
};

struct conn {
	struct worker *worker;
	struct conn *next, **link;
	struct conn *next_waiting, **waiting_link;
	struct bufferevent *bev;
	struct event *timer, *drain;
	enum door door;
	enum state state;
	int close_after; /* this reply is the last */
	int gathers;	 /* the kernel does, until all of the reply is there */
	int unread;	 /* part of a refused body has not come yet */
	int continued;	 /* told to go on with the body */
	struct buf in;
	size_t used;	     /* bytes of it that the request under way has */
	const char *head_at; /* where the head was when it was read */
	struct http_request http;
	const struct service *service; /* NULL: refused, once the body is in */
	struct refusal refusal;
	struct job *job; /* with the writer, or held */
	struct fault fault;
	int64_t send_only; /* bytes after which the connection is cut */
	unsigned char fingerprint[CREDENTIAL_SIZE];
};

struct conn *
conn_next(const struct conn *c)
{
	return c->next;
}

static void
be_patient(struct conn *c, enum patience p)
{
	evtimer_add(c->timer, c->worker->patience[p]);
}

/* Behind the others of the batch lane. */
static void
queue_up(struct conn *c)
{
	struct worker *w = c->worker;

	c->state = WAITING;
	evtimer_del(c->timer);
	c->next_waiting = NULL;
	c->waiting_link = w->last_waiting;
	*w->last_waiting = c;
	w->last_waiting = &c->next_waiting;
}

static void
leave_queue(struct conn *c)
{
	*c->waiting_link = c->next_waiting;
	if (c->next_waiting != NULL)
		c->next_waiting->waiting_link = c->waiting_link;
	else
		c->worker->last_waiting = c->waiting_link;
}

void
conn_close(struct conn *c)
{
	if (c->state == WAITING)
		leave_queue(c);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	if (c->job != NULL && c->state == BUSY)
		c->job->conn = NULL; /* the writer has it; it will find nobody waiting */
	else
		job_free(c->job);
	event_free(c->timer);
	if (c->drain != NULL)
		event_free(c->drain);
	bufferevent_free(c->bev);
	buf_free(&c->in);
	if (c->door == DOOR_HUB)
		atomic_fetch_sub(&c->worker->shared->open, 1);
	free(c);
}

void
conn_stop(struct conn *c)
{
	c->close_after = 1;
	if (c->state == IDLE || c->state == HANDSHAKE)
		conn_close(c);
}

static void
reply_gone(const void *data, size_t n, void *arg)
{
	(void)data, (void)n;
	job_free(arg);
}

/*
 * Has the kernel gather full packets, or send what it has gathered. Else each TLS record of a long
 * reply is a packet of its own, which wakes the reader for a few lines.
 */
static void
gather(struct conn *c, int on)
{
	if (c->gathers == on)
		return;
	c->gathers = on;
	setsockopt(bufferevent_getfd(c->bev), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

/* Puts the reply on its way; the job goes with it. */
static void
send_reply(struct conn *c, struct job *j)
{
	struct reply *r = &j->reply;
	size_t n = r->bytes.len - r->start;

	c->state = SENDING;
	be_patient(c, PATIENCE_SEND);
	if (c->send_only < (int64_t)n) {
		n = (size_t)c->send_only;
		c->close_after = 1;
	}
	gather(c, c->door == DOOR_HUB && n > RECORD_MAX);
	if (evbuffer_add_reference(
		bufferevent_get_output(c->bev), r->bytes.data + r->start, n, reply_gone, j) == -1) {
		job_free(j);
		conn_close(c);
	}
}

/* Sends it now, or as its fault says. */
static void
send_job(struct conn *c, struct job *j)
{
	struct timeval later = { c->fault.value / 1000, c->fault.value % 1000 * 1000 };

	c->send_only = INT64_MAX;
	if (c->fault.kind != FAULT_NONE &&
	    (c->send_only = fault_apply(&c->fault, &j->reply)) == -1) {
		job_free(j);
		conn_close(c);
		return;
	}
	if (c->fault.kind == FAULT_SLOW) {
		c->state = HELD;
		c->job = j;
		evtimer_add(c->timer, &later);
		return;
	}
	send_reply(c, j);
}

static void
refuse(struct conn *c, const struct refusal *refusal)
{
	struct job *j = service_refuse(refusal, !c->close_after);

	atomic_fetch_add(&c->worker->shared->refused, 1);
	if (j == NULL)
		conn_close(c);
	else
		send_job(c, j);
}

static struct request
request_of(const struct conn *c)
{
	struct worker *w = c->worker;

	people_use_shelf(w->people, atomic_load(&w->shared->shelf));
	return (struct request){ .http = &c->http,
		.body = c->in.data + c->http.head_len,
		.body_len = c->http.content_length > 0 ? (size_t)c->http.content_length : 0,
		.fingerprint = c->fingerprint,
		.people = w->people,
		.candidates = w->candidates,
		.scratch = &w->scratch,
		.writer = w->shared->writer,
		.audit = w->audit,
		.medical = w->medical,
		.looks = w->looks,
		.card_ca = w->shared->card_ca,
		.grace = w->shared->grace };
}

static int
is_batch(const struct conn *c)
{
	return c->door == DOOR_HUB && http_is(&c->http.lane, "batch");
}

/* The request is whole: have it served. */
static void
serve(struct conn *c)
{
	struct worker *w = c->worker;
	struct request r = request_of(c);
	enum served served = SERVED_NOW;
	struct job *j;

	if (c->door == DOOR_ADMIN)
		j = admin_serve(w->shared, &c->http);
	else
		j = service_run(c->service, &r, &served);
	if (j == NULL) {
		conn_close(c);
		return;
	}
	if (served == SERVED_NOW) {
		send_job(c, j);
		return;
	}
	j->conn = c;
	j->batch = is_batch(c);
	c->job = j;
	c->state = BUSY;
	evtimer_del(c->timer);
	worker_hand_over(w, j);
}

void
conn_done(struct job *j)
{
	static const struct refusal not_durable = { HTTP_UNAVAILABLE, "",
		"the answer could not be made durable", "Retry-After: 5\r\n" };
	struct conn *c = j->conn;
	struct request r;
	struct why why;

	if (c == NULL) {
		job_free(j);
		return;
	}
	c->job = NULL;
	r = request_of(c);
	if (j->failed || (j->repeats > 0 && service_repeat(c->service, &r, j, &why) == -1) ||
	    reply_finish(&j->reply, HTTP_OK, "application/x-ndjson", "", !c->close_after) == -1) {
		job_free(j);
		refuse(c, &not_durable);
		return;
	}
	send_job(c, j);
}

/* Counts it, looks whether a fault is due. Afterwards c may be gone. */
static void
serve_or_refuse(struct conn *c)
{
	struct shared *s = c->worker->shared;

	c->worker->desk_came |= c->door == DOOR_HUB && !is_batch(c);
	c->used = c->http.head_len;
	if (c->http.content_length > 0)
		c->used += (size_t)c->http.content_length;
	c->fault = (struct fault){ 0 };
	if (c->door == DOOR_HUB)
		c->fault = fault_of_request(s->faults, atomic_fetch_add(&s->requests, 1) + 1);
	if (!c->http.keep_alive)
		c->close_after = 1;
	if (c->service == NULL && c->door == DOOR_HUB)
		refuse(c, &c->refusal);
	else if (is_batch(c))
		queue_up(c);
	else
		serve(c);
}

void
conn_serve(struct conn *c)
{
	leave_queue(c);
	c->state = READING;
	serve(c);
}

/* What cannot be framed ends the connection; the rest of it is thrown away. */
static void
refuse_and_close(struct conn *c, const struct refusal *refusal)
{
	c->close_after = 1;
	c->unread = 1;
	c->fault = (struct fault){ 0 };
	refuse(c, refusal);
}

static void
malformed(struct conn *c, int status)
{
	const struct refusal refusal = { status, "", "the request cannot be read", "" };

	refuse_and_close(c, &refusal);
}

/* The head is whole. 1 if its body may come, 0 when the request has been refused already. */
static int
head_read(struct conn *c)
{
	c->head_at = c->in.data;
	c->continued = 0;
	c->service = NULL;
	if (c->door == DOOR_HUB)
		c->service = service_find(&c->http, &c->refusal);
	/* A body that has no length, or is too long to be read for nothing. */
	if (c->http.transfer_encoding.s != NULL || c->http.content_length > SERVICE_BODY_MAX) {
		if (c->refusal.status == 0 || c->door == DOOR_ADMIN)
			c->refusal = (struct refusal){ HTTP_TOO_LARGE, "", "no such body", "" };
		refuse_and_close(c, &c->refusal);
		return 0;
	}
	return 1;
}

/* Goes on to the body: the other side may be waiting to be told so. */
static void
want_body(struct conn *c)
{
	static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!c->continued && http_is(&c->http.expect, "100-continue"))
		bufferevent_write(c->bev, words, sizeof words - 1);
	c->continued = 1;
}

/* Takes one request from what has come. */
static void
step(struct conn *c)
{
	int64_t whole;
	int status;

	if (c->state == IDLE) {
		c->state = READING;
		c->head_at = NULL;
		be_patient(c, PATIENCE_REQUEST);
	}
	if (c->head_at == NULL || c->head_at != c->in.data) {
		int again = c->head_at != NULL; /* the bytes have moved since */

		if ((status = http_read_head(c->in.data, c->in.len, &c->http)) == 0)
			return;
		if (status != HTTP_OK) {
			malformed(c, status);
			return;
		}
		if (again)
			c->head_at = c->in.data;
		else if (!head_read(c))
			return;
	}
	whole =
	    (int64_t)c->http.head_len + (c->http.content_length > 0 ? c->http.content_length : 0);
	if ((int64_t)c->in.len < whole)
		want_body(c);
	else
		serve_or_refuse(c);
}

/* Forgets the request that was answered. */
static void
forget_request(struct conn *c)
{
	if (c->used > 0)
		memmove(c->in.data, c->in.data + c->used, c->in.len - c->used);
	c->in.len -= c->used;
	c->used = 0;
	c->state = IDLE;
	be_patient(c, PATIENCE_IDLE);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	struct conn *c = arg;
	size_t n = evbuffer_get_length(input);
	char *to;

	if (c->state != IDLE && c->state != READING)
		return; /* it waits in the buffer, which does not grow */
	if (n == 0 && c->in.len == 0)
		return;
	if ((to = buf_room(&c->in, n)) == NULL || evbuffer_remove(input, to, n) != (int)n) {
		conn_close(c);
		return;
	}
	c->in.len += n;
	c->worker->stirred = 1;
	step(c);
}

/* What still comes is thrown away, as it came. */
static void
on_drain(evutil_socket_t fd, short what, void *arg)
{
	char rubbish[16384];
	ssize_t n;

	(void)what;
	do
		n = read(fd, rubbish, sizeof rubbish);
	while (n > 0);
	if (n == 0 || errno != EAGAIN)
		conn_close(arg);
}

/*
 * Says that nothing more comes from here, and waits until the other side has read that. Closed at
 * once, with something of its unread, the kernel would reset the connection, and the last that was
 * said (an alert, a refusal) would be lost on the way.
 */
static void
linger(struct conn *c)
{
	SSL *ssl = bufferevent_openssl_get_ssl(c->bev);
	evutil_socket_t fd = bufferevent_getfd(c->bev);

	if (ssl != NULL && SSL_is_init_finished(ssl))
		SSL_shutdown(ssl);
	shutdown(fd, SHUT_WR);
	bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	c->state = LINGERING;
	be_patient(c, PATIENCE_LINGER);
	c->drain = event_new(c->worker->base, fd, EV_READ | EV_PERSIST, on_drain, c);
	if (c->drain == NULL || event_add(c->drain, NULL) == -1)
		conn_close(c);
}

/* All has been handed to the kernel. */
static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	if (c->state != SENDING)
		return;
	gather(c, 0);
	if (c->close_after && c->unread) {
		linger(c);
	} else if (c->close_after) {
		conn_close(c);
	} else {
		forget_request(c);
		on_read(bev, c);
	}
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (c->state == HANDSHAKE && (what & BEV_EVENT_CONNECTED) == 0) {
		linger(c); /* an alert has been sent */
		return;
	}
	if ((what & BEV_EVENT_CONNECTED) == 0 || !tls_fingerprint(ssl, c->fingerprint)) {
		conn_close(c);
		return;
	}
	c->state = IDLE;
	be_patient(c, PATIENCE_IDLE);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	static const struct refusal late = { HTTP_REQUEST_TIMEOUT, "",
		"the request did not come in time", "" };
	struct conn *c = arg;
	struct job *j = c->job;

	(void)fd, (void)what;
	switch (c->state) {
	case HELD:
		c->job = NULL;
		send_reply(c, j);
		break;
	case READING:
		refuse_and_close(c, &late);
		break;
	default:
		conn_close(c);
		break;
	}
}

static struct bufferevent *
new_bufferevent(struct worker *w, int fd, enum door door)
{
	struct shared *s = w->shared;
	SSL_CTX *ctx = s->tls;
	struct bufferevent *bev;
	SSL *ssl;

	if (door == DOOR_ADMIN)
		return bufferevent_socket_new(w->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (fault_of_connection(s->faults, atomic_fetch_add(&s->connections, 1) + 1))
		ctx = s->wrong_tls;
	if ((ssl = SSL_new(ctx)) == NULL)
		return NULL;
	bev = bufferevent_openssl_socket_new(
	    w->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (bev == NULL)
		SSL_free(ssl);
	return bev;
}

void
conn_open(struct worker *w, int fd, enum door door)
{
	struct conn *c = calloc(1, sizeof *c);
	int on = 1;

	/* Without it every answer waits for the other side's delayed acknowledgement. */
	if (door == DOOR_HUB)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (c != NULL)
		c->bev = new_bufferevent(w, fd, door);
	if (c == NULL || c->bev == NULL || (c->timer = evtimer_new(w->base, on_timer, c)) == NULL) {
		if (c != NULL && c->bev != NULL)
			bufferevent_free(c->bev);
		else
			close(fd);
		free(c);
		return;
	}
	c->worker = w;
	c->door = door;
	c->state = door == DOOR_HUB ? HANDSHAKE : IDLE;
	buf_init(&c->in, IN_MAX);
	c->next = w->conns;
	c->link = &w->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	w->conns = c;
	if (door == DOOR_HUB)
		atomic_fetch_add(&w->shared->open, 1);
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, READ_CHUNK);
	be_patient(c, PATIENCE_HANDSHAKE);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}
