#include <stdlib.h>
#include <string.h>

#include "fee/fees.h"
#include "gen/names.h"

int
fees_open(struct fees *f, const char *rules, struct why *why)
{
	*f = (struct fees){ 0 };
	encounter_init(&f->encounter);
	if (points_open(&f->points, rules, why) == -1)
		return -1;
	if (ordinary_init(&f->ordinary) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

int
fees_begin(void *context, struct why *why)
{
	struct fees *f = context;

	if (f->begun)
		return 0;
	if (points_read(&f->points, why) == -1)
		return -1;
	f->considered = calloc(f->points.n_families + 1, sizeof *f->considered);
	if (f->considered != NULL && limits_init(&f->limits, &f->points) == 0) {
		f->begun = 1;
		return 0;
	}
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

void
fees_free(struct fees *f)
{
	limits_free(&f->limits);
	points_free(&f->points);
	ordinary_free(&f->ordinary);
	encounter_free(&f->encounter);
	free(f->considered);
	f->considered = NULL;
}

int64_t
fees_share(int64_t points, int tenths)
{
	/* A point is 10 yen, of which the share is so many tenths. */
	return (points * tenths + 5) / 10 * 10;
}

/* One addition on its way out. */
struct fee {
	const struct rule *rule;
	int64_t points;
	const char *reason, *confidence;
	int64_t counted_on; /* 0 with no reason that names a day */
	int limited;
};

static void
put_text(struct buf *out, const char *name, const char *text)
{
	buf_adds(out, name);
	buf_addjson(out, text, strlen(text));
}

static void
put_fee(struct buf *out, const struct fee *fee)
{
	const struct rule *rule = fee->rule;
	char day[DATE_SIZE];

	put_text(out, "{\"" FEE_NAME "\":", rule->name);
	buf_adds(out, ",\"" FEE_POINTS "\":");
	buf_addu(out, (uint64_t)fee->points);
	if (fee->points > 0 && *rule->code != '\0')
		put_text(out, ",\"" FEE_CODE "\":", rule->code);
	if (*rule->limit != '\0')
		put_text(out, ",\"" FEE_LIMIT "\":", rule->limit);
	put_text(out, ",\"" FEE_REASON "\":", fee->reason);
	if (fee->limited) {
		date_format(date_of_days(fee->counted_on), day);
		put_text(out, ",\"" FEE_COUNTED_ON "\":", day);
	}
	put_text(out, ",\"" FEE_RULE "\":", rule->id);
	put_text(out, ",\"" FEE_CONFIDENCE "\":", fee->confidence);
}

/* What was considered, and whether its limit is used up. */
static struct fee
fee_of(const struct fees *f, const struct considered *c, uint64_t patient)
{
	struct fee fee = {
		.rule = c->rule, .reason = c->reason, .confidence = c->rule->confidence
	};
	const char *used = NULL;

	if (c->truth != TRUTH_YES || c->rule->points <= 0)
		return fee;
	if (patient != 0 && c->rule->group != NO_GROUP)
		used = limits_used(&f->limits, c->rule, patient, f->encounter.day, &fee.counted_on);
	if (used == NULL) {
		fee.points = c->rule->points;
		return fee;
	}
	fee.limited = 1;
	fee.reason = used;
	fee.confidence = c->rule->limit_confidence;
	return fee;
}

/* All of them judged before any is charged: none is in the way of another of the same visit. */
static int
put_fees(struct fees *f, struct buf *out, uint64_t patient)
{
	const struct encounter *e = &f->encounter;
	int64_t whole = e->facts[FACT_BILL_POINTS];
	struct fee fee;
	size_t n = 0;

	for (size_t i = 0; i < f->points.n_families; i++)
		if (f->considered[i].rule != NULL)
			whole += fee_of(f, &f->considered[i], patient).points;
	buf_addc(out, '[');
	for (size_t i = 0; i < f->points.n_families; i++) {
		if (f->considered[i].rule == NULL)
			continue;
		if (n++ > 0)
			buf_addc(out, ',');
		fee = fee_of(f, &f->considered[i], patient);
		put_fee(out, &fee);
		if (f->share > 0)
			buf_addf(out, ",\"" FEE_SHARE_YEN "\":%lld,\"" FEE_DIFFERENCE_YEN "\":%lld",
			    (long long)fees_share(whole, f->share),
			    (long long)(fees_share(whole, f->share) -
					fees_share(whole - fee.points, f->share)));
		buf_addc(out, '}');
	}
	return buf_addc(out, ']');
}

/* Those with points use their limits up. 0, or -1 without memory. */
static int
charge(struct fees *f, uint64_t patient)
{
	for (size_t i = 0; i < f->points.n_families; i++) {
		const struct considered *c = &f->considered[i];

		if (c->rule == NULL || c->rule->group == NO_GROUP ||
		    fee_of(f, c, patient).points == 0)
			continue;
		if (limits_use(&f->limits, c->rule->group, patient, f->encounter.day) == -1)
			return -1;
	}
	return 0;
}

enum verdict
fees_answer(void *context, const json_t *record, struct buf *value, struct why *why)
{
	struct fees *f = context;
	struct encounter *e = &f->encounter;
	uint64_t patient = 0;

	if (encounter_read(e, record, &f->ordinary, why) == -1)
		return VERDICT_UNKNOWN;
	if (e->patient.len > 0) {
		patient = limits_patient(&f->limits, e->patient.data, e->patient.len);
		if (!limits_at(&f->limits, e->day)) {
			why_set(why, ERR_LIMITS_FORGOTTEN, NULL, NULL);
			return VERDICT_UNKNOWN;
		}
	}
	points_judge(&f->points, e, f->considered);
	if (put_fees(f, value, patient) == -1)
		return VERDICT_UNKNOWN;
	if (patient != 0 && charge(f, patient) == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return VERDICT_YES;
}
