#include <stdio.h>
#include <string.h>

#include "gen/names.h"
#include "keys/fields.h"
#include "model/checks.h"
#include "model/digits.h"
#include "model/slips.h"

#define SLIPS_MAX 12

static const struct text none = { "（なし）", "(none)" };

static const struct text slip_head = {
	"  検証番号が合う、よく似た番号（紙と見比べて、打ち直してください）:\n",
	"  Like it, with a right check digit (compare with the paper and type again):\n",
};

static const struct text check_right = { "  検証番号は正しい。", "  The check digit is right. " };

static const struct text kind_unknown = { "法別番号が表にありません。\n",
	"The law number is not in the table.\n" };

static const struct text elderly_number = { "  後期高齢者医療の番号は8桁です。\n",
	"  A number of the late-stage elderly has eight digits.\n" };

static const struct text not_a_choice = { "  選べるのは表示された文字だけです。\n",
	"  Choose one of the keys shown.\n" };

static const struct text years = { "歳", " years old" };

static const struct text yes = { "同意する", "yes" }, no = { "同意しない", "no" };

/* What is wrong with a field, in the words of whoever types. */
static const struct {
	enum error_id id;
	struct text text;
} mistakes[] = {
	{ ERR_INSURER_NUMBER_LENGTH,
	    { "  保険者番号は数字6桁か8桁です。\n", "  An insurer number has 6 or 8 digits.\n" } },
	{ ERR_INSURER_NUMBER_CHECK_DIGIT,
	    { "  検証番号が合いません。どこかの数字が違います。\n",
		"  The check digit is wrong: some digit is not as on the paper.\n" } },
	{ ERR_SYMBOL_MALFORMED, { "  記号は20文字までで、制御文字は使えません。\n",
				    "  A symbol has at most 20 characters, and no controls.\n" } },
	{ ERR_NUMBER_MALFORMED, { "  番号は20文字までで、制御文字は使えません。\n",
				    "  A number has at most 20 characters, and no controls.\n" } },
	{ ERR_BRANCH_MALFORMED, { "  枝番は数字2桁です。なければ Enter だけ。\n",
				    "  A branch has two digits; Enter if there is none.\n" } },
	{ ERR_BIRTH_DATE_MALFORMED,
	    { "  日付として読めません。例: s15.9.9　1940-09-09　昭和15年9月9日\n",
		"  This is no date. Write s15.9.9, 1940-09-09 or 昭和15年9月9日.\n" } },
	{ ERR_BIRTH_DATE_IMPLAUSIBLE,
	    { "  資格確認日より後か、130年より前の日付です。年号も確かめてください。\n",
		"  This is after the visit, or over 130 years before it; look at the era, "
		"too.\n" } },
};

static const struct {
	char key;
	const char *word;
	struct text text;
} papers[] = {
	{ '1', INSURED_TAKEN_FROM_CERTIFICATE, { "資格確認書", "certificate" } },
	{ '2', INSURED_TAKEN_FROM_NOTICE, { "資格情報のお知らせ", "notice" } },
	{ '3', INSURED_TAKEN_FROM_PRESCRIPTION, { "処方箋", "prescription" } },
	{ '4', INSURED_TAKEN_FROM_PORTAL, { "マイナポータルの画面", "portal" } },
	{ '5', INSURED_TAKEN_FROM_OLD_CARD, { "旧保険証", "old card" } },
};
#define PAPERS (sizeof papers / sizeof *papers)

const char *
in_language(const struct form *f, const struct text *t)
{
	return f->japanese ? t->ja : t->en;
}

int
say(const struct form *f, const struct text *t)
{
	return tty_say(f->tty, in_language(f, t));
}

static int
say_mistake(const struct form *f, const struct why *why)
{
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
		if (mistakes[i].id == why->id)
			return say(f, &mistakes[i].text);
	return tty_say(f->tty, why->detail);
}

/* Shows numbers like the mistyped one, what would differ in brackets. */
static void
say_slips(const struct form *f, const char *typed)
{
	struct slip slips[SLIPS_MAX];
	size_t n = insurer_number_slips(typed, slips, SLIPS_MAX);

	if (n > 0)
		say(f, &slip_head);
	for (size_t i = 0; i < n; i++) {
		const struct slip *s = &slips[i];
		const struct insurance_kind *kind = insurance_kind(s->number);
		char line[160];

		snprintf(line, sizeof line, "    %.*s[%.*s]%s  %s\n", s->at, s->number, s->changed,
		    s->number + s->at, s->number + s->at + s->changed,
		    f->japanese ? kind->ja : kind->en);
		tty_say(f->tty, line);
	}
}

static void
say_kind(const struct form *f, const char *number)
{
	const struct insurance_kind *kind = insurance_kind(number);
	char line[160];

	say(f, &check_right);
	if (kind == NULL) {
		say(f, &kind_unknown);
		return;
	}
	snprintf(line, sizeof line, "%s%s%s\n", kind->law, *kind->law == '\0' ? "" : " ",
	    f->japanese ? kind->ja : kind->en);
	tty_say(f->tty, line);
}

static int
take_text(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	(void)f, (void)e;
	memcpy(value, typed, strlen(typed) + 1);
	return 1;
}

static int
take_insurer(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	struct why why;

	(void)e;
	if (!check_insurer_number(typed, &why)) {
		say_mistake(f, &why);
		say_slips(f, typed);
		return 0;
	}
	digits_half(typed, value);
	say_kind(f, value);
	return 1;
}

static int
take_symbol(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	struct why why;

	if (check_symbol(typed, &why))
		return take_text(f, e, typed, value);
	say_mistake(f, &why);
	return 0;
}

static int
take_number(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	char digits[DIGITS_SIZE];
	struct why why;

	if (!check_number(typed, &why)) {
		say_mistake(f, &why);
		return 0;
	}
	if (entry_elderly(e) && digits_half(typed, digits) != 8) {
		say(f, &elderly_number);
		return 0;
	}
	return take_text(f, e, typed, value);
}

static int
take_branch(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	struct why why;

	(void)e;
	if (!check_branch(typed, &why)) {
		say_mistake(f, &why);
		return 0;
	}
	digits_half(typed, value);
	return 1;
}

static int
take_birth(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	struct date birth;
	struct why why = { .id = ERR_BIRTH_DATE_MALFORMED };

	(void)e;
	if (date_read(typed, &birth) == 1) {
		date_format(birth, value);
		if (check_birth_date(value, f->day, &why)) {
			char line[128];

			snprintf(line, sizeof line, "  %s  %d%s\n", value,
			    date_age(birth, f->day, 0), in_language(f, &years));
			tty_say(f->tty, line);
			return 1;
		}
	}
	say_mistake(f, &why);
	return 0;
}

char
one_key(const char *typed)
{
	char digits[DIGITS_SIZE];

	if (digits_half(typed, digits) == 1)
		return digits[0];
	return strlen(typed) == 1 ? typed[0] : '\0';
}

static int
take_paper(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	char key = one_key(typed);

	for (size_t i = 0; i < PAPERS; i++)
		if (papers[i].key == key)
			return take_text(f, e, papers[i].word, value);
	say(f, &not_a_choice);
	return 0;
}

static int
take_consent(const struct form *f, const struct entry *e, const char *typed, char *value)
{
	static const struct {
		const char *typed, *value;
	} answers[] = {
		{ "y", "y" },
		{ "Y", "y" },
		{ "ｙ", "y" },
		{ "Ｙ", "y" },
		{ "はい", "y" },
		{ "n", "" },
		{ "N", "" },
		{ "ｎ", "" },
		{ "Ｎ", "" },
		{ "いいえ", "" },
	};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (strcmp(typed, answers[i].typed) == 0)
			return take_text(f, e, answers[i].value, value);
	say(f, &not_a_choice);
	return 0;
}

const struct field_row field_rows[FIELDS] = {
	[ID] = { { "自院のキー", "own key" },
	    { "自院のキー（なければ Enter）: ", "Key of your own (Enter if none): " }, 1, 0,
	    take_text },
	[INSURER] = { { "保険者番号", "insurer number" },
	    { "保険者番号: ", "Insurer number (保険者番号): " }, 0, 0, take_insurer },
	[SYMBOL] = { { "記号", "symbol" },
	    { "記号（なければ Enter）: ", "Symbol (記号; Enter if none): " }, 1, 1, take_symbol },
	[NUMBER] = { { "番号", "number" }, { "番号: ", "Number (番号): " }, 0, 0, take_number },
	[BRANCH] = { { "枝番", "branch" },
	    { "枝番（なければ Enter）: ", "Branch (枝番; Enter if none): " }, 1, 1, take_branch },
	[BIRTH] = { { "生年月日", "birth date" }, { "生年月日: ", "Birth date (生年月日): " }, 0, 0,
	    take_birth },
	[TAKEN_FROM] = { { "見たもの", "taken from" },
	    { "見たもの 1 資格確認書 2 資格情報のお知らせ 3 処方箋 4 マイナポータル 5 旧保険証: ",
		"Taken from 1 certificate 2 notice 3 prescription 4 portal 5 old card: " },
	    0, 0, take_paper },
	[CONSENT] = { { "限度額適用認定証等の提供", "limit certificate" },
	    { "限度額適用認定証等の提供に同意しましたか（口頭） y／Enter で「いいえ」: ",
		"Does the patient agree to provide the limit certificate (oral)? y, Enter for "
		"no: " },
	    1, 0, take_consent },
};

const char *
shown_value(const struct form *f, const struct entry *e, enum field field)
{
	const char *value = e->value[field];

	if (field == CONSENT)
		return in_language(f, *value == '\0' ? &no : &yes);
	for (size_t i = 0; field == TAKEN_FROM && i < PAPERS; i++)
		if (strcmp(papers[i].word, value) == 0)
			return in_language(f, &papers[i].text);
	return *value == '\0' ? in_language(f, &none) : value;
}
