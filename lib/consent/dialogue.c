#include <string.h>

#include "base/buf.h"
#include "consent/dialogue.h"

#define SCREEN_MAX 8192
#define GIVEN	   '1'
#define REFUSED	   '2'

uint16_t
purpose_list_set(const struct purpose_list *l)
{
	uint16_t set = 0;

	for (size_t i = 0; i < l->n; i++)
		set |= PURPOSE_SET(l->at[i]);
	return set;
}

static enum tty_answer
ask_one(struct tty *tty, const struct wording *w, enum purpose p, int64_t timeout, char *key)
{
	const char *name = purpose_rows[p].name;
	enum tty_answer answer = TTY_FAILED;
	struct buf screen;

	buf_init(&screen, SCREEN_MAX);
	buf_addf(&screen, "%s\n  %s\n  %c %s   %c %s: ", wording_name(w, name),
	    wording_text(w, name), GIVEN, wording_name(w, "given"), REFUSED,
	    wording_name(w, "refused"));
	if (!buf_failed(&screen))
		answer =
		    tty_key(tty, screen.data, (const char[]){ GIVEN, REFUSED, '\0' }, timeout, key);
	buf_reset(&screen);
	if (answer == TTY_LINE) {
		buf_addf(
		    &screen, "%c %s\n", *key, wording_name(w, *key == GIVEN ? "given" : "refused"));
		if (tty_say(tty, screen.data) == -1)
			answer = TTY_FAILED;
	}
	buf_free(&screen);
	return answer;
}

static int
introduce(struct tty *tty, const struct wording *w)
{
	struct buf screen;
	int failed;

	buf_init(&screen, SCREEN_MAX);
	buf_addf(&screen, "\n%s\n%s\n\n", wording_name(w, "intro"), wording_text(w, "intro"));
	failed = buf_failed(&screen) || tty_say(tty, screen.data) == -1;
	buf_free(&screen);
	return failed ? -1 : 0;
}

int
dialogue(struct tty *tty, const struct wording *w, const struct purpose_list *asked,
    int64_t timeout, struct consent_purposes *said, struct why *why)
{
	enum tty_answer answer = introduce(tty, w) == -1 ? TTY_FAILED : TTY_LINE;
	char key;

	*said = (struct consent_purposes){ 0 };
	for (size_t i = 0; i < asked->n && answer == TTY_LINE; i++) {
		answer = ask_one(tty, w, asked->at[i], timeout, &key);
		if (answer == TTY_LINE && key == GIVEN)
			said->given |= PURPOSE_SET(asked->at[i]);
		else if (answer == TTY_LINE)
			said->refused |= PURPOSE_SET(asked->at[i]);
	}
	if (answer != TTY_FAILED)
		return 0;
	why_set(why, ERR_NO_TERMINAL, NULL, "the terminal is gone");
	return -1;
}
