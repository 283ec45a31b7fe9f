#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "gen/names.h"
#include "model/query.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "route/terminal_medical.h"

#define PURPOSES_MAX 2
#define PDF_BEGIN    "%PDF-"
#define PDF_END	     "%%EOF"
#define PDF_TAIL     1024 /* bytes in which the end mark stands */

/* Codes of a request: outpatient care, with what electronic prescriptions say. */
#define WITH_PRESCRIPTIONS "1"
#define OUTPATIENT	   "1"

static const struct kind {
	const char *type;
	const char *purposes[PURPOSES_MAX + 1]; /* what it brings; each is a list of `medical` */
	const char *category[2][2];		/* FileCategory: as data or PDF, by what is asked */
	int months;				/* has a span of months */
} kinds[] = {
	{ TERMINAL_DRUGS, { PURPOSE_DRUGS, PURPOSE_TREATMENTS }, { { "2", "4" }, { "1", "3" } },
	    1 },
	{ TERMINAL_CHECKUPS, { PURPOSE_CHECKUPS }, { { "2", NULL }, { "1", NULL } }, 0 },
};

static const struct kind *
kind_of(const char *type)
{
	const struct kind *k = kinds;

	while (strcmp(k->type, type) != 0)
		k++;
	return k;
}

static int
is_asked(const json_t *question, const char *purpose)
{
	return record_holds(json_object_get(question, QUESTION_PURPOSES), purpose);
}

/* What of the kind is asked. */
static json_t *
asked_of(const json_t *question, const struct kind *k)
{
	json_t *asked = json_array();

	for (const char *const *p = k->purposes; *p != NULL; p++)
		if (is_asked(question, *p))
			json_array_append_new(asked, json_string(*p));
	return asked;
}

size_t
medical_types(const json_t *question, const char *types[static TERMINAL_PARTS])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		json_t *asked = asked_of(question, &kinds[i]);

		if (json_array_size(asked) > 0)
			types[n++] = kinds[i].type;
		json_decref(asked);
	}
	return n;
}

/* The month so many before this one, as YYYY-MM. */
static json_t *
month_before(json_int_t months)
{
	struct date d = date_today();
	int n = d.year * 12 + d.month - 1 - (int)months;
	char text[DATE_SIZE];

	date_format((struct date){ n / 12, n % 12 + 1, 1 }, text);
	return json_stringn(text, strlen("YYYY-MM"));
}

static int
has_ended(const json_t *question)
{
	const char *until = record_text(question, QUESTION_UNTIL);
	int64_t end;

	return until == NULL || !time_parse(until, &end) || clock_now() >= end;
}

int
medical_complete(json_t *question, const char *type, struct why *why)
{
	const struct kind *k = kind_of(type);
	json_t *asked = oqs_object_in(oqs_object_in(question, RECORD_OQS), OQS_ASKED);
	int pdf = json_object_get(question, QUESTION_PDF) != NULL;
	int treatments = k->purposes[1] != NULL && is_asked(question, k->purposes[1]);

	if (has_ended(question)) {
		why_set(why, ERR_CONSENT_EXPIRED, NULL, "%s", "");
		return -1;
	}
	json_object_set_new(asked, ASKED_FILE_CATEGORY, json_string(k->category[pdf][treatments]));
	json_object_set_new(asked, ASKED_PRESCRIPTIONS, json_string(WITH_PRESCRIPTIONS));
	json_object_set_new(asked, ASKED_CARE, json_string(OUTPATIENT));
	if (k->months) {
		json_t *months = json_object_get(question, QUESTION_MONTHS);

		json_object_set_new(
		    asked, ASKED_MONTH_FROM, month_before(json_integer_value(months) - 1));
		json_object_set_new(asked, ASKED_MONTH_TO, month_before(0));
	}
	return 0;
}

int
medical_foreign(const json_t *record, const json_t *question)
{
	const json_t *person = json_object_get(json_object_get(record, RECORD_OQS), OQS_PERSON);
	const char *theirs = record_text(person, PERSON_BIRTH_DATE);
	const char *ours =
	    record_text(json_object_get(question, OBJECT_INSURED), INSURED_BIRTH_DATE);

	return theirs != NULL && ours != NULL && strcmp(theirs, ours) != 0;
}

json_t *
medical_take(json_t *record, const json_t *question, const char *type)
{
	const struct kind *k = kind_of(type);
	json_t *medical = json_incref(json_object_get(record, OBJECT_MEDICAL));
	json_t *flags = json_object_get(json_object_get(record, RECORD_OQS), OQS_FLAGS);

	if (medical == NULL)
		return NULL;
	for (const char *const *p = k->purposes; *p != NULL; p++)
		if (is_asked(question, *p))
			oqs_array_in(medical, *p); /* empty: nothing is stored */
		else
			json_object_del(medical, *p);
	if (flags != NULL)
		json_object_set(medical, MEDICAL_FLAGS, flags);
	return medical;
}

int
medical_is_pdf(const struct buf *b)
{
	return b->len >= strlen(PDF_BEGIN) && memcmp(b->data, PDF_BEGIN, strlen(PDF_BEGIN)) == 0;
}

static int
has_pdf_end(const struct buf *b)
{
	size_t tail = b->len < PDF_TAIL ? b->len : PDF_TAIL;

	return memmem(b->data + b->len - tail, tail, PDF_END, strlen(PDF_END)) != NULL;
}

/* Whole, or not at all. 0, or -1 with why. */
static int
save(const char *path, const struct buf *b, struct why *why)
{
	struct whole file = { 0 };
	int r = whole_open(&file, path, 0600, why);

	if (r == 0 && fwrite(b->data, 1, b->len, file.fp) != b->len) {
		why_set(why, ERR_FILE_UNWRITABLE, NULL, "%s", path);
		r = -1;
	}
	if (r == 0)
		r = whole_commit(&file, why);
	whole_abort(&file);
	return r;
}

enum terminal_answer
medical_save(const struct terminal_asking *a, const json_t *question, struct terminal_part *part,
    const struct buf *response)
{
	const struct kind *k = kind_of(part->type);
	char *path;
	enum terminal_answer answer = TERMINAL_UNSAVED;

	if (!has_pdf_end(response)) {
		why_set(&part->why, ERR_TERMINAL_ANSWER_DAMAGED, NULL, "a PDF without its end");
		return TERMINAL_BROKEN;
	}
	if (asprintf(&path, "%s/%s.%s.pdf", a->pdf, record_text(question, QUESTION_PDF),
		k->purposes[0]) == -1) {
		why_set(&part->why, ERR_OUT_OF_MEMORY, NULL, "%s", a->pdf);
		return TERMINAL_UNSAVED;
	}
	if (save(path, response, &part->why) == 0) {
		part->answer = json_pack("{s[{so ss}]}", MEDICAL_PDF, PDF_PURPOSES,
		    asked_of(question, k), PDF_FILE, path);
		answer = TERMINAL_ANSWER;
	}
	free(path);
	return answer;
}

/* Each purpose that the part was to bring, with the error. */
static void
add_failed(json_t *medical, json_t *asked, const struct why *cause, const char *tool)
{
	struct buf text;
	json_t *purpose;
	size_t i;

	buf_init(&text, 16384);
	why_json(&text, cause, tool);
	json_array_foreach (asked, i, purpose) {
		json_array_append_new(oqs_array_in(medical, MEDICAL_FAILED),
		    json_pack("{sO so}", FAILED_PURPOSE, purpose, FAILED_ERROR,
			json_loadb(text.data, text.len, 0, NULL)));
	}
	buf_free(&text);
}

/* What the part says, beside what others say: arrays of the same name become one. */
static void
add_answer(json_t *medical, json_t *answer)
{
	const char *name;
	json_t *value, *there;

	json_object_foreach (answer, name, value) {
		if ((there = json_object_get(medical, name)) != NULL && json_is_array(there))
			json_array_extend(there, value);
		else
			json_object_set(medical, name, value);
	}
}

json_t *
medical_join(const struct terminal_asking *a, const json_t *question,
    const struct terminal_part *parts, size_t n)
{
	json_t *medical = json_object();
	char now[TIME_SIZE];

	for (size_t i = 0; i < n; i++) {
		json_t *asked = asked_of(question, kind_of(parts[i].type));

		if (parts[i].answer != NULL)
			add_answer(medical, parts[i].answer);
		else
			add_failed(medical, asked, &parts[i].why, a->tool);
		json_decref(asked);
	}
	time_format(clock_now(), now);
	json_object_set_new(medical, MEDICAL_AS_OF, json_string(now));
	json_object_set_new(medical, MEDICAL_REFUSED, json_array());
	json_object_set(medical, MEDICAL_ASKED, json_object_get(question, QUESTION_PURPOSES));
	return medical;
}
