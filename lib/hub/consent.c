/* Consents, and POST /v1/consent: those handed in by themselves, and their withdrawals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/consent.h"
#include "hub/inquire.h"
#include "hub/put.h"
#include "model/insured.h"
#include "model/query.h"

static int
refuse(struct why *why, enum error_id id, const char *pointer, const char *detail)
{
	why_set(why, id, pointer, "%s", detail);
	return 0;
}

/* The key that signed belongs to the facility that asks, today. 1, 0 with why, -1 with why. */
static int
check_signer(struct request *r, const unsigned char *fingerprint, struct why *why)
{
	struct credential signer;
	int found = credential_find(r->people, fingerprint, &signer, why);

	if (found == -1)
		return -1;
	if (found == 0 || signer.revoked_at != 0 ||
	    strcmp(signer.role, CREDENTIAL_ROLE_FACILITY) != 0)
		return refuse(why, ERR_TOKEN_CERTIFICATE_REFUSED, "",
		    "not the certificate of a facility that counts");
	if (strcmp(signer.code, r->credential.code) != 0)
		return refuse(why, ERR_TOKEN_ISSUER_OTHER, "", "signed by another facility");
	return 1;
}

static struct consent_rules
rules_of(const struct request *r, int64_t now)
{
	return (struct consent_rules){
		.facility = r->credential.code, .audience = people_name(r->people), .now = now
	};
}

/* The presence was redeemed by this facility, by a card that is not over. As above. */
static int
check_presence(struct request *r, const struct shown_card *shown, struct taken *t, struct why *why)
{
	int found;

	if (shown != NULL) {
		found = strcmp(shown->presence.id, t->consent.presence) == 0;
		t->presence =
		    (struct redeemed){ .person = shown->card.person, .in_grace = shown->in_grace };
		memcpy(t->presence.facility, r->credential.code, sizeof t->presence.facility);
	} else {
		found = redeemed_find(r->audit, t->consent.presence, &t->presence, why);
	}
	if (found == -1)
		return -1;
	if (found == 0 || strcmp(t->presence.facility, r->credential.code) != 0)
		return refuse(why, ERR_PRESENCE_NOT_REDEEMED, "", "ask by card first (oq-verify)");
	if (t->presence.in_grace)
		return refuse(why, ERR_CERTIFICATE_EXPIRED_GRACE, "", "");
	return 1;
}

/* What is held already does not contradict it. As above. */
static int
check_held(struct request *r, struct held *h, const char *token, size_t len, struct why *why)
{
	int found = consent_find(r->audit, h->jti, h, why);

	if (found != 1)
		return found == 0 ? 1 : -1;
	if (strcmp(h->facility, r->credential.code) != 0 ||
	    (h->token[0] != '\0' && (strlen(h->token) != len || memcmp(h->token, token, len) != 0)))
		return refuse(why, ERR_CONSENT_CHANGED, "", "");
	if (h->withdrawn_at != 0)
		return refuse(why, ERR_CONSENT_WITHDRAWN, "", "");
	return 1;
}

static int
check(struct request *r, const char *token, size_t len, const struct shown_card *shown, int64_t now,
    struct taken *t, struct held *h, struct why *why)
{
	const struct consent_rules rules = rules_of(r, now);
	struct consent *c = &t->consent;
	int ok;

	if (!consent_read(token, len, c, why))
		return 0;
	if ((ok = check_signer(r, c->signer, why)) != 1)
		return ok;
	if (!consent_check(c, &rules, why))
		return 0;
	memcpy(h->jti, c->id, sizeof h->jti);
	if ((ok = check_presence(r, shown, t, why)) != 1 ||
	    (ok = check_held(r, h, token, len, why)) != 1)
		return ok;
	snprintf(h->facility, sizeof h->facility, "%s", c->facility);
	snprintf(h->token, sizeof h->token, "%.*s", (int)len, token);
	h->person = t->presence.person;
	h->purposes = c->purposes.given;
	h->expires_at = c->expires;
	h->registers = (c->purposes.given & PURPOSE_SET(FOR_INSURANCE_USE)) != 0;
	return 1;
}

int
consent_take(struct request *r, const char *token, size_t len, const struct shown_card *shown,
    int64_t now, struct taken *t, struct held **out, struct why *why)
{
	struct held *h = calloc(1, sizeof *h);
	int ok;

	*out = NULL;
	if (h == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a consent");
		return -1;
	}
	if ((ok = check(r, token, len, shown, now, t, h, why)) == 1) {
		*out = h;
		return 1;
	}
	free(h);
	if (why->pointer[0] == '\0')
		snprintf(why->pointer, sizeof why->pointer, "/" OBJECT_CONSENT);
	return ok;
}

void
consent_to_question(const struct consent *c, struct question *q)
{
	q->limit_certificate_consent =
	    (c->purposes.given & PURPOSE_SET(FOR_LIMIT_CERTIFICATE)) != 0;
	q->specific_diseases_consent =
	    (c->purposes.given & PURPOSE_SET(FOR_SPECIFIC_DISEASES)) != 0;
}

/* A withdrawal of this facility. 1 and what the writer is to note, 0 or -1 with why. */
static int
take_withdrawal(struct request *r, const char *token, int64_t now, struct held *h, struct why *why)
{
	const struct consent_rules rules = rules_of(r, now);
	struct withdrawal w;
	int ok;

	if (!withdrawal_read(token, strlen(token), &w, why))
		return 0;
	if ((ok = check_signer(r, w.signer, why)) != 1)
		return ok;
	if (!withdrawal_check(&w, &rules, why))
		return 0;
	memcpy(h->jti, w.consent, sizeof h->jti);
	snprintf(h->facility, sizeof h->facility, "%s", w.facility);
	return 1;
}

static int
hand_in_withdrawal(
    struct request *r, const char *token, int64_t now, struct held **out, struct why *why)
{
	struct held *h = calloc(1, sizeof *h);
	int ok;

	if (h == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a withdrawal");
		return -1;
	}
	if ((ok = take_withdrawal(r, token, now, h, why)) == 1) {
		*out = h;
		return 1;
	}
	free(h);
	snprintf(why->pointer, sizeof why->pointer, "/" QUESTION_WITHDRAWAL);
	return ok;
}

static int
hand_in(
    struct request *r, struct job *j, struct job_line *l, const struct inquiry *q, struct why *why)
{
	int64_t now = l->made.answered_at;
	struct taken taken;

	(void)j;
	l->told_after = 1; /* what is held is known when it is stored */
	if (q->withdrawal != NULL) {
		l->audited = AUDIT_WITHDRAWAL;
		l->withdraws = 1;
		l->result = HELD_STATE_WITHDRAWN;
		return hand_in_withdrawal(r, q->withdrawal, now, &l->held, why);
	}
	l->result = HELD_STATE_STORED;
	if (consent_take(r, q->consent, strlen(q->consent), NULL, now, &taken, &l->held, why) != 1)
		return 0;
	l->person = taken.presence.person;
	l->purposes = taken.consent.purposes.given;
	return 1;
}

enum served
consent_serve(struct request *r, struct job *j)
{
	return inquire(r, j, INQUIRY_CONSENT, AUDIT_CONSENT, hand_in);
}

int
consent_tell(
    struct request *r, struct job *j, const struct job_line *l, struct buf *out, struct why *why)
{
	const struct held *h = l->held;
	char ask[ASK_SIZE];

	(void)r, (void)j, (void)why;
	ask_unpack(&l->ask, ask);
	buf_addf(out,
	    "{\"" QUESTION_ASK "\":\"%s\",\"" OBJECT_HELD "\":{\"" HELD_CONSENT
	    "\":\"%s\",\"" HELD_STATE "\":\"%s\"",
	    ask, h->jti, h->withdrawn_at != 0 ? HELD_STATE_WITHDRAWN : HELD_STATE_STORED);
	put_time(out, HELD_EXPIRES_AT, h->expires_at);
	put_time(out, HELD_WITHDRAWN_AT, h->withdrawn_at);
	put_time(out, HELD_REGISTERED_AT, h->registered_at);
	return buf_adds(out, "}}\n");
}
