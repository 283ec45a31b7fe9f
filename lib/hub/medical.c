#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/medical.h"
#include "model/purposes.h"
#include "store/day.h"

/* Those asked that are not given, and whether the patient said so. */
static void
put_refused(struct buf *out, const struct look *l)
{
	const char *before = "";

	buf_adds(out, ",\"" MEDICAL_REFUSED "\":[");
	for (enum purpose p = 0; p < PURPOSES; p++) {
		if ((l->asked & ~l->given & PURPOSE_SET(p)) == 0)
			continue;
		buf_addf(out, "%s{\"" REFUSAL_PURPOSE "\":\"%s\",\"" REFUSAL_DECISION "\":\"%s\"}",
		    before, purpose_rows[p].name,
		    (l->refused & PURPOSE_SET(p)) != 0 ? REFUSAL_DECISION_REFUSED
						       : REFUSAL_DECISION_ABSENT);
		before = ",";
	}
	buf_addc(out, ']');
}

static void
put_disaster(struct buf *out, const struct window *w)
{
	if (w == NULL)
		return;
	buf_addf(out,
	    ",\"" MEDICAL_DISASTER "\":{\"" WINDOW_ID "\":%" PRId64 ",\"" WINDOW_AREA "\":", w->id);
	buf_addjson(out, w->area, strlen(w->area));
	buf_addc(out, '}');
}

static int
add_stored(const char *json, size_t n, void *arg)
{
	struct buf *out = arg;

	buf_addc(out, ',');
	return buf_add(out, json, n);
}

/* What one list is made of: rows of the store, then what was invented, each with a comma before. */
struct listing {
	struct buf *out;
	struct medical *store;
	const struct look *look;
	struct patient patient;
	int synthetic;
	uint32_t today;
	int64_t first_month;
};

static int
list_drugs(struct listing *l, struct why *why)
{
	if (medical_drugs(l->store, l->look->person, l->first_month, l->look->as_of, add_stored,
		l->out, why) == -1)
		return -1;
	if (l->synthetic)
		history_drugs(l->out, &l->patient, l->today, l->look->months, l->look->asker);
	return 0;
}

/* Nobody registers treatments: claims of drugs come from agencies, these are invented only. */
static int
list_treatments(struct listing *l, struct why *why)
{
	(void)why;
	if (l->synthetic)
		history_treatments(l->out, &l->patient, l->today, l->look->months, l->look->asker);
	return 0;
}

static int
list_checkups(struct listing *l, struct why *why)
{
	if (medical_checkups(l->store, l->look->person, l->look->as_of, add_stored, l->out, why) ==
	    -1)
		return -1;
	if (l->synthetic)
		history_checkups(l->out, &l->patient, l->today);
	return 0;
}

static const struct {
	enum purpose purpose;
	const char *name;
	int (*list)(struct listing *, struct why *);
} lists[] = {
	{ FOR_DRUGS, MEDICAL_DRUGS, list_drugs },
	{ FOR_TREATMENTS, MEDICAL_TREATMENTS, list_treatments },
	{ FOR_CHECKUPS, MEDICAL_CHECKUPS, list_checkups },
};

static struct listing
listing_of(struct buf *out, struct medical *store, const struct look *look)
{
	struct date day = date_of_days((look->as_of + 9 * 3600) / 86400);
	struct listing l = { .out = out, .store = store, .look = look, .today = day_of(day) };

	l.first_month = (int64_t)day.year * 12 + day.month - look->months;
	l.patient = (struct patient){ .person = look->person,
		.birth_date = look->cover->birth_date,
		.woman = look->cover->sex == 2 };
	l.synthetic = medical_seed(store, look->person, &l.patient.seed);
	return l;
}

/* The lists: the first entry's comma becomes the bracket. */
static int
put_lists(struct listing *l, struct why *why)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		size_t at;

		if ((l->look->asked & l->look->given & PURPOSE_SET(lists[i].purpose)) == 0)
			continue;
		buf_addf(l->out, ",\"%s\":", lists[i].name);
		at = l->out->len;
		if (lists[i].list(l, why) == -1)
			return -1;
		if (buf_failed(l->out))
			return 0;
		if (l->out->len == at)
			buf_addc(l->out, '[');
		else
			l->out->data[at] = '[';
		buf_addc(l->out, ']');
	}
	return 0;
}

int
medical_write(struct buf *out, struct medical *store, const struct look *look, struct why *why)
{
	struct listing l = listing_of(out, store, look);
	char as_of[TIME_SIZE];
	size_t start = out->len;
	int r;

	time_format(look->as_of, as_of);
	buf_addc(out, '{');
	purposes_write(out, MEDICAL_ASKED, look->asked);
	put_refused(out, look);
	buf_addf(out, ",\"" MEDICAL_AS_OF "\":\"%s\"", as_of);
	put_disaster(out, look->window);
	r = put_lists(&l, why);
	buf_addc(out, '}');
	if (r == 0 && !buf_failed(out) && out->len - start <= MEDICAL_LINE_MAX - 256)
		return 0;
	if (r == 0)
		why_set(why, ERR_ANSWER_TOO_LARGE, NULL, "ask for fewer months");
	out->len = start;
	return -1;
}
