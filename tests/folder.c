/* The folder protocol, step by step: folder DIR ARCHIVE. Says what is wrong; 0 when nothing is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oqs/folder.h"

#define TYPE   "OQSsiquc01req"
#define SETTLE 100

static int failed;
static struct why why;

static void
check(int right, const char *what)
{
	if (right)
		return;
	failed = 1;
	printf("wrong: %s (%s: %s)\n", what, why_code(&why), why.detail);
}

static int
where(const struct oqs_folder *f, const char *name)
{
	return oqs_folder_where(f, TYPE, name, &why);
}

static void
put(const char *dir, const char *format, const char *name, const char *text)
{
	char path[4096], file[128];
	FILE *fp;

	snprintf(file, sizeof file, format, name);
	snprintf(path, sizeof path, "%s/%s", dir, file);
	if ((fp = fopen(path, "w")) == NULL || fputs(text, fp) == EOF || fclose(fp) == EOF) {
		perror(path);
		exit(2);
	}
}

static int
is_there(const char *dir, const char *part, const char *file)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s/%s", dir, part, file);
	return access(path, F_OK) == 0;
}

/* A request on its way: each stage is told from every other, and taken back only once. */
static void
stages(const struct oqs_folder *f)
{
	char name[FOLDER_FREE_SIZE];

	oqs_folder_name(name);
	check(strlen(name) == FOLDER_FREE_SIZE - 1, "a name's length");
	check(where(f, name) == OQS_NOWHERE, "never prepared");
	check(oqs_folder_withdraw(f, TYPE, name, &why) == 0, "nothing to take back");
	check(oqs_folder_prepare(f, TYPE, name, "half", 4, &why) == 0, "prepare");
	check(oqs_folder_prepare(f, TYPE, name, "whole", 5, &why) == 0, "prepare again");
	check(where(f, name) == OQS_PREPARED, "prepared");
	check(oqs_folder_withdraw(f, TYPE, name, &why) == 0, "what is prepared is not taken back");
	check(oqs_folder_send(f, TYPE, name, &why) == 0, "send");
	check(where(f, name) == OQS_REQUESTED, "requested");
	check(oqs_folder_send(f, TYPE, name, &why) == -1, "not twice");
	check(oqs_folder_withdraw(f, TYPE, name, &why) == 1, "taken back");
	check(where(f, name) == OQS_NOWHERE, "nowhere");
}

/* Bytes count when they have been the same for long enough, whatever they were before. */
static void
readings(const struct oqs_folder *f, const char *res)
{
	struct oqs_reading r = { .type = TYPE, .name = "261005abcdefghijklmn" }, *const one = &r;
	int64_t due;

	put(res, "OQSsiquc01res_%sx.xml", r.name, "another's");
	check(oqs_folder_scan(f, &one, 1, &why) == 0 && r.file[0] == '\0', "a longer name");
	put(res, "oqssiquc01RES_%s.XML", r.name, "half");
	check(oqs_folder_scan(f, &one, 1, &why) == 0 && r.file[0] != '\0', "any letter case");
	check(where(f, r.name) == OQS_ANSWERED, "answered");
	check(oqs_folder_read(f, &r, 1000, &due) == 0 && due == 1000 + SETTLE, "once");
	check(oqs_folder_read(f, &r, 1099, &due) == 0, "too early");
	put(res, "oqssiquc01RES_%s.XML", r.name, "whole");
	check(oqs_folder_read(f, &r, 1100, &due) == 0 && due == 1100 + SETTLE, "changed");
	check(oqs_folder_read(f, &r, 1200, &due) == 1 && r.bytes.len == 5, "settled");
	check(oqs_folder_finish(f, r.file, &why) == 0, "done with");
	check(where(f, r.name) == OQS_NOWHERE, "cleared away");
	oqs_reading_free(&r);
}

/* What was left prepared goes with its owner, what is another's stays. */
static void
sweeping(struct oqs_folder_options o)
{
	struct oqs_folder *ours = oqs_folder_open(&o, &why), *theirs;
	const char *name = "261005abcdefghijklmn", *other = "261005bbbbbbbbbbbbbb";

	o.owner = "another:journal.db";
	theirs = oqs_folder_open(&o, &why);
	oqs_folder_prepare(ours, TYPE, name, "x", 1, &why);
	oqs_folder_prepare(theirs, TYPE, other, "x", 1, &why);
	check(where(theirs, name) == OQS_NOWHERE, "not seen by another");
	oqs_folder_close(ours);
	check(where(theirs, other) == OQS_PREPARED, "another's stays");
	o.owner = "this:journal.db";
	ours = oqs_folder_open(&o, &why);
	check(where(ours, name) == OQS_NOWHERE, "ours is gone");
	oqs_folder_close(ours);
	oqs_folder_close(theirs);
}

int
main(int argc, char **argv)
{
	char res[4096];
	struct oqs_folder_options o = {
		.dir = argc > 1 ? argv[1] : "", .owner = "this:journal.db", .settle = SETTLE
	};
	struct oqs_folder *f;

	snprintf(res, sizeof res, "%s/res", o.dir);
	if ((f = oqs_folder_open(&o, &why)) == NULL) {
		printf("%s\n", why_code(&why));
		return 1;
	}
	stages(f);
	readings(f, res);
	oqs_folder_close(f);
	sweeping(o);
	o.archive = argc > 2 ? argv[2] : NULL;
	if (o.archive != NULL && (f = oqs_folder_open(&o, &why)) != NULL) {
		put(res, "%s", "answer.xml", "kept");
		check(oqs_folder_finish(f, "answer.xml", &why) == 0, "to the archive");
		check(is_there(o.archive, ".", "answer.xml"), "in the archive");
		check(!is_there(o.dir, "res", "answer.xml"), "not in res any more");
		oqs_folder_close(f);
	}
	return failed;
}
