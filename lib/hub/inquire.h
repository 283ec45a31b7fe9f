/* The loop that the services of inquiry lines share. */
#ifndef OQ_HUB_INQUIRE_H
#define OQ_HUB_INQUIRE_H

#include "hub/inquiry.h"
#include "hub/services.h"

/* Answers one line that could be read. 1, or 0 or -1 with why, which becomes its answer. */
typedef int inquiry_answer(
    struct request *, struct job *, struct job_line *, const struct inquiry *, struct why *);

/* Reads and answers each line of the request, and has each audited as of that kind. */
enum served inquire(
    struct request *, struct job *, enum inquiry_kind, enum audit_kind, inquiry_answer *);

#endif
