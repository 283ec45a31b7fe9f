#include <pthread.h>
#include <unistd.h>

#include "options/caught.h"

static const int signals[CAUGHT_MAX] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM,
	SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU };
#define FIRST_STOP 8 /* from here on they stop, before they end */

/* A handler can tell through nothing else. */
static volatile sig_atomic_t arrived[CAUGHT_MAX];

static void
note(int signal)
{
	for (int i = 0; i < CAUGHT_MAX; i++)
		if (signals[i] == signal)
			arrived[i] = 1;
}

void
caught_begin(struct caught *c)
{
	struct sigaction catch = { .sa_handler = note };

	sigfillset(&catch.sa_mask);
	pthread_sigmask(SIG_SETMASK, NULL, &c->mask);
	for (int i = 0; i < CAUGHT_MAX; i++) {
		arrived[i] = 0;
		sigaction(signals[i], NULL, &c->old[i]);
		if (c->old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &catch, NULL);
	}
}

void
caught_block(struct caught *c)
{
	sigset_t all;

	sigemptyset(&all);
	for (int i = 0; i < CAUGHT_MAX; i++)
		sigaddset(&all, signals[i]);
	pthread_sigmask(SIG_BLOCK, &all, &c->mask);
}

int
caught_any(void)
{
	for (int i = 0; i < CAUGHT_MAX; i++)
		if (arrived[i])
			return 1;
	return 0;
}

int
caught_end(struct caught *c)
{
	int what = 0;

	for (int i = 0; i < CAUGHT_MAX; i++)
		sigaction(signals[i], &c->old[i], NULL);
	for (int i = 0; i < CAUGHT_MAX; i++) {
		if (!arrived[i])
			continue;
		kill(getpid(), signals[i]);
		if (i < FIRST_STOP)
			what = 2;
		else if (what == 0)
			what = 1;
	}
	pthread_sigmask(SIG_SETMASK, &c->mask, NULL);
	return what;
}
