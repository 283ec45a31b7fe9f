/* The hub is told of a withdrawal: from its answer on no question with that consent is answered. */
#ifndef OQ_CONSENT_TELL_H
#define OQ_CONSENT_TELL_H

#include "base/error.h"
#include "route/route.h"

/* Sends the token of a withdrawal. 1 when the hub has taken it, or 0 with why. */
int tell_hub(struct route *, const char *withdrawal, struct why *why);

#endif
