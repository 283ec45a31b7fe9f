/*
 * model WHAT ARG...: one function of lib/model from the command line, for model.bats.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/checks.h"
#include "model/fold.h"
#include "model/insured.h"
#include "model/status.h"

static const struct date visit = { 2026, 10, 5 };

/* What a check said: "right", or the code and the detail. */
static int
say(int right, const struct why *why)
{
	if (right)
		puts("right");
	else
		printf("%s %s: %s\n", why_code(why), why->pointer, why->detail);
	return 0;
}

static int
insurer(const char *text)
{
	struct why why;

	return say(check_insurer_number(text, &why), &why);
}

static int
institution(const char *text)
{
	struct why why;
	const char *flag;

	if (!check_institution_code(text, &flag, &why))
		return say(0, &why);
	puts(flag == NULL ? "right" : flag);
	return 0;
}

static int
branch(const char *text)
{
	struct why why;

	return say(check_branch(text, &why), &why);
}

static int
symbol(const char *text)
{
	struct why why;

	return say(check_symbol(text, &why), &why);
}

static int
number(const char *text)
{
	struct why why;

	return say(check_number(text, &why), &why);
}

static int
birth(const char *text)
{
	struct why why;

	return say(check_birth_date(text, visit, &why), &why);
}

static int
kind(const char *text)
{
	const struct insurance_kind *k = insurance_kind(text);

	if (k == NULL)
		puts("unknown");
	else
		printf("%s|%s|%s\n", k->law, k->ja, k->en);
	return 0;
}

/* "insurer:..." "symbol:..." "number:..." folded, in brackets so that blanks show. */
static int
fold(const char *text)
{
	static const struct {
		const char *what;
		int (*fold)(struct buf *, const char *);
	} folds[] = {
		{ "insurer:", fold_insurer_number },
		{ "symbol:", fold_symbol },
		{ "number:", fold_number },
	};
	struct buf out;
	int failed = 1;

	buf_init(&out, 1024);
	buf_adds(&out, "[");
	for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
		if (strncmp(text, folds[i].what, strlen(folds[i].what)) == 0)
			failed = folds[i].fold(&out, text + strlen(folds[i].what));
	buf_adds(&out, "]");
	if (failed == 0)
		puts(out.data);
	buf_free(&out);
	return failed != 0;
}

/* A record read for the visit date in it, and the question it becomes. */
static int
question(const char *text)
{
	json_t *record = json_loads(text, JSON_ALLOW_NUL, NULL);
	struct insured in;
	struct date day;
	struct why why;
	struct buf out;
	int failed = 0;

	buf_init(&out, 4096);
	if (!visit_date_read(record, &day, &why) || !insured_read(record, day, &in, &why))
		say(0, &why);
	else {
		char on[DATE_SIZE];

		date_format(day, on);
		failed = question_write(&out, "aaaaaaaaaaaaaaaaaaaaaaaaaa", on, &in);
		puts(failed ? "failed" : out.data);
	}
	buf_free(&out);
	json_decref(record);
	return failed;
}

/* A million questions from one record; prints nanoseconds of CPU for each. */
static int
speed(const char *text)
{
	json_t *record = json_loads(text, 0, NULL);
	struct insured in;
	struct date day;
	struct why why;
	struct buf out;
	clock_t began = clock();
	int made = 0;

	buf_init(&out, 4096);
	for (int i = 0; i < 1000000; i++) {
		buf_reset(&out);
		made += visit_date_read(record, &day, &why) &&
			insured_read(record, day, &in, &why) &&
			question_write(&out, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "2026-10-05", &in) == 0;
	}
	printf("%d made, %ld ns each\n", made,
	    (long)((double)(clock() - began) / CLOCKS_PER_SEC * 1000));
	buf_free(&out);
	json_decref(record);
	return made != 1000000;
}

static int
status(const char *text)
{
	static const char *const names[] = {
		[VERDICT_YES] = "yes",
		[VERDICT_NO] = "no",
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_NOT_ASKED] = "not asked",
	};

	puts(names[status_verdict(strcmp(text, "NULL") == 0 ? NULL : text)]);
	return 0;
}

static int
advice(const char *text)
{
	const char *actor, *next;

	if (status_advice(text, "terminal", NULL, &actor, &next))
		printf("%s %s\n", actor, next);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *);
	} functions[] = {
		{ "insurer", insurer },
		{ "institution", institution },
		{ "branch", branch },
		{ "symbol", symbol },
		{ "number", number },
		{ "birth", birth },
		{ "kind", kind },
		{ "fold", fold },
		{ "question", question },
		{ "speed", speed },
		{ "status", status },
		{ "advice", advice },
	};
	int failed = argc < 3;

	for (size_t i = 0; argc > 2 && i < sizeof functions / sizeof *functions; i++)
		if (strcmp(argv[1], functions[i].name) == 0)
			for (int a = 2; a < argc; a++)
				failed |= functions[i].run(argv[a]);
	return failed;
}
