#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gen/names.h"
#include "subsidy/facts.h"

static const struct choice classes[] = {
	{ "hospital", "病院" },
	{ "clinic_medical", "医科診療所" },
	{ "clinic_dental", "歯科診療所" },
	{ "pharmacy", "薬局" },
	{ "pharmacy_large_chain", "大型チェーン薬局" },
	/* These three are of other programs only. */
	{ "hospital_large", "大規模病院" },
	{ "clinic_occupational", "職域診療所" },
	{ "non_mandated", "義務化対象外施設" },
	{ NULL, NULL },
};

static const struct choice documents[] = {
	{ "receipt", "領収書" },
	{ "transfer_slip", "振込明細書" },
	{ "estimate", "見積書" },
	{ "invoice", "請求書" },
	{ NULL, NULL },
};

static const struct choice roundings[] = {
	{ "down", "切捨て" },
	{ "up", "切上げ" },
	{ "half", "四捨五入" },
	{ NULL, NULL },
};

#define P(member) offsetof(struct project, member)
#define S(member) offsetof(struct supplier, member)
#define C(member) offsetof(struct cost, member)
const char *
class_name(const char *word)
{
	for (const struct choice *c = classes; c->word != NULL; c++)
		if (word != NULL && strcmp(c->word, word) == 0)
			return c->ja;
	return "";
}

#define COUNT(fields) (sizeof(fields) / sizeof *(fields))

const struct field project_fields[] = {
	{ PROJECT_FACILITY_CODE, PROJECT_FACILITY_CODE, "医療機関コード", P(code), NULL, FIELD_TEXT,
	    0 },
	{ PROJECT_FACILITY_NAME, PROJECT_FACILITY_NAME, "医療機関名", P(name), NULL, FIELD_TEXT,
	    0 },
	{ PROJECT_FACILITY_CLASS, PROJECT_FACILITY_CLASS, "施設区分", P(facility_class), classes,
	    FIELD_TEXT, 0 },
	{ PROJECT_FOUNDER, PROJECT_FOUNDER, "開設者", P(founder), NULL, FIELD_TEXT, 0 },
	{ PROJECT_CORPORATE_NAME, PROJECT_CORPORATE_NAME, "法人名", P(corporate_name), NULL,
	    FIELD_TEXT, 0 },
	{ PROJECT_POSTCODE, PROJECT_POSTCODE, "郵便番号", P(postcode), NULL, FIELD_TEXT, 0 },
	{ PROJECT_ADDRESS, PROJECT_ADDRESS, "住所", P(address), NULL, FIELD_TEXT, 0 },
	{ PROJECT_PHONE, PROJECT_PHONE, "電話番号", P(phone), NULL, FIELD_TEXT, 0 },
	{ PROJECT_READERS_INTRODUCED, PROJECT_READERS_INTRODUCED, "カードリーダー台数", P(readers),
	    NULL, FIELD_COUNT, 0 },
	{ PROJECT_GROUP_PRESCRIPTIONS_PER_MONTH, PROJECT_GROUP_PRESCRIPTIONS_PER_MONTH,
	    "グループ処方箋受付回数（月）", P(prescriptions), NULL, FIELD_COUNT, 0 },
	{ PROJECT_READER_APPLIED_ON, PROJECT_READER_APPLIED_ON, "カードリーダー申込日",
	    P(reader_applied_on), NULL, FIELD_DAY, 0 },
	{ PROJECT_VENDOR_CONTRACT_ON, PROJECT_VENDOR_CONTRACT_ON, "事業者との契約日",
	    P(vendor_contract_on), NULL, FIELD_DAY, 0 },
	{ PROJECT_OPERATION_STARTED_ON, PROJECT_OPERATION_STARTED_ON, "運用開始日",
	    P(operation_started_on), NULL, FIELD_DAY, 0 },
	{ PROJECT_PROJECT_COMPLETED_ON, PROJECT_PROJECT_COMPLETED_ON, "事業完了日",
	    P(project_completed_on), NULL, FIELD_DAY, 0 },
	{ PROJECT_APPLICATION_ON, PROJECT_APPLICATION_ON, "交付申請日", P(application_on), NULL,
	    FIELD_DAY, 0 },
	{ GRACE_NOTICE_TYPE, PROJECT_GRACE_NOTICE "_" GRACE_NOTICE_TYPE, "猶予類型", P(grace_type),
	    NULL, FIELD_COUNT, 1 },
	{ GRACE_NOTICE_ACCEPTED, PROJECT_GRACE_NOTICE "_" GRACE_NOTICE_ACCEPTED, "猶予届受理",
	    P(grace_accepted), NULL, FIELD_BOOL, 1 },
	{ PROJECT_MAIN_GRANT_ALREADY_PAID, PROJECT_MAIN_GRANT_ALREADY_PAID, "補助金受領済み",
	    P(already_paid), NULL, FIELD_BOOL, 0 },
	{ PROJECT_COMPLETION_REPORT_PRESENT, PROJECT_COMPLETION_REPORT_PRESENT,
	    "事業完了報告書あり", P(report_present), NULL, FIELD_BOOL, 0 },
	{ PROJECT_START_DATE_ENTERED, PROJECT_START_DATE_ENTERED, "運用開始日入力済み",
	    P(start_date_entered), NULL, FIELD_BOOL, 0 },
};
const size_t n_project_fields = COUNT(project_fields);

const struct field supplier_fields[] = {
	{ SUPPLIER_NAME, OBJECT_SUPPLIER "_" SUPPLIER_NAME, "供給者名", S(name), NULL, FIELD_TEXT,
	    0 },
	{ SUPPLIER_ADDRESS, OBJECT_SUPPLIER "_" SUPPLIER_ADDRESS, "供給者住所", S(address), NULL,
	    FIELD_TEXT, 0 },
	{ SUPPLIER_PHONE, OBJECT_SUPPLIER "_" SUPPLIER_PHONE, "供給者電話番号", S(phone), NULL,
	    FIELD_TEXT, 0 },
	{ SUPPLIER_REGISTRATION_NUMBER, SUPPLIER_REGISTRATION_NUMBER, "登録番号",
	    S(registration_number), NULL, FIELD_TEXT, 0 },
	{ SUPPLIER_DOCUMENT, SUPPLIER_DOCUMENT, "書類", S(document), documents, FIELD_TEXT, 0 },
	{ SUPPLIER_RECEIPT_NO, SUPPLIER_RECEIPT_NO, "領収書番号", S(receipt_no), NULL, FIELD_TEXT,
	    0 },
	{ SUPPLIER_RECEIPT_ISSUED_ON, SUPPLIER_RECEIPT_ISSUED_ON, "領収書発行日", S(issued_on),
	    NULL, FIELD_DAY, 0 },
	{ SUPPLIER_PAID_ON, SUPPLIER_PAID_ON, "支払日", S(paid_on), NULL, FIELD_DAY, 0 },
	{ SUPPLIER_ADDRESSEE, SUPPLIER_ADDRESSEE, "宛名", S(addressee), NULL, FIELD_TEXT, 0 },
	{ SUPPLIER_RECEIPT_TOTAL_YEN, SUPPLIER_RECEIPT_TOTAL_YEN, "領収書総額", S(total), NULL,
	    FIELD_YEN, 0 },
	{ SUPPLIER_TAX_ROUNDING, SUPPLIER_TAX_ROUNDING, "消費税端数処理", S(tax_rounding),
	    roundings, FIELD_TEXT, 0 },
	{ SUPPLIER_RECEIPT_FILE, SUPPLIER_RECEIPT_FILE, "領収書ファイル", S(receipt_file), NULL,
	    FIELD_TEXT, 0 },
	{ SUPPLIER_CONTRACT_FILE, SUPPLIER_CONTRACT_FILE, "契約書ファイル", S(contract_file), NULL,
	    FIELD_TEXT, 0 },
	{ SUPPLIER_SHARED, SUPPLIER_SHARED, "複数施設分", S(shared), NULL, FIELD_BOOL, 0 },
};
const size_t n_supplier_fields = COUNT(supplier_fields);

const struct field cost_fields[] = {
	{ COST_CATEGORY, COST_CATEGORY, "区分", C(category), NULL, FIELD_TEXT, 0 },
	{ COST_LABEL, COST_LABEL, "内訳", C(label), NULL, FIELD_TEXT, 0 },
	{ COST_AMOUNT_INCL_TAX_YEN, COST_AMOUNT_INCL_TAX_YEN, "税込金額", C(incl), NULL, FIELD_YEN,
	    0 },
	{ COST_AMOUNT_EXCL_TAX_YEN, COST_AMOUNT_EXCL_TAX_YEN, "税抜金額", C(excl), NULL, FIELD_YEN,
	    0 },
	{ COST_TAX_RATE_PCT, COST_TAX_RATE_PCT, "税率", C(tax_pct), NULL, FIELD_COUNT, 0 },
	{ COST_QUANTITY, COST_QUANTITY, "数量", C(quantity), NULL, FIELD_COUNT, 0 },
	{ COST_ELIGIBLE, COST_ELIGIBLE, "補助対象", C(eligible), NULL, FIELD_BOOL, 0 },
	{ COST_APPLIES_TO, COST_APPLIES_TO, "値引の対象", C(applies_to), NULL, FIELD_TEXT, 0 },
};
const size_t n_cost_fields = COUNT(cost_fields);

static const char **
text_at(void *base, const struct field *f)
{
	return (const char **)((char *)base + f->at);
}

static int64_t *
number_at(void *base, const struct field *f)
{
	return (int64_t *)((char *)base + f->at);
}

const struct field *
field_find(const struct field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].flat, name) == 0 || strcmp(fields[i].ja, name) == 0)
			return &fields[i];
	return NULL;
}

void
facts_reset(void *base, const struct field *fields, size_t n)
{
	for (const struct field *f = fields; f < fields + n; f++)
		if (f->kind == FIELD_TEXT)
			*text_at(base, f) = NULL;
		else
			*number_at(base, f) = UNSAID;
}

void
project_reset(struct project *p)
{
	facts_reset(p, project_fields, n_project_fields);
	p->n_suppliers = p->n_costs = 0;
}

void
project_free(struct project *p)
{
	free(p->suppliers);
	free(p->costs);
	*p = (struct project){ 0 };
}

/* Room for one more of `size` bytes. 0, or -1 without memory. */
static int
grow(void **items, size_t n, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 8 : 2 * *room;
	void *grown;

	if (n < *room)
		return 0;
	if ((grown = reallocarray(*items, more, size)) == NULL)
		return -1;
	*items = grown;
	*room = more;
	return 0;
}

struct supplier *
project_supplier(struct project *p)
{
	void *items = p->suppliers;
	struct supplier *s;

	if (grow(&items, p->n_suppliers, &p->room_suppliers, sizeof *s) == -1)
		return NULL;
	p->suppliers = items;
	s = &p->suppliers[p->n_suppliers++];
	*s = (struct supplier){ .first = p->n_costs };
	facts_reset(s, supplier_fields, n_supplier_fields);
	return s;
}

struct cost *
project_cost(struct project *p, struct supplier *s)
{
	void *items = p->costs;
	struct cost *c;

	if (grow(&items, p->n_costs, &p->room_costs, sizeof *c) == -1)
		return NULL;
	p->costs = items;
	c = &p->costs[p->n_costs++];
	*c = (struct cost){ 0 };
	facts_reset(c, cost_fields, n_cost_fields);
	s->n++;
	return c;
}

/* --- values as people write them ----------------------------------------------------------- */

/* The word for a text that is one, or a Japanese one; NULL if it is none. */
static const char *
choose(const struct choice *choices, const char *text)
{
	for (; choices->word != NULL; choices++)
		if (strcmp(choices->word, text) == 0 || strcmp(choices->ja, text) == 0)
			return choices->word;
	return NULL;
}

/* "¥1,234,000", "１２３円", "-5", "▲500", "10%": 1, or 0. More digits than fit are kept too many. */
static int
read_number(const char *folded, int64_t *value)
{
	static const char *const minus[] = { "-", "▲", "△" };
	static const char *const drop[] = { "¥", "\\", ",", "円", "%", "、" };
	int negative = 0, digits = 0;
	const char *p = folded;
	int64_t v = 0;

	for (size_t i = 0; i < COUNT(minus); i++)
		if (strncmp(p, minus[i], strlen(minus[i])) == 0) {
			negative = 1;
			p += strlen(minus[i]);
			break;
		}
	while (*p != '\0') {
		size_t i;

		if (*p >= '0' && *p <= '9') {
			if (v <= YEN_MAX * 1000) /* it is too much already */
				v = 10 * v + (*p - '0');
			digits++;
			p++;
			continue;
		}
		for (i = 0; i < COUNT(drop); i++)
			if (strncmp(p, drop[i], strlen(drop[i])) == 0)
				break;
		if (i == COUNT(drop))
			return 0;
		p += strlen(drop[i]);
	}
	*value = negative ? -v : v;
	return digits > 0;
}

static int
read_bool(const char *folded, int64_t *value)
{
	static const struct {
		const char *word;
		int value;
	} words[] = { { "TRUE", 1 }, { "FALSE", 0 }, { "YES", 1 }, { "NO", 0 }, { "1", 1 },
		{ "0", 0 }, { "はい", 1 }, { "いいえ", 0 }, { "○", 1 }, { "〇", 1 }, { "×", 0 },
		{ "有", 1 }, { "無", 0 }, { "対象", 1 }, { "対象外", 0 } };

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, folded) == 0) {
			*value = words[i].value;
			return 1;
		}
	return 0;
}

static int
read_day(const char *text, int64_t *value)
{
	struct date day;

	if (date_read(text, &day) != 1)
		return 0;
	*value = date_days(day);
	return 1;
}

int
fact_read(void *base, const struct field *f, const char *text)
{
	char space[256];
	struct buf folded;

	if (*text == '\0')
		return 1;
	if (f->kind == FIELD_TEXT) {
		const char *kept = f->choices == NULL ? text : choose(f->choices, text);

		*text_at(base, f) = kept;
		return kept != NULL;
	}
	if (f->kind == FIELD_DAY)
		return read_day(text, number_at(base, f));
	buf_over(&folded, space, sizeof space);
	if (text_fold(&folded, text, strlen(text)) == -1)
		return 0;
	if (f->kind == FIELD_BOOL)
		return read_bool(folded.data, number_at(base, f));
	return read_number(folded.data, number_at(base, f));
}

char *
fact_text(const void *base, const struct field *f)
{
	const char *text = *(const char *const *)((const char *)base + f->at);
	int64_t number = *(const int64_t *)((const char *)base + f->at);
	char space[32];

	if (f->kind == FIELD_TEXT)
		return text == NULL ? NULL : strdup(text);
	if (number == UNSAID)
		return NULL;
	if (f->kind == FIELD_DAY)
		date_format(date_of_days(number), space);
	else if (f->kind == FIELD_BOOL)
		snprintf(space, sizeof space, "%s", number == 1 ? "true" : "false");
	else
		snprintf(space, sizeof space, "%" PRId64, number);
	return strdup(space);
}

/* --- JSON ------------------------------------------------------------------------------------ */

/* 1, or 0 if the value is not what the field holds. null is unsaid. */
static int
take_json(void *base, const struct field *f, const json_t *value)
{
	struct date day;

	switch (f->kind) {
	case FIELD_TEXT:
		if (!json_is_string(value) ||
		    strlen(json_string_value(value)) != json_string_length(value))
			return 0;
		*text_at(base, f) = f->choices == NULL
					? json_string_value(value)
					: choose(f->choices, json_string_value(value));
		return *text_at(base, f) != NULL;
	case FIELD_DAY:
		if (!json_is_string(value) || !date_parse(json_string_value(value), &day))
			return 0;
		*number_at(base, f) = date_days(day);
		return 1;
	case FIELD_BOOL:
		*number_at(base, f) = json_is_true(value);
		return json_is_boolean(value);
	default:
		/* A number too long for an integer is a real by now (record_parse()). */
		if (f->kind == FIELD_YEN && json_is_real(value) &&
		    (json_real_value(value) > 1e15 || json_real_value(value) < -1e15))
			*number_at(base, f) = json_real_value(value) > 0 ? INT64_MAX : -INT64_MAX;
		else if (json_is_integer(value) && json_integer_value(value) != UNSAID)
			*number_at(base, f) = json_integer_value(value);
		else
			return 0;
		return 1;
	}
}

int
facts_read(void *base, const struct field *fields, size_t n, const json_t *json, const char *at,
    struct why *why)
{
	const json_t *grace = json_object_get(json, PROJECT_GRACE_NOTICE);
	const int flat = at == NULL;

	for (const struct field *f = fields; f < fields + n; f++) {
		const int inside = f->inner && json_is_object(grace);
		const char *name = flat && !inside ? f->flat : f->name;
		const json_t *value = json_object_get(inside ? grace : json, name);
		char pointer[96];

		if (value == NULL || json_is_null(value) || take_json(base, f, value))
			continue;
		snprintf(pointer, sizeof pointer, "%s%s/%s", flat ? "" : at,
		    inside ? "/" PROJECT_GRACE_NOTICE : "", name);
		why_set(why, ERR_MEMBER_MALFORMED, pointer, NULL);
		return -1;
	}
	return 0;
}

static int
not_array(const char *at, const char *name, struct why *why)
{
	char pointer[96];

	snprintf(pointer, sizeof pointer, "%s/%s", at, name);
	why_set(why, ERR_MEMBER_MALFORMED, pointer, "an array of objects");
	return -1;
}

static int
no_memory(struct why *why)
{
	why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
	return -1;
}

static int
read_items(
    struct project *p, struct supplier *s, const json_t *items, const char *at, struct why *why)
{
	const json_t *item;
	char where[80];
	size_t i;

	if (items != NULL && !json_is_array(items))
		return not_array(at, SUPPLIER_ITEMS, why);
	json_array_foreach (items, i, item) {
		struct cost *c;

		snprintf(where, sizeof where, "%s/" SUPPLIER_ITEMS "/%zu", at, i);
		if (!json_is_object(item))
			return not_array(at, SUPPLIER_ITEMS, why);
		if ((c = project_cost(p, s)) == NULL)
			return no_memory(why);
		if (facts_read(c, cost_fields, n_cost_fields, item, where, why) == -1)
			return -1;
	}
	return 0;
}

int
project_read(struct project *p, const json_t *json, struct why *why)
{
	const json_t *suppliers = json_object_get(json, PROJECT_SUPPLIERS), *supplier;
	char at[48];
	size_t i;

	if (facts_read(p, project_fields, n_project_fields, json, "", why) == -1)
		return -1;
	if (suppliers != NULL && !json_is_array(suppliers))
		return not_array("", PROJECT_SUPPLIERS, why);
	json_array_foreach (suppliers, i, supplier) {
		struct supplier *s;

		snprintf(at, sizeof at, "/" PROJECT_SUPPLIERS "/%zu", i);
		if (!json_is_object(supplier))
			return not_array("", PROJECT_SUPPLIERS, why);
		if ((s = project_supplier(p)) == NULL)
			return no_memory(why);
		if (facts_read(s, supplier_fields, n_supplier_fields, supplier, at, why) == -1 ||
		    read_items(p, s, json_object_get(supplier, SUPPLIER_ITEMS), at, why) == -1)
			return -1;
	}
	return 0;
}
