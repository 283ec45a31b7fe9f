/*
 * A terminal's folder, looked at and nothing more: no file is made in it. A share whose server is gone
 * can hold a call for ever, so a child looks, and is given up.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "oqs/folder.h"
#include "readiness/probe.h"
#include "route/scheme.h"

#define REQ    "req"
#define RES    "res"
#define FACE   "face"
#define DAY    ((int64_t)24 * 60 * 60)
#define OLD    4		     /* days: a long weekend is no sign of trouble */
#define LITTLE ((uint64_t)100 << 20) /* bytes: some thousand answers */
#define SKEW   60		     /* seconds, as against a hub (PROTOCOL 2) */

/* What the child tells of one step: small enough that a pipe takes it whole. */
struct told {
	enum stage stage;
	struct finding finding;
};

/* What the child looks with. */
struct look {
	const char *dir;
	int fd;
	int64_t newest; /* of all results; 0: there is none */
};

static void
tell(const struct look *l, enum stage stage, enum found found, const struct why *why)
{
	struct told told = { .stage = stage, .finding = { .looked = 1, .found = found } };

	if (why != NULL)
		told.finding.why = *why;
	write_all(l->fd, &told, sizeof told);
}

/* Goes through a part of the folder for its newest file. 0, or -1 with errno. */
static int
read_part(struct look *l, const char *part)
{
	struct dirent *entry;
	struct stat st;
	char *path;
	DIR *d;

	if (asprintf(&path, "%s/%s", l->dir, part) == -1)
		return -1;
	d = opendir(path);
	free(path);
	if (d == NULL)
		return -1;
	/* cppcheck-suppress readdirCalled ; nobody else reads this directory stream */
	for (errno = 0; (entry = readdir(d)) != NULL; errno = 0)
		if (entry->d_name[0] != '.' && strcmp(part, REQ) != 0 &&
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime > l->newest)
			l->newest = st.st_mtime;
	if (errno != 0) {
		int number = errno;

		closedir(d);
		errno = number;
		return -1;
	}
	return closedir(d);
}

/* Can it be read? The face reader's part is there only where it writes there. */
static int
look_at_parts(struct look *l)
{
	static const char *const parts[] = { REQ, RES };
	struct why why;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (read_part(l, parts[i]) == -1) {
			oqs_folder_fail(l->dir, parts[i], &why);
			tell(l, STAGE_FOLDER, FOUND_FAIL, &why);
			return -1;
		}
	if (read_part(l, FACE) == -1 && errno != ENOENT) {
		oqs_folder_fail(l->dir, FACE, &why);
		tell(l, STAGE_FOLDER, FOUND_FAIL, &why);
		return -1;
	}
	tell(l, STAGE_FOLDER, FOUND_OK, NULL);
	return 0;
}

static void
look_at_requests(const struct look *l, const char *req)
{
	struct why why = { .id = ERR_NONE };
	struct statvfs fs;

	if (access(req, W_OK | X_OK) == -1) {
		oqs_folder_fail(l->dir, REQ, &why);
		tell(l, STAGE_REQUESTS, FOUND_FAIL, &why);
		return;
	}
	if (statvfs(req, &fs) == -1) {
		oqs_folder_fail(l->dir, REQ, &why);
		tell(l, STAGE_REQUESTS, FOUND_UNKNOWN, &why);
		return;
	}
	tell(l, STAGE_REQUESTS, FOUND_OK, NULL);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < FOLDER_FILE_MAX)
		why_set(&why, ERR_FOLDER_FULL, NULL, "%s/" REQ, l->dir);
	else if ((uint64_t)fs.f_bavail * fs.f_frsize < LITTLE)
		why_set(&why, ERR_FOLDER_FILLING, NULL, "%s/" REQ ": %llu MiB left", l->dir,
		    (unsigned long long)((uint64_t)fs.f_bavail * fs.f_frsize >> 20));
	tell(l, STAGE_SPACE,
	    why.id == ERR_NONE		? FOUND_OK
	    : why.id == ERR_FOLDER_FULL ? FOUND_FAIL
					: FOUND_NOTICE,
	    &why);
}

static void
look_at_newest(const struct look *l)
{
	struct why why = { .id = ERR_NONE };
	int64_t days = (clock_now() - l->newest) / DAY;
	char when[TIME_SIZE];

	if (l->newest == 0) {
		why_set(&why, ERR_RESULT_OLD, NULL, "there is no result in it");
	} else if (days > OLD) {
		time_format(l->newest, when);
		why_set(&why, ERR_RESULT_OLD, NULL, "the newest is of %s", when);
	}
	tell(l, STAGE_NEWEST, why.id == ERR_NONE ? FOUND_OK : FOUND_NOTICE, &why);
}

/*
 * A file from the future shows that the two clocks differ; without one the kernel knows whether it
 * follows a time server.
 */
static void
look_at_clock(const struct look *l)
{
	struct timex state = { .modes = 0 };
	struct why why = { .id = ERR_NONE };
	enum found found = FOUND_OK;

	if (l->newest > clock_now() + SKEW) {
		why_set(&why, ERR_CLOCK_OFF, NULL, "%lld seconds behind the terminal's newest file",
		    (long long)(l->newest - clock_now()));
		found = FOUND_FAIL;
	} else if (adjtimex(&state) == -1 || (state.status & STA_UNSYNC) != 0) {
		why_set(&why, ERR_CLOCK_NOT_COMPARED, NULL, "it follows no time server");
		found = FOUND_UNKNOWN;
	}
	tell(l, STAGE_CLOCK, found, &why);
}

static void
look(struct look *l)
{
	char *req;

	if (look_at_parts(l) == -1)
		return;
	if (asprintf(&req, "%s/" REQ, l->dir) != -1) {
		look_at_requests(l, req);
		free(req);
	}
	look_at_newest(l);
	look_at_clock(l);
}

/* Takes what the child tells until it ends. 1, or 0 when it told nothing for too long. */
static int
listen_to(struct probe *p, int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct told told;

	while (poll(&ready, 1, (int)p->o->timeout) > 0) {
		if (read(fd, &told, sizeof told) != (ssize_t)sizeof told)
			return 1;
		probe_found(p, told.stage, told.finding.found, &told.finding.why);
	}
	return 0;
}

void
probe_folder(struct probe *p)
{
	struct look l = { .dir = NULL };
	struct why why;
	int pair[2];
	pid_t pid;

	if (probe_way(p->o) != WAY_TERMINAL)
		return;
	l.dir = p->o->via + strlen(TERMINAL_PREFIX);
	if (pipe(pair) == -1 || (pid = fork()) == -1) {
		why_set(&why, ERR_OUT_OF_MEMORY, NULL, "%s", strerror(errno));
		probe_found(p, STAGE_FOLDER, FOUND_UNKNOWN, &why);
		return;
	}
	if (pid == 0) {
		close(pair[0]);
		l.fd = pair[1];
		look(&l);
		_exit(0);
	}
	close(pair[1]);
	if (!listen_to(p, pair[0])) {
		why_set(&why, ERR_FOLDER_GONE, NULL, "%s: it does not answer", l.dir);
		probe_found(p, STAGE_FOLDER, FOUND_FAIL, &why);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG); /* it may hang in the kernel for as long as it likes */
	} else {
		waitpid(pid, NULL, 0);
	}
	close(pair[0]);
}
