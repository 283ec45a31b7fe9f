#include <string.h>

#include "base/clock.h"
#include "base/exit.h"
#include "consent/book.h"
#include "consent/proof.h"
#include "options/words.h"

/* The first checkpoint at or after the entry: it was written down outside, on its day. */
static void
find_checkpoint(const struct ledger_rules *r, struct proof *p)
{
	for (size_t i = 0; i < r->n_pins; i++)
		if (r->pins[i].of_line && r->pins[i].n >= p->n &&
		    (p->latest_by.n == 0 || r->pins[i].n < p->latest_by.n))
			p->latest_by = r->pins[i];
}

static void
take(void *context, const struct agreement *a)
{
	struct proof *p = context;

	p->consent = a->token->consent;
	p->n = a->entry->n;
	p->at = a->entry->at;
	p->withdrawn_at = a->withdrawn_at;
}

int
proof_make(const char *path, const struct ledger_rules *rules, const char *which, struct proof *p,
    struct why *why)
{
	struct book *book;
	struct pin code;
	int found;

	*p = (struct proof){ .n = 0 };
	p->by_slip = pin_read(which, strlen(which), &code, NULL) && !code.of_line;
	if ((book = book_open(path, rules, INT64_MAX, &p->report, why)) == NULL)
		return -1;
	found = book_find(book, which, take, p, why);
	book_close(book);
	if (!found && p->report.state == LEDGER_UNTOLD)
		*why = p->report.why;
	if (!found)
		return -1;
	find_checkpoint(rules, p);
	return 0;
}

static void
add_line(struct buf *out, const char *label, const char *value)
{
	buf_addf(out, "%s: %s\n", label, value);
}

static void
add_time(struct buf *out, const char *label, int64_t t)
{
	char at[TIME_SIZE];

	time_format(t, at);
	add_line(out, label, at);
}

static void
add_purposes(struct buf *out, const char *label, uint16_t set)
{
	const char *before = "";

	if (set == 0)
		return;
	buf_addf(out, "%s: ", label);
	for (enum purpose p = 0; p < PURPOSES; p++)
		if ((set & PURPOSE_SET(p)) != 0) {
			buf_addf(out, "%s%s", before, purpose_rows[p].name);
			before = ", ";
		}
	buf_addc(out, '\n');
}

/* What the ledger and the pins are worth for this. */
static void
add_worth(struct buf *out, const struct proof *p)
{
	const struct ledger_report *r = &p->report;

	if (r->state == LEDGER_BROKEN)
		buf_addf(out, _("The ledger is broken at entry %lld: %s.\n"), (long long)r->n,
		    r->why.detail);
	else
		buf_addf(out, _("The ledger is whole up to entry %lld.\n"), (long long)r->n);
	buf_adds(out, p->by_slip
			  ? _("The code pins the receipt: its words are those of that day.\n")
			  : _("No code of a slip was given: the facility's signature alone "
			      "shows its words.\n"));
	if (p->latest_by.n != 0)
		buf_addf(out, _("The checkpoint of entry %lld shows that it was there on %s.\n"),
		    (long long)p->latest_by.n, p->latest_by.date);
	else
		buf_adds(out, _("No checkpoint from there on was given: the time is that of the "
				"facility's clock.\n"));
}

int
proof_write(struct buf *out, const struct proof *p)
{
	const struct consent *c = &p->consent;

	buf_addf(out, _("Entry %lld of the ledger of %s\n"), (long long)p->n, c->facility);
	add_time(out, _("Answered at"), p->at);
	add_purposes(out, _("Agreed"), c->purposes.given);
	add_purposes(out, _("Not agreed"), c->purposes.refused);
	add_time(out, _("Valid until"), c->expires);
	if (p->withdrawn_at != 0)
		add_time(out, _("Taken back"), p->withdrawn_at);
	buf_addf(out, "%s: %s %s %s\n", _("Wording"), c->text.id, c->text.version, c->text.lang);
	add_line(out, _("How it was asked"), c->origin_word);
	if (*c->operator!= '\0')
		add_line(out, _("Operator"), c->operator);
	add_line(out, _("Number of the consent"), c->id);
	add_line(out, _("Number of the card's presence"), c->presence);
	buf_addc(out, '\n');
	add_worth(out, p);
	return buf_failed(out) ? -1 : 0;
}

int
proof_status(const struct proof *p)
{
	if (p->report.state == LEDGER_BROKEN)
		return EXIT_NO;
	return p->by_slip && p->latest_by.n != 0 ? EXIT_YES : EXIT_UNKNOWN;
}
