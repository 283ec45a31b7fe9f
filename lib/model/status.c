#include <string.h>

#include "gen/names.h"
#include "model/status.h"

static const struct {
	const char *word;
	enum verdict verdict;
} verdicts[] = {
	{ ELIGIBILITY_STATUS_VALID, VERDICT_YES },
	{ ELIGIBILITY_STATUS_VALID_UNREGISTERED, VERDICT_YES },
	{ ELIGIBILITY_STATUS_INVALID, VERDICT_NO },
	{ ELIGIBILITY_STATUS_INVALID_REPLACED, VERDICT_NO },
	{ ELIGIBILITY_STATUS_NOT_FOUND, VERDICT_NO },
	{ ELIGIBILITY_STATUS_AMBIGUOUS, VERDICT_UNKNOWN },
	{ ELIGIBILITY_STATUS_PENDING, VERDICT_UNKNOWN },
	{ ELIGIBILITY_STATUS_UNKNOWN, VERDICT_UNKNOWN },
	{ ELIGIBILITY_STATUS_NOT_ASKED, VERDICT_NOT_ASKED },
};

enum verdict
status_verdict(const char *status)
{
	for (size_t i = 0; status != NULL && i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(status, verdicts[i].word) == 0)
			return verdicts[i].verdict;
	return VERDICT_UNKNOWN;
}

/* An empty cell is meant for all. */
static int
is_for(const char *cell, const char *word)
{
	return *cell == '\0' || (word != NULL && strcmp(cell, word) == 0);
}

int
status_advice(const char *status, const char *route, const char *source, const char **actor,
    const char **next)
{
	for (const struct advice_words *w = advice_words; status != NULL && w->status != NULL; w++)
		/* Every answer of a hub comes here: most words differ in their first letter. */
		if (*status == *w->status && strcmp(status, w->status) == 0 &&
		    is_for(w->route, route) && is_for(w->source, source)) {
			*actor = w->actor;
			*next = w->next;
			return 1;
		}
	return 0;
}
