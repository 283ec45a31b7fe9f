/* What an eligibility status means: yes, no, don't know, or not asked. */
#ifndef OQ_MODEL_STATUS_H
#define OQ_MODEL_STATUS_H

#include "pipe/tally.h"

/* A word this version does not know is VERDICT_UNKNOWN (DESIGN 3.9). NULL too. */
enum verdict status_verdict(const char *status);

#endif
