/*
 * prompt ask NAME PROMPT MILLISECONDS echo|hidden|KEYS
 * prompt say TEXT | prompt desk TEXT
 * The terminal of lib/options, for prompt.bats. What an ask came to goes to stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/tty.h"

static int
ask(char **argv)
{
	static const char *const names[] = {
		[TTY_LINE] = "line",
		[TTY_END] = "end",
		[TTY_TIMEOUT] = "timeout",
		[TTY_INTERRUPTED] = "interrupted",
		[TTY_FAILED] = "failed",
		[TTY_TOO_LONG] = "too long",
	};
	struct tty *tty = tty_open(argv[0]);
	char line[16];
	enum tty_answer answer;

	if (tty == NULL) {
		puts("no terminal");
		return 1;
	}
	if (strcmp(argv[3], "echo") == 0 || strcmp(argv[3], "hidden") == 0)
		answer = tty_ask(
		    tty, argv[1], strcmp(argv[3], "echo") == 0, atol(argv[2]), line, sizeof line);
	else
		answer =
		    tty_key(tty, argv[1], argv[3], atol(argv[2]), memset(line, 0, sizeof line));
	tty_close(tty);
	printf("%s [%s]\n", names[answer], line);
	return 0;
}

int
main(int argc, char **argv)
{
	struct tty *tty;
	int failed;

	if (argc == 6 && strcmp(argv[1], "ask") == 0)
		return ask(argv + 2);
	if (argc == 3 && strcmp(argv[1], "desk") == 0) {
		tty_desk("desk", argv[2]);
		return 0;
	}
	if (argc != 3 || (tty = tty_open("say")) == NULL)
		return 2;
	failed = tty_say(tty, argv[2]) == -1;
	tty_close(tty);
	return failed;
}
