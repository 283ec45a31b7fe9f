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
