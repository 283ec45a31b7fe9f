#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/restrain.h"
#include "card/reading.h"
#include "card/session.h"
#include "card/sweep.h"
#include "trust/alone.h"

#define LOOK 4 /* times within the limit that we look whether the child has moved */

struct watch {
	const struct reading *r;
	struct progress *progress; /* shared with the child */
	pid_t pid;
	int fd;
	struct message *in;
	struct order *order; /* locked memory */
	/* The last sign of life. */
	int64_t moved_at;
	int step;
	unsigned commands;
	int silent;
};

static void
become_child(int fd, const struct reading *r, struct progress *progress)
{
	static const struct profile profile = { .name = "card", .may = MAY_UNIX };
	const int mine[] = { fd, r->way->fd };

	if (alone(mine, 2) == 0 && restrain(&profile, NULL) == 0)
		session_run(fd, &r->job, r->way, progress);
	_exit(0);
}

/* 0, or -1 with why. */
static int
begin(struct watch *w, struct why *why)
{
	int pair[2] = { -1, -1 };

	w->order = mmap(
	    NULL, sizeof *w->order, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	w->progress = mmap(
	    NULL, sizeof *w->progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	w->in = calloc(1, sizeof *w->in);
	if (w->order == MAP_FAILED || w->progress == MAP_FAILED || w->in == NULL ||
	    mlock(w->order, sizeof *w->order) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1 ||
	    (w->pid = fork()) == -1) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "card: %s", strerror(errno));
		if (pair[0] != -1) {
			close(pair[0]);
			close(pair[1]);
		}
		return -1;
	}
	if (w->pid == 0)
		become_child(pair[1], w->r, w->progress);
	close(pair[1]);
	w->fd = pair[0];
	w->moved_at = clock_tick();
	return 0;
}

/* Has the card been silent for too long? Waiting for people is not silence. */
static int
too_silent(struct watch *w)
{
	int step = atomic_load(&w->progress->step);
	unsigned commands = atomic_load(&w->progress->commands);

	if (step != w->step || commands != w->commands || step == STEP_WAIT ||
	    step == STEP_PROMPT) {
		w->step = step;
		w->commands = commands;
		w->moved_at = clock_tick();
	}
	return clock_tick() - w->moved_at >= w->r->limit;
}

/* The next message. 1, 0 when the child has ended or is given up (w->silent). */
static int
next_message(struct watch *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		int ready = poll(&p, 1, (int)(w->r->limit / LOOK));

		if (w->r->stop != NULL && *w->r->stop)
			shutdown(w->fd, SHUT_WR); /* the child drops the card and says so */
		if (ready == 0 && too_silent(w)) {
			w->silent = 1;
			return 0;
		}
		if (ready <= 0)
			continue;
		n = recv(w->fd, w->in, sizeof *w->in, 0);
		if (n == -1 && errno == EINTR)
			continue;
		w->moved_at = clock_tick();
		return n == (ssize_t)sizeof *w->in && w->in->n <= sizeof w->in->token;
	}
}

/* Text from the child ends somewhere, whatever it sent. */
static void
take_facts(struct facts *to, const struct facts *from)
{
	*to = *from;
	to->id[sizeof to->id - 1] = '\0';
	to->serial[sizeof to->serial - 1] = '\0';
	to->where.reader[sizeof to->where.reader - 1] = '\0';
}

static void
take_why(struct why *to, const struct why *from)
{
	*to = *from;
	if ((unsigned)to->id >= ERR_END)
		to->id = ERR_CARD_PROCESS_ENDED;
	to->detail[sizeof to->detail - 1] = '\0';
	to->pointer[0] = to->upstream_code[0] = to->upstream_message[0] = '\0';
}

/* Gets the PIN and hands it on. If there is none the child is told to stop. */
static void
give_order(struct watch *w, const struct facts *facts, struct why *why)
{
	int ready = w->r->order(w->r->context, facts, w->order, why);

	if (ready == -1 || send(w->fd, w->order, sizeof *w->order, MSG_NOSIGNAL) == -1)
		shutdown(w->fd, SHUT_WR);
	explicit_bzero(w->order, sizeof *w->order);
}

/* Until the child has said everything: 1; 0 when it ended or was given up before. */
static int
converse(struct watch *w, struct facts *facts, struct buf *token, struct why *why)
{
	const struct reading *r = w->r;

	while (next_message(w)) {
		switch (w->in->said) {
		case SAID_NO_READER:
		case SAID_NO_CARD:
			if (r->waits != NULL)
				r->waits(r->context, w->in->said == SAID_NO_CARD);
			break;
		case SAID_CARD:
			take_facts(facts, &w->in->facts);
			if (r->job.task == TASK_SIGN && !facts->expired)
				give_order(w, facts, why);
			break;
		case SAID_TOKEN:
			if (buf_add(token, w->in->token, w->in->n) == -1)
				why_set(why, ERR_OUT_OF_MEMORY, NULL, "token");
			break;
		case SAID_END:
			take_facts(facts, &w->in->facts);
			if (why->id == ERR_NONE)
				take_why(why, &w->in->why);
			return 1;
		}
	}
	return 0;
}

/* The child did not end in order: ends it, and does for it what it could not. */
static void
clean_up(struct watch *w, struct facts *facts, struct why *why)
{
	int step, swept = 0, status = 0;
	pid_t ended;

	kill(w->pid, SIGKILL);
	while ((ended = waitpid(w->pid, &status, 0)) == -1 && errno == EINTR)
		;
	w->pid = -1;
	step = atomic_load(&w->progress->step);
	w->progress->reader[READER_NAME_SIZE - 1] = '\0';
	memcpy(facts->where.reader, w->progress->reader, READER_NAME_SIZE);
	facts->where.events = w->progress->events;
	if (step >= STEP_CONNECT && step < STEP_END)
		swept = sweep(w->r->way, w->progress->reader);
	if (step < 0 || step > STEP_END)
		step = STEP_START;
	/* Its own alarm ends it as well when the card is silent. */
	if (ended != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		w->silent = 1;
	if (w->silent && step == STEP_START)
		why_set(why, ERR_CARD_SERVICE_MISSING, NULL, "it does not answer");
	else
		why_set(why, w->silent ? ERR_CARD_SILENT : ERR_CARD_PROCESS_ENDED, NULL, "%s%s",
		    step_words((enum step)step),
		    swept == 0 ? "" : "; take the card off now, it could not be locked");
}

static void
end(struct watch *w)
{
	if (w->fd != -1)
		close(w->fd);
	while (w->pid > 0 && waitpid(w->pid, NULL, 0) == -1 && errno == EINTR)
		;
	if (w->order != MAP_FAILED) {
		explicit_bzero(w->order, sizeof *w->order);
		munmap(w->order, sizeof *w->order);
	}
	if (w->progress != MAP_FAILED)
		munmap(w->progress, sizeof *w->progress);
	free(w->in);
}

int
reading_run(const struct reading *r, struct facts *facts, struct buf *token, struct why *why)
{
	struct watch w = { .r = r, .fd = -1, .pid = -1 };

	*facts = (struct facts){ .tries = TRIES_UNKNOWN };
	*why = (struct why){ .id = ERR_NONE };
	if (begin(&w, why) == 0 && !converse(&w, facts, token, why))
		clean_up(&w, facts, why);
	end(&w);
	if (why->id == ERR_NONE && r->stop != NULL && *r->stop && token->len == 0)
		why_set(why, ERR_NOT_ASKED_STOPPED, NULL, NULL);
	if (why->id == ERR_NONE && r->job.task == TASK_SIGN && !facts->expired && token->len == 0)
		why_set(why, ERR_CARD_PROCESS_ENDED, NULL, "no token came");
	return why->id == ERR_NONE ? 0 : -1;
}
