/*
 * CPU time (user and system, of the processes named) and peak memory, for tests/bench.
 *
 *	cputime [-n TIMES] [-i FILE] [-o FILE] [-s STATUS] COMMAND [ARG ...]
 *		runs the command TIMES times, one after the other, and prints
 *		"NANOSECONDS KIB": of all runs together, and the largest resident set of one
 *	cputime -p PID
 *		prints the nanoseconds that a running process has used so far, all its threads
 *
 * A run that does not end with STATUS (0 unless given) makes it end with 1: a benchmark of
 * something that fails measures nothing.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct total {
	int64_t ns;
	long kib;
};

static int64_t
ns_of(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000000 + (int64_t)t.tv_usec * 1000;
}

static int
print_running(const char *pid)
{
	clockid_t clock;
	struct timespec t;

	if ((errno = clock_getcpuclockid((pid_t)atol(pid), &clock)) != 0 ||
	    clock_gettime(clock, &t) == -1)
		err(1, "process %s", pid);
	printf("%" PRId64 "\n", (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
	return 0;
}

static void
run_once(char **argv, posix_spawn_file_actions_t *actions, int expected, struct total *total)
{
	struct rusage usage;
	pid_t pid;
	int status;

	if ((errno = posix_spawnp(&pid, argv[0], actions, NULL, argv, environ)) != 0)
		err(1, "%s", argv[0]);
	if (wait4(pid, &status, 0, &usage) == -1)
		err(1, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
		errx(1, "%s ended with %s %d, not %d", argv[0],
		    WIFEXITED(status) ? "status" : "signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), expected);
	total->ns += ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
	if (usage.ru_maxrss > total->kib)
		total->kib = usage.ru_maxrss;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	const char *input = "/dev/null", *output = "/dev/null";
	struct total total = { 0, 0 };
	int c, expected = 0, times = 1;

	while ((c = getopt(argc, argv, "+i:n:o:p:s:")) != -1)
		switch (c) {
		case 'i':
			input = optarg;
			break;
		case 'n':
			times = atoi(optarg);
			break;
		case 'o':
			output = optarg;
			break;
		case 'p':
			return print_running(optarg);
		case 's':
			expected = atoi(optarg);
			break;
		default:
			return 2;
		}
	if (optind == argc)
		errx(2, "no command");
	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(
		&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600) != 0)
		errx(1, "no memory");
	while (times-- > 0)
		run_once(argv + optind, &actions, expected, &total);
	posix_spawn_file_actions_destroy(&actions);
	printf("%" PRId64 " %ld\n", total.ns, total.kib);
	return 0;
}
