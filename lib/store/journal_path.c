#include <stdio.h>
#include <string.h>

#include "base/state.h"
#include "store/journal.h"

char *
journal_default_path(const char *state, const char *facility, const char *service, struct why *why)
{
	int first = strcmp(service, "verify") == 0;
	char file[96];

	snprintf(file, sizeof file, "terminal-%.40s%s%.20s.db", facility, first ? "" : "-",
	    first ? "" : service);
	return state_path(state, file, why);
}
