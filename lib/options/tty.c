#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "options/caught.h"
#include "options/tty.h"

#define SAY_MAX 16384
#define END_KEY 4 /* Ctrl-D, which is a key like others where lines are not put together */

struct tty {
	const char *tool;
	int in; /* does not block: a line that poll promised may have gone to another reader */
	int out;
	int device; /* for the lock; -1 where it cannot be opened */
};

/*
 * The terminal's own device: /dev/tty is one file for all terminals, and a lock on it would make
 * one desk wait for another. -1 if there is no way to it, as after su(1); then prompts of a
 * pipeline may mix, which is better than a desk that waits for ever.
 */
static int
device_open(int tty)
{
	unsigned device;
	char path[64];
	struct stat st;
	int fd;

	if (ioctl(tty, TIOCGDEV, &device) == -1)
		return -1;
	if (major(device) >= 136 && major(device) <= 143)
		snprintf(
		    path, sizeof path, "/dev/pts/%u", minor(device) + (major(device) - 136) * 256);
	else if (major(device) == 4 && minor(device) < 64)
		snprintf(path, sizeof path, "/dev/tty%u", minor(device));
	else if (major(device) == 4)
		snprintf(path, sizeof path, "/dev/ttyS%u", minor(device) - 64);
	else
		return -1;
	fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd != -1 && (fstat(fd, &st) == -1 || st.st_rdev != device)) {
		close(fd);
		return -1;
	}
	return fd;
}

struct tty *
tty_open(const char *tool)
{
	struct tty *t = malloc(sizeof *t);

	if (t == NULL)
		return NULL;
	*t = (struct tty){ .tool = tool, .device = -1 };
	t->in = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	t->out = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (t->in == -1 || t->out == -1) {
		tty_close(t);
		return NULL;
	}
	t->device = device_open(t->in);
	return t;
}

void
tty_close(struct tty *t)
{
	if (t == NULL)
		return;
	if (t->in != -1)
		close(t->in);
	if (t->out != -1)
		close(t->out);
	if (t->device != -1)
		close(t->device);
	free(t);
}

/* Names come from outside, and a terminal obeys what it is told: controls show as '?'. */
static void
add_tame(struct buf *out, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t c;
		size_t n = utf8_next(text, left, &c);

		if (n == 0 || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
			buf_addc(out, '?');
		else
			buf_add(out, text, n);
		n = n == 0 ? 1 : n;
		text += n;
		left -= n;
	}
}

/* In one write, so that lines of two commands do not mix. 0 or -1. */
static int
write_tame(int fd, const char *before, const char *text, const char *after)
{
	struct buf out;
	int failed;

	buf_init(&out, SAY_MAX);
	buf_adds(&out, before);
	add_tame(&out, text);
	buf_adds(&out, after);
	failed = buf_failed(&out) || write_all(fd, out.data == NULL ? "" : out.data, out.len) == -1;
	buf_wipe(&out);
	return failed ? -1 : 0;
}

int
tty_say(struct tty *t, const char *text)
{
	return write_tame(t->out, "", text, "");
}

/* What is asked: a line that shows, one that does not, or one of these keys. */
struct prompt {
	const char *text;
	int echo;
	const char *keys; /* NULL: a line */
};

/* Sets the mode of a prompt; *saved is what to put back. 0, or -1 with errno. */
static int
mode_set(struct tty *t, const struct prompt *p, struct termios *saved)
{
	struct termios mode;

	if (tcgetattr(t->in, saved) == -1)
		return -1;
	mode = *saved;
	mode.c_iflag |= ICRNL | IUTF8; /* so that one backspace takes one character, not a byte */
	mode.c_lflag |= ICANON | ISIG | ECHONL;
	if (p->echo)
		mode.c_lflag |= ECHO;
	else
		mode.c_lflag &= ~(tcflag_t)ECHO;
	if (p->keys != NULL) {
		mode.c_lflag &= ~(tcflag_t)(ICANON | ECHONL);
		mode.c_cc[VMIN] = 1;
		mode.c_cc[VTIME] = 0;
	}
	/* What was typed before a secret or a key was asked for is not the answer. */
	return tcsetattr(t->in, p->echo ? TCSADRAIN : TCSAFLUSH, &mode);
}

/* Until input waits: TTY_LINE then, else why not. */
static enum tty_answer
wait_input(struct tty *t, const struct caught *c, int64_t deadline)
{
	struct pollfd p = { .fd = t->in, .events = POLLIN };
	int64_t left = deadline - clock_tick();
	struct timespec span = { left / 1000, left % 1000 * 1000000 };
	int n;

	if (caught_any())
		return TTY_INTERRUPTED;
	if (deadline != 0 && left <= 0)
		return TTY_TIMEOUT;
	n = ppoll(&p, 1, deadline == 0 ? NULL : &span, &c->mask);
	if (n == 0)
		return TTY_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? TTY_INTERRUPTED : TTY_FAILED;
	return (p.revents & POLLIN) != 0 ? TTY_LINE : TTY_FAILED;
}

/*
 * Reads up to the line feed. A line that is too long is read to its end all the same, or its rest
 * would answer the next question.
 */
static enum tty_answer
read_line(struct tty *t, const struct caught *c, int64_t deadline, char *out, size_t n)
{
	enum tty_answer answer;
	size_t len = 0;
	int over = 0;

	for (;;) {
		char byte;
		ssize_t got = read(t->in, &byte, 1);

		if (got == -1 && errno == EAGAIN) {
			if ((answer = wait_input(t, c, deadline)) != TTY_LINE)
				return answer;
			continue;
		}
		if (got == -1)
			return errno == EINTR ? TTY_INTERRUPTED : TTY_FAILED;
		if (got == 0 && len == 0 && !over)
			return TTY_END;
		if (got == 0 || byte == '\n')
			break;
		if (len + 1 < n)
			out[len++] = byte;
		else
			over = 1;
	}
	out[len] = '\0';
	return over ? TTY_TOO_LONG : TTY_LINE;
}

/*
 * Reads up to one of the keys, in half or full width (U+FF01 and so on are EF BC 81 in UTF-8);
 * other keys do nothing.
 */
static enum tty_answer
read_key(struct tty *t, const struct caught *c, int64_t deadline, const char *keys, char *out)
{
	enum tty_answer answer;
	unsigned char seen[3] = { 0 };

	for (;;) {
		ssize_t got = read(t->in, seen + 2, 1);

		if (got == -1 && errno == EAGAIN) {
			if ((answer = wait_input(t, c, deadline)) != TTY_LINE)
				return answer;
			continue;
		}
		if (got == -1)
			return errno == EINTR ? TTY_INTERRUPTED : TTY_FAILED;
		if (got == 0 || seen[2] == END_KEY)
			return TTY_END;
		*out = (char)seen[2];
		if (seen[0] == 0xef && seen[1] == 0xbc && seen[2] > 0x80)
			*out = (char)(seen[2] - 0x60);
		if (*out != '\0' && strchr(keys, *out) != NULL)
			return TTY_LINE;
		memmove(seen, seen + 1, 2);
	}
}

/* The lock is for as long as the question stands: a stopped prompt must not hold up another. */
static enum tty_answer
ask_locked(
    struct tty *t, const struct prompt *p, int64_t deadline, struct caught *c, char *out, size_t n)
{
	enum tty_answer answer = TTY_FAILED;
	struct termios saved;

	if (mode_set(t, p, &saved) == -1)
		return TTY_FAILED;
	caught_block(c);
	if (write_tame(t->out, t->tool, ": ", "") == 0 && tty_say(t, p->text) == 0)
		answer = p->keys == NULL ? read_line(t, c, deadline, out, n)
					 : read_key(t, c, deadline, p->keys, out);
	if (answer == TTY_END || answer == TTY_TIMEOUT)
		tty_say(t, "\n");
	if (tcsetattr(t->in, p->echo ? TCSADRAIN : TCSAFLUSH, &saved) == -1)
		return TTY_FAILED;
	return answer;
}

/* One prompt; *again is set when it was stopped and continued on the way. */
static enum tty_answer
ask_once(struct tty *t, const struct prompt *p, int64_t deadline, char *out, size_t n, int *again)
{
	enum tty_answer answer = TTY_FAILED;
	struct caught c;

	caught_begin(&c);
	if (t->device == -1 || flock(t->device, LOCK_EX) == 0) {
		answer = ask_locked(t, p, deadline, &c, out, n);
		if (t->device != -1)
			flock(t->device, LOCK_UN);
	}
	switch (caught_end(&c)) {
	case 1:
		*again = 1;
		return TTY_INTERRUPTED;
	case 2:
		return TTY_INTERRUPTED;
	default:
		return answer;
	}
}

static enum tty_answer
ask(struct tty *t, const struct prompt *p, int64_t timeout, char *out, size_t n)
{
	int64_t deadline = timeout == 0 ? 0 : clock_tick() + timeout;
	enum tty_answer answer;
	int again;

	out[0] = '\0';
	do {
		again = 0;
		answer = ask_once(t, p, deadline, out, n, &again);
	} while (again);
	if (answer != TTY_LINE)
		explicit_bzero(out, n);
	return answer;
}

enum tty_answer
tty_ask(struct tty *t, const char *prompt, int echo, int64_t timeout, char *out, size_t n)
{
	const struct prompt p = { prompt, echo, NULL };

	return ask(t, &p, timeout, out, n);
}

enum tty_answer
tty_key(struct tty *t, const char *prompt, const char *keys, int64_t timeout, char *key)
{
	const struct prompt p = { prompt, 0, keys };

	return ask(t, &p, timeout, key, 1);
}

/*
 * Does not wait for the lock: whoever holds it waits for somebody at the desk, who may be waiting
 * for this line. It then stands on a line of its own and says who speaks.
 */
void
tty_desk(const char *tool, const char *line)
{
	struct tty *t = tty_open(tool);
	char who[64];

	if (t == NULL)
		return;
	snprintf(who, sizeof who, "\n%s: ", tool);
	if (t->device != -1 && flock(t->device, LOCK_EX | LOCK_NB) == -1)
		write_tame(t->out, who, line, "\n");
	else
		write_tame(t->out, "", line, "\n");
	tty_close(t);
}
