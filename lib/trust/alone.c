#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trust/alone.h"

/* The smallest descriptor to be kept from `from` on, or INT_MAX. */
static int
next_kept(const int *keep, size_t n, int from)
{
	int next = from <= STDERR_FILENO ? STDERR_FILENO : INT_MAX;

	for (size_t i = 0; i < n; i++)
		if (keep[i] >= from && keep[i] < next)
			next = keep[i];
	return next;
}

int
alone(const int *keep, size_t n)
{
	static const int left[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	const struct rlimit none = { 0 };

	for (int from = 0;;) {
		int next = next_kept(keep, n, from);

		if (next > from && close_range((unsigned)from, (unsigned)next - 1, 0) == -1)
			return -1;
		if (next == INT_MAX)
			break;
		from = next + 1;
	}
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		if (signal(left[i], SIG_IGN) == SIG_ERR)
			return -1;
	return setrlimit(RLIMIT_CORE, &none);
}
