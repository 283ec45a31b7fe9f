#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "pipe/progress.h"

#define EVERY	 1000 /* milliseconds */
#define CLEAR	 "\r\033[K"
#define LINE_FEW 320 /* bytes of the line: five numbers and a name */

/* A signal's handler reads it at any moment, so it holds numbers, and what it points to stays. */
static struct {
	const char *tool;
	const struct tally *tally;
	const struct lines *lines;
	uint64_t size; /* of the input from where it stood; 0: not known */
	int64_t began, due;
	int shown, stands; /* on a terminal, and there right now */
} run;

static uint64_t
done(const struct tally *t)
{
	return t->yes + t->no + t->unknown + t->not_asked;
}

/* In its largest unit, rounded up: people plan by it. */
static void
add_span(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = { { 3600000, 'h' }, { 60000, 'm' }, { 1000, 's' } };
	size_t i = 0;

	while (i < 2 && ms < 2 * units[i].ms)
		i++;
	buf_addu(out, (uint64_t)((ms + units[i].ms - 1) / units[i].ms));
	buf_addc(out, units[i].unit);
}

/* By what has left of the bytes that there are: lines of a file are much alike. */
static void
add_remaining(struct buf *out, int64_t passed)
{
	const struct tally *t = run.tally;
	double share = 0;

	if (run.size > 0 && run.lines != NULL && t->read > 0)
		share = (double)lines_taken(run.lines) / (double)run.size * (double)done(t) /
			(double)t->read;
	buf_adds(out, ", remaining ");
	if (share > 0 && share <= 1)
		add_span(out, (int64_t)((double)passed * (1 - share) / share));
	else
		buf_addc(out, '?');
}

/* As many in a second as there were on the average, with a tenth where there are few. */
static void
add_rate(struct buf *out, uint64_t lines, int64_t passed)
{
	uint64_t tenths = passed > 0 ? lines * 10000 / (uint64_t)passed : 0;

	buf_addu(out, tenths / 10);
	if (tenths < 100) {
		buf_addc(out, '.');
		buf_addu(out, tenths % 10);
	}
	buf_adds(out, " a second");
}

static void
add_count(struct buf *out, const char *name, uint64_t count)
{
	buf_adds(out, name);
	buf_addu(out, count);
}

/* Uses nothing that a signal's handler may not. */
static void
compose(struct buf *out)
{
	const struct tally *t = run.tally;
	int64_t passed = clock_tick() - run.began;

	buf_adds(out, run.tool);
	add_count(out, ": done ", done(t));
	buf_adds(out, ", ");
	add_rate(out, done(t), passed);
	add_remaining(out, passed);
	add_count(out, ", yes ", t->yes);
	add_count(out, ", no ", t->no);
	add_count(out, ", unknown ", t->unknown);
	if (t->not_asked > 0)
		add_count(out, ", not-asked ", t->not_asked);
}

/* Nobody is told where standard error takes nothing: this is no output. */
static void
say(const char *text, size_t n)
{
	if (write(STDERR_FILENO, text, n) == -1)
		errno = 0;
}

static void
on_signal(int signal)
{
	int error = errno;
	char text[LINE_FEW];
	struct buf line;

	(void)signal;
	if (run.tally != NULL) {
		buf_over(&line, text, sizeof text);
		buf_adds(&line, run.stands ? CLEAR : "");
		compose(&line);
		buf_addc(&line, '\n');
		run.stands = 0;
		say(line.data, line.len);
	}
	errno = error;
}

void
progress_open(const char *tool, const struct tally *tally)
{
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	if (run.tally != NULL)
		return;
	run.tool = tool;
	run.began = clock_tick();
	run.tally = tally;
	sigaction(SIGUSR1, &action, NULL);
}

void
progress_close(const struct tally *tally)
{
	if (run.tally != tally)
		return;
	progress_clear();
	run.lines = NULL;
	run.tally = NULL;
}

/* How much there is to read, where it is a file. */
static uint64_t
size_of(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	if (at == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size <= at)
		return 0;
	return (uint64_t)(st.st_size - at);
}

void
progress_watch(const struct lines *lines, int shown)
{
	run.size = lines == NULL ? 0 : size_of(STDIN_FILENO);
	run.lines = lines;
	run.shown = shown && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	run.due = clock_tick() + EVERY;
}

int64_t
progress_tick(void)
{
	int64_t now;
	char text[LINE_FEW];
	struct buf line;

	if (!run.shown || run.tally == NULL)
		return -1;
	if ((now = clock_tick()) < run.due)
		return run.due - now;
	run.due = now + EVERY;
	buf_over(&line, text, sizeof text);
	buf_addc(&line, '\r');
	compose(&line);
	buf_adds(&line, "\033[K");
	say(line.data, line.len);
	run.stands = 1;
	return EVERY;
}

void
progress_clear(void)
{
	if (!run.stands)
		return;
	run.stands = 0;
	say(CLEAR, sizeof CLEAR - 1);
}
