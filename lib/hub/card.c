#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "hub/card.h"
#include "hub/consent.h"
#include "model/grace.h"
#include "trust/base64.h"

_Static_assert(
    CARD_HASH_SIZE == IDCERT_FINGERPRINT && CARD_HASH_SIZE * 2 + 1 == IDCERT_HEX_SIZE, "one hash");

static int
refuse(struct why *why, enum error_id id)
{
	why_set(why, id, "/" CARD_PRESENCE, NULL);
	return -1;
}

/* One's own data are shown to the card only, never because somebody looked. 0, or -1 with why. */
static int
check_token(const struct request *r, const char *token, size_t len, enum presence_scope scope,
    int64_t now, struct presence *p, struct why *why)
{
	int may_attest = r->credential.may_attest && scope == PRESENCE_FOR_VERIFY;
	const struct presence_rules rules = { .facility = r->credential.code,
		.audience = people_name(r->people),
		.scope = scope,
		.anchors = r->card_ca,
		.attester = may_attest ? r->fingerprint : NULL,
		.now = now };

	if (r->card_ca == NULL)
		return refuse(why, ERR_CARD_ISSUER_UNKNOWN);
	if (presence_verify(token, len, &rules, p, why))
		return 0;
	snprintf(why->pointer, sizeof why->pointer, "/" CARD_PRESENCE);
	return -1;
}

/* What the card is found by: who signed is named by its certificate, who was looked at by its hash. */
static enum card_key
key_of(const struct presence *p, unsigned char hash[static CARD_HASH_SIZE])
{
	struct buf bytes;

	if (p->method == PRESENCE_PIN) {
		card_hash(p->card, hash);
		return CARD_BY_CERTIFICATE;
	}
	memset(hash, 0, CARD_HASH_SIZE);
	buf_init(&bytes, sizeof p->fingerprint);
	if (base64_read(&bytes, BASE64_URL, p->fingerprint, strlen(p->fingerprint)) == 1 &&
	    bytes.len == CARD_HASH_SIZE)
		memcpy(hash, bytes.data, CARD_HASH_SIZE);
	buf_free(&bytes);
	return CARD_BY_FINGERPRINT;
}

/*
 * Whose card is it, and does it still count? 0, or -1 with why. Only a card that was looked at can
 * be over here: presence_verify() refuses what an expired one has signed.
 */
static int
find_card(const struct request *r, const struct presence *p, int64_t now, struct card *card,
    int *in_grace, struct why *why)
{
	unsigned char hash[CARD_HASH_SIZE];
	enum card_key key = key_of(p, hash);

	switch (card_find(r->people, key, hash, card, why)) {
	case 1:
		break;
	case 0:
		return refuse(why, ERR_CARD_UNKNOWN);
	default:
		return -1;
	}
	if (card->revoked_at != 0)
		return refuse(why, ERR_CARD_REVOKED);
	*in_grace = card->not_after < now;
	if (*in_grace && !grace_covers(r->grace, card->not_after, date_today()))
		return refuse(why, ERR_CARD_EXPIRED);
	return 0;
}

int
card_identify(struct request *r, const char *token, size_t len, enum presence_scope scope,
    int64_t now, struct shown_card *s, struct why *why)
{
	*s = (struct shown_card){ .in_grace = 0 };
	if (check_token(r, token, len, scope, now, &s->presence, why) == -1 ||
	    find_card(r, &s->presence, now, &s->card, &s->in_grace, why) == -1)
		return -1;
	return people_of(r->people, s->card.person, r->candidates, why);
}

int
card_keep(
    struct job_line *l, const struct shown_card *s, const struct candidates *all, struct why *why)
{
	const struct presence *p = &s->presence;
	struct redeemed *r = calloc(1, sizeof *r);

	if (r == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "a presence");
		return -1;
	}
	memcpy(r->jti, p->id, sizeof r->jti);
	ask_unpack(&l->ask, r->ask);
	snprintf(r->facility, sizeof r->facility, "%s", p->facility);
	r->person = s->card.person;
	r->expires_at = p->expires;
	r->in_grace = s->in_grace;
	for (; r->n < all->n; r->n++)
		r->slots[r->n] = all->covers[r->n].slot;
	l->redeemed = r;
	return 0;
}

/* The consent that goes with the question. 0, or -1 with why. */
static int
take_consent(struct request *r, struct job_line *l, const struct shown_card *s, struct question *q,
    struct why *why)
{
	struct taken taken;

	if (q->consent == NULL)
		return 0;
	if (consent_take(
		r, q->consent, q->consent_len, s, l->made.answered_at, &taken, &l->held, why) != 1)
		return -1;
	l->purposes = taken.consent.purposes.given;
	consent_to_question(&taken.consent, q);
	return 0;
}

int
card_answer(struct request *r, struct job *j, struct job_line *l, struct question *q,
    const char *answered_at, struct why *why)
{
	struct judged_card judged;
	struct shown_card s;
	int found = card_identify(
	    r, q->presence, q->presence_len, PRESENCE_FOR_VERIFY, l->made.answered_at, &s, why);

	l->person = s.card.person;
	if (found == -1 || take_consent(r, l, &s, q, why) == -1)
		return -1;
	judge_card(r->candidates, q->visit_date, j->facility, &judged);
	l->made.judgement = (uint8_t)judged.judgement;
	l->result = judgement_status[judged.judgement];
	if (card_keep(l, &s, r->candidates, why) == -1)
		return -1;
	if (answer_write_card(&j->reply.bytes, q, &judged, r->people, s.in_grace, answered_at) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "an answer");
	return -1;
}

int
card_repeat(struct request *r, const struct job_line *l, struct question *q, const char *facility,
    const char *answered_at, struct buf *out, struct why *why)
{
	struct redeemed was;
	struct judged_card judged;
	struct consent consent;
	int found = redeemed_get(r->audit, l->made.slot, &was, why);

	if (found == 0)
		why_set(why, ERR_STORE_UNUSABLE, NULL, "a redeemed presence is gone");
	if (found != 1 || people_slots(r->people, was.slots, was.n, r->candidates, why) == -1)
		return -1;
	if (q->consent != NULL && consent_read(q->consent, q->consent_len, &consent, why))
		consent_to_question(&consent, q);
	judge_card(r->candidates, q->visit_date, facility, &judged);
	return answer_write_card(out, q, &judged, r->people, was.in_grace, answered_at);
}
