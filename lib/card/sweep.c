#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/restrain.h"
#include "card/apdu.h"
#include "card/jpki.h"
#include "card/sweep.h"
#include "trust/alone.h"

#define PATIENCE 1500 /* ms */
#define PAUSE	 2000 /* us: the daemon may still be letting go of the process that ended */
#define TRIES	 500

static int
drop(const struct way *way, const char *reader)
{
	struct progress progress = { .step = STEP_DROP };
	struct channel channel = { way, &progress, 1 };
	enum link link = way->ops->open(way->self);

	if (link != LINK_OK)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		link = way->ops->connect(way->self, reader);
		if (link != LINK_HELD && link != LINK_RESET)
			break;
		usleep(PAUSE);
	}
	if (link == LINK_OK) {
		jpki_drop(&channel);
		way->ops->power_off(way->self);
	}
	way->ops->close(way->self);
	/* A card that is not there any more has no power either. */
	return link == LINK_OK || link == LINK_NO_CARD || link == LINK_NO_READER ||
		       link == LINK_REMOVED
		   ? 0
		   : -1;
}

int
sweep(const struct way *way, const char *reader)
{
	static const struct profile profile = { .name = "card", .may = MAY_UNIX };
	int64_t until = clock_tick() + PATIENCE;
	pid_t pid = fork(), ended;
	int status = 1;

	if (pid == -1)
		return -1;
	if (pid == 0) {
		if (alone(&way->fd, 1) == -1 || restrain(&profile, NULL) == -1)
			_exit(1);
		_exit(drop(way, reader) == 0 ? 0 : 1);
	}
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0 || (ended == -1 && errno == EINTR)) {
		if (clock_tick() >= until)
			kill(pid, SIGKILL);
		usleep(PAUSE);
	}
	return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}
