#include <string.h>

#include "trust/ledger.h"

/* Each says its place and then its claims. */
static int
say_consent(void *context, int64_t n, const char *prev, struct buf *out)
{
	struct consent *c = context;

	c->n = n;
	memcpy(c->prev, prev, sizeof c->prev);
	return consent_claims(out, c);
}

static int
say_withdrawal(void *context, int64_t n, const char *prev, struct buf *out)
{
	struct withdrawal *w = context;

	w->n = n;
	memcpy(w->prev, prev, sizeof w->prev);
	return withdrawal_claims(out, w);
}

static int
say_event(void *context, int64_t n, const char *prev, struct buf *out)
{
	struct ledger_event *e = context;

	e->n = n;
	memcpy(e->prev, prev, sizeof e->prev);
	return ledger_event_claims(out, e);
}

struct ledger_draft
draft_consent(struct consent *c)
{
	return (struct ledger_draft){ c->purposes.given != 0 ? EVENT_GIVEN : EVENT_REFUSED,
		CONSENT_TYPE, c->issued, say_consent, c };
}

struct ledger_draft
draft_withdrawal(struct withdrawal *w)
{
	return (
	    struct ledger_draft){ EVENT_WITHDRAWN, WITHDRAWAL_TYPE, w->issued, say_withdrawal, w };
}

struct ledger_draft
draft_event(struct ledger_event *e)
{
	return (struct ledger_draft){ e->kind, EVENT_TYPE, e->issued, say_event, e };
}
