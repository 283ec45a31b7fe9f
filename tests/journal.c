/*
 * journal FILE STEP...: lib/store's journal, step by step, for journal.bats.
 * journal where STATE|- CODE: prints the path of a facility's journal.
 * journal legible FILE: its answers stand there unpacked, so that SQL can read and change them.
 *
 *	add KEY ASK|- DAY NAME|-	puts a question in (KEY any text); prints its window
 *	send				the window leaves, over the route "hub"
 *	answer WINDOW TEXT...		answers it; TEXT - is given up; ends at a lone "."
 *	find KEY			prints what is known: state, window, again, ask, name, answer
 *	commit, end			as the functions
 *	many FROM TO			asks and answers so many keys, in whole windows, which are packed
 *	sure FROM TO			each of them is found and answered with its own answer
 *	wait				until standard input ends
 *	die				ends without closing anything
 *
 * A step that fails prints its error and ends the program with 7.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit.h"
#include "store/journal_private.h"

static struct journal *journal;
static struct why why;

static void
must(int r)
{
	if (r != -1)
		return;
	printf("%s: %s\n", why_code(&why), why.detail);
	journal_close(journal);
	exit(EXIT_LOCAL);
}

/* A text spread over a key. */
static void
key_of(const char *text, unsigned char key[static JOURNAL_KEY_SIZE])
{
	uint64_t h = 1469598103934665603U;

	for (const char *p = text; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211U;
	for (size_t i = 0; i < JOURNAL_KEY_SIZE; i++) {
		h = (h ^ i) * 6364136223846793005U + 1442695040888963407U;
		key[i] = (unsigned char)(h >> 56);
	}
}

static int64_t
add(const char *text, const char *ask, const char *day, const char *name)
{
	struct journal_question q = { .ask = ask, .name = name };
	char fresh[ASK_SIZE];
	int64_t window;

	if (strcmp(ask, "-") == 0) {
		ask_new(fresh);
		q.ask = fresh;
	}
	if (!date_parse(day, &q.day))
		errx(2, "%s is no day", day);
	key_of(text, q.key);
	window = journal_add(journal, &q, &why);
	must(window == -1 ? -1 : 0);
	return window;
}

static int
find(const char *text, struct journal_found *found)
{
	unsigned char key[JOURNAL_KEY_SIZE];
	int r;

	key_of(text, key);
	r = journal_find(journal, key, found, &why);
	must(r);
	return r;
}

static void
show(const char *text)
{
	static const char *const words[] = { "sent", "answered", "given-up" };
	struct journal_found f;

	if (!find(text, &f)) {
		printf("%s unknown\n", text);
		return;
	}
	printf("%s %s %lld%s%s %s %s %.*s\n", text, words[f.state], (long long)f.window,
	    f.ours ? " ours" : "", f.again ? " again" : "", f.ask, f.name[0] == '\0' ? "-" : f.name,
	    (int)f.len, f.answer == NULL ? "" : f.answer);
}

/* The answers of one window, in order; returns where the arguments go on. */
static char **
answer(char **arg)
{
	struct journal_span spans[JOURNAL_WINDOW];
	char lines[16384];
	size_t len = 0, n = 0;
	int64_t window = strtoll(*arg++, NULL, 10);

	for (; strcmp(*arg, ".") != 0; arg++, n++) {
		size_t size = strcmp(*arg, "-") == 0 ? 0 : strlen(*arg);

		spans[n] = (struct journal_span){ len, size };
		memcpy(lines + len, *arg, size);
		len += size;
	}
	must(journal_answered(journal, window, clock_now(), lines, len, spans, n, &why));
	return arg + 1;
}

#define ANSWER_MAX 64

/* Its answer: some of it is another one's, too. */
static size_t
answer_of(long n, char out[static ANSWER_MAX])
{
	return (size_t)snprintf(
	    out, ANSWER_MAX, "answer %ld %lx", n, (unsigned long)n * 2654435761);
}

static void
send_window(void)
{
	must(journal_seal(journal, "hub", clock_now(), &why));
	must(journal_commit(journal, &why));
}

static void
many(long from, long to)
{
	struct journal_span spans[JOURNAL_WINDOW];
	char lines[ANSWER_MAX * JOURNAL_WINDOW], key[24], day[DATE_SIZE];

	date_format(date_today(), day);
	while (from < to) {
		size_t n = 0, len = 0;
		int64_t window = 0;

		for (; n < JOURNAL_WINDOW && from < to; n++, from++) {
			snprintf(key, sizeof key, "%ld", from);
			window = add(key, "-", day, NULL);
			spans[n] = (struct journal_span){ len, answer_of(from, lines + len) };
			len += spans[n].len;
			lines[len++] = '\n';
		}
		send_window();
		must(journal_answered(journal, window, clock_now(), lines, len, spans, n, &why));
	}
	must(journal_commit(journal, &why));
}

static void
sure(long from, long to)
{
	for (; from < to; from++) {
		struct journal_found f;
		char text[24], answer[ANSWER_MAX];

		snprintf(text, sizeof text, "%ld", from);
		if (!find(text, &f) || f.state != JOURNAL_ANSWERED ||
		    f.len != answer_of(from, answer) || memcmp(f.answer, answer, f.len) != 0)
			errx(1, "%s is not as it was", text);
	}
}

static char **
step_add(char **arg)
{
	char *ask = arg[1], *day = arg[2], *name = arg[3];

	printf("%lld\n", (long long)add(arg[0], ask, day, strcmp(name, "-") == 0 ? NULL : name));
	return arg + 4;
}

static char **
step(char **arg)
{
	const char *name = *arg++;

	if (strcmp(name, "add") == 0)
		return step_add(arg);
	if (strcmp(name, "answer") == 0)
		return answer(arg);
	if (strcmp(name, "find") == 0)
		show(*arg++);
	else if (strcmp(name, "many") == 0)
		many(atol(arg[0]), atol(arg[1]));
	else if (strcmp(name, "sure") == 0)
		sure(atol(arg[0]), atol(arg[1]));
	else if (strcmp(name, "send") == 0)
		send_window();
	else if (strcmp(name, "commit") == 0)
		must(journal_commit(journal, &why));
	else if (strcmp(name, "end") == 0)
		must(journal_end(journal, &why));
	else if (strcmp(name, "wait") == 0)
		while (getchar() != EOF)
			;
	else if (strcmp(name, "die") == 0)
		_exit(0);
	else
		errx(2, "%s?", name);
	return arg + (strcmp(name, "many") == 0 || strcmp(name, "sure") == 0 ? 2 : 0);
}

/* As two numbers of ten digits, for lines one a question. */
static void
write_spans(const struct buf *lines, struct buf *spans)
{
	const char *end;

	for (size_t at = 0; at < lines->len; at = (size_t)(end - lines->data) + 1) {
		end = memchr(lines->data + at, '\n', lines->len - at);
		buf_addf(spans, "%010zu%010zu", at, (size_t)(end - lines->data) - at);
	}
}

static void
unpack(sqlite3_stmt *from, sqlite3_stmt *to)
{
	struct buf lines, spans;

	buf_init(&lines, LINES_MAX);
	buf_init(&spans, JOURNAL_WINDOW * SPAN_SIZE);
	if (lines_unpack(sqlite3_column_blob(from, 1), (size_t)sqlite3_column_bytes(from, 1),
		sqlite3_column_int64(from, 2), &lines) == -1)
		errx(1, "packed lines are damaged");
	if (sqlite3_column_bytes(from, 3) > 0)
		buf_adds(&spans, (const char *)sqlite3_column_text(from, 3));
	else
		write_spans(&lines, &spans);
	sqlite3_bind_blob(to, 1, lines.data, (int)lines.len, SQLITE_STATIC);
	sqlite3_bind_text(to, 2, spans.data, (int)spans.len, SQLITE_STATIC);
	sqlite3_bind_int64(to, 3, sqlite3_column_int64(from, 0));
	must(db_done(to, &why));
	buf_free(&lines);
	buf_free(&spans);
}

static int
legible(const char *path)
{
	sqlite3_stmt *from, *to;
	sqlite3 *db;

	must(db_open(&db, path, &journal_format, DB_WRITE, &why));
	must(db_prepare(
	    db, &from, "SELECT id, lines, size, spans FROM answered WHERE size > 0", &why));
	must(db_prepare(db, &to,
	    "UPDATE answered SET lines = ?, spans = ?, size = 0, sum = NULL WHERE id = ?", &why));
	while (sqlite3_step(from) == SQLITE_ROW)
		unpack(from, to);
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}

static int
where(const char *state, const char *code)
{
	char *path =
	    journal_default_path(strcmp(state, "-") == 0 ? NULL : state, code, "verify", &why);

	must(path == NULL ? -1 : 0);
	puts(path);
	free(path);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "usage: journal FILE STEP...");
	if (argc == 4 && strcmp(argv[1], "where") == 0)
		return where(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "legible") == 0)
		return legible(argv[2]);
	setlinebuf(stdout);
	if ((journal = journal_open(argv[1], &why)) == NULL)
		must(-1);
	for (char **arg = argv + 2; *arg != NULL;)
		arg = step(arg);
	journal_close(journal);
	return 0;
}
