/*
 * What no program outside the terminal can see: its line, its certificate, who is signed in on it. Said
 * as what is to be looked at there, never guessed.
 */
#include "base/clock.h"
#include "readiness/probe.h"

static const struct {
	enum stage stage;
	enum error_id id;
} unseen[] = {
	{ STAGE_LINE, ERR_LINE_NOT_SEEN },
	{ STAGE_TERMINAL_CERTIFICATE, ERR_TERMINAL_CERTIFICATE_NOT_SEEN },
	{ STAGE_SIGN_IN, ERR_SIGN_IN_NOT_SEEN },
};

void
probe_unseen(struct probe *p)
{
	struct date until;

	for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
		struct why why;

		if (!probe_has(p, unseen[i].stage))
			continue;
		why_set(&why, unseen[i].id, NULL, NULL);
		probe_found(p, unseen[i].stage, FOUND_UNKNOWN, &why);
	}
	/* A date that somebody read off once is better than nothing. */
	if (probe_has(p, STAGE_TERMINAL_CERTIFICATE) && p->o->terminal_until != NULL &&
	    date_parse(p->o->terminal_until, &until)) {
		struct why why = { .id = ERR_NONE };
		enum found found = probe_days((long)(date_days(until) - date_days(date_today())),
		    "the terminal's certificate", &why);

		probe_found(p, STAGE_TERMINAL_CERTIFICATE, found, &why);
	}
}
