#include <string.h>

#include "base/clock.h"
#include "card/member.h"
#include "gen/names.h"
#include "model/grace.h"

static void
add_text(struct buf *out, const char *name, const char *text, size_t n)
{
	buf_addf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
	buf_addjson(out, text, n);
}

static void
add_time(struct buf *out, const char *name, int64_t t)
{
	char text[TIME_SIZE];

	time_format(t, text);
	add_text(out, name, text, strlen(text));
}

int
card_member_add(struct buf *out, const struct card_member *m)
{
	const struct facts *f = m->facts;

	if (buf_addc(out, '{') == -1)
		return -1;
	if (m->token->len > 0)
		add_text(out, CARD_PRESENCE, m->token->data, m->token->len);
	add_text(out, CARD_CERTIFICATE, f->id, strlen(f->id));
	if (m->with_serial)
		add_text(out, CARD_SERIAL, f->serial, strlen(f->serial));
	add_time(out, CARD_NOT_AFTER, f->not_after);
	if (f->expired)
		buf_addf(out, ",\"" CARD_EXPIRED_DAYS "\":%lld",
		    (long long)grace_days_after(f->not_after, date_today()));
	if (f->tries != TRIES_UNKNOWN && m->token->len == 0)
		buf_addf(out, ",\"" CARD_TRIES_LEFT "\":%d", f->tries);
	add_text(out, CARD_REVOCATION, CARD_REVOCATION_NOT_CHECKED_LOCALLY,
	    sizeof CARD_REVOCATION_NOT_CHECKED_LOCALLY - 1);
	add_text(out, CARD_METHOD, m->method, strlen(m->method));
	add_text(out, CARD_ASSURANCE, m->assurance, strlen(m->assurance));
	add_time(out, CARD_READ_AT, m->now);
	return buf_addc(out, '}');
}
