#include <errno.h>
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
