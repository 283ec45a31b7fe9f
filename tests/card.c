/*
 * card play RECORD CARD-CA PIN [pin|status]	a reading from a recorded session
 * card record RECORD CARD-CA PIN [pin|status]	a reading over PC/SC, recorded
 * card choose WANTED [NAME:CARD]...	which reader is chosen
 * card empty N	status 0 if the daemon's reader N holds no card, else 1
 *
 * Prints the card's serial and the tries, "token" if it signed, or the code and detail of what went
 * wrong; for card-recorded.bats.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "card/choose.h"
#include "card/pcsc.h"
#include "card/reading.h"
#include "card/recorded.h"

/* The same claims every time, so that the card signs the same bytes every time. */
static int
give_pin(void *context, const struct facts *facts, struct order *order, struct why *why)
{
	static const char claims[] = "{\"jti\":\"the same every time\"}";

	(void)facts;
	(void)why;
	memcpy(order->pin, context, PIN_DIGITS);
	memcpy(order->claims, claims, sizeof claims - 1);
	order->n = sizeof claims - 1;
	return 0;
}

static int
run(const struct way *way, char **arg, const char *what)
{
	struct why why = { .id = ERR_NONE };
	struct anchors *anchors = anchors_load(arg[1], &why);
	struct reading r = { .way = way, .limit = 3000, .context = arg[2], .order = give_pin };
	struct facts facts;
	struct buf token;
	int failed = 1;

	buf_init(&token, TOKEN_MAX);
	r.job = (struct job){ .task = strcmp(what, "pin") == 0 ? TASK_SIGN : TASK_STATUS,
		.wait = 1000,
		.limit = 4,
		.anchors = anchors };
	if (anchors != NULL)
		failed = reading_run(&r, &facts, &token, &why) == -1;
	if (failed)
		printf("%s: %s\n", why_code(&why), why.detail);
	else
		printf("%s %d%s\n", facts.serial, facts.tries, token.len > 0 ? " token" : "");
	anchors_free(anchors);
	buf_free(&token);
	return failed;
}

static int
play(char **arg, const char *what)
{
	struct why why = { .id = ERR_NONE };
	struct way way = recorded_play(arg[0], &why);
	int failed = 1;

	if (way.self == NULL)
		puts(why_code(&why));
	else
		failed = run(&way, arg, what);
	recorded_free(&way);
	return failed;
}

static int
record(char **arg, const char *what)
{
	int fd = open(arg[0], O_WRONLY | O_CREAT | O_TRUNC, 0600), failed;
	struct way pcsc = pcsc_way(), way = recorded_write(fd, &pcsc);

	failed = fd == -1 || run(&way, arg, what);
	recorded_free(&way);
	free(pcsc.self);
	close(fd);
	return failed;
}

static int
choose(int n, char **arg)
{
	static const char *const words[] = { "one", "many", "no-card", "no-reader", "ambiguous" };
	const struct done_card none = { .reader = "" };
	struct readers r = { .n = 0 };
	enum choice choice;
	size_t which = 0;

	for (int i = 1; i < n && r.n < READERS_MAX; i++, r.n++) {
		size_t len = strcspn(arg[i], ":");

		memcpy(r.reader[r.n].name, arg[i], len);
		r.reader[r.n].card = strcmp(arg[i] + len, ":card") == 0;
	}
	choice = choose_reader(&r, *arg[0] == '\0' ? NULL : arg[0], &none, &which);
	printf("%s", words[choice]);
	if (choice == CHOICE_ONE)
		printf(" %zu", which);
	putchar('\n');
	return 0;
}

static int
empty(const char *number)
{
	struct way way = pcsc_way();
	size_t n = strtoul(number, NULL, 10);
	struct readers r = { .n = 0 };
	int is = way.self != NULL && way.ops->open(way.self) == LINK_OK &&
		 way.ops->look(way.self, &r, 0) == LINK_OK && n < r.n && !r.reader[n].card;

	free(way.self);
	return !is;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 5 ? argv[5] : "pin";

	if (argc > 2 && strcmp(argv[1], "choose") == 0)
		return choose(argc - 2, argv + 2);
	if (argc == 3 && strcmp(argv[1], "empty") == 0)
		return empty(argv[2]);
	if (argc > 4 && strcmp(argv[1], "play") == 0)
		return play(argv + 2, what);
	if (argc > 4 && strcmp(argv[1], "record") == 0)
		return record(argv + 2, what);
	fputs("usage: see the top of card.c\n", stderr);
	return 2;
}
