#include <string.h>

#include "gen/names.h"
#include "model/status.h"

static const struct {
	const char *word;
	enum verdict verdict;
	const char *actor, *next;
} verdicts[] = {
	{ ELIGIBILITY_STATUS_VALID, VERDICT_YES, NULL, NULL },
	{ ELIGIBILITY_STATUS_VALID_UNREGISTERED, VERDICT_YES, ELIGIBILITY_ACTOR_PATIENT,
	    "ask-welfare-office" },
	{ ELIGIBILITY_STATUS_INVALID, VERDICT_NO, ELIGIBILITY_ACTOR_PATIENT,
	    "ask-for-new-insurance" },
	{ ELIGIBILITY_STATUS_INVALID_REPLACED, VERDICT_NO, ELIGIBILITY_ACTOR_PATIENT,
	    "ask-for-new-insurance" },
	{ ELIGIBILITY_STATUS_NOT_FOUND, VERDICT_NO, ELIGIBILITY_ACTOR_FACILITY,
	    "correct-symbol-number" },
	{ ELIGIBILITY_STATUS_AMBIGUOUS, VERDICT_UNKNOWN, ELIGIBILITY_ACTOR_FACILITY, "add-branch" },
	{ ELIGIBILITY_STATUS_PENDING, VERDICT_UNKNOWN, ELIGIBILITY_ACTOR_FACILITY,
	    "ask-again-later" },
	{ ELIGIBILITY_STATUS_UNKNOWN, VERDICT_UNKNOWN, ELIGIBILITY_ACTOR_FACILITY,
	    "look-at-terminal" },
	{ ELIGIBILITY_STATUS_NOT_ASKED, VERDICT_NOT_ASKED, NULL, NULL },
};

enum verdict
status_verdict(const char *status)
{
	for (size_t i = 0; status != NULL && i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(status, verdicts[i].word) == 0)
			return verdicts[i].verdict;
	return VERDICT_UNKNOWN;
}

int
status_advice(const char *status, const char **actor, const char **next)
{
	for (size_t i = 0; status != NULL && i < sizeof verdicts / sizeof *verdicts; i++)
		if (strcmp(status, verdicts[i].word) == 0) {
			*actor = verdicts[i].actor;
			*next = verdicts[i].next;
			return *actor != NULL;
		}
	return 0;
}
