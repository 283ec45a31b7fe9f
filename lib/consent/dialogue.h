/* The patient is asked on the terminal, one purpose after the other, one key each. */
#ifndef OQ_CONSENT_DIALOGUE_H
#define OQ_CONSENT_DIALOGUE_H

#include <stdint.h>

#include "base/error.h"
#include "consent/wording.h"
#include "options/tty.h"
#include "trust/consent.h"

/* Which purposes, in which order. */
struct purpose_list {
	enum purpose at[PURPOSES];
	size_t n;
};

/* The purposes as a set. */
uint16_t purpose_list_set(const struct purpose_list *);

/*
 * Asks; each question stands for timeout milliseconds. Where one is not answered the rest is not
 * asked, for nobody is there; what stands in neither set of *said was not answered. 0, or -1 with
 * why when the terminal is gone.
 */
int dialogue(struct tty *, const struct wording *, const struct purpose_list *, int64_t timeout,
    struct consent_purposes *said, struct why *);

#endif
