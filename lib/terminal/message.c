#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "gen/names.h"
#include "model/insured.h"
#include "model/query.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "terminal/message.h"

#define SINGLE_REQUEST		  "OQSsiquc01req"
#define BULK_REQUEST		  "OQSmuquc01req"
#define RESULT_REQUEST		  "OQSmuquc02req"
#define SINGLE_RESPONSE		  "OQSsiquc01res"
#define DRUGS_REQUEST		  "YZKsiquc01req"
#define CHECKUPS_REQUEST	  "TKKsiquc01req"
#define REFERENCE_REQUEST	  "OQSsiimm01req"
#define REFERENCES_RESULT_REQUEST "OQSmuimm02req"
#define MONTHS_MOST		  36
#define TYPE_SIZE		  14 /* OQSsiquc01req and NUL */
#define RESULT_NORMAL		  "1"
#define RESULT_ERROR		  "2"

static const struct {
	const char *code, *message;
} refusals[] = {
	[REFUSAL_FORM] = { "SYN-E-0001", "要求ファイルの形式が正しくありません。" },
	[REFUSAL_KEYS] = { "SYN-E-0002", "照会条件に誤りがあります。" },
	[REFUSAL_KIND] = { "SYN-E-0003", "この種別の要求には対応していません。" },
	[REFUSAL_CENTRE] = { "SYN-E-0004", "センターから回答を得られませんでした。" },
	[REFUSAL_WRITING] = { "SYN-E-0005", "回答を電文にできませんでした。" },
	[REFUSAL_CONSENT] = { "SYN-E-0006", "閲覧の同意が確認できません。" },
	[REFUSAL_DAY] = { "SYN-E-0007", "資格確認日に未来の日付は指定できません。" },
	[REFUSAL_RECEPTION] = { "SYN-E-0008", "受付番号が見つかりません。" },
};

/* What each request asks for as data, by its FileCategory. */
static const struct {
	const char *type, *category;
	const char *purposes[3];
} medical_kinds[] = {
	{ DRUGS_REQUEST, "2", { PURPOSE_DRUGS } },
	{ DRUGS_REQUEST, "4", { PURPOSE_DRUGS, PURPOSE_TREATMENTS } },
	{ CHECKUPS_REQUEST, "2", { PURPOSE_CHECKUPS } },
};
#define MEDICAL_KINDS (sizeof medical_kinds / sizeof *medical_kinds)

static const struct {
	const char *type;
	enum request_kind kind;
} request_kinds[] = {
	{ SINGLE_REQUEST, REQUEST_INSURANCE },
	{ REFERENCE_REQUEST, REQUEST_REFERENCE },
	{ DRUGS_REQUEST, REQUEST_MEDICAL },
	{ CHECKUPS_REQUEST, REQUEST_MEDICAL },
	{ BULK_REQUEST, REQUEST_BULK },
	{ RESULT_REQUEST, REQUEST_RESULT },
	{ REFERENCES_REQUEST, REQUEST_BULK },
	{ REFERENCES_RESULT_REQUEST, REQUEST_RESULT },
};

enum request_kind
request_kind(const char *name)
{
	const struct oqs_message *message = oqs_message_find(name);

	for (size_t i = 0; message != NULL && i < sizeof request_kinds / sizeof *request_kinds; i++)
		if (strcmp(message->type, request_kinds[i].type) == 0)
			return request_kinds[i].kind;
	return REQUEST_OTHER;
}

static int
take_record(void *arg, const json_t *record)
{
	return json_array_append(arg, (json_t *)(uintptr_t)record);
}

json_t *
request_read_all(const char *name, const struct buf *bytes, struct why *why)
{
	const struct oqs_message *message = oqs_message_find(name);
	struct oqs_survey found = { 0 };
	struct oqs_input in;
	json_t *records = json_array();
	struct oqs_decoding d = { .judge = { .tool = "", .at = clock_now() },
		.found = &found,
		.each = take_record,
		.arg = records };
	int failed = 1;

	if (message == NULL) {
		why_set(why, ERR_OQS_TYPE_UNKNOWN, NULL, "%.13s", name);
		json_decref(records);
		return NULL;
	}
	if (oqs_input_memory(&in, bytes->data == NULL ? "" : bytes->data, bytes->len, message->type,
		ENCODING_UNKNOWN) == -1)
		*why = in.why;
	else if (oqs_decode(message, &in, &d, why) != -1)
		failed = json_array_size(records) == 0;
	if (failed && why->id == ERR_NONE)
		why_set(why, ERR_OQS_ANSWER_INCOMPLETE, NULL, "%s", message->type);
	oqs_input_close(&in);
	oqs_survey_free(&found);
	if (!failed)
		return records;
	json_decref(records);
	return NULL;
}

json_t *
request_read(const char *name, const struct buf *bytes, struct why *why)
{
	json_t *records = request_read_all(name, bytes, why);
	json_t *first = json_incref(json_array_get(records, 0));

	json_decref(records);
	return first;
}

int
request_institution(const json_t *record, const char *institution, struct why *why)
{
	const char *code = record_text(json_object_get(record, RECORD_OQS), OQS_INSTITUTION_CODE);

	if (code != NULL && (institution == NULL || strcmp(code, institution) == 0))
		return 0;
	why_set(why, ERR_FOREIGN_INSTITUTION, "/" RECORD_OQS "/" OQS_INSTITUTION_CODE, "%s", "");
	return -1;
}

int
request_question(const json_t *record, const char *ask, const char *institution, struct buf *out,
    enum refusal *refusal, struct why *why)
{
	const char *day = record_text(record, RECORD_VISIT_DATE);
	struct insured insured;
	struct date date;

	*refusal = REFUSAL_FORM;
	if (request_institution(record, institution, why) == -1)
		return -1;
	if (day == NULL || !date_parse(day, &date)) {
		why_set(why, ERR_VISIT_DATE_MALFORMED, "/" RECORD_VISIT_DATE, "%s", "");
		return -1;
	}
	*refusal = REFUSAL_KEYS;
	if (!insured_read(record, date, &insured, why))
		return -1;
	if (question_write(out, ask, day, &insured) == 0)
		return 0;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return -1;
}

/* Months since year 0 of "YYYY-MM", or -1. */
static int
month_number(const char *text)
{
	char first[DATE_SIZE];
	struct date d;

	snprintf(first, sizeof first, "%s-01", text == NULL ? "" : text);
	return date_parse(first, &d) ? d.year * 12 + d.month : -1;
}

/* How many months back from this one, it included, the request asks. */
static int
months_of(const json_t *asked)
{
	struct date today = date_today();
	int from = month_number(record_text(asked, ASKED_MONTH_FROM));
	int months = today.year * 12 + today.month - from + 1;

	return from == -1 || months > MONTHS_MOST ? MONTHS_MOST : months < 1 ? 1 : months;
}

/* What the record asks for, or NULL: a file, or nothing that is known. */
static const char *const *
purposes_of(const json_t *record)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	const char *type = record_text(oqs, OQS_TYPE);
	const char *category = record_text(json_object_get(oqs, OQS_ASKED), ASKED_FILE_CATEGORY);

	for (size_t i = 0; type != NULL && category != NULL && i < MEDICAL_KINDS; i++)
		if (strcmp(type, medical_kinds[i].type) == 0 &&
		    strcmp(category, medical_kinds[i].category) == 0)
			return medical_kinds[i].purposes;
	return NULL;
}

int
request_query(const json_t *record, const char *ask, const char *institution, const char *receipt,
    struct buf *out, enum refusal *refusal, struct why *why)
{
	const json_t *asked = json_object_get(json_object_get(record, RECORD_OQS), OQS_ASKED);
	const char *const *p = purposes_of(record);

	*refusal = REFUSAL_FORM;
	if (request_institution(record, institution, why) == -1)
		return -1;
	*refusal = p == NULL ? REFUSAL_KIND : REFUSAL_CONSENT;
	if (p == NULL || receipt == NULL)
		return -1;
	buf_addf(out,
	    "{\"" QUESTION_ASK "\":\"%s\",\"" QUESTION_CONSENT "\":\"%s\",\"" QUESTION_PURPOSES
	    "\":[\"%s\"",
	    ask, receipt, *p);
	while (*++p != NULL)
		buf_addf(out, ",\"%s\"", *p);
	buf_addf(out, "],\"" QUESTION_MONTHS "\":%d}", months_of(asked));
	if (!buf_failed(out))
		return 0;
	*refusal = REFUSAL_CENTRE;
	why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	return -1;
}

/* OQSsiquc01req_... is answered by OQSsiquc01res; what the table does not know, like that one. */
static const struct oqs_message *
response_message(const char *name)
{
	char type[TYPE_SIZE];
	const struct oqs_message *message;

	snprintf(type, sizeof type, "%.10sres", name);
	message = oqs_message_find(type);
	return message == NULL ? oqs_message_find(SINGLE_RESPONSE) : message;
}

/* What the request was received in. */
static enum encoding
encoding_of(const json_t *asked, enum encoding wanted)
{
	const json_t *encoding = json_object_get(json_object_get(asked, RECORD_OQS), OQS_ENCODING);
	const char *actual = record_text(encoding, ENCODING_ACTUAL);

	if (wanted == ENCODING_UNKNOWN && actual != NULL)
		wanted = encoding_find(actual);
	return wanted == ENCODING_CP932 ? ENCODING_CP932 : ENCODING_UTF8;
}

static void
copy_text(json_t *to, const json_t *from, const char *name)
{
	if (json_object_get(from, name) != NULL)
		json_object_set(to, name, json_object_get(from, name));
}

/* What every response has, from its request. The caller's. */
static json_t *
record_new(const struct oqs_message *message, const json_t *asked, const char *segment)
{
	const json_t *theirs = json_object_get(asked, RECORD_OQS);
	json_t *record = json_object(), *oqs = oqs_object_in(record, RECORD_OQS);
	char now[TIME_SIZE];

	time_format(clock_now(), now);
	json_object_set_new(oqs, OQS_TYPE, json_string(message->type));
	json_object_set_new(oqs, OQS_SEGMENT, json_string(segment));
	json_object_set_new(oqs, OQS_EXECUTED_AT, json_string(now));
	if (message->kind == OQS_ELIGIBILITY && message->source == NULL)
		json_object_set_new(oqs, OQS_SOURCE, json_string(OQS_SOURCE_NUMBER));
	copy_text(record, asked, RECORD_VISIT_DATE);
	copy_text(oqs, theirs, OQS_INSTITUTION_CODE);
	copy_text(oqs, theirs, OQS_FILE_ID);
	return record;
}

json_t *
response_new(const char *name, const json_t *asked, const char *segment)
{
	return record_new(response_message(name), asked, segment);
}

void
response_echo(json_t *record, const json_t *asked)
{
	const json_t *theirs = json_object_get(asked, RECORD_OQS);
	json_t *oqs = json_object_get(record, RECORD_OQS);

	copy_text(record, asked, OBJECT_INSURED);
	copy_text(oqs, theirs, OQS_ITEM_ID);
	copy_text(oqs, theirs, OQS_REFERENCE_NUMBER);
}

static int
add_text(void *arg, const char *text, size_t n)
{
	return buf_add(arg, text, n);
}

/* The records as one message, in that encoding. */
static int
encode_in(const struct oqs_message *message, const json_t *records, enum encoding encoding,
    struct buf *out, struct why *why)
{
	struct oqs_encoder enc = { .write = add_text, .arg = out };
	size_t before = out->len, i;
	int r = oqs_encode_begin(&enc, message, encoding);
	json_t *record;

	if (r == -1)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", message->type);
	json_array_foreach (records, i, record) {
		json_object_set_new(
		    oqs_object_in(json_object_get(record, RECORD_OQS), OQS_ENCODING),
		    ENCODING_IDENTIFIER, json_string(encoding == ENCODING_CP932 ? "1" : "0"));
		r = r == -1 ? -1 : oqs_encode_add(&enc, record, why);
	}
	if (r == 0)
		r = oqs_encode_end(&enc, why);
	oqs_encode_free(&enc);
	if (r == -1)
		out->len = before;
	return r;
}

/* Takes the records. */
static int
encode_all(const struct oqs_message *message, json_t *records, enum encoding encoding,
    struct buf *out, struct why *why)
{
	int r = encode_in(message, records, encoding, out, why);

	if (r == -1 && encoding == ENCODING_CP932) /* perhaps a character it lacks */
		r = encode_in(message, records, ENCODING_UTF8, out, why);
	json_decref(records);
	return r;
}

/* Takes the record. */
static int
encode(const struct oqs_message *message, json_t *record, enum encoding encoding, struct buf *out,
    struct why *why)
{
	return encode_all(message, json_pack("[o]", record), encoding, out, why);
}

int
response_write(const char *name, const json_t *asked, json_t *records, enum encoding encoding,
    struct buf *out, struct why *why)
{
	return encode_all(response_message(name), records, encoding_of(asked, encoding), out, why);
}

int
response_answer(const char *name, const json_t *asked, json_t *eligibility, enum encoding encoding,
    struct buf *out, struct why *why)
{
	const struct oqs_message *message = response_message(name);
	json_t *record = record_new(message, asked, SEGMENT_NORMAL);
	json_t *oqs = json_object_get(record, RECORD_OQS);

	json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_NORMAL));
	response_echo(record, asked);
	json_object_set(record, OBJECT_ELIGIBILITY, eligibility);
	return encode(message, record, encoding_of(asked, encoding), out, why);
}

int
response_registered(const char *name, const json_t *asked, int wrong, enum encoding encoding,
    struct buf *out, struct why *why)
{
	const struct oqs_message *message = response_message(name);
	json_t *record = record_new(message, asked, SEGMENT_NORMAL);
	json_t *oqs = json_object_get(record, RECORD_OQS);

	json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_NORMAL));
	response_echo(record, asked);
	if (wrong)
		json_object_set_new(oqs, OQS_REFERENCE_NUMBER, json_string(WRONG_NUMBER));
	return encode(message, record, encoding_of(asked, encoding), out, why);
}

/* Takes out of the list what is later than was asked for. */
static void
drop_later(json_t *list, int last)
{
	for (size_t i = json_array_size(list); last != -1 && i-- > 0;)
		if (month_number(record_text(json_array_get(list, i), DRUG_MONTH)) > last)
			json_array_remove(list, i);
}

int
response_medical(const char *name, const json_t *asked, json_t *medical, json_t *person,
    enum encoding encoding, struct buf *out, struct why *why)
{
	const struct oqs_message *message = response_message(name);
	json_t *record = record_new(message, asked, SEGMENT_NORMAL), *lists = json_object();
	json_t *oqs = json_object_get(record, RECORD_OQS);
	int last = month_number(record_text(
	    json_object_get(json_object_get(asked, RECORD_OQS), OQS_ASKED), ASKED_MONTH_TO));

	json_object_del(oqs, OQS_SEGMENT); /* such messages have a code of their own instead */
	json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_NORMAL));
	if (person != NULL)
		json_object_set(oqs, OQS_PERSON, person);
	for (const char *const *p = purposes_of(asked); p != NULL && *p != NULL; p++) {
		json_t *list = json_object_get(medical, *p);

		drop_later(list, strcmp(*p, PURPOSE_CHECKUPS) == 0 ? -1 : last);
		if (list != NULL)
			json_object_set(lists, *p, list);
	}
	json_object_set_new(record, OBJECT_MEDICAL, lists);
	return encode(message, record, encoding_of(asked, encoding), out, why);
}

static json_t *
notice_of(const char *code, const char *text)
{
	return json_pack("{ss ss}", NOTICE_CODE, code, NOTICE_MESSAGE, text);
}

/* Medical messages have an outcome of their own; the header's codes have no row in their table. */
static void
put_medical_error(json_t *oqs, const char *code, const char *text)
{
	static const char *const paths[] = { "MessageHeader/ErrorCode",
		"MessageHeader/ErrorMessage" };
	const char *const values[] = { code, text };
	json_t *unknown = oqs_array_in(oqs, OQS_UNKNOWN);

	json_object_set_new(oqs, OQS_RESULT, json_string(code));
	json_object_set_new(oqs, OQS_MESSAGE, json_string(text));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		json_array_append_new(unknown,
		    json_pack("{ss ss}", UNKNOWN_PATH, paths[i], UNKNOWN_VALUE, values[i]));
}

/* The whole file is an error. */
static json_t *
error_record(
    const struct oqs_message *message, const json_t *asked, const char *code, const char *text)
{
	json_t *record = record_new(message, asked, SEGMENT_ABNORMAL);
	json_t *oqs = json_object_get(record, RECORD_OQS);

	if (message->kind == OQS_MEDICAL) {
		put_medical_error(oqs, code, text);
		return record;
	}
	json_object_set_new(oqs, OQS_ERROR, notice_of(code, text));
	if (!oqs_message_bulk(message) || message->kind == OQS_ACCEPTANCE)
		json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_ERROR));
	return record;
}

/* What is said to people about it, with the code of the cause. */
static void
refusal_text(enum refusal refusal, const struct why *cause, char *out, size_t n)
{
	snprintf(out, n, "%s%s%s%s", refusals[refusal].message, cause->id == ERR_NONE ? "" : "（",
	    why_code(cause), cause->id == ERR_NONE ? "" : "）");
}

void
response_refuse(json_t *record, enum refusal refusal, const struct why *cause)
{
	json_t *oqs = json_object_get(record, RECORD_OQS);
	char text[256];

	refusal_text(refusal, cause, text, sizeof text);
	json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_ERROR));
	json_object_set_new(
	    oqs, OQS_NOTICES, json_pack("[o]", notice_of(refusals[refusal].code, text)));
}

int
response_refusal(const char *name, const json_t *asked, enum refusal refusal,
    const struct why *cause, int of_person, enum encoding encoding, struct buf *out,
    struct why *why)
{
	const struct oqs_message *message = response_message(name);
	char text[256];
	json_t *record;

	if (of_person && message->kind != OQS_MEDICAL) {
		record = record_new(message, asked, SEGMENT_NORMAL);
		response_refuse(record, refusal, cause);
		response_echo(record, asked);
	} else {
		refusal_text(refusal, cause, text, sizeof text);
		record = error_record(message, asked, refusals[refusal].code, text);
	}
	return encode(message, record, encoding_of(asked, encoding), out, why);
}

int
response_error(const char *name, const json_t *asked, const char *code, enum encoding encoding,
    struct buf *out, struct why *why)
{
	const struct oqs_message *message = response_message(name);

	return encode(message, error_record(message, asked, code, "試験用に指定されたエラーです。"),
	    encoding_of(asked, encoding), out, why);
}

int
response_pending(
    const char *name, const json_t *asked, enum encoding encoding, struct buf *out, struct why *why)
{
	const struct oqs_message *message = response_message(name);

	return encode(message, record_new(message, asked, SEGMENT_PENDING),
	    encoding_of(asked, encoding), out, why);
}

/* What ArbitraryFileIdentifier of a face result looks like: base64 that ends in '='. */
static void
face_identifier(json_t *oqs)
{
	unsigned char bytes[32], text[48];

	random_bytes(bytes, sizeof bytes);
	EVP_EncodeBlock(text, bytes, sizeof bytes);
	json_object_set_new(oqs, OQS_FILE_ID, json_string((const char *)text));
}

int
face_result(const char *facility, const char *day, json_t *eligibility, const json_t *consents,
    enum encoding encoding, struct buf *out, struct why *why)
{
	const struct oqs_message *message = oqs_message_find(SINGLE_RESPONSE);
	json_t *record = record_new(message, NULL, SEGMENT_NORMAL);
	json_t *oqs = json_object_get(record, RECORD_OQS);

	json_object_set_new(oqs, OQS_RESULT, json_string(RESULT_NORMAL));
	json_object_set_new(oqs, OQS_INSTITUTION_CODE, json_string(facility));
	face_identifier(oqs);
	json_object_set_new(record, RECORD_VISIT_DATE, json_string(day));
	json_object_set_new(eligibility, ELIGIBILITY_SOURCE, json_string(ELIGIBILITY_SOURCE_CARD));
	json_object_set_new(eligibility, ELIGIBILITY_CONSENTS, json_deep_copy(consents));
	json_object_set(record, OBJECT_ELIGIBILITY, eligibility);
	return encode(message, record, encoding_of(NULL, encoding), out, why);
}

int
response_misdeclare(struct buf *bytes)
{
	static const char utf8[] = "encoding=\"UTF-8\"", cp932[] = "encoding=\"Shift_JIS\"";
	char *at = memmem(bytes->data, bytes->len, utf8, strlen(utf8));
	const char *from = at == NULL ? cp932 : utf8, *to = at == NULL ? utf8 : cp932;
	struct buf copy;
	int r;

	if (at == NULL)
		at = memmem(bytes->data, bytes->len, cp932, strlen(cp932));
	if (at == NULL)
		return 0;
	buf_init(&copy, bytes->max);
	buf_add(&copy, bytes->data, (size_t)(at - bytes->data));
	buf_adds(&copy, to);
	at += strlen(from);
	buf_add(&copy, at, bytes->len - (size_t)(at - bytes->data));
	r = buf_failed(&copy) ? -1 : 0;
	if (r == 0) {
		struct buf swap = *bytes;

		*bytes = copy;
		copy = swap;
	}
	buf_free(&copy);
	return r;
}
