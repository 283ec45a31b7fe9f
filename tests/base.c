/*
 * base WHAT ARG...: one function of lib/base from the command line, for base.bats.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/restrain.h"
#include "base/text.h"

static int
say_date(const char *text)
{
	struct date d;
	char out[DATE_SIZE];
	int read = date_read(text, &d);

	if (read == 1)
		date_format(d, out);
	puts(read == 1 ? out : read == 0 ? "no form" : "no such day");
	return 0;
}

/* A day as the state writes it, and read again. */
static int
say_era(const char *text)
{
	struct date d, again;
	char out[ERA_SIZE];

	if (!date_parse(text, &d))
		return 1;
	date_format_era(d, out);
	printf("%s %s\n", out,
	    date_read(out, &again) == 1 && date_days(d) == date_days(again) ? "same" : "other");
	return 0;
}

/* Every day from year 1 to 9999: there and back, each exists, each is one after the last. */
static int
all_days(const char *unused)
{
	(void)unused;
	for (int64_t n = -719162; n <= 2932896; n++) {
		struct date d = date_of_days(n);

		if (!date_exists(d) || date_days(d) != n) {
			printf("day %lld comes back wrong\n", (long long)n);
			return 1;
		}
	}
	puts("same");
	return 0;
}

static int
say_age(const char *text)
{
	struct date birth, day;
	char first[DATE_SIZE] = { 0 };

	memcpy(first, text, DATE_SIZE - 1);
	if (!date_parse(first, &birth) || !date_parse(text + DATE_SIZE, &day))
		return 1;
	printf("%d %d\n", date_age(birth, day, 0), date_age(birth, day, 1));
	return 0;
}

static int
say_time(const char *text)
{
	int64_t t;
	char out[TIME_SIZE];

	if (!time_parse(text, &t)) {
		puts("no time");
		return 0;
	}
	time_format(t, out);
	puts(out);
	return 0;
}

static int
say_span(const char *text)
{
	int64_t milliseconds;

	if (span_parse(text, &milliseconds))
		printf("%lld\n", (long long)milliseconds);
	else
		puts("no span");
	return 0;
}

static int
say_fold(const char *text)
{
	struct buf b;

	buf_init(&b, 4096);
	text_fold(&b, text, strlen(text));
	puts(b.data);
	buf_free(&b);
	return 0;
}

/* Every character with that text behind it: of how many it is said, rightly, that they stay. */
static int
say_folded(const char *after)
{
	struct buf one, folded;
	size_t n = 0;

	buf_init(&one, 64);
	buf_init(&folded, 64);
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_reset(&one);
		buf_reset(&folded);
		utf8_add(&one, c);
		buf_adds(&one, after);
		text_fold(&folded, one.data, one.len);
		if (!text_folded(one.data, one.len))
			continue;
		if (strcmp(one.data, folded.data) != 0)
			errx(1, "U+%04X does not stay", (unsigned)c);
		n++;
	}
	printf("%zu\n", n);
	buf_free(&one);
	buf_free(&folded);
	return 0;
}

static int
say_columns(const char *text)
{
	printf("%zu\n", text_columns(text, strlen(text)));
	return 0;
}

static int
say_json(const char *text)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_addjson(&b, text, strlen(text));
	puts(b.data);
	buf_free(&b);
	return 0;
}

/* Standard input from the named encoding to UTF-8, or "to-cp932" the other way. */
static int
convert(const char *name)
{
	struct buf in, out;
	size_t offset = 0;
	int failed, read = 0;

	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 22);
	if ((read = file_read("/dev/stdin", 1 << 20, &in, NULL)) == -1)
		goto out;
	if (strcmp(name, "detect") == 0) {
		puts(encoding_name(encoding_detect(in.data, in.len)));
		goto out;
	} else if (strcmp(name, "to-cp932") == 0) {
		failed = text_to_cp932(&out, in.data, in.len, &offset);
	} else {
		failed = text_to_utf8(&out, in.data, in.len, encoding_find(name), &offset);
	}
	if (failed)
		printf("bad byte at %zu\n", offset);
	else
		fwrite(out.data, 1, out.len, stdout);
out:
	buf_free(&in);
	buf_free(&out);
	return read;
}

/* Writes half a file, then commits it, aborts it or dies: what is at the path after? */
static int
whole(const char *how)
{
	struct whole w;

	if (whole_open(&w, "file", 0600, NULL) == -1)
		return 1;
	fputs("new\n", w.fp);
	fflush(w.fp);
	if (strcmp(how, "die") == 0)
		abort();
	if (strcmp(how, "commit") == 0)
		return whole_commit(&w, NULL) == -1;
	whole_abort(&w);
	return 0;
}

static int
asks(const char *count)
{
	char ask[ASK_SIZE];

	for (int n = atoi(count); n > 0; n--) {
		ask_new(ask);
		printf("%s %d\n", ask, ask_valid(ask));
	}
	return 0;
}

/* Enters a profile and tries what it does not allow, and one thing that it does. */
static int
restrained(const char *what)
{
	static const char *const read_paths[] = { "readable", NULL };
	static const struct {
		const char *name;
		unsigned may;
	} profiles[] = { { "none", 0 }, { "inet", MAY_INET }, { "write", MAY_WRITE_FILES } };
	struct profile p = { .name = "test", .read = read_paths };
	struct why why;
	char *argv[] = { NULL };

	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if (strncmp(what, profiles[i].name, strlen(profiles[i].name)) == 0)
			p.may = profiles[i].may;
	if (restrain(&p, &why) == -1) {
		why_print(&why, "base");
		return 1;
	}
	what = strchr(what, ':') + 1;
	errno = 0;
	if (strcmp(what, "inet") == 0)
		socket(AF_INET, SOCK_STREAM, 0);
	else if (strcmp(what, "unix") == 0)
		socket(AF_UNIX, SOCK_STREAM, 0);
	else if (strcmp(what, "packet") == 0)
		socket(AF_PACKET, SOCK_RAW, 0);
	else if (strcmp(what, "exec") == 0)
		execv("/bin/true", argv);
	else if (strcmp(what, "fork") == 0)
		fork();
	else if (strcmp(what, "create") == 0)
		open("created", O_CREAT | O_WRONLY, 0600);
	else if (strcmp(what, "other") == 0)
		open("other", O_RDONLY);
	else if (strcmp(what, "readable") == 0)
		open("readable", O_RDONLY);
	puts(errno == 0 ? "allowed" : strerror(errno));
	return 0;
}

static int
kernel_has(const char *unused)
{
	(void)unused;
	puts(syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0
		 ? "landlock"
		 : "no landlock");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const char *);
} subjects[] = {
	{ "date", say_date },
	{ "era", say_era },
	{ "days", all_days },
	{ "age", say_age },
	{ "time", say_time },
	{ "span", say_span },
	{ "fold", say_fold },
	{ "folded", say_folded },
	{ "columns", say_columns },
	{ "json", say_json },
	{ "convert", convert },
	{ "whole", whole },
	{ "asks", asks },
	{ "restrained", restrained },
	{ "kernel", kernel_has },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof subjects / sizeof *subjects; i++)
		if (strcmp(argv[1], subjects[i].name) == 0) {
			int failed = 0;

			for (char **arg = argv + 2; *arg != NULL; arg++)
				failed |= subjects[i].run(*arg);
			return failed;
		}
	fputs("usage: base WHAT ARG...\n", stderr);
	return 2;
}
