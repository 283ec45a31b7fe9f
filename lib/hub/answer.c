#include <string.h>

#include "base/copy.h"
#include "gen/names.h"
#include "hub/answer.h"
#include "model/insured.h"
#include "model/status.h"
#include "store/day.h"

#define TOOL "oq-hub"

/* One policy at most: eleven texts of TEXT_MAX, every byte escaped, and names and dates. */
#define POLICY_ROOM (11 * 6 * TEXT_MAX + 7168)
#define LINE_ROOM   1024 /* what stands around them */

struct policy {
	const struct cover *cover;
	const struct ticket *ticket; /* NULL: none */
	const struct insurer *insurer;
};

/* What an answer says, by number or by card. */
struct shown {
	enum judgement judgement;
	const char *source, *flag; /* flag: NULL for none */
	size_t n, n_covering;	   /* the first n_covering cover the day */
	const struct policy *policies;
};

/*
 * These return where the next byte goes; answer_write() has made room. Each is put where it is
 * called: then the length of a name is known, and a name is two or three moves and no call.
 */
#define MEMBER			static inline __attribute__((always_inline))
#define LITERAL(p, s)		literal((p), (s), sizeof(s) - 1)
#define TEXT(p, name, t, plain) text_member((p), ",\"" name "\":\"", sizeof(name) + 4, (t), (plain))
#define WORD(p, name, word)	word_member((p), ",\"" name "\":\"", sizeof(name) + 4, (word))
#define DAY(p, name, day)	day_member((p), ",\"" name "\":\"", sizeof(name) + 4, (day))
#define NUMBER(p, name, n)	number_member((p), ",\"" name "\":", sizeof(name) + 3, (n))

MEMBER char *
literal(char *p, const char *s, size_t n)
{
	memcpy(p, s, n);
	return p + n;
}

static char *
escaped(char *p, const struct text *t)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < t->n; i++) {
		unsigned char c = (unsigned char)t->s[i];

		if (c < 0x20) {
			p = LITERAL(p, "\\u00");
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
			continue;
		}
		if (c == '"' || c == '\\')
			*p++ = '\\';
		*p++ = (char)c;
	}
	return p;
}

/* Not where it is called: there are too many of them. */
static char *
moved(char *p, const char *s, size_t n)
{
	return copy_short(p, s, n);
}

MEMBER char *
text_member(char *p, const char *name, size_t n, const struct text *t, int plain)
{
	if (t->n == 0)
		return p;
	p = literal(p, name, n);
	p = plain ? moved(p, t->s, t->n) : escaped(p, t);
	*p++ = '"';
	return p;
}

MEMBER char *
word_member(char *p, const char *name, size_t n, const char *word)
{
	if (word == NULL)
		return p;
	p = literal(p, name, n);
	p = literal(p, word, strlen(word));
	*p++ = '"';
	return p;
}

MEMBER char *
day_member(char *p, const char *name, size_t n, uint32_t day)
{
	if (day == 0)
		return p;
	p = literal(p, name, n);
	day_write(p, day);
	p[DATE_SIZE - 1] = '"';
	return p + DATE_SIZE;
}

MEMBER char *
number_member(char *p, const char *name, size_t n, uint32_t value)
{
	char digits[10];
	size_t i = sizeof digits;

	p = literal(p, name, n);
	do
		digits[--i] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	return literal(p, digits + i, sizeof digits - i);
}

/* "0n" of a code table with two digits. */
MEMBER char *
code_member(char *p, const char *name, size_t n, unsigned code)
{
	p = literal(p, name, n);
	*p++ = '0';
	*p++ = (char)('0' + code % 10);
	*p++ = '"';
	return p;
}
#define CODE(p, name, code) code_member((p), ",\"" name "\":\"", sizeof(name) + 4, (code))

/* Words of the wire by their code in the store; none is an empty one. */
#define W(word) (word), sizeof(word) - 1
static const struct text none = { "", 0 };
static const struct text relations[] = { { W("") }, { W(POLICY_RELATION_INSURED) },
	{ W(POLICY_RELATION_DEPENDANT) } };
static const struct text sexes[] = { { W("") }, { W(POLICY_SEX_MALE) }, { W(POLICY_SEX_FEMALE) },
	{ W(POLICY_SEX_UNSET) } };
static const struct text losses[] = { { W("") }, { W(POLICY_LOSS_REASON_DEATH) },
	{ W(POLICY_LOSS_REASON_PUBLIC_ASSISTANCE) }, { W(POLICY_LOSS_REASON_JOINED_OTHER) } };
static const struct text other_loss = { W(POLICY_LOSS_REASON_OTHER) };
static const struct text kinds[] = { { W("") }, { W(LIMIT_KIND_LIMIT) },
	{ W(LIMIT_KIND_LIMIT_AND_STANDARD) }, { W(LIMIT_KIND_STANDARD) } };
static const struct text diseases[] = { { W("") }, { W(SPECIFIC_DISEASE_DISEASE_DIALYSIS) },
	{ W(SPECIFIC_DISEASE_DISEASE_COAGULATION_FACTOR) }, { W(SPECIFIC_DISEASE_DISEASE_HIV) } };

static const struct text *
pick(const struct text *words, size_t n, unsigned code)
{
	return code < n ? &words[code] : &none;
}
#define PICK(words, code) pick((words), sizeof(words) / sizeof *(words), (code))

/* The first day of the year from August to July that the day is in. */
static uint32_t
august(uint32_t day)
{
	uint32_t year = day >> 9, month = day >> 5 & 15;

	return (month >= 8 ? year : year - 1) << 9 | 8 << 5 | 1;
}

static uint32_t
july_after(uint32_t first_august)
{
	return ((first_august >> 9) + 1) << 9 | 7 << 5 | 31;
}

static uint32_t
later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t
birthday(uint32_t birth_date, unsigned age)
{
	return birth_date + (age << 9);
}

/* The day before, also of a 29 February that a year does not have. */
static uint32_t
day_before(uint32_t day)
{
	return day_of(date_of_days(date_days(day_date(day)) - 1));
}

/* From the month after the 70th birthday (from the day itself if that is the first of a month). */
static uint32_t
elderly_from(uint32_t birth_date)
{
	uint32_t day = birthday(birth_date, 70), month = day >> 5 & 15;

	if ((day & 31) == 1)
		return day;
	return month == 12 ? ((day >> 9) + 1) << 9 | 1 << 5 | 1 : (day & ~31U) + (1 << 5) + 1;
}

/* 高齢受給者証: 70 to 74, reissued every August. */
static char *
put_elderly(char *p, const struct cover *c, uint32_t day)
{
	uint32_t begin = elderly_from(c->birth_date), end = birthday(c->birth_date, 75), from, to;

	if (c->elderly_percent == 0 || day < begin || day >= end)
		return p;
	from = later(begin, august(day));
	to = july_after(august(day));
	if (to >= end)
		to = day_before(end);
	p = LITERAL(p, ",\"" POLICY_ELDERLY "\":{\"" ELDERLY_ISSUED_ON "\":\"");
	day_write(p, from);
	p[DATE_SIZE - 1] = '"';
	p = DAY(p + DATE_SIZE, ELDERLY_VALID_FROM, from);
	p = DAY(p, ELDERLY_VALID_TO, to);
	p = NUMBER(p, ELDERLY_COPAY_PERCENT, c->elderly_percent);
	*p++ = '}';
	return p;
}

static char *
put_limit(char *p, const struct limit *l, uint32_t day)
{
	struct text class = { l->class, sizeof l->class };
	const struct text *kind = PICK(kinds, l->kind);
	uint32_t from = l->valid_from, to = l->valid_to;

	if (kind->n == 0)
		return p;
	if (to == 0) { /* reissued every August */
		from = later(l->issued_on, august(day));
		to = july_after(august(day));
	}
	p = LITERAL(p, ",\"" POLICY_LIMIT_CERTIFICATE "\":{\"" LIMIT_KIND "\":\"");
	p = moved(p, kind->s, kind->n);
	*p++ = '"';
	p = TEXT(p, LIMIT_CLASS, &class, 0);
	p = DAY(p, LIMIT_ISSUED_ON, l->valid_to == 0 ? from : l->issued_on);
	p = DAY(p, LIMIT_VALID_FROM, from);
	p = DAY(p, LIMIT_VALID_TO, to);
	p = DAY(p, LIMIT_LONG_STAY_ON, l->long_stay_on);
	*p++ = '}';
	return p;
}

/* Without consent only whether it is still what the clinic knows (OQSCD014). */
static char *
put_limit_changed(char *p, const struct question *q, const struct limit *l)
{
	const struct text *kind = PICK(kinds, l->kind);
	int same;

	if (kind->n == 0)
		same = q->limit_kind[0] == '\0' && q->limit_class[0] == '\0';
	else
		same = strcmp(kind->s, q->limit_kind) == 0 &&
		       strlen(q->limit_class) == sizeof l->class &&
		       memcmp(q->limit_class, l->class, sizeof l->class) == 0;
	return same ? LITERAL(p, ",\"" POLICY_LIMIT_CHANGED "\":false")
		    : LITERAL(p, ",\"" POLICY_LIMIT_CHANGED "\":true");
}

static char *
put_diseases(char *p, const struct cover *c, uint32_t day)
{
	for (size_t i = 0; i < c->n_diseases; i++) {
		const struct disease *d = &c->diseases[i];
		const struct text *which = PICK(diseases, d->disease);

		if (which->n == 0)
			continue;
		p = i == 0 ? LITERAL(p, ",\"" POLICY_SPECIFIC_DISEASES "\":[") : LITERAL(p, ",");
		p = LITERAL(p, "{\"" SPECIFIC_DISEASE_DISEASE "\":\"");
		p = moved(p, which->s, which->n);
		*p++ = '"';
		p = DAY(p, SPECIFIC_DISEASE_ISSUED_ON, d->issued_on);
		p = DAY(p, SPECIFIC_DISEASE_VALID_FROM, d->valid_from);
		p = DAY(p, SPECIFIC_DISEASE_VALID_TO,
		    d->valid_to == 0 ? july_after(august(day)) : d->valid_to);
		p = NUMBER(p, SPECIFIC_DISEASE_SELF_PAY_YEN, d->self_pay_yen);
		*p++ = '}';
	}
	if (c->n_diseases > 0)
		*p++ = ']';
	return p;
}

static uint32_t
last_of_month(uint32_t first)
{
	uint32_t month = first >> 5 & 15;

	return day_before(month == 12 ? ((first >> 9) + 1) << 9 | 1 << 5 | 1 : first + (1 << 5));
}

/* The ticket for the month asked: an order stands until it is ended, its tickets are monthly. */
static char *
put_tickets(char *p, const struct cover *c, const struct ticket *t, uint32_t day)
{
	uint32_t first = (day & ~31U) | 1;
	struct text code;

	p = LITERAL(p, ",\"" POLICY_MEDICAL_TICKETS "\":[");
	if (t == NULL)
		return LITERAL(p, "]");
	code = (struct text){ t->facility, sizeof t->facility };
	p = LITERAL(p, "{\"" TICKET_TICKET_TYPE "\":\"0");
	*p++ = (char)('0' + t->type % 10);
	*p++ = '"';
	p = DAY(p, TICKET_VALID_DATE, first);
	p = DAY(p, TICKET_EXPIRATION_DATE, last_of_month(first));
	p = LITERAL(p, ",\"" TICKET_ISSUE_NUMBER "\":\"");
	for (uint32_t place = 100000, n = (uint32_t)(c->person * 12 + (day >> 5 & 15)); place > 0;
	     place /= 10)
		*p++ = (char)('0' + n / place % 10);
	p = LITERAL(p, "\",\"" TICKET_MEDICAL_TREATMENT_MONTH "\":\"");
	day_write(p, first);
	p[7] = '"'; /* the month alone */
	p = TEXT(p + 8, TICKET_DESIGNATED_MEDICAL_INSTITUTION_CODE, &code, 1);
	p = LITERAL(p, ",\"" TICKET_DESIGNATED_MEDICAL_INSTITUTION_FLAG "\":\"0\"");
	p = CODE(p, TICKET_MEDICAL_TREATMENT_TYPE, t->treatment);
	p = NUMBER(p, TICKET_SELF_PAY_AMOUNT, t->self_pay_yen);
	p = CODE(p, TICKET_SINGLE_OR_COMBINED_USE, t->combined);
	return LITERAL(p, "}]");
}

static char *
put_postal_code(char *p, uint32_t code)
{
	if (code == 0)
		return p;
	p = LITERAL(p, ",\"" POLICY_POSTAL_CODE "\":\"");
	*p++ = (char)('0' + code / 1000000 % 10);
	day_write_pair(p, code / 10000 % 100);
	p[2] = '-';
	day_write_pair(p + 3, code / 100 % 100);
	day_write_pair(p + 5, code % 100);
	p[7] = '"';
	return p + 8;
}

/* Until the 31 March after the sixth birthday; who is born on 1 April belongs to the year before. */
static int
is_preschool(uint32_t birth_date, uint32_t day)
{
	uint32_t year = (birth_date >> 9) + 6, after_march = (birth_date & 511) > (4 << 5 | 1);

	return day <= ((year + after_march) << 9 | 3 << 5 | 31);
}

static char *
put_validity(char *p, const struct cover *c, uint32_t day)
{
	uint32_t from = c->valid_from, to = c->valid_to;

	if (c->copay_percent > 0 && to == 0) { /* late-stage: reissued every August */
		from = later(c->acquired_on, august(day));
		to = july_after(august(day));
	}
	p = DAY(p, POLICY_VALID_FROM, from);
	return DAY(p, POLICY_VALID_TO, to);
}

/* Who it is: the first half of a policy. */
static char *
put_person(char *p, const struct cover *c, const struct insurer *insurer)
{
	int plain = (c->flags & COVER_PLAIN) != 0;

	p = LITERAL(p, "{\"" POLICY_CARD_CLASS "\":\"");
	p = literal(p, c->card_class, sizeof c->card_class);
	*p++ = '"';
	p = TEXT(p, POLICY_INSURER_NUMBER, &insurer->number, 1);
	p = TEXT(p, POLICY_INSURER_NAME, &insurer->name, insurer->plain);
	p = TEXT(p, POLICY_SYMBOL, &c->symbol, plain);
	p = TEXT(p, POLICY_NUMBER, &c->number, plain);
	p = TEXT(p, POLICY_BRANCH, &c->branch, plain);
	p = TEXT(p, POLICY_RELATION, PICK(relations, c->relation), 1);
	p = TEXT(p, POLICY_INSURED_NAME, &c->insured_name, plain);
	p = TEXT(p, POLICY_NAME, &c->name, plain);
	p = TEXT(p, POLICY_NAME_OTHER, &c->name_other, plain);
	p = TEXT(p, POLICY_KANA, &c->kana, plain);
	p = TEXT(p, POLICY_KANA_OTHER, &c->kana_other, plain);
	p = TEXT(p, POLICY_SEX, PICK(sexes, c->sex), 1);
	p = TEXT(p, POLICY_SEX2, PICK(sexes, c->sex2), 1);
	p = DAY(p, POLICY_BIRTH_DATE, c->birth_date);
	if ((c->flags & COVER_WITHHELD) != 0)
		return p;
	p = TEXT(p, POLICY_ADDRESS, &c->address, plain);
	return put_postal_code(p, c->postal_code);
}

static char *
put_policy(char *p, const struct question *q, const struct policy *policy)
{
	const struct cover *c = policy->cover;
	uint32_t day = q->visit_date;

	p = put_person(p, c, policy->insurer);
	p = DAY(p, POLICY_ACQUIRED_ON, c->acquired_on);
	p = DAY(p, POLICY_LOST_ON, c->lost_on);
	p = TEXT(p, POLICY_LOSS_REASON,
	    c->loss_reason == 99 ? &other_loss : PICK(losses, c->loss_reason), 1);
	p = DAY(p, POLICY_ISSUED_ON, c->issued_on);
	p = put_validity(p, c, day);
	if (c->copay_percent > 0)
		p = NUMBER(p, POLICY_COPAY_PERCENT, c->copay_percent);
	if (is_preschool(c->birth_date, day))
		p = LITERAL(p, ",\"" POLICY_PRESCHOOL "\":true");
	p = put_elderly(p, c, day);
	if (q->limit_certificate_consent)
		p = put_limit(p, &c->limit, day);
	else if (q->has_limit)
		p = put_limit_changed(p, q, &c->limit);
	if (q->presence == NULL ? q->limit_certificate_consent : q->specific_diseases_consent)
		p = put_diseases(p, c, day);
	if (c->card_class[0] == 'A')
		p = put_tickets(p, c, policy->ticket, day);
	*p++ = '}';
	return p;
}

static char *
put_covering(char *p, size_t n)
{
	p = LITERAL(p, ",\"" ELIGIBILITY_NOTICES "\":[],\"" ELIGIBILITY_COVERING "\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*p++ = ',';
		if (i > 9)
			*p++ = (char)('0' + i / 10);
		*p++ = (char)('0' + i % 10);
	}
	return p;
}

static char *
put_eligibility(char *p, const struct question *q, const struct shown *s, const char *answered_at)
{
	const char *status = judgement_status[s->judgement], *actor = NULL, *next = NULL;
	const struct text at = { answered_at, TIME_SIZE - 1 };

	if (s->judgement != JUDGED_VALID) /* most are, and then nobody has to act */
		status_advice(status, NULL, s->source, &actor, &next);
	p = LITERAL(p, "{\"" ELIGIBILITY_STATUS "\":\"");
	p = literal(p, status, strlen(status));
	*p++ = '"';
	p = DAY(p, ELIGIBILITY_AS_OF, q->visit_date);
	p = TEXT(p, ELIGIBILITY_ANSWERED_AT, &at, 1);
	p = WORD(p, ELIGIBILITY_SOURCE, s->source);
	p = put_covering(p, s->n_covering);
	p = LITERAL(p, "],\"" ELIGIBILITY_POLICIES "\":[");
	for (size_t i = 0; i < s->n; i++) {
		if (i > 0)
			*p++ = ',';
		p = put_policy(p, q, &s->policies[i]);
	}
	p = LITERAL(p, "],\"" ELIGIBILITY_CONSENTS "\":{},\"" ELIGIBILITY_REFERENCE_NUMBERS
		       "\":[],\"" ELIGIBILITY_FLAGS "\":[");
	if (s->flag != NULL) {
		*p++ = '"';
		p = literal(p, s->flag, strlen(s->flag));
		*p++ = '"';
	}
	*p++ = ']';
	p = WORD(p, ELIGIBILITY_ACTOR, actor);
	p = WORD(p, ELIGIBILITY_NEXT, next);
	*p++ = '}';
	return p;
}

static int
write_line(
    struct buf *out, const struct question *q, const struct shown *s, const char *answered_at)
{
	char *p = buf_room(out, LINE_ROOM + s->n * POLICY_ROOM);

	if (p == NULL)
		return -1;
	p = LITERAL(p, "{\"" QUESTION_ASK "\":\"");
	p = literal(p, q->ask, ASK_SIZE - 1);
	p = LITERAL(p, "\",\"" OBJECT_ELIGIBILITY "\":");
	p = put_eligibility(p, q, s, answered_at);
	p = LITERAL(p, "}\n");
	out->len = (size_t)(p - out->data);
	*p = '\0';
	return 0;
}

int
answer_write(struct buf *out, const struct question *q, const struct judged *j,
    const struct insurer *insurer, const char *answered_at)
{
	const struct policy policy = { j->cover, j->ticket, insurer };
	const struct shown s = { .judgement = j->judgement,
		.source = ELIGIBILITY_SOURCE_NUMBER,
		.n = j->cover != NULL,
		.n_covering =
		    j->judgement == JUDGED_VALID || j->judgement == JUDGED_VALID_UNREGISTERED,
		.policies = &policy };

	return write_line(out, q, &s, answered_at);
}

int
answer_write_card(struct buf *out, const struct question *q, const struct judged_card *j,
    struct people *people, int in_grace, const char *answered_at)
{
	struct policy policies[CANDIDATES_MAX];
	const struct shown s = { .judgement = j->judgement,
		.source = ELIGIBILITY_SOURCE_CARD,
		.flag = in_grace ? error_rows[ERR_CERTIFICATE_EXPIRED_GRACE].code : NULL,
		.n = j->n,
		.n_covering = j->n_covering,
		.policies = policies };

	for (size_t i = 0; i < j->n; i++) {
		policies[i] = (struct policy){ j->covers[i], j->tickets[i],
			people_insurer(people, j->covers[i]->insurer) };
		if (policies[i].insurer == NULL)
			return -1;
	}
	return write_line(out, q, &s, answered_at);
}

int
answer_refuse(struct buf *out, const char *ask, const struct why *why)
{
	buf_adds(out, "{\"" QUESTION_ASK "\":");
	if (ask[0] == '\0')
		buf_adds(out, "null");
	else
		buf_addjson(out, ask, strlen(ask));
	buf_adds(out, ",\"" OBJECT_ERROR "\":");
	why_json(out, why, TOOL);
	return buf_adds(out, "}\n");
}
