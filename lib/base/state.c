#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/state.h"

#define PATH_LIMIT 4096

/* The state directory (PROTOCOL 6). 0, or -1 when the environment does not name one. */
static int
state_directory(struct buf *out, const char *state)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL)
		return buf_adds(out, state);
	if (geteuid() == 0)
		return buf_adds(out, "/var/lib/oq");
	if (xdg != NULL && xdg[0] == '/')
		return buf_addf(out, "%s/oq", xdg);
	if (home == NULL || home[0] == '\0')
		return -1;
	return buf_addf(out, "%s/.local/state/oq", home);
}

/* Makes what is missing of the directory, from the top. */
static int
make_directories(char *path, struct why *why)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = dir_private(path, why);
		*slash = '/';
		if (r == -1)
			return -1;
	}
	return dir_private(path, why);
}

char *
state_path(const char *state, const char *file, struct why *why)
{
	struct buf path;

	buf_init(&path, PATH_LIMIT);
	if (state_directory(&path, state) == -1 || path.len == 0) {
		why_set(why, ERR_STATE_UNUSABLE, NULL, "no directory is named for it");
		goto fail;
	}
	if (make_directories(path.data, why) == -1)
		goto fail;
	if (file == NULL || buf_addf(&path, "/%s", file) == 0)
		return path.data;
	why_set(why, ERR_STATE_UNUSABLE, NULL, "its name is too long");
fail:
	buf_free(&path);
	return NULL;
}
