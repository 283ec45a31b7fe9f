#include <string.h>

#include "ask/query.h"
#include "gen/names.h"
#include "model/insured.h"
#include "pipe/record.h"

#define PRESENCE_MAX ((size_t)12 << 10) /* bytes: with the rest it is within question_max */

/* A person's own data, at a kiosk: on the card's word, and with nobody's consent but his coming. */
static enum way
decide(const struct ask_options *o, const struct route *route, struct decision *d)
{
	const char *presence = record_text(json_object_get(d->record, OBJECT_CARD), CARD_PRESENCE);

	(void)o;
	d->day = date_today();
	if (!route_may(route, CAN_SELF, &d->why))
		return WAY_FAILED;
	if (presence == NULL || strlen(presence) > PRESENCE_MAX) {
		why_set(
		    &d->why, ERR_CONSENT_NEEDS_CARD, "/" OBJECT_CARD "/" CARD_PRESENCE, "%s", "");
		return WAY_FAILED;
	}
	d->asks = json_pack("{ss}", CARD_PRESENCE, presence);
	d->own = json_pack("{s[sss] s[]}", MEDICAL_ASKED, PURPOSE_DRUGS, PURPOSE_TREATMENTS,
	    PURPOSE_CHECKUPS, MEDICAL_REFUSED);
	return WAY_ASK;
}

static enum verdict
known(const struct ask_options *o, const json_t *record)
{
	static const struct query all = { .purposes = { PURPOSE_DRUGS, PURPOSE_TREATMENTS,
					      PURPOSE_CHECKUPS } };

	(void)o;
	return query_known(&all, record);
}

const struct service service_self = {
	.name = "self",
	.member = OBJECT_MEDICAL,
	.beside = OBJECT_ELIGIBILITY,
	.lines = 1,
	.bytes = (size_t)256 << 10,
	.question_max = (size_t)16 << 10,
	.known = known,
	.decide = decide,
	.write = query_write,
	.read = query_read,
	.value = query_value,
};
