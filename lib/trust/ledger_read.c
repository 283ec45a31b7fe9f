#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trust/ledger_private.h"

/* 1 and a line of *len bytes with its line feed; 0 at the end, where r->torn says what is left. */
static int
read_line(struct ledger_reader *r, size_t *len, struct why *why)
{
	ssize_t got = getline(&r->line, &r->room, r->fp);

	if (got == -1 && (ferror(r->fp) || errno == ENOMEM)) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "the ledger: %s", strerror(errno));
		return -1;
	}
	if (got > 0 && r->line[got - 1] != '\n')
		r->torn = (uint64_t)got;
	if (got == -1 || r->torn > 0)
		return 0;
	*len = (size_t)got;
	return 1;
}

int
ledger_begin(struct ledger_reader *r, const char *path, struct why *why)
{
	size_t len;
	int got;

	*r = (struct ledger_reader){ .fp = fopen(path, "re") };
	if (r->fp == NULL) {
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
		return -1;
	}
	errno = 0;
	if ((got = read_line(r, &len, why)) == -1)
		return -1;
	if (got == 0) {
		why_set(why, ERR_LEDGER_DAMAGED, NULL, "%s has no first line", path);
		return -1;
	}
	return header_read(r->line, len - 1, r->facility, why) &&
		       hash_hex(r->line, len, r->hash) == 0
		   ? 0
		   : -1;
}

void
ledger_end(struct ledger_reader *r)
{
	if (r->fp != NULL)
		fclose(r->fp);
	free(r->line);
	*r = (struct ledger_reader){ 0 };
}

int
ledger_next(struct ledger_reader *r, struct ledger_entry *e, struct why *why)
{
	size_t len;
	int got;

	errno = 0;
	if ((got = read_line(r, &len, why)) != 1)
		return got;
	if (!entry_read(r->line, len, e, why))
		return -1;
	memcpy(r->hash, e->hash, sizeof r->hash);
	return 1;
}

static int
take_consent(const struct ledger_entry *e, struct ledger_token *t, struct why *why)
{
	const struct consent *c = &t->consent;

	if (!consent_read(e->token, strlen(e->token), &t->consent, why))
		return 0;
	t->type = CONSENT_TYPE;
	t->facility = c->facility, t->prev = c->prev, t->signer = c->signer;
	t->issued = c->issued, t->n = c->n;
	return 1;
}

static int
take_withdrawal(const struct ledger_entry *e, struct ledger_token *t, struct why *why)
{
	const struct withdrawal *w = &t->withdrawal;

	if (!withdrawal_read(e->token, strlen(e->token), &t->withdrawal, why))
		return 0;
	t->type = WITHDRAWAL_TYPE;
	t->facility = w->facility, t->prev = w->prev, t->signer = w->signer;
	t->issued = w->issued, t->n = w->n;
	return 1;
}

static int
take_event(const struct ledger_entry *e, struct ledger_token *t, struct why *why)
{
	const struct ledger_event *v = &t->event;

	if (!ledger_event_read(e->token, strlen(e->token), &t->event, why))
		return 0;
	t->type = EVENT_TYPE;
	t->facility = v->facility, t->prev = v->prev, t->signer = v->signer;
	t->issued = v->issued, t->n = v->n;
	if (v->kind == e->event)
		return 1;
	why_set(why, ERR_LEDGER_DAMAGED, NULL, "the token is of another event");
	return 0;
}

/* A receipt gives something or refuses all. */
static int
fits(const struct ledger_entry *e, const struct consent *c, struct why *why)
{
	if ((e->event == EVENT_GIVEN) == (c->purposes.given != 0))
		return 1;
	why_set(why, ERR_LEDGER_DAMAGED, NULL, "the token is of another event");
	return 0;
}

int
entry_token(const struct ledger_entry *e, struct ledger_token *t, struct why *why)
{
	*t = (struct ledger_token){ 0 };
	if (e->event == EVENT_WITHDRAWN)
		return take_withdrawal(e, t, why);
	if (e->event != EVENT_GIVEN && e->event != EVENT_REFUSED)
		return take_event(e, t, why);
	/* With a card there is a receipt, by word of mouth without one an event of our own. */
	if (take_consent(e, t, why))
		return fits(e, &t->consent, why);
	return why->id == ERR_TOKEN_TYPE_REFUSED && take_event(e, t, why);
}
