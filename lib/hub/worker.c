#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include "hub/conn.h"
#include "hub/worker.h"

#define GRACE  10 /* seconds for what is under way when the server is stopped */
#define ROUNDS 16 /* of the loop in a turn, at most */

/* The whole request is timed, not its reads: a slow trickle is no progress. */
static const struct timeval patience[PATIENCES] = {
	[PATIENCE_HANDSHAKE] = { 10, 0 },
	[PATIENCE_IDLE] = { 75, 0 },
	[PATIENCE_REQUEST] = { 30, 0 },
	[PATIENCE_SEND] = { 60, 0 },
	[PATIENCE_LINGER] = { 5, 0 },
};

static void
wake(struct worker *w)
{
	uint64_t one = 1;

	while (write(w->wake_fd, &one, sizeof one) == -1)
		; /* it can only be interrupted */
}

void
worker_done(struct job *j)
{
	struct worker *w = j->owner;
	int first;

	pthread_mutex_lock(&w->lock);
	first = w->done == NULL;
	j->next = w->done;
	w->done = j;
	pthread_mutex_unlock(&w->lock);
	if (first)
		wake(w);
}

void
worker_hand_over(struct worker *w, struct job *j)
{
	w->stirred = 1;
	j->owner = w;
	j->done = worker_done;
	j->next = NULL;
	if (w->made == NULL)
		w->made = j;
	else
		w->last_made->next = j;
	w->last_made = j;
}

/* The turn is over: one lock, one wake-up and one commit for all that was asked in it. */
static void
end_turn(struct worker *w)
{
	if (w->made != NULL)
		writer_push(w->shared->writer, w->made, w->last_made);
	w->made = NULL;
}

void
worker_stop(struct worker *w)
{
	if (!w->running)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = 1;
	pthread_mutex_unlock(&w->lock);
	wake(w);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	event_base_loopbreak(w->base);
}

/* Takes no more connections, ends those that wait for nothing, and gives the others a while. */
static void
begin_stopping(struct worker *w)
{
	static const struct timeval grace = { GRACE, 0 };
	struct conn *next;

	w->stopping = 1;
	if (w->listener != NULL)
		evconnlistener_disable(w->listener);
	if (w->admin_listener != NULL)
		evconnlistener_disable(w->admin_listener);
	for (struct conn *c = w->conns; c != NULL; c = next) {
		next = conn_next(c);
		conn_stop(c);
	}
	evtimer_add(w->deadline, &grace);
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct job *jobs, *next;
	uint64_t count;
	int stop;

	(void)what;
	if (read(fd, &count, sizeof count) == -1)
		return; /* somebody else's turn: nothing was written */
	pthread_mutex_lock(&w->lock);
	jobs = w->done;
	w->done = NULL;
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	for (; jobs != NULL; jobs = next) {
		next = jobs->next;
		conn_done(jobs);
	}
	if (stop && !w->stopping)
		begin_stopping(w);
}

static void
on_accept(
    struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *addr, int len, void *arg)
{
	struct worker *w = arg;

	(void)addr, (void)len;
	conn_open(w, fd, listener == w->admin_listener ? DOOR_ADMIN : DOOR_HUB);
}

/*
 * A turn goes on, some rounds of the loop, while windows of the batch lane come: commits cost by the
 * piece, and nobody stands waiting for these. It ends with the round that brought a question of the
 * desk's.
 */
static void *
run(void *arg)
{
	struct worker *w = arg;
	int rounds = 0;

	while (!w->stopping || w->conns != NULL) {
		int idle = w->waiting == NULL && w->made == NULL;
		int how = idle ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK;

		w->desk_came = w->stirred = 0;
		if (event_base_loop(w->base, how) == -1 || event_base_got_break(w->base))
			break;
		/* One window of the batch lane, and then the desk's are looked for again. */
		if (!w->desk_came && w->waiting != NULL)
			conn_serve(w->waiting);
		if (w->made != NULL && w->stirred && !w->desk_came && ++rounds < ROUNDS)
			continue;
		end_turn(w);
		rounds = 0;
	}
	end_turn(w);
	while (w->conns != NULL)
		conn_close(w->conns);
	return NULL;
}

static int
make_loop(struct worker *w, int fd, int admin_fd, struct why *why)
{
	struct event_config *config = event_config_new();
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;

	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST |
								EVENT_BASE_FLAG_NOLOCK) == 0)
		w->base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->base == NULL || w->wake_fd == -1)
		goto fail;
	for (size_t i = 0; i < PATIENCES; i++)
		w->patience[i] = event_base_init_common_timeout(w->base, &patience[i]);
	w->listener = evconnlistener_new(w->base, on_accept, w, flags, 0, fd);
	if (admin_fd != -1)
		w->admin_listener = evconnlistener_new(w->base, on_accept, w, flags, 0, admin_fd);
	w->wake = event_new(w->base, w->wake_fd, EV_READ | EV_PERSIST, on_wake, w);
	w->deadline = evtimer_new(w->base, on_deadline, w);
	if (w->listener == NULL || (admin_fd != -1 && w->admin_listener == NULL) ||
	    w->wake == NULL || w->deadline == NULL || event_add(w->wake, NULL) == -1)
		goto fail;
	return 0;
fail:
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "an event loop");
	return -1;
}

int
worker_start(
    struct worker *w, struct shared *shared, const char *dir, int fd, int admin_fd, struct why *why)
{
	*w = (struct worker){ .shared = shared, .wake_fd = -1 };
	w->last_waiting = &w->waiting;
	pthread_mutex_init(&w->lock, NULL);
	buf_init(&w->scratch, (size_t)1 << 16);
	if ((w->people = people_open(dir, PEOPLE_READ, why)) == NULL ||
	    (w->audit = audit_open(dir, AUDIT_READ, why)) == NULL ||
	    (w->medical = medical_open(dir, MEDICAL_READ, why)) == NULL ||
	    (w->looks = looks_open(dir, why)) == NULL)
		return -1;
	if ((w->candidates = malloc(sizeof *w->candidates)) == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a worker");
		return -1;
	}
	if (make_loop(w, fd, admin_fd, why) == -1)
		return -1;
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a worker's thread");
		return -1;
	}
	w->running = 1;
	return 0;
}

void
worker_wait(struct worker *w)
{
	if (w->running)
		pthread_join(w->thread, NULL);
	w->running = 0;
}

void
worker_free(struct worker *w)
{
	struct job *next;

	if (w->shared == NULL)
		return;
	if (w->listener != NULL)
		evconnlistener_free(w->listener);
	if (w->admin_listener != NULL)
		evconnlistener_free(w->admin_listener);
	if (w->wake != NULL)
		event_free(w->wake);
	if (w->deadline != NULL)
		event_free(w->deadline);
	if (w->base != NULL)
		event_base_free(w->base);
	for (; w->done != NULL; w->done = next) {
		next = w->done->next;
		job_free(w->done);
	}
	people_close(w->people);
	audit_close(w->audit);
	medical_close(w->medical);
	looks_close(w->looks);
	free(w->candidates);
	buf_free(&w->scratch);
	if (w->wake_fd != -1)
		close(w->wake_fd);
	pthread_mutex_destroy(&w->lock);
	*w = (struct worker){ 0 };
}
