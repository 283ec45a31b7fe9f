/* oq-ask: the keys of a number question, typed by hand, become a record. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/restrain.h"
#include "gen/names.h"
#include "model/checks.h"
#include "model/digits.h"
#include "model/slips.h"
#include "options/options.h"
#include "options/tty.h"
#include "options/words.h"

#define TOOL	   "oq-ask"
#define TYPED_SIZE 256
#define SLIPS_MAX  12
#define RECORD_MAX 8192

struct options {
	const char *visit_date;
	int loop, with_id;
};

static const struct option_row rows[] = {
	ROW(struct options, "loop", 'l', NULL, OPTION_FLAG, loop, NULL, NULL, 0,
	    N_("ask for one person after the other, until the end of input (Ctrl-D)")),
	ROW(struct options, "visit-date", 0, "DATE", OPTION_DATE, visit_date, NULL, NULL, 0,
	    N_("day the insurance is asked for, YYYY-MM-DD; today in Japan if not given")),
	ROW(struct options, "with-id", 0, NULL, OPTION_FLAG, with_id, NULL, NULL, 0,
	    N_("ask for a key of your own, too, which goes into the record and never further")),
};

static const struct command command = {
	.name = TOOL,
	.kind = "source",
	.args = "",
	.help = N_("Asks on the terminal for what is printed on a certificate and writes a record"),
	.rows = rows,
	.n_rows = sizeof rows / sizeof *rows,
};

static const struct profile profile = { .name = TOOL, .may = MAY_TTY };

/* In the order of the paper. */
enum field { ID, INSURER, SYMBOL, NUMBER, BRANCH, BIRTH, TAKEN_FROM, CONSENT, FIELDS };

struct entry {
	char value[FIELDS][TYPED_SIZE]; /* "": none */
	int asked[FIELDS];
};

struct form {
	struct tty *tty;
	struct date day; /* of the visit */
	int with_id, japanese;
};

/* How one question, or the whole entry, ended. */
enum outcome { DONE, BACK, GIVEN_UP, ENDED, FAILED };

struct text {
	const char *ja, *en;
};

static const struct text intro = {
	"資格確認書などを見て入力します（全角・半角どちらでも可）。「<」で前の項目へ、「/"
	"」でやめます。\n",
	"Type what the certificate says, in full or half width. '<' goes back, '/' gives up.\n",
};
static const struct text next_person = { "次の人は Enter、終わりは Ctrl-D: ",
	"Enter for the next person, Ctrl-D to end: " };
static const struct text confirm = { "よければ Enter、直すなら項目の番号、やめるなら「/」: ",
	"Enter to go on, the number of a line to correct it, '/' to give up: " };
static const struct text no_such_line = { "その番号の項目はありません。\n",
	"There is no such line.\n" };
static const struct text none = { "（なし）", "(none)" };
static const struct text slip_head = {
	"  検証番号が合う、よく似た番号（紙と見比べて、打ち直してください）:\n",
	"  Like it, with a right check digit (compare with the paper and type again):\n",
};
static const struct text check_right = { "  検証番号は正しい。", "  The check digit is right. " };
static const struct text kind_unknown = { "法別番号が表にありません。\n",
	"The law number is not in the table.\n" };
static const struct text too_long = { "  長すぎます。\n", "  This is too long.\n" };
static const struct text needed = { "  ここは空欄にできません。\n",
	"  This cannot be left out.\n" };
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

static const char *
in_language(const struct form *f, const struct text *t)
{
	return f->japanese ? t->ja : t->en;
}

static int
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

/* Late-stage elderly have no symbol and no branch (oqs-interface.md 3.4). */
static int
is_elderly(const struct entry *e)
{
	return strlen(e->value[INSURER]) == 8 && strncmp(e->value[INSURER], "39", 2) == 0;
}

/*
 * Each takes what was typed for its field (blanks around it are gone, it is not empty) into
 * value, of TYPED_SIZE, and shows what it makes of it. 1, or 0 after saying what is wrong.
 */
typedef int taker(const struct form *, const struct entry *, const char *typed, char *value);

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
	if (is_elderly(e) && digits_half(typed, digits) != 8) {
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

/* The digit or letter that was typed, in full or half width; 0 if it is more than one. */
static char
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

static const struct {
	struct text name; /* in the summary */
	struct text prompt;
	int may_be_empty;
	int not_of_elderly;
	taker *take;
} fields[FIELDS] = {
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

/* Takes blanks off both ends, the ideographic one too. */
static char *
trim(char *s)
{
	static const char *const blanks[] = { " ", "\t", "　" };
	size_t n = strlen(s);

	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
		size_t len = strlen(blanks[i]);

		if (strncmp(s, blanks[i], len) == 0)
			return trim(s + len);
		if (n >= len && strcmp(s + n - len, blanks[i]) == 0) {
			s[n - len] = '\0';
			return trim(s);
		}
	}
	return s;
}

static int
is_command(const char *typed, const char *half, const char *full)
{
	return strcmp(typed, half) == 0 || strcmp(typed, full) == 0;
}

/* Asks until there is an answer, trimmed, in typed (of TYPED_SIZE). */
static enum outcome
ask_line(const struct form *f, const struct text *prompt, char *typed)
{
	char line[TYPED_SIZE];
	const char *trimmed;

	for (;;) {
		switch (tty_ask(f->tty, in_language(f, prompt), 1, 0, line, sizeof line)) {
		case TTY_LINE:
			trimmed = trim(line);
			memmove(typed, trimmed, strlen(trimmed) + 1);
			if (is_command(typed, "/", "／"))
				return GIVEN_UP;
			return is_command(typed, "<", "＜") ? BACK : DONE;
		case TTY_TOO_LONG:
			say(f, &too_long);
			break;
		case TTY_END:
			return ENDED;
		case TTY_TIMEOUT:
		case TTY_INTERRUPTED:
		case TTY_FAILED:
			return FAILED;
		}
	}
}

static enum outcome
ask_field(const struct form *f, struct entry *e, enum field field)
{
	char typed[TYPED_SIZE];

	for (;;) {
		enum outcome outcome = ask_line(f, &fields[field].prompt, typed);

		if (outcome != DONE)
			return outcome;
		e->value[field][0] = '\0';
		if (*typed != '\0') {
			if (fields[field].take(f, e, typed, e->value[field]))
				return DONE;
		} else if (fields[field].may_be_empty)
			return DONE;
		else
			say(f, &needed);
	}
}

static int
is_skipped(const struct form *f, const struct entry *e, enum field field)
{
	return (field == ID && !f->with_id) || (fields[field].not_of_elderly && is_elderly(e));
}

/* The field before this one that was asked; this one if there is none. */
static enum field
field_before(const struct entry *e, enum field field)
{
	for (enum field before = field; before > 0; before--)
		if (e->asked[before - 1])
			return before - 1;
	return field;
}

/* Asks what has not been asked, in order. A correction may make other fields due or idle. */
static enum outcome
ask_missing(const struct form *f, struct entry *e)
{
	enum field i = 0;

	while (i < FIELDS) {
		enum outcome outcome = DONE;

		if (is_skipped(f, e, i)) {
			e->value[i][0] = '\0';
			e->asked[i] = 0;
		} else if (!e->asked[i] && (outcome = ask_field(f, e, i)) == DONE)
			e->asked[i] = 1;
		if (outcome == BACK) {
			i = field_before(e, i);
			e->asked[i] = 0;
		} else if (outcome != DONE)
			return outcome;
		else
			i++;
	}
	return DONE;
}

static const char *
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

static void
say_summary(const struct form *f, const struct entry *e)
{
	for (enum field i = 0; i < FIELDS; i++) {
		char line[TYPED_SIZE + 128];

		if (!e->asked[i])
			continue;
		snprintf(line, sizeof line, "  %d  %s: %s\n", (int)i,
		    in_language(f, &fields[i].name), shown_value(f, e, i));
		tty_say(f->tty, line);
	}
}

/* Shows the whole and lets it be corrected, until it is to go on. */
static enum outcome
ask_entry(const struct form *f, struct entry *e)
{
	enum outcome outcome;
	char typed[TYPED_SIZE];

	memset(e, 0, sizeof *e);
	while ((outcome = ask_missing(f, e)) == DONE) {
		int line;

		say_summary(f, e);
		outcome = ask_line(f, &confirm, typed);
		if (outcome == BACK)
			e->asked[field_before(e, FIELDS)] = 0;
		else if (outcome != DONE || *typed == '\0')
			return outcome;
		else if ((line = one_key(typed) - '0') >= 0 && line < FIELDS && e->asked[line])
			e->asked[line] = 0;
		else
			say(f, &no_such_line);
	}
	return outcome;
}

static void
put_member(struct buf *out, const char *name, const char *text)
{
	if (*text == '\0')
		return;
	if (out->data[out->len - 1] != '{')
		buf_addc(out, ',');
	buf_addf(out, "\"%s\":", name);
	buf_addjson(out, text, strlen(text));
}

/* Writes the record to stdout at once: the next command may already be waiting. 0, or -1. */
static int
write_record(const struct form *f, const struct entry *e)
{
	struct buf out;
	char day[DATE_SIZE];
	int failed;

	date_format(f->day, day);
	buf_init(&out, RECORD_MAX);
	buf_adds(&out, "{");
	put_member(&out, RECORD_ID, e->value[ID]);
	put_member(&out, RECORD_VISIT_DATE, day);
	buf_adds(&out, ",\"" OBJECT_INSURED "\":{");
	put_member(&out, INSURED_INSURER_NUMBER, e->value[INSURER]);
	put_member(&out, INSURED_SYMBOL, e->value[SYMBOL]);
	put_member(&out, INSURED_NUMBER, e->value[NUMBER]);
	put_member(&out, INSURED_BRANCH, e->value[BRANCH]);
	put_member(&out, INSURED_BIRTH_DATE, e->value[BIRTH]);
	buf_adds(&out, ",\"" INSURED_LIMIT_CERTIFICATE_CONSENT "\":");
	buf_adds(&out, e->value[CONSENT][0] == '\0' ? "false" : "true");
	put_member(&out, INSURED_TAKEN_FROM, e->value[TAKEN_FROM]);
	buf_adds(&out, "}}\n");
	failed = buf_failed(&out) || write_all(STDOUT_FILENO, out.data, out.len) == -1;
	buf_wipe(&out);
	return failed ? -1 : 0;
}

/* Is anybody left to read? Asked before somebody types a page for nothing. */
static int
output_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLNVAL)) != 0;
}

/* One person after the other. Returns the exit status, with why when it is EXIT_LOCAL. */
static int
ask_people(struct form *f, const struct options *o, struct why *why)
{
	struct entry e;
	enum outcome outcome;
	char typed[TYPED_SIZE];

	do {
		int failed = output_gone();

		if (!failed) {
			if (o->visit_date == NULL)
				f->day = date_today();
			say(f, &intro);
			outcome = ask_entry(f, &e);
			failed = outcome == DONE && write_record(f, &e) == -1;
			explicit_bzero(&e, sizeof e);
		}
		if (failed) {
			why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "nobody reads standard output");
			return EXIT_LOCAL;
		}
		/* The pause is where the answer about the last person appears. */
		if (o->loop && (outcome == DONE || outcome == GIVEN_UP))
			outcome = ask_line(f, &next_person, typed);
	} while (o->loop && (outcome == DONE || outcome == BACK));
	if (outcome == FAILED) {
		why_set(why, ERR_INPUT_FAILED, NULL, "the terminal is gone");
		return EXIT_LOCAL;
	}
	return o->loop || outcome == DONE ? EXIT_YES : EXIT_NO;
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct form f = { 0 };
	struct why why;
	char **operands;
	int status = EXIT_LOCAL;

	if (options_read(&command, argc, argv, &o, &operands) > 0)
		usage_error(
		    &command, "%s", _("what is asked for is typed, never given as an argument"));
	/* A reader that is gone is an error like another: status 7, not a signal. */
	signal(SIGPIPE, SIG_IGN);
	/* Before anything is opened, which would take the place of a closed output. */
	if (output_gone()) {
		why_set(&why, ERR_OUTPUT_NOT_WHOLE, NULL, "standard output is closed");
		goto out;
	}
	if ((f.tty = tty_open(TOOL)) == NULL) {
		why_set(&why, ERR_NO_TERMINAL, NULL, "/dev/tty: %s", strerror(errno));
		goto out;
	}
	words_open();
	if (restrain(&profile, &why) == -1)
		goto out;
	f.with_id = o.with_id;
	f.japanese = words_japanese();
	if (o.visit_date != NULL)
		date_parse(o.visit_date, &f.day);
	status = ask_people(&f, &o, &why);
out:
	if (status == EXIT_LOCAL)
		why_print(&why, TOOL);
	tty_close(f.tty);
	return status;
}
