#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trust/ledger_check.h"

/* One walk. */
struct walk {
	const struct ledger_rules *rules;
	struct ledger_reader reader;
	struct ledger_entry entry;
	struct ledger_token token;
	char prev[CONSENT_PREV];
	int64_t next;
};

static int
broken(struct why *why, const char *what)
{
	why_set(why, ERR_LEDGER_DAMAGED, NULL, "%s", what);
	return 0;
}

static int
may_sign(const struct ledger_rules *r, const uint8_t *signer)
{
	for (size_t i = 0; i < r->n_signers; i++)
		if (memcmp(r->signers + i * IDCERT_FINGERPRINT, signer, IDCERT_FINGERPRINT) == 0)
			return 1;
	return 0;
}

/* Is the line that was read the next entry? 1, or 0 with why. */
static int
check_entry(struct walk *w, struct why *why)
{
	const struct ledger_entry *e = &w->entry;
	const struct ledger_token *t = &w->token;

	if (e->n != w->next) {
		why_set(why, ERR_LEDGER_DAMAGED, NULL,
		    "entry %" PRId64 " stands in its place: one was removed, doubled or moved",
		    e->n);
		return 0;
	}
	if (!entry_token(e, &w->token, why))
		return 0;
	if (!may_sign(w->rules, t->signer))
		return broken(why, "another certificate signed it (--old-cert names earlier ones)");
	if (strcmp(t->facility, w->reader.facility) != 0)
		return broken(why, "it is another facility's");
	if (t->n != e->n || t->issued != e->at)
		return broken(why, "its token says another number or time");
	if (strcmp(t->prev, w->prev) != 0)
		return broken(why, "the line before it is not the one that it was signed after");
	for (size_t i = 0; i < w->rules->n_pins; i++)
		if (!pin_holds(&w->rules->pins[i], e))
			return broken(why, "what is held outside is of another entry");
	return 1;
}

/*
 * Which entry to name. A signed entry that does not follow the first line, which nobody signed,
 * says that the first line is wrong.
 */
static int64_t
first_wrong(const struct walk *w)
{
	return w->next == 1 && w->entry.n == 1 && w->token.n == 1 &&
		       strcmp(w->token.prev, w->prev) != 0
		   ? 0
		   : w->next;
}

/* What was pinned and is not there any more was cut off. */
static void
judge_end(const struct walk *w, struct ledger_report *r)
{
	int64_t last = w->next - 1, newest = 0;

	r->n = last;
	for (size_t i = 0; i < w->rules->n_pins; i++)
		if (w->rules->pins[i].n > newest)
			newest = w->rules->pins[i].n;
	r->torn = w->reader.torn;
	if (newest > last) {
		why_set(&r->why, ERR_LEDGER_DAMAGED, NULL,
		    "the end was cut off: entry %" PRId64 " is held outside", newest);
		r->state = LEDGER_BROKEN;
		r->n = last + 1;
		return;
	}
	r->proven_to = newest;
	r->state = newest == last && last > 0 && r->torn == 0 ? LEDGER_WHOLE : LEDGER_NOT_PROVEN;
}

static void
walk(struct walk *w, ledger_visit *visit, void *context, struct ledger_report *r)
{
	int got;

	while ((got = ledger_next(&w->reader, &w->entry, &r->why)) == 1) {
		if (!check_entry(w, &r->why)) {
			r->state = LEDGER_BROKEN;
			r->n = first_wrong(w);
			return;
		}
		memcpy(w->prev, w->entry.hash, sizeof w->prev);
		w->next++;
		if (visit != NULL)
			visit(context, &w->entry, &w->token);
	}
	if (got == -1) {
		r->state = r->why.id == ERR_LEDGER_DAMAGED ? LEDGER_BROKEN : LEDGER_UNTOLD;
		r->n = w->next;
	} else {
		judge_end(w, r);
	}
}

void
ledger_check(const char *path, const struct ledger_rules *rules, ledger_visit *visit, void *context,
    struct ledger_report *r)
{
	struct walk *w = calloc(1, sizeof *w);

	*r = (struct ledger_report){ .state = LEDGER_UNTOLD };
	if (w == NULL) {
		why_set(&r->why, ERR_OUT_OF_MEMORY, NULL, "the ledger");
		return;
	}
	w->rules = rules;
	w->next = 1;
	if (ledger_begin(&w->reader, path, &r->why) == 0) {
		memcpy(w->prev, w->reader.hash, sizeof w->prev);
		walk(w, visit, context, r);
	} else if (r->why.id == ERR_LEDGER_DAMAGED) {
		r->state = LEDGER_BROKEN;
	}
	ledger_end(&w->reader);
	free(w);
}
