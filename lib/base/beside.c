#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/beside.h"

int
beside(const char *tail, char *out, size_t n)
{
	ssize_t len = readlink("/proc/self/exe", out, n);
	char *slash;
	size_t room;

	if (len == -1)
		return -1;
	if ((size_t)len < n) {
		out[len] = '\0';
		if ((slash = strrchr(out, '/')) != NULL) {
			room = n - (size_t)(slash - out);
			if ((size_t)snprintf(slash, room, "/../%s", tail) < room)
				return 0;
		}
	}
	errno = ENAMETOOLONG;
	return -1;
}

int
beside_become(const char *name, char *const argv[], struct why *why)
{
	char tail[NAME_MAX], path[PATH_MAX];

	snprintf(tail, sizeof tail, "libexec/%s", name);
	if (beside(tail, path, sizeof path) == 0)
		execv(path, argv);
	else
		snprintf(path, sizeof path, "%s", tail);
	why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	return -1;
}
