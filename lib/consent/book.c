#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "consent/book.h"
#include "gen/names.h"

struct taken_back {
	char consent[ASK_SIZE];
	int64_t at;
	char *token;
};

struct book {
	const char *path;
	const struct ledger_rules *rules;
	int64_t as_of;
	struct taken_back *back;
	size_t n;
	int failed;
};

/* A walk through the book. */
struct round {
	const struct book *book;
	void (*take)(void *context, const struct agreement *);
	void *context;
	const char *which;
	struct pin code; /* n 0: which is no code */
	/* The last one that fits is handed out at the end, where only one is wanted. */
	struct ledger_entry entry;
	struct ledger_token token;
	int found;
};

static void
note_withdrawal(void *context, const struct ledger_entry *e, const struct ledger_token *t)
{
	struct book *b = context;
	struct taken_back *grown;

	if (e->event != EVENT_WITHDRAWN || e->at > b->as_of || b->failed)
		return;
	grown = realloc(b->back, (b->n + 1) * sizeof *grown);
	if (grown != NULL)
		b->back = grown;
	if (grown == NULL || (grown[b->n].token = strdup(e->token)) == NULL) {
		b->failed = 1;
		return;
	}
	memcpy(grown[b->n].consent, t->withdrawal.consent, ASK_SIZE);
	grown[b->n++].at = e->at;
}

struct book *
book_open(const char *path, const struct ledger_rules *rules, int64_t as_of,
    struct ledger_report *report, struct why *why)
{
	struct book *b = calloc(1, sizeof *b);

	if (b != NULL) {
		*b = (struct book){ .path = path, .rules = rules, .as_of = as_of };
		ledger_check(path, rules, note_withdrawal, b, report);
	}
	if (b != NULL && !b->failed)
		return b;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
	book_close(b);
	return NULL;
}

void
book_close(struct book *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n; i++)
		free(b->back[i].token);
	free(b->back);
	free(b);
}

static const char *
number_of(const struct ledger_token *t)
{
	return strcmp(t->type, CONSENT_TYPE) == 0 ? t->consent.id : t->event.id;
}

static void
hand_out(const struct round *r, const struct ledger_entry *e, const struct ledger_token *t)
{
	struct agreement a = { .entry = e, .token = t };

	for (size_t i = 0; i < r->book->n; i++)
		if (strcmp(r->book->back[i].consent, number_of(t)) == 0) {
			a.withdrawn_at = r->book->back[i].at;
			a.withdrawal = r->book->back[i].token;
			break;
		}
	r->take(r->context, &a);
}

static int
is_agreement(const struct ledger_entry *e)
{
	return e->event == EVENT_GIVEN || e->event == EVENT_REFUSED || e->event == EVENT_TAKEN_OVER;
}

static void
take_any(void *context, const struct ledger_entry *e, const struct ledger_token *t)
{
	struct round *r = context;

	if (is_agreement(e) && e->at <= r->book->as_of)
		hand_out(r, e, t);
}

void
book_each(
    const struct book *b, void (*take)(void *context, const struct agreement *), void *context)
{
	struct round *r = calloc(1, sizeof *r);
	struct ledger_report ignored;

	if (r == NULL)
		return;
	*r = (struct round){ .book = b, .take = take, .context = context };
	ledger_check(b->path, b->rules, take_any, r, &ignored);
	free(r);
}

static int
is_wanted(const struct round *r, const struct ledger_entry *e, const struct ledger_token *t)
{
	char n[24];

	if (r->which == NULL)
		return 1;
	if (r->code.n != 0)
		return r->code.n == e->n && pin_holds(&r->code, e);
	snprintf(n, sizeof n, "%" PRId64, e->n);
	return strcmp(r->which, n) == 0 || strcmp(r->which, t->consent.id) == 0;
}

static void
take_wanted(void *context, const struct ledger_entry *e, const struct ledger_token *t)
{
	struct round *r = context;

	if (!is_agreement(e) || strcmp(t->type, CONSENT_TYPE) != 0 || !is_wanted(r, e, t))
		return;
	r->entry = *e;
	r->token = *t;
	r->found = 1;
}

int
book_find(const struct book *b, const char *which,
    void (*take)(void *context, const struct agreement *), void *context, struct why *why)
{
	struct round *r = calloc(1, sizeof *r);
	struct ledger_report ignored;
	int found = 0;

	if (r == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
		return 0;
	}
	*r = (struct round){ .book = b, .take = take, .context = context, .which = which };
	if (which != NULL && (!pin_read(which, strlen(which), &r->code, NULL) || r->code.of_line))
		r->code.n = 0;
	ledger_check(b->path, b->rules, take_wanted, r, &ignored);
	if ((found = r->found) != 0)
		hand_out(r, &r->entry, &r->token);
	else
		why_set(why, ERR_ENTRY_UNKNOWN, NULL, "%s", which == NULL ? "no receipt" : which);
	free(r);
	return found;
}

static void
add_time(struct buf *out, const char *name, int64_t t)
{
	char at[TIME_SIZE];

	if (t == 0)
		return;
	time_format(t, at);
	buf_addf(out, ",\"%s\":\"%s\"", name, at);
}

static void
add_text(struct buf *out, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_addf(out, ",\"%s\":", name);
	buf_addjson(out, text, strlen(text));
}

/* The decision on a purpose, or NULL. */
static const char *
said(const struct ledger_token *t, int receipt, enum purpose p)
{
	if (!receipt)
		return event_decisions[t->event.purposes.said[p]];
	if ((t->consent.purposes.given & PURPOSE_SET(p)) != 0)
		return GRANT_DECISION_GIVEN;
	return (t->consent.purposes.refused & PURPOSE_SET(p)) != 0 ? GRANT_DECISION_REFUSED : NULL;
}

static const char *
state_of(const struct agreement *a, int receipt, int64_t as_of)
{
	if (a->withdrawn_at != 0)
		return AGREEMENT_STATE_WITHDRAWN;
	if (receipt && as_of >= a->token->consent.expires)
		return AGREEMENT_STATE_EXPIRED;
	for (enum purpose p = 0; p < PURPOSES; p++) {
		const char *word = said(a->token, receipt, p);

		if (word != NULL && strcmp(word, GRANT_DECISION_GIVEN) == 0)
			return AGREEMENT_STATE_GIVEN;
	}
	return AGREEMENT_STATE_REFUSED;
}

static void
add_purposes(struct buf *out, const struct ledger_token *t, int receipt)
{
	const char *before = "";

	buf_adds(out, ",\"" AGREEMENT_PURPOSES "\":{");
	for (enum purpose p = 0; p < PURPOSES; p++) {
		const char *word = said(t, receipt, p);

		if (word == NULL)
			continue;
		buf_addf(out, "%s\"%s\":\"%s\"", before, purpose_rows[p].name, word);
		before = ",";
	}
	buf_addc(out, '}');
}

int
agreement_write(struct buf *out, const struct agreement *a, int64_t as_of, const char *hub)
{
	const struct ledger_token *t = a->token;
	int receipt = strcmp(t->type, CONSENT_TYPE) == 0;

	buf_addf(out, "{\"" AGREEMENT_N "\":%" PRId64, a->entry->n);
	add_time(out, AGREEMENT_AT, a->entry->at);
	add_text(out, AGREEMENT_STATE, state_of(a, receipt, as_of));
	if (receipt) {
		buf_adds(out, ",\"" AGREEMENT_CODE "\":\"");
		code_write(out, a->entry);
		buf_addc(out, '"');
	}
	add_text(out, AGREEMENT_CONSENT, number_of(t));
	add_purposes(out, t, receipt);
	add_time(out, AGREEMENT_EXPIRES_AT, receipt ? t->consent.expires : 0);
	add_time(out, AGREEMENT_WITHDRAWN_AT, a->withdrawn_at);
	add_text(out, AGREEMENT_ORIGIN,
	    receipt				  ? t->consent.origin_word
	    : a->entry->event == EVENT_TAKEN_OVER ? AGREEMENT_ORIGIN_FACE_READER
						  : AGREEMENT_ORIGIN_ORAL);
	add_text(out, AGREEMENT_OPERATOR, receipt ? t->consent.operator: t->event.operator);
	if (receipt) {
		buf_adds(out, ",\"" AGREEMENT_TEXT "\":{\"id\":");
		buf_addjson(out, t->consent.text.id, strlen(t->consent.text.id));
		add_text(out, "version", t->consent.text.version);
		add_text(out, "lang", t->consent.text.lang);
		buf_addc(out, '}');
	}
	add_text(out, AGREEMENT_HUB, hub);
	return buf_addc(out, '}');
}
