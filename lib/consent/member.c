#include <string.h>

#include "base/clock.h"
#include "consent/member.h"
#include "gen/names.h"

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
add_grant(struct buf *out, const struct consent_member *m, enum purpose p)
{
	int given = (m->said.given & PURPOSE_SET(p)) != 0;
	int refused = (m->said.refused & PURPOSE_SET(p)) != 0;

	buf_addf(out, "\"%s\":{\"" GRANT_DECISION "\":\"%s\"", purpose_rows[p].name,
	    given     ? GRANT_DECISION_GIVEN
	    : refused ? GRANT_DECISION_REFUSED
		      : m->unsaid);
	if (given) {
		add_time(out, GRANT_GIVEN_AT, m->at);
		add_time(out, GRANT_EXPIRES_AT, purpose_rows[p].timed ? m->expires : 0);
	}
	buf_addf(out, ",\"" GRANT_USABLE "\":%s}", given ? "true" : "false");
}

static void
add_text(struct buf *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_addf(out, "\"%s\":", name);
	buf_addjson(out, text, strlen(text));
	buf_addc(out, ',');
}

int
member_write(struct buf *out, const struct consent_member *m)
{
	buf_addc(out, '{');
	add_text(out, CONSENT_RECEIPT, m->receipt);
	add_text(out, CONSENT_CODE, m->code);
	buf_adds(out, "\"" CONSENT_PURPOSES "\":{");
	for (size_t i = 0; i < m->asked->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		add_grant(out, m, m->asked->at[i]);
	}
	buf_addc(out, '}');
	add_time(out, CONSENT_GIVEN_AT, m->at);
	add_time(out, CONSENT_EXPIRES_AT, m->expires);
	if (m->text != NULL) {
		buf_adds(out, ",\"" CONSENT_TEXT "\":{");
		add_text(out, "id", m->text->id);
		add_text(out, "version", m->text->version);
		buf_adds(out, "\"lang\":");
		buf_addjson(out, m->text->lang, strlen(m->text->lang));
		buf_addc(out, '}');
	}
	if (m->origin != NULL)
		buf_addf(out, ",\"" CONSENT_ORIGIN "\":\"%s\"", m->origin);
	return buf_addc(out, '}');
}
