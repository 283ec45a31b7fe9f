#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/judge.h"
#include "hub/lists.h"
#include "hub/medical.h"
#include "hub/put.h"
#include "model/insured.h"
#include "model/purposes.h"
#include "store/audit.h"
#include "store/consents.h"
#include "store/day.h"
#include "store/people.h"

#define RECORD_MAX ((size_t)65536)
#define STRANGERS  61 /* one of so many is asked with a number that nobody has */
#define STOP	   1  /* what the functions called for each return to end it */

struct listing {
	struct output *out;
	struct buf record, scratch;
	struct people *people;
	struct candidates *candidates;
	const char *facility;
	uint32_t today;
	int64_t left;
	struct why *why;
};

static void
listing_begin(struct listing *l, struct output *out, struct why *why)
{
	*l = (struct listing){ .out = out, .today = day_of(date_today()), .why = why };
	buf_init(&l->record, RECORD_MAX);
	buf_init(&l->scratch, RECORD_MAX);
}

static void
listing_end(struct listing *l)
{
	buf_free(&l->record);
	buf_free(&l->scratch);
	free(l->candidates);
	people_close(l->people);
}

/* A failed output is told by whoever closes it; there is no use in going on. */
static int
leave(struct listing *l)
{
	return output_record(l->out, l->record.data, l->record.len, VERDICT_YES) == -1 ? STOP : 0;
}

static void
copy(char to[static QUESTION_TEXT_MAX], const struct text *from)
{
	size_t n = from->n < QUESTION_TEXT_MAX ? from->n : QUESTION_TEXT_MAX - 1;

	if (n > 0)
		memcpy(to, from->s, n);
	to[n] = '\0';
}

/* Does the key belong to several people? */
static int
is_shared(const struct candidates *all)
{
	for (size_t i = 1; i < all->n; i++)
		if (all->covers[i].person != all->covers[0].person)
			return 1;
	return 0;
}

static int
find(struct listing *l, const struct question *q)
{
	struct cover_key key;

	buf_reset(&l->scratch);
	if (question_key(q, &l->scratch, &key, l->why) == -1)
		return -1;
	people_locate(l->people, &key);
	return people_find(l->people, &key, l->candidates, l->why);
}

/* The question about this cover, with what makes some of them harder. 0, or -1 with why. */
static int
make_question(struct listing *l, const struct cover *c, struct question *q)
{
	const struct insurer *insurer = people_insurer(l->people, c->insurer);
	size_t n;

	*q = (struct question){ .visit_date = l->today, .birth_date = c->birth_date };
	if (insurer == NULL) {
		why_set(l->why, ERR_STORE_UNUSABLE, NULL, "an insurer is missing");
		return -1;
	}
	copy(q->insurer_number, &insurer->number);
	copy(q->symbol, &c->symbol);
	copy(q->number, &c->number);
	copy(q->branch, &c->branch);
	q->limit_certificate_consent = c->limit.kind != 0 || c->n_diseases > 0;
	n = strlen(q->number);
	if (c->person % STRANGERS == 0 && n < QUESTION_TEXT_MAX - 4)
		memcpy(q->number + n, "977", 4);
	if (find(l, q) == -1)
		return -1;
	if (is_shared(l->candidates) && c->person % 2 == 0)
		q->branch[0] = '\0';
	return 0;
}

static void
write_question(struct buf *out, const struct question *q, int64_t person, const char *expected)
{
	char date[DATE_SIZE];

	buf_reset(out);
	buf_addf(out, "{\"" RECORD_ID "\":\"%" PRId64 "\"", person);
	date_format(day_date(q->visit_date), date);
	put_member(out, RECORD_VISIT_DATE, date);
	buf_addf(out, ",\"" OBJECT_INSURED "\":{\"" INSURED_INSURER_NUMBER "\":\"%s\"",
	    q->insurer_number);
	put_member(out, INSURED_SYMBOL, q->symbol);
	put_member(out, INSURED_NUMBER, q->number);
	put_member(out, INSURED_BRANCH, q->branch);
	date_format(day_date(q->birth_date), date);
	put_member(out, INSURED_BIRTH_DATE, date);
	if (q->limit_certificate_consent)
		buf_adds(out, ",\"" INSURED_LIMIT_CERTIFICATE_CONSENT "\":true");
	buf_addf(out, "},\"" RECORD_EXPECTED "\":\"%s\"}", expected);
}

static int
list_cover(const struct cover *c, void *arg)
{
	struct listing *l = arg;
	struct judged judged;
	struct question q;

	if (l->left-- == 0)
		return STOP;
	if (make_question(l, c, &q) == -1 ||
	    judge(l->people, &q, l->facility, l->candidates, &judged, l->why) == -1)
		return -1;
	write_question(&l->record, &q, c->person, judgement_status[judged.judgement]);
	return leave(l);
}

int
list_people(
    const char *dir, const char *facility, int64_t limit, struct output *out, struct why *why)
{
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	l.facility = facility;
	l.left = limit;
	l.candidates = malloc(sizeof *l.candidates);
	l.people = people_open(dir, PEOPLE_READ, why);
	if (l.candidates == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", dir);
	else if (l.people != NULL)
		r = people_each(l.people, list_cover, &l, why);
	listing_end(&l);
	return r == -1 ? -1 : 0;
}

/* {"name":"the hash in hex" */
static void
begin_with_hash(struct buf *out, const char *name, const unsigned char *hash, size_t n)
{
	buf_addf(out, "{\"%s\":\"", name);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%02x", hash[i]);
	buf_addc(out, '"');
}

static int
list_credential(const struct credential *c, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;

	buf_reset(out);
	begin_with_hash(out, CREDENTIAL_FINGERPRINT, c->fingerprint, sizeof c->fingerprint);
	put_member(out, CREDENTIAL_ROLE, c->role);
	put_member(out, CREDENTIAL_CODE, c->code);
	buf_addf(out, ",\"" CREDENTIAL_MAY_ATTEST "\":%s", c->may_attest ? "true" : "false");
	put_time(out, CREDENTIAL_ADDED_AT, c->added_at);
	put_time(out, CREDENTIAL_REVOKED_AT, c->revoked_at);
	buf_addc(out, '}');
	return leave(l);
}

int
list_credentials(const char *dir, struct output *out, struct why *why)
{
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	if ((l.people = people_open(dir, PEOPLE_READ, why)) != NULL)
		r = credential_each(l.people, list_credential, &l, why);
	listing_end(&l);
	return r == -1 ? -1 : 0;
}

static int
list_card(const struct card *c, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;

	buf_reset(out);
	begin_with_hash(out, ISSUED_CARD_CERTIFICATE, c->certificate, sizeof c->certificate);
	put_member(out, ISSUED_CARD_SERIAL, c->serial);
	buf_addf(out, ",\"" ISSUED_CARD_PERSON "\":%" PRId64, c->person);
	put_time(out, ISSUED_CARD_NOT_AFTER, c->not_after);
	put_time(out, ISSUED_CARD_ADDED_AT, c->added_at);
	put_time(out, ISSUED_CARD_REVOKED_AT, c->revoked_at);
	buf_addc(out, '}');
	return leave(l);
}

int
list_cards(const char *dir, struct output *out, struct why *why)
{
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	if ((l.people = people_open(dir, PEOPLE_READ, why)) != NULL)
		r = card_each(l.people, list_card, &l, why);
	listing_end(&l);
	return r == -1 ? -1 : 0;
}

static const char *const kinds[] = {
	[AUDIT_VERIFY] = AUDIT_KIND_VERIFY,
	[AUDIT_REPLAY] = AUDIT_KIND_REPLAY,
	[AUDIT_QUERY] = AUDIT_KIND_QUERY,
	[AUDIT_DISASTER] = AUDIT_KIND_DISASTER,
	[AUDIT_CONSENT] = AUDIT_KIND_CONSENT,
	[AUDIT_WITHDRAWAL] = AUDIT_KIND_WITHDRAWAL,
	[AUDIT_SELF] = AUDIT_KIND_SELF,
};

const char *
list_kind_word(enum audit_kind kind)
{
	return kind < sizeof kinds / sizeof *kinds && kinds[kind] != NULL ? kinds[kind] : "";
}

static int
list_entry(const struct audit_entry *e, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;
	char ask[ASK_SIZE];

	ask_unpack(&e->ask, ask);
	buf_reset(out);
	buf_addf(
	    out, "{\"" AUDIT_WRITER "\":\"%" PRId64 "\",\"" AUDIT_N "\":%" PRId64, e->writer, e->n);
	put_time(out, AUDIT_AT, e->at);
	put_member(out, AUDIT_KIND, list_kind_word(e->kind));
	put_text(out, AUDIT_FACILITY, &e->facility);
	put_text(out, AUDIT_OPERATOR, &e->who);
	if (e->person != 0)
		buf_addf(out, ",\"" AUDIT_PERSON "\":%" PRId64, e->person);
	buf_addc(out, ',');
	purposes_write(out, AUDIT_PURPOSES, e->purposes);
	put_text(out, AUDIT_RESULT, &e->result);
	if (e->kind == AUDIT_DISASTER && query_window(&e->made) != 0)
		buf_addf(out, ",\"" AUDIT_WINDOW "\":%" PRId64, query_window(&e->made));
	put_member(out, QUESTION_ASK, ask);
	buf_addc(out, '}');
	return leave(l);
}

static int
list_consent(const struct held *h, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;

	buf_reset(out);
	buf_addf(out, "{\"" HELD_CONSENT "\":\"%s\",\"" HELD_STATE "\":\"%s\"", h->jti,
	    h->withdrawn_at != 0 ? HELD_STATE_WITHDRAWN : HELD_STATE_STORED);
	put_member(out, HELD_FACILITY, h->facility);
	if (h->person != 0)
		buf_addf(out, ",\"" HELD_PERSON "\":%" PRId64, h->person);
	buf_addc(out, ',');
	purposes_write(out, HELD_PURPOSES, h->purposes);
	put_time(out, HELD_EXPIRES_AT, h->expires_at);
	put_time(out, HELD_WITHDRAWN_AT, h->withdrawn_at);
	put_member(out, HELD_RECEIPT, h->token);
	buf_addc(out, '}');
	return leave(l);
}

int
list_consents(const char *dir, struct output *out, struct why *why)
{
	struct audit *audit = audit_open(dir, AUDIT_READ, why);
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	if (audit != NULL)
		r = consent_each(audit, list_consent, &l, why);
	audit_close(audit);
	listing_end(&l);
	return r == -1 ? -1 : 0;
}

int
list_audit(const char *dir, struct output *out, struct why *why)
{
	struct audit *audit = audit_open(dir, AUDIT_READ, why);
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	if (audit != NULL)
		r = audit_each(audit, list_entry, &l, why);
	audit_close(audit);
	listing_end(&l);
	return r == -1 ? -1 : 0;
}

static void
list_chain(const struct audit_verdict *v, void *arg)
{
	struct listing *l = arg;
	struct buf *out = &l->record;

	buf_reset(out);
	buf_addf(out, "{\"" CHAIN_WRITER "\":\"%" PRId64 "\",\"" CHAIN_ENTRIES "\":%" PRId64,
	    v->writer, v->entries);
	if (v->broken != 0)
		buf_addf(out, ",\"" CHAIN_BROKEN "\":%" PRId64, v->broken);
	put_member(out, CHAIN_HASH, v->hash);
	buf_addc(out, '}');
	leave(l);
}

int
list_chains(const char *dir, struct output *out, struct why *why)
{
	struct audit *audit = audit_open(dir, AUDIT_READ, why);
	struct listing l;
	int r = -1;

	listing_begin(&l, out, why);
	if (audit != NULL)
		r = audit_verify(audit, list_chain, &l, why);
	audit_close(audit);
	listing_end(&l);
	return r;
}
