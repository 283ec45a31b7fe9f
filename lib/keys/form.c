#include <stdio.h>
#include <string.h>

#include "keys/form.h"

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

static const struct text too_long = { "  長すぎます。\n", "  This is too long.\n" };

static const struct text needed = { "  ここは空欄にできません。\n",
	"  This cannot be left out.\n" };

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
		enum outcome outcome = ask_line(f, &field_rows[field].prompt, typed);

		if (outcome != DONE)
			return outcome;
		e->value[field][0] = '\0';
		if (*typed != '\0') {
			if (field_rows[field].take(f, e, typed, e->value[field]))
				return DONE;
		} else if (field_rows[field].may_be_empty)
			return DONE;
		else
			say(f, &needed);
	}
}

static int
is_skipped(const struct form *f, const struct entry *e, enum field field)
{
	return (field == ID && !f->with_id) ||
	       (field_rows[field].not_of_elderly && entry_elderly(e));
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

static void
say_summary(const struct form *f, const struct entry *e)
{
	for (enum field i = 0; i < FIELDS; i++) {
		char line[TYPED_SIZE + 128];

		if (!e->asked[i])
			continue;
		snprintf(line, sizeof line, "  %d  %s: %s\n", (int)i,
		    in_language(f, &field_rows[i].name), shown_value(f, e, i));
		tty_say(f->tty, line);
	}
}

/* Shows the whole and lets it be corrected. */
static enum outcome
ask_whole(const struct form *f, struct entry *e)
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

enum outcome
form_entry(const struct form *f, struct entry *e)
{
	say(f, &intro);
	return ask_whole(f, e);
}

enum outcome
form_next(const struct form *f)
{
	char typed[TYPED_SIZE];

	return ask_line(f, &next_person, typed);
}
