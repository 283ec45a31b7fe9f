#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "gen/names.h"
#include "pipe/output.h"
#include "pipe/progress.h"
#include "pipe/splice.h"

#define BLOCK ((size_t)64 << 10)
/* What a line without its record may need: 1,024 characters and an error, all of it escaped. */
#define BROKEN_MAX ((size_t)32 << 10)

struct output {
	int fd, error; /* errno of what failed, or 0 */
	const char *tool;
	size_t max_line;
	struct tally *tally;
	struct buf pending; /* whole lines, not yet written */

	/* A line on its way: each step reads the text and leaves it in the other scratch. */
	const char *text;
	size_t len;
	struct buf scratch[2];
	struct buf problem; /* an error as JSON */
};

struct output *
output_open(int fd, const char *tool, size_t max_line, struct tally *tally)
{
	struct output *o = malloc(sizeof *o);
	size_t most = 2 * max_line + BROKEN_MAX;

	if (o == NULL)
		return NULL;
	*o = (struct output){ .fd = fd, .tool = tool, .max_line = max_line, .tally = tally };
	buf_init(&o->pending, BLOCK + most);
	buf_init(&o->scratch[0], most);
	buf_init(&o->scratch[1], most);
	buf_init(&o->problem, BROKEN_MAX);
	signal(SIGPIPE, SIG_IGN);
	progress_open(tool, tally);
	return o;
}

/* Writes all of it, also to a descriptor that somebody set non-blocking. 0, or -1 with errno. */
static int
write_out(int fd, const char *p, size_t n)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	ssize_t done;

	while (n > 0) {
		if ((done = write(fd, p, n)) >= 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno == EAGAIN) {
			poll(&room, 1, -1);
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

int
output_flush(struct output *o)
{
	if (o->error == 0 && write_out(o->fd, o->pending.data, o->pending.len) == -1)
		o->error = errno;
	buf_reset(&o->pending);
	return o->error == 0 ? 0 : -1;
}

int
output_failed(const struct output *o)
{
	return o->error != 0;
}

/* Ends the line in `pending` and counts it, unless the output has failed. */
static int
finish(struct output *o, enum verdict verdict)
{
	buf_addc(&o->pending, '\n');
	if (o->error == 0)
		o->error = buf_failed(&o->pending);
	if (o->error != 0) {
		buf_reset(&o->pending);
		return -1;
	}
	tally_add(o->tally, verdict);
	return o->pending.len < BLOCK ? 0 : output_flush(o);
}

/* The first RAW_CHARACTERS characters, where a byte that is not UTF-8 counts as one. */
static size_t
raw_length(const struct line *line)
{
	size_t at = 0, step;
	uint32_t c;

	for (int n = 0; n < RAW_CHARACTERS && at < line->len; n++) {
		step = utf8_next(line->text + at, line->len - at, &c);
		at += step == 0 ? 1 : step;
	}
	return at;
}

int
output_broken(struct output *o, const struct line *line, const struct why *why)
{
	struct buf *out = &o->pending;

	buf_adds(out, "{\"" RECORD_SEQ "\":");
	buf_addu(out, line->number);
	buf_adds(out, ",\"" RECORD_RAW "\":");
	buf_addjson(out, line->text, raw_length(line));
	buf_adds(out, ",\"" RECORD_RAW_BYTES "\":");
	buf_addu(out, line->bytes);
	buf_adds(out, ",\"" RECORD_ERROR "\":");
	why_json(out, why, o->tool);
	buf_addc(out, '}');
	return finish(o, VERDICT_UNKNOWN);
}

int
output_as_came(struct output *o, const struct line *line, enum verdict verdict)
{
	buf_add(&o->pending, line->text, line->len);
	return finish(o, verdict);
}

/* The scratch that the text is not in. */
static struct buf *
spare(struct output *o)
{
	struct buf *b = &o->scratch[o->text == o->scratch[0].data];

	buf_reset(b);
	return b;
}

/* The step is done, or there was no memory for it. */
static void
stepped(struct output *o, const struct buf *b)
{
	if (buf_failed(b))
		o->error = buf_failed(b);
	o->text = b->data;
	o->len = b->len;
}

static void
take_off(struct output *o, const char *name)
{
	struct buf *b = spare(o);
	size_t at, n;

	if (o->error != 0 || !splice_find(o->text, o->len, name, &at, &n))
		return;
	splice_drop(b, o->text, o->len, name);
	stepped(o, b);
}

static void
number(struct output *o, uint64_t seq)
{
	struct buf *b = spare(o);
	char digits[24];
	size_t at, n;

	if (o->error != 0 || splice_find(o->text, o->len, RECORD_SEQ, &at, &n))
		return;
	n = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, seq);
	splice_put(b, o->text, o->len, RECORD_SEQ, digits, n);
	stepped(o, b);
}

/* The last step, into `pending`. Returns 1, or 0 if the line would be over the ceiling. */
static int
put(struct output *o, const char *name, const char *value, size_t value_len)
{
	struct buf *out = &o->pending;
	size_t before = out->len;

	if (o->error != 0)
		return 1; /* finish() gives it up */
	splice_put(out, o->text, o->len, name, value, value_len);
	if (buf_failed(out) != EFBIG && out->len - before <= o->max_line)
		return 1;
	out->len = before;
	out->error = 0;
	return 0;
}

int
output_answer(struct output *o, const struct line *line, const char *name, const char *value,
    size_t value_len, enum verdict verdict)
{
	struct why why;

	o->text = line->text;
	o->len = line->len;
	take_off(o, RECORD_ERROR);
	number(o, line->number);
	if (put(o, name, value, value_len))
		return finish(o, verdict);
	why_set(&why, ERR_ANSWER_TOO_LARGE, NULL, "%zu bytes, at most %zu a line (--max-line)",
	    value_len, o->max_line);
	return output_failure(o, line, name, &why);
}

int
output_failure(struct output *o, const struct line *line, const char *name, const struct why *why)
{
	o->text = line->text;
	o->len = line->len;
	take_off(o, RECORD_ERROR);
	if (name != NULL)
		take_off(o, name);
	number(o, line->number);
	buf_reset(&o->problem);
	why_json(&o->problem, why, o->tool);
	if (put(o, RECORD_ERROR, o->problem.data, o->problem.len))
		return finish(o, VERDICT_UNKNOWN);
	return output_broken(o, line, why);
}

int
output_record(struct output *o, const char *text, size_t len, enum verdict verdict)
{
	struct why why;

	if (len <= o->max_line) {
		buf_add(&o->pending, text, len);
		return finish(o, verdict);
	}
	why_set(&why, ERR_ANSWER_TOO_LARGE, NULL, "%zu bytes, at most %zu a line (--max-line)", len,
	    o->max_line);
	buf_adds(&o->pending, "{\"" RECORD_ERROR "\":");
	why_json(&o->pending, &why, o->tool);
	buf_addc(&o->pending, '}');
	return finish(o, VERDICT_UNKNOWN);
}

/* A network file system may tell only at the close that the disk is full: close a copy. */
static int
close_copy(int fd)
{
	int copy = dup(fd);

	return copy == -1 ? -1 : close(copy);
}

int
output_close(struct output *o, struct why *why)
{
	int error;

	if (output_flush(o) == 0 && close_copy(o->fd) == -1)
		o->error = errno;
	if ((error = o->error) != 0)
		why_set(why, ERR_OUTPUT_NOT_WHOLE, NULL, "%s", strerror(error));
	buf_free(&o->pending);
	buf_free(&o->scratch[0]);
	buf_free(&o->scratch[1]);
	buf_free(&o->problem);
	progress_close(o->tally);
	free(o);
	return error == 0 ? 0 : -1;
}
