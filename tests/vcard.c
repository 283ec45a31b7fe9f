/*
 * vcard [--ns PID] [--port N] [--log FILE] [--fault FAULT]... DIR
 *
 * Lays the card of DIR on the virtual reader of pcscd's vpcd driver, in the namespaces of process
 * PID, until it is killed: then the card is taken away. Commands and what became of the card go to
 * the log, one line each, with the time in microseconds; a PIN never does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vcard_card.h"
#include "vcard_fault.h"

#define PORT	    40000
#define MESSAGE_MAX 65535

/* Messages of one byte from the driver (vsmartcard, src/vpcd). */
enum { CONTROL_OFF, CONTROL_ON, CONTROL_RESET, CONTROL_ATR = 4 };

static const uint8_t atr[] = { 0x3b, 0x88, 0x80, 0x01, 0x00, 0x00, 0x05, 0xe0, 0xb3, 0x81, 0xa1,
	0x00, 0x7f };

struct slot {
	int fd;
	FILE *log;
	struct card card;
	struct fault faults[FAULTS_MAX];
	size_t n_faults;
};

__attribute__((format(printf, 2, 3))) static void
say(struct slot *s, const char *fmt, ...)
{
	struct timespec now;
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &now);
	fprintf(s->log, "%lld ", (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	va_start(ap, fmt);
	vfprintf(s->log, fmt, ap);
	va_end(ap);
	putc('\n', s->log);
	fflush(s->log);
}

/* Says when the user-authentication PIN became verified, and when it ceased to be. */
static void
say_state(struct slot *s, int before)
{
	if (before != s->card.verified[PIN_AUTH])
		say(s, before ? "dropped" : "verified");
}

static int
receive_all(int fd, uint8_t *to, size_t n)
{
	const int on = 1;

	while (n > 0) {
		ssize_t got;

		/* The driver sends length and body in two writes: without this each costs 44 ms. */
		setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
		got = recv(fd, to, n, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

static int
send_message(int fd, const uint8_t *bytes, size_t n)
{
	uint8_t out[2 + CARD_ANSWER_MAX] = { (uint8_t)(n >> 8), (uint8_t)n };

	memcpy(out + 2, bytes, n);
	return send(fd, out, n + 2, MSG_NOSIGNAL) == (ssize_t)n + 2 ? 0 : -1;
}

static int
control(struct slot *s, uint8_t what)
{
	static const char *const names[] = { "power-off", "power-on", "reset" };
	int before = s->card.verified[PIN_AUTH];

	if (what == CONTROL_ATR)
		return send_message(s->fd, atr, sizeof atr);
	if (what > CONTROL_RESET)
		return 0;
	if (what == CONTROL_OFF)
		card_power_off(&s->card);
	else
		card_reset(&s->card);
	say(s, "%s", names[what]);
	say_state(s, before);
	return 0;
}

static struct fault *
fault_now(struct slot *s, const char *step)
{
	struct fault *due = NULL;

	for (size_t i = 0; i < s->n_faults; i++)
		if (fault_due(&s->faults[i], step) && due == NULL)
			due = &s->faults[i];
	return due;
}

/* What happens before the card does anything. -1: the card is gone. */
static int
fault_before(struct slot *s, const struct fault *f)
{
	const char *dir = s->card.dir;

	switch (f->kind) {
	case FAULT_SILENT:
		say(s, "silent");
		for (;;)
			pause();
	case FAULT_SLOW:
		usleep((useconds_t)atoi(f->argument) * 1000);
		return 0;
	case FAULT_REMOVE:
		say(s, "removed");
		return -1;
	case FAULT_SWAP:
		if (strcmp(dir, f->argument) == 0)
			return 0;
		say(s, "swapped");
		card_free(&s->card);
		return card_load(&s->card, f->argument);
	case FAULT_RUN:
		if (system(f->argument) != 0)
			say(s, "failed: %s", f->argument);
		return 0;
	default:
		return 0;
	}
}

/* What happens to the answer. Returns its new length. */
static size_t
fault_after(const struct fault *f, uint8_t *answer, size_t n)
{
	size_t keep = (size_t)atoi(f->argument);
	unsigned sw = (unsigned)strtoul(f->argument, NULL, 16);

	switch (f->kind) {
	case FAULT_SHORT:
		return 1;
	case FAULT_CUT:
		if (keep + 2 > n)
			return n;
		memmove(answer + keep, answer + n - 2, 2);
		return keep + 2;
	case FAULT_LONG:
		memmove(answer + 1, answer, n);
		return n + 1;
	case FAULT_FLIP:
		if (n > 2)
			answer[n - 3] ^= 1;
		return n;
	case FAULT_SW:
		answer[0] = (uint8_t)(sw >> 8);
		answer[1] = (uint8_t)sw;
		return 2;
	default:
		return n;
	}
}

static void
say_command(struct slot *s, const char *step, const uint8_t *cmd, size_t n, const uint8_t *answer,
    size_t len)
{
	char hex[2 * 64 + 1] = "";

	for (size_t i = 0; i < n && i < 64; i++) {
		int secret = strcmp(step, "verify") == 0 && i >= 5;

		snprintf(hex + 2 * i, 3, secret ? "**" : "%02x", cmd[i]);
	}
	if (len < 2)
		say(s, "%s %s %zu", step, hex, len);
	else
		say(s, "%s %s %zu %02x%02x", step, hex, len - 2, answer[len - 2], answer[len - 1]);
}

static int
command(struct slot *s, const uint8_t *cmd, size_t n)
{
	const char *step = step_of(&s->card, cmd, n);
	struct fault *f = fault_now(s, step);
	int before;
	uint8_t answer[CARD_ANSWER_MAX] = { 0 };
	size_t len = 0;

	if (f != NULL && fault_before(s, f) == -1)
		return -1;
	before = s->card.verified[PIN_AUTH];
	if (f == NULL || f->kind != FAULT_SW)
		len = card_answer(&s->card, cmd, n, answer);
	if (f != NULL)
		len = fault_after(f, answer, len);
	say_command(s, step, cmd, n, answer, len);
	say_state(s, before);
	if (f != NULL && f->kind == FAULT_LOST)
		return -1;
	return send_message(s->fd, answer, len);
}

/* Until the driver or a fault takes the card away. */
static void
serve(struct slot *s)
{
	static uint8_t message[MESSAGE_MAX];
	uint8_t head[2];
	size_t n;

	while (receive_all(s->fd, head, sizeof head) == 0) {
		n = (size_t)(head[0] << 8 | head[1]);
		if (n == 0 || receive_all(s->fd, message, n) == -1)
			break;
		if ((n == 1 ? control(s, message[0]) : command(s, message, n)) == -1)
			break;
	}
	card_power_off(&s->card);
	say(s, "gone");
}

/* The network of another process; its user namespace too, unless it is ours. */
static int
join(const char *pid)
{
	static const char *const kinds[] = { "user", "net" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char path[64];
		int fd, failed;

		snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, kinds[i]);
		if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
			return -1;
		failed = setns(fd, 0) == -1 && errno != EINVAL;
		close(fd);
		if (failed)
			return -1;
	}
	return 0;
}

/* The driver opens its port some time after pcscd starts. */
static int
insert(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int tries = 0; tries < 500; tries++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
			return fd;
		close(fd);
		usleep(10000);
	}
	return -1;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "ns", 1, NULL, 'n' }, { "port", 1, NULL, 'p' },
		{ "log", 1, NULL, 'l' }, { "fault", 1, NULL, 'f' }, { 0 } };
	struct slot s = { .log = stdout };
	uint16_t port = PORT;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			port = (uint16_t)atoi(optarg);
		else if (c == 'n' && join(optarg) == -1)
			return perror("vcard: namespaces"), 1;
		else if (c == 'l' && (s.log = fopen(optarg, "ae")) == NULL)
			return perror(optarg), 1;
		else if (c == 'f' && (s.n_faults == FAULTS_MAX ||
					 !fault_parse(optarg, &s.faults[s.n_faults++])))
			return fprintf(stderr, "vcard: no such fault: %s\n", optarg), 2;
		else if (c == '?')
			return 2;
	}
	if (optind + 1 != argc || card_load(&s.card, argv[optind]) == -1)
		return 2;
	if ((s.fd = insert(port)) == -1)
		return perror("vcard: no virtual reader"), 1;
	say(&s, "inserted");
	serve(&s);
	card_free(&s.card);
	return 0;
}
