#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/history.h"
#include "hub/inquiry.h"
#include "model/insured.h"
#include "model/query.h"
#include "store/day.h"

#define TEXT_BYTES ((size_t)1024) /* of a name or an address */

/* What may be asked for; the others are no medical information, or stand in eligibility. */
#define MEDICAL_PURPOSES ((uint16_t)(PURPOSE_SET(FOR_LIMIT_CERTIFICATE) - 1))

#define QUERY	IN(INQUIRY_QUERY)
#define CONSENT IN(INQUIRY_CONSENT)
#define SELF	IN(INQUIRY_SELF)
#define IN(k)	(1U << (k))

struct member {
	const char *name;
	int (*read)(struct inquiry *, const struct member *, json_t *);
	size_t at;
	unsigned required, allowed; /* in lines of which kinds */
	const char *form;	    /* of the value, for people */
};

static int
refuse(struct why *why, const char *in, const char *member, const char *detail)
{
	char pointer[96];

	snprintf(pointer, sizeof pointer, "%s/%.60s", in, member);
	why_set(why, ERR_QUESTION_MALFORMED, pointer, "%s", detail);
	return 0;
}

/* A text that is not empty, NUL-free by the parser, not longer than so many bytes. */
static const char *
text_of(const json_t *value, size_t max)
{
	size_t n = json_string_length(value);

	return json_is_string(value) && n > 0 && n <= max ? json_string_value(value) : NULL;
}

static int
keep(struct inquiry *q, const struct member *m, const char *text)
{
	memcpy((char *)q + m->at, &text, sizeof text);
	return text != NULL;
}

static int
read_text(struct inquiry *q, const struct member *m, json_t *value)
{
	return keep(q, m, text_of(value, TEXT_BYTES));
}

static int
read_token(struct inquiry *q, const struct member *m, json_t *value)
{
	return keep(q, m, text_of(value, SIZE_MAX)); /* its own reader knows how long it may be */
}

static int
read_ask(struct inquiry *q, const struct member *m, json_t *value)
{
	const char *text = text_of(value, ASK_SIZE - 1);

	(void)m;
	if (text == NULL || !ask_valid(text))
		return 0;
	memcpy(q->ask, text, ASK_SIZE);
	return 1;
}

static int
read_purposes(struct inquiry *q, const struct member *m, json_t *value)
{
	json_t *word;
	size_t i;

	(void)m;
	json_array_foreach (value, i, word) {
		const char *text = json_string_value(word);
		enum purpose p = text == NULL ? PURPOSES : purpose_find(text, strlen(text));

		if (p == PURPOSES || (MEDICAL_PURPOSES & PURPOSE_SET(p)) == 0 ||
		    (q->purposes & PURPOSE_SET(p)) != 0)
			return 0;
		q->purposes |= PURPOSE_SET(p);
	}
	return q->purposes != 0;
}

static int
read_months(struct inquiry *q, const struct member *m, json_t *value)
{
	(void)m;
	if (!json_is_integer(value) || json_integer_value(value) < 1 ||
	    json_integer_value(value) > HISTORY_MONTHS)
		return 0;
	q->months = (int)json_integer_value(value);
	return 1;
}

static int
read_date(struct inquiry *q, const struct member *m, json_t *value)
{
	const char *text = text_of(value, DATE_SIZE);
	struct date d;
	uint32_t day;

	if (text == NULL || !date_parse(text, &d))
		return 0;
	day = day_of(d);
	memcpy((char *)q + m->at, &day, sizeof day);
	return 1;
}

/* One of two words: its place. -1: neither. */
static int
choose(json_t *value, const char *first, const char *second)
{
	const char *text = json_string_value(value);

	if (text != NULL && strcmp(text, first) == 0)
		return 0;
	return text != NULL && strcmp(text, second) == 0 ? 1 : -1;
}

static int
read_sex(struct inquiry *q, const struct member *m, json_t *value)
{
	int which = choose(value, POLICY_SEX_MALE, POLICY_SEX_FEMALE);

	(void)m;
	q->keys.sex = (uint8_t)(which + 1);
	return which != -1;
}

static int
read_oral(struct inquiry *q, const struct member *m, json_t *value)
{
	int which = choose(value, DISASTER_CONSENT_GIVEN, DISASTER_CONSENT_UNABLE);

	(void)m;
	q->keys.unable = which == 1;
	return which != -1;
}

static int
read_disaster(struct inquiry *q, const struct member *m, json_t *value)
{
	(void)m;
	q->in_disaster = 1; /* its members are read as those of a line of their own */
	return json_is_object(value);
}

#define AT(m) offsetof(struct inquiry, m)
#define TOKEN "a token"
#define TEXT  "a text, not empty and not long"

static const struct member members[] = {
	{ QUESTION_ASK, read_ask, 0, QUERY | CONSENT | SELF, QUERY | CONSENT | SELF,
	    "26 characters of base32 in lower case" },
	{ QUESTION_CONSENT, read_token, AT(consent), 0, QUERY | CONSENT, TOKEN },
	{ QUESTION_WITHDRAWAL, read_token, AT(withdrawal), 0, CONSENT, TOKEN },
	{ CARD_PRESENCE, read_token, AT(presence), SELF, SELF, TOKEN },
	{ OBJECT_DISASTER, read_disaster, 0, 0, QUERY, "an object" },
	{ QUESTION_PURPOSES, read_purposes, 0, QUERY, QUERY,
	    "purposes of medical information, each once" },
	{ QUESTION_MONTHS, read_months, 0, 0, QUERY, "a number from 1 to 36" },
};

static const struct member keys[] = {
	{ DISASTER_NAME, read_text, AT(keys.name), QUERY, QUERY, TEXT },
	{ DISASTER_BIRTH_DATE, read_date, AT(keys.birth_date), QUERY, QUERY, "a date, YYYY-MM-DD" },
	{ DISASTER_SEX, read_sex, 0, QUERY, QUERY, "male or female" },
	{ DISASTER_ADDRESS, read_text, AT(keys.address), 0, QUERY, TEXT },
	{ DISASTER_INSURER_NUMBER, read_text, AT(keys.insurer_number), 0, QUERY, TEXT },
	{ DISASTER_CONSENT, read_oral, 0, QUERY, QUERY, "given or unable" },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Reads the members of the list from an object that has no others. */
static int
read_members(struct inquiry *q, const struct member *list, size_t n, unsigned kind, json_t *object,
    const char *in, struct why *why)
{
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		const struct member *m = list;

		while (m < list + n && ((m->allowed & kind) == 0 || strcmp(m->name, name) != 0))
			m++;
		if (m == list + n)
			return refuse(why, in, name, "a member that no question has");
		if (!m->read(q, m, value))
			return refuse(why, in, name, m->form);
	}
	for (const struct member *m = list; m < list + n; m++)
		if ((m->required & kind) != 0 && json_object_get(object, m->name) == NULL)
			return refuse(why, in, m->name, "missing");
	return 1;
}

static int
read_keys(struct inquiry *q, struct why *why)
{
	const char *in = "/" OBJECT_DISASTER;

	if (!read_members(
		q, keys, COUNT(keys), QUERY, json_object_get(q->line, OBJECT_DISASTER), in, why))
		return 0;
	if ((q->keys.address == NULL) == (q->keys.insurer_number == NULL))
		return refuse(why, in, DISASTER_ADDRESS, "the address or the insurer_number");
	return 1;
}

/* What must not stand together, or must stand somewhere. */
static int
check_whole(const struct inquiry *q, enum inquiry_kind kind, struct why *why)
{
	if (kind == INQUIRY_QUERY && q->in_disaster && q->consent != NULL)
		return refuse(why, "", QUESTION_CONSENT, "a consent or a disaster, not both");
	if (kind == INQUIRY_CONSENT && (q->consent == NULL) == (q->withdrawal == NULL))
		return refuse(why, "", QUESTION_CONSENT, "a consent or a withdrawal");
	return 1;
}

int
inquiry_read(enum inquiry_kind kind, const char *line, size_t n, struct inquiry *q, struct why *why)
{
	const char *ask;

	*q = (struct inquiry){ .months = HISTORY_MONTHS };
	q->line = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(q->line)) {
		why_set(why, ERR_QUESTION_MALFORMED, "", "not an object, or a member twice");
		return 0;
	}
	/* Also of a line that is refused for something else, so that its answer finds home. */
	ask = text_of(json_object_get(q->line, QUESTION_ASK), ASK_SIZE - 1);
	if (ask != NULL && ask_valid(ask))
		memcpy(q->ask, ask, ASK_SIZE);
	return read_members(q, members, COUNT(members), IN(kind), q->line, "", why) &&
	       (!q->in_disaster || read_keys(q, why)) && check_whole(q, kind, why);
}

void
inquiry_free(struct inquiry *q)
{
	json_decref(q->line);
	q->line = NULL;
}
