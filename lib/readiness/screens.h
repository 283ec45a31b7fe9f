/*
 * Consent screens: a face reader whose settings hide the screen of a purpose never sends a flag for
 * it, and consent decides points (onboarding.md 7, oqs-interface.md 5).
 */
#ifndef OQ_READINESS_SCREENS_H
#define OQ_READINESS_SCREENS_H

#include <jansson.h>

#include "pipe/output.h"

#define SCREENS_ENOUGH 20 /* face results of a day, below which nothing is told */

struct screens;

/* NULL without memory. */
struct screens *screens_open(void);
void screens_close(struct screens *);

/* Counts a record, if it holds the result of a face reader. 0, or -1 without memory. */
int screens_take(struct screens *, const json_t *record);

/* A record for each day and purpose: how many, or -1 when the output has failed. */
int screens_write(const struct screens *, struct output *);

#endif
