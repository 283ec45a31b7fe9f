#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "card/desk.h"
#include "card/member.h"
#include "card/pin.h"
#include "gen/names.h"
#include "model/grace.h"
#include "options/tty.h"
#include "options/words.h"
#include "trust/audience.h"
#include "trust/presence.h"

#define CONFIRM_MAX 16

int
desk_audience(struct desk *d, struct why *why)
{
	if (token_audience(d->o->via, d->o->hub, d->audience, sizeof d->audience) == 0)
		return 0;
	why_set(why, ERR_NOT_OVER_THIS_ROUTE, NULL,
	    "a presence is for a hub: --via https://HOST/; at a terminal use its own reader "
	    "(--face)");
	return -1;
}

static void
on_wait(void *context, int card)
{
	const struct desk *d = context;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %s\n", d->o->tool,
		    card ? _("lay the My Number Card on the reader")
			 : _("waiting for a card reader"));
}

static enum presence_scope
scope_of(const struct desk *d)
{
	return strcmp(d->o->scope, "self") == 0 ? PRESENCE_FOR_SELF : PRESENCE_FOR_VERIFY;
}

static int
on_order(void *context, const struct facts *f, struct order *order, struct why *why)
{
	struct desk *d = context;
	struct presence p;
	struct buf claims;
	int r = -1;

	if (pin_get(d->o->tool, d->o->pin_fd, f->tries, order->pin, why) == -1)
		return -1;
	buf_init(&claims, sizeof order->claims);
	presence_new(&p, d->o->facility, d->audience, PRESENCE_PIN, scope_of(d), clock_now());
	if (presence_claims(&claims, &p) == 0) {
		memcpy(order->claims, claims.data, claims.len);
		order->n = claims.len;
		r = 0;
	} else {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "presence");
	}
	buf_free(&claims);
	return r;
}

/* Somebody must answer for it that the person is the card's. 1 yes, 0 with why. */
static int
confirm(const struct desk *d, struct why *why)
{
	struct tty *tty = tty_open(d->o->tool);
	char typed[CONFIRM_MAX] = "";
	enum tty_answer answer;

	/* Without a terminal the option itself says it, for one card that lies there now. */
	if (tty == NULL && !d->o->watch)
		return 1;
	answer = tty == NULL ? TTY_FAILED
			     : tty_ask(tty, _("Does the person look like the card's photo? [y/N] "),
				   1, 0, typed, sizeof typed);
	tty_close(tty);
	if (answer == TTY_LINE && (typed[0] == 'y' || typed[0] == 'Y'))
		return 1;
	why_set(why, ERR_ATTESTATION_WITHHELD, NULL,
	    tty == NULL ? "--watch has no terminal to ask on" : NULL);
	return 0;
}

/* The facility's key says that the operator looked. 0, or -1 with why. */
static int
attest(struct desk *d, struct buf *token, struct why *why)
{
	struct presence p;
	struct buf claims;
	int r = -1;

	if (d->signer == NULL) {
		why_set(why, ERR_ATTESTATION_NOT_POSSIBLE, NULL,
		    "without the PIN the facility has to say who looked");
		return -1;
	}
	if (!confirm(d, why))
		return -1;
	buf_init(&claims, CLAIMS_MAX);
	presence_new(&p, d->o->facility, d->audience, PRESENCE_VISUAL, scope_of(d), clock_now());
	snprintf(p.operator, sizeof p.operator, "%s", d->o->looked);
	presence_fingerprint(&p, d->facts.fingerprint);
	if (presence_claims(&claims, &p) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "presence");
	else
		r = signer_token(d->signer, PRESENCE_TYPE, claims.data, claims.len, token, why);
	buf_free(&claims);
	return r;
}

/* An expired certificate still shows the insurance for a while; then it does not. */
static int
check_grace(const struct desk *d, struct why *why)
{
	const struct facts *f = &d->facts;
	struct date today = date_today();

	if (!f->expired || grace_covers(d->grace, f->not_after, today))
		return 0;
	why_set(why, ERR_CARD_EXPIRED, NULL, "%lld days ago, and so is the time of grace",
	    (long long)grace_days_after(f->not_after, today));
	return -1;
}

static void
notice(const struct desk *d)
{
	struct date today = date_today();

	if (!d->facts.expired && grace_notice(d->grace, d->facts.not_after, today))
		fprintf(stderr, _("%s: the card's certificate ends in %lld days\n"), d->o->tool,
		    (long long)-grace_days_after(d->facts.not_after, today));
}

int
desk_read(struct desk *d, struct buf *value, struct why *why)
{
	struct card_member m = { .facts = &d->facts, .with_serial = d->o->with_serial };
	struct buf token;
	int r = -1;

	buf_init(&token, TOKEN_MAX);
	if (reading_run(&d->reading, &d->facts, &token, why) == -1)
		goto out;
	m.method = CARD_METHOD_NONE;
	m.assurance = CARD_ASSURANCE_NONE;
	if (!d->o->status) {
		if (check_grace(d, why) == -1 || (token.len == 0 && attest(d, &token, why) == -1))
			goto out;
		m.method = d->reading.job.task == TASK_SIGN && !d->facts.expired
			       ? CARD_METHOD_PIN
			       : CARD_METHOD_VISUAL;
		m.assurance = strcmp(m.method, CARD_METHOD_PIN) == 0 ? CARD_ASSURANCE_POSSESSION
								     : CARD_ASSURANCE_ATTESTED;
	}
	notice(d);
	m.token = &token;
	m.now = clock_now();
	if ((r = card_member_add(value, &m)) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "record");
out:
	buf_free(&token);
	return r;
}

void
desk_open(struct desk *d)
{
	d->reading.way = &d->way;
	d->reading.context = d;
	d->reading.waits = on_wait;
	d->reading.order = on_order;
}
