/*
 * Reference numbers (照会番号). The centre keeps them per institution and gives them back with face results
 * and bulk results; nobody can be asked for by one. The stand-in keeps them in its own part of the folder,
 * by the keys of the insurance for which they were registered.
 */
#ifndef OQ_TERMINAL_REFERENCES_H
#define OQ_TERMINAL_REFERENCES_H

#include <jansson.h>

#include "terminal/message.h"
#include "terminal/spool.h"

/*
 * Registers the number of a request, by its record, in place of an earlier one. 0, or -1 with why and which
 * refusal it is.
 */
int references_register(const struct spool *, const json_t *record, const char *institution,
    enum refusal *, struct why *);

/*
 * Gives an answer to the institution the numbers of its policies, once, and with `each` of them, too. 0,
 * or -1 with why.
 */
int references_give(
    const struct spool *, const char *institution, json_t *eligibility, int each, struct why *);

#endif
