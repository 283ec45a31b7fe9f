#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "card/recorded.h"

#define RECORD_MAX (1 << 20)
#define LINE_SIZE  1024
#define PIN_AT	   5 /* of a VERIFY, behind its header */

static const char *const words[LINKS] = {
	[LINK_OK] = "ok",
	[LINK_LATER] = "later",
	[LINK_NO_SERVICE] = "no-service",
	[LINK_REFUSED] = "refused",
	[LINK_NO_READER] = "no-reader",
	[LINK_NO_CARD] = "no-card",
	[LINK_HELD] = "held",
	[LINK_REMOVED] = "removed",
	[LINK_RESET] = "reset",
	[LINK_FAILED] = "failed",
};

struct recorded {
	struct buf text; /* being played */
	size_t at;
	int fd; /* being written to */
	const struct way *inner;
};

static enum link
link_find(const char *word)
{
	for (int i = 0; i < LINKS; i++)
		if (strcmp(words[i], word) == 0)
			return (enum link)i;
	return LINK_FAILED;
}

/* The next line of the record, without its line feed; "" at its end. */
static void
next_line(struct recorded *r, char line[static LINE_SIZE])
{
	const char *from = r->text.len == 0 ? "" : r->text.data + r->at;
	size_t n = strcspn(from, "\n");
	size_t kept = n < LINE_SIZE ? n : LINE_SIZE - 1;

	memcpy(line, from, kept);
	line[kept] = '\0';
	r->at += n + (r->at + n < r->text.len);
}

/* What a call said, if it is the next in the record. */
static enum link
played(struct recorded *r, const char *call)
{
	char line[LINE_SIZE] = "";
	size_t n = strlen(call);

	next_line(r, line);
	if (strncmp(line, call, n) != 0 || line[n] != ' ')
		return LINK_FAILED;
	return link_find(line + n + 1);
}

static void
hex(char *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	out[2 * n] = '\0';
}

/* The command in hex, a PIN in it as asterisks. */
static void
command_text(char out[static LINE_SIZE], const uint8_t *command, size_t n)
{
	hex(out, command, n);
	if (n > PIN_AT && command[1] == 0x20)
		memset(out + (size_t)2 * PIN_AT, '*', 2 * (n - PIN_AT));
}

static enum link
play_open(void *self)
{
	return played(self, "open");
}

/* One reader of a look. 1, or 0 if the line is none. */
static int
read_reader(const char *line, struct readers *out)
{
	char *rest, *name;
	unsigned long events = strtoul(line, &rest, 10), card = strtoul(rest, &name, 10);

	if (rest == line || name == rest || *name != ' ' || events > UINT_MAX)
		return 0;
	out->reader[out->n].events = (unsigned)events;
	out->reader[out->n].card = card != 0;
	snprintf(
	    out->reader[out->n].name, READER_NAME_SIZE, "%.*s", READER_NAME_SIZE - 1, name + 1);
	out->n++;
	return 1;
}

static enum link
play_look(void *self, struct readers *out, int64_t wait)
{
	struct recorded *r = self;
	enum link link = played(r, "look");
	char line[LINE_SIZE];

	(void)wait;
	out->n = 0;
	if (link != LINK_OK && link != LINK_LATER)
		return link;
	for (next_line(r, line); line[0] != '.'; next_line(r, line))
		if (out->n == READERS_MAX || !read_reader(line, out))
			return LINK_FAILED;
	return link;
}

static enum link
play_connect(void *self, const char *reader)
{
	(void)reader;
	return played(self, "connect");
}

static enum link
play_transmit(void *self, const uint8_t *command, size_t n, uint8_t *answer, size_t *len)
{
	struct recorded *r = self;
	char line[LINE_SIZE], text[LINE_SIZE];
	size_t digits;

	if (n > TRANSPORT_ANSWER)
		return LINK_FAILED;
	command_text(text, command, n);
	next_line(r, line);
	if (strncmp(line, "> ", 2) != 0 || strcmp(line + 2, text) != 0)
		return LINK_FAILED;
	next_line(r, line);
	if (strncmp(line, "< ", 2) != 0)
		return LINK_FAILED;
	digits = strspn(line + 2, "0123456789abcdef");
	if (line[2 + digits] != '\0' || digits % 2 != 0 || digits / 2 > *len)
		return link_find(line + 2);
	for (size_t i = 0; i < digits / 2; i++) {
		const char two[] = { line[2 + 2 * i], line[3 + 2 * i], '\0' };

		answer[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	*len = digits / 2;
	return LINK_OK;
}

static void
play_off(void *self)
{
	struct recorded *r = self;
	size_t before = r->at;
	char line[LINE_SIZE];

	next_line(r, line);
	if (strcmp(line, "off") != 0)
		r->at = before; /* it was not connected */
}

static void
play_close(void *self)
{
	play_off(self);
}

static enum link
write_link(struct recorded *r, const char *call, enum link link)
{
	return dprintf(r->fd, "%s %s\n", call, words[link]) < 0 ? LINK_FAILED : link;
}

static enum link
write_open(void *self)
{
	struct recorded *r = self;

	return write_link(r, "open", r->inner->ops->open(r->inner->self));
}

static enum link
write_look(void *self, struct readers *out, int64_t wait)
{
	struct recorded *r = self;
	enum link link = r->inner->ops->look(r->inner->self, out, wait);

	write_link(r, "look", link);
	if (link != LINK_OK && link != LINK_LATER)
		return link;
	for (size_t i = 0; i < out->n; i++)
		dprintf(r->fd, "%u %d %s\n", out->reader[i].events, out->reader[i].card,
		    out->reader[i].name);
	dprintf(r->fd, ".\n");
	return link;
}

static enum link
write_connect(void *self, const char *reader)
{
	struct recorded *r = self;

	return write_link(r, "connect", r->inner->ops->connect(r->inner->self, reader));
}

static enum link
write_transmit(void *self, const uint8_t *command, size_t n, uint8_t *answer, size_t *len)
{
	struct recorded *r = self;
	char text[LINE_SIZE];
	enum link link;

	if (n > TRANSPORT_ANSWER)
		return LINK_FAILED;
	command_text(text, command, n);
	dprintf(r->fd, "> %s\n", text);
	link = r->inner->ops->transmit(r->inner->self, command, n, answer, len);
	if (link == LINK_OK)
		hex(text, answer, *len);
	dprintf(r->fd, "< %s\n", link == LINK_OK ? text : words[link]);
	return link;
}

static void
write_off(void *self)
{
	struct recorded *r = self;

	r->inner->ops->power_off(r->inner->self);
	dprintf(r->fd, "off\n");
}

static void
write_close(void *self)
{
	struct recorded *r = self;

	r->inner->ops->close(r->inner->self);
	dprintf(r->fd, "close\n");
}

struct way
recorded_play(const char *path, struct why *why)
{
	static const struct transport ops = { play_open, play_look, play_connect, play_transmit,
		play_off, play_close };
	struct recorded *r = calloc(1, sizeof *r);

	if (r == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
		return (struct way){ &ops, NULL, -1 };
	}
	buf_init(&r->text, RECORD_MAX);
	r->fd = -1;
	if (file_read(path, RECORD_MAX, &r->text, why) == -1) {
		buf_free(&r->text);
		free(r);
		r = NULL;
	}
	return (struct way){ &ops, r, -1 };
}

struct way
recorded_write(int fd, const struct way *inner)
{
	static const struct transport ops = { write_open, write_look, write_connect, write_transmit,
		write_off, write_close };
	struct recorded *r = calloc(1, sizeof *r);

	if (r != NULL)
		*r = (struct recorded){ .fd = fd, .inner = inner };
	return (struct way){ &ops, r, fd };
}

void
recorded_free(struct way *way)
{
	struct recorded *r = way->self;

	if (r != NULL)
		buf_free(&r->text);
	free(r);
	way->self = NULL;
}
