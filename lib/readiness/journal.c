/*
 * The journal, from outside: opening it would keep a run from starting (only one may have it), so only
 * what can be seen of the file is looked at.
 */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "readiness/probe.h"

/* May we write where it stands, and in it if it is there? FOUND_OK, or FOUND_FAIL with why. */
static enum found
look(const char *path, struct why *why)
{
	char *copy = strdup(path);
	const char *dir = copy == NULL ? NULL : dirname(copy);
	const char *at = NULL;

	if (dir == NULL || access(dir, W_OK | X_OK) == -1)
		at = dir == NULL ? path : dir;
	else if (access(path, R_OK | W_OK) == -1 && errno != ENOENT)
		at = path;
	if (at != NULL)
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s: %s", at, strerror(errno));
	else if (access(path, F_OK) == 0 && file_private(path, why) == 0)
		why_set(why, ERR_JOURNAL_EXPOSED, NULL, "%s", path);
	free(copy);
	return why->id == ERR_NONE ? FOUND_OK : FOUND_FAIL;
}

void
probe_journal(struct probe *p)
{
	const char *path = p->o->journal != NULL ? p->o->journal : p->journal;
	struct why why = p->no_journal;

	if (!probe_has(p, STAGE_JOURNAL))
		return;
	/* Over https there is one only where somebody wants it. */
	if (path == NULL && why.id == ERR_NONE)
		p->left_out[STAGE_JOURNAL] = 1;
	else
		probe_found(p, STAGE_JOURNAL, path == NULL ? FOUND_FAIL : look(path, &why), &why);
}
