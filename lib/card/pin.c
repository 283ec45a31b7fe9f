#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "card/pin.h"
#include "model/digits.h"
#include "options/tty.h"
#include "options/words.h"

#define TYPED_MAX 64
#define MISTYPED  3	/* times a PIN that cannot be one is asked for again: no try is spent */
#define PATIENCE  60000 /* ms */

/* 1 and the digits, or 0: it is never sent to see what the card thinks of it. */
static int
read_digits(const char *typed, char pin[static PIN_DIGITS])
{
	char digits[DIGITS_SIZE];
	int ok = digits_half(typed, digits) == PIN_DIGITS;

	if (ok)
		memcpy(pin, digits, PIN_DIGITS);
	explicit_bzero(digits, sizeof digits);
	return ok;
}

static int
from_descriptor(int fd, char pin[static PIN_DIGITS], struct why *why)
{
	char typed[TYPED_MAX];
	size_t n = 0;
	ssize_t got = 0;
	int ok;

	/* A signal is caught only to end what we do: it ends this, too. */
	while (n + 1 < sizeof typed) {
		got = read(fd, typed + n, 1);
		if (got <= 0 || typed[n] == '\n')
			break;
		n++;
	}
	typed[n] = '\0';
	if (n > 0 && typed[n - 1] == '\r')
		typed[n - 1] = '\0';
	ok = read_digits(typed, pin);
	explicit_bzero(typed, sizeof typed);
	if (got == -1) {
		why_set(why, ERR_PIN_NOT_GIVEN, NULL, "--pin-fd: %s", strerror(errno));
		return -1;
	}
	if (!ok)
		why_set(why, n == 0 ? ERR_PIN_NOT_GIVEN : ERR_PIN_MALFORMED, NULL, "--pin-fd");
	return ok ? 0 : -1;
}

static int
from_terminal(struct tty *tty, int tries, char pin[static PIN_DIGITS], struct why *why)
{
	char typed[TYPED_MAX], prompt[256];
	enum tty_answer answer = TTY_LINE;
	int ok = 0;

	snprintf(prompt, sizeof prompt, _("PIN of the My Number Card (4 digits, %d tries left): "),
	    tries);
	for (int i = 0; i < MISTYPED && !ok && (answer == TTY_LINE || answer == TTY_TOO_LONG);
	     i++) {
		answer = tty_ask(tty, prompt, 0, PATIENCE, typed, sizeof typed);
		if (answer == TTY_LINE && typed[0] == '\0')
			break;
		ok = answer == TTY_LINE && read_digits(typed, pin);
		explicit_bzero(typed, sizeof typed);
		if (!ok && answer == TTY_LINE)
			tty_say(tty, _("A PIN has four digits. No try was spent.\n"));
	}
	if (ok)
		return 0;
	why_set(why, answer == TTY_LINE && typed[0] != '\0' ? ERR_PIN_MALFORMED : ERR_PIN_NOT_GIVEN,
	    NULL, answer == TTY_TIMEOUT ? "nothing was typed for a minute" : NULL);
	return -1;
}

int
pin_get(const char *tool, int fd, int tries, char pin[static PIN_DIGITS], struct why *why)
{
	struct tty *tty;
	int r;

	if (fd != -1)
		return from_descriptor(fd, pin, why);
	if ((tty = tty_open(tool)) == NULL) {
		why_set(why, ERR_PIN_NOT_GIVEN, NULL, "there is no terminal; use --pin-fd");
		return -1;
	}
	r = from_terminal(tty, tries, pin, why);
	tty_close(tty);
	return r;
}
