/* A face result carries what the patient said at the reader: it is taken over, nobody is asked. */
#ifndef OQ_CONSENT_FACE_H
#define OQ_CONSENT_FACE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "consent/dialogue.h"
#include "pipe/tally.h"
#include "trust/event.h"

/*
 * What the result carries, as it is worth at `now`: the member's JSON, and what the ledger says of
 * it. asked: purposes that are needed; one that is absent, refused or over is
 * consent-needs-new-reading. The verdict, or why.
 */
enum verdict face_take(const json_t *eligibility, const struct purpose_list *asked, int64_t now,
    struct buf *value, struct event_purposes *, struct why *why);

#endif
