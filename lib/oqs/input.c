#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "oqs/input.h"
#include "oqs/zip.h"

#define DECLARATION 256 /* the XML declaration stands in these first bytes */

static int
fail(struct oqs_input *in, enum error_id id, const char *what)
{
	why_set(&in->why, id, NULL, "%s: %s", in->name, what);
	return -1;
}

static int
bad_byte(struct oqs_input *in, uint64_t offset, enum encoding e)
{
	why_set(&in->why, ERR_BYTES_NOT_ENCODING, NULL, "%s: byte %llu is not %s", in->name,
	    (unsigned long long)offset, encoding_name(e));
	return -1;
}

/* Bytes as stored. Their number, 0 at the end, -1 with in->why. */
static ssize_t
read_raw(struct oqs_input *in, char *out, size_t n)
{
	ssize_t got;

	if (in->zip != NULL) {
		struct why inner;

		if ((got = oqs_zip_read(in->zip, out, n, &inner)) == -1)
			return fail(in, inner.id, inner.detail);
		return got;
	}
	if (in->fd == -1) {
		if (n > in->memory_len - in->memory_at)
			n = in->memory_len - in->memory_at;
		memcpy(out, in->memory + in->memory_at, n);
		in->memory_at += n;
		return (ssize_t)n;
	}
	do
		got = read(in->fd, out, n);
	while (got == -1 && errno == EINTR);
	return got == -1 ? fail(in, ERR_FILE_UNREADABLE, strerror(errno)) : got;
}

/* Fills in->raw up to a chunk. 0, or -1 with in->why. */
static int
fill(struct oqs_input *in)
{
	while (!in->ended && in->raw.len < OQS_CHUNK) {
		char *room = buf_room(&in->raw, OQS_CHUNK - in->raw.len);
		ssize_t n;

		if (room == NULL)
			return fail(in, ERR_OUT_OF_MEMORY, "no room for a chunk");
		if ((n = read_raw(in, room, OQS_CHUNK - in->raw.len)) == -1)
			return -1;
		in->raw.len += (size_t)n;
		in->ended = n == 0;
	}
	return 0;
}

static void
drop_raw(struct oqs_input *in, size_t n)
{
	memmove(in->raw.data, in->raw.data + n, in->raw.len - n);
	in->raw.len -= n;
	in->raw_at += n;
}

/* Where `word` begins in the n bytes at s, or NULL. */
static const char *
find(const char *s, size_t n, const char *word)
{
	return memmem(s, n, word, strlen(word));
}

/* Copies the encoding that the XML declaration names, if there is one. */
static void
read_declaration(struct oqs_input *in, const char *s, size_t n)
{
	const char *end, *p, *quote;

	in->declared[0] = '\0';
	if (n > DECLARATION)
		n = DECLARATION;
	if (n < 5 || memcmp(s, "<?xml", 5) != 0 || (end = find(s, n, "?>")) == NULL ||
	    (p = find(s, (size_t)(end - s), "encoding")) == NULL)
		return;
	p += strlen("encoding");
	p += strspn(p, " \t\r\n=");
	if (p >= end || (*p != '"' && *p != '\'') ||
	    (quote = memchr(p + 1, *p, (size_t)(end - p - 1))) == NULL ||
	    (size_t)(quote - p) > sizeof in->declared)
		return;
	memcpy(in->declared, p + 1, (size_t)(quote - p - 1));
	in->declared[quote - p - 1] = '\0';
}

/* Decides the encoding from mark, declaration and option. 0, or -1 with in->why. */
static int
start(struct oqs_input *in)
{
	size_t mark;

	in->started = 1;
	if (fill(in) == -1)
		return -1;
	if (in->raw.len == 0)
		return fail(in, ERR_OQS_NOT_WELL_FORMED, "it is empty");
	mark = in->raw.len >= 3 && memcmp(in->raw.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	read_declaration(in, in->raw.data + mark, in->raw.len - mark);
	in->actual = in->named != ENCODING_UNKNOWN ? in->named
		     : in->declared[0] != '\0'	   ? encoding_find(in->declared)
						   : ENCODING_UTF8;
	if (in->actual == ENCODING_UNKNOWN)
		return fail(in, ERR_BYTES_NOT_ENCODING, "it declares an encoding we do not read");
	if (mark > 0 && in->actual != ENCODING_UTF8)
		return bad_byte(in, 0, in->actual);
	in->maybe_utf8 = in->actual == ENCODING_CP932 && in->named == ENCODING_UNKNOWN;
	if (in->actual == ENCODING_CP932 && text_ready() == -1)
		return fail(in, ERR_FILE_UNREADABLE, "the system has no table of code page 932");
	drop_raw(in, mark);
	return 0;
}

/*
 * How many of the bytes at s can be converted now: up to the last one that ends no character in
 * either encoding. Trail bytes of both begin at 0x40.
 */
static size_t
whole(const char *s, size_t n)
{
	while (n > 0 && (unsigned char)s[n - 1] >= 0x40)
		n--;
	return n;
}

/* Bytes of UTF-8 from the beginning; counts characters of three bytes. Eight ASCII at a time. */
static size_t
utf8_span(const char *s, size_t n, uint64_t *wide)
{
	size_t i = 0, step;
	uint64_t eight;
	uint32_t c;

	while (i < n) {
		if (n - i >= 8) {
			memcpy(&eight, s + i, 8);
			if ((eight & 0x8080808080808080U) == 0) {
				i += 8;
				continue;
			}
		}
		if ((step = utf8_next(s + i, n - i, &c)) == 0)
			break;
		*wide += step == 3;
		i += step;
	}
	return i;
}

/*
 * Text that declares code page 932 and is UTF-8 throughout would mostly convert without an error,
 * into other characters. Kanji and kana of three bytes tell: in code page 932 their first byte
 * would pair otherwise.
 */
static void
suspect_utf8(struct oqs_input *in, const char *s, size_t n)
{
	for (size_t i = 0; in->first_high == 0 && i < n; i++)
		if ((unsigned char)s[i] >= 0x80)
			in->first_high = in->raw_at + i + 1;
	if (in->maybe_utf8 && utf8_span(s, n, &in->wide) < n)
		in->maybe_utf8 = 0;
}

/* Converts what can be converted of in->raw into in->text. 0, or -1 with in->why. */
static int
convert(struct oqs_input *in)
{
	size_t n = in->ended ? in->raw.len : whole(in->raw.data, in->raw.len), bad = 0;

	if (n == 0 && !in->ended)
		return fail(in, ERR_OQS_NOT_A_MESSAGE, "a text in it is too long");
	buf_reset(&in->text);
	in->text_at = 0;
	if (in->actual == ENCODING_CP932) {
		suspect_utf8(in, in->raw.data, n);
		if (text_to_utf8(&in->text, in->raw.data, n, ENCODING_CP932, &bad) == -1)
			return bad_byte(in, in->raw_at + bad, ENCODING_CP932);
	} else if ((bad = utf8_span(in->raw.data, n, &in->wide)) < n) {
		return bad_byte(in, in->raw_at + bad, ENCODING_UTF8);
	} else {
		buf_add(&in->text, in->raw.data, n);
	}
	if (buf_failed(&in->text))
		return fail(in, ERR_OUT_OF_MEMORY, "no room for a chunk");
	drop_raw(in, n);
	return 0;
}

ssize_t
oqs_input_read(struct oqs_input *in, char *out, size_t n)
{
	if (in->why.id != ERR_NONE || (!in->started && start(in) == -1))
		return -1;
	while (in->text_at == in->text.len) {
		if (fill(in) == -1)
			return -1;
		if (in->raw.len == 0) {
			if (in->maybe_utf8 && in->wide > 0)
				return bad_byte(in, in->first_high - 1, ENCODING_CP932);
			return 0;
		}
		if (convert(in) == -1)
			return -1;
	}
	if (n > in->text.len - in->text_at)
		n = in->text.len - in->text_at;
	memcpy(out, in->text.data + in->text_at, n);
	in->text_at += n;
	return (ssize_t)n;
}

static void
init(struct oqs_input *in, const char *name, enum encoding named)
{
	*in = (struct oqs_input){ .name = name, .named = named, .fd = -1 };
	buf_init(&in->held, OQS_MEMORY_MAX);
	buf_init(&in->raw, 2 * OQS_CHUNK);
	buf_init(&in->text, 4 * OQS_CHUNK); /* two bytes become three */
}

static int
open_zip(struct oqs_input *in)
{
	struct why inner;

	oqs_zip_close(in->zip);
	in->zip = oqs_zip_open(in->fd, in->memory, in->memory_len, in->name, &inner);
	return in->zip == NULL ? fail(in, inner.id, inner.detail) : 0;
}

int
oqs_input_memory(
    struct oqs_input *in, const char *s, size_t n, const char *name, enum encoding named)
{
	init(in, name, named);
	in->memory = s;
	in->memory_len = n;
	return oqs_zip_is(s, n) ? open_zip(in) : 0;
}

/* Takes a pipe into memory. 0, or -1 with in->why. */
static int
hold(struct oqs_input *in)
{
	for (;;) {
		char *room = buf_room(&in->held, OQS_CHUNK);
		ssize_t n;

		if (room == NULL)
			return fail(in, ERR_FILE_UNREADABLE,
			    "too large for a pipe; give the file's name instead");
		if ((n = read_raw(in, room, OQS_CHUNK)) == -1)
			return -1;
		if (n == 0)
			break;
		in->held.len += (size_t)n;
	}
	in->fd = -1;
	in->memory = in->held.data;
	in->memory_len = in->held.len;
	return oqs_zip_is(in->memory, in->memory_len) ? open_zip(in) : 0;
}

int
oqs_input_open(struct oqs_input *in, int fd, const char *name, enum encoding named)
{
	char magic[4];
	ssize_t n;

	init(in, name, named);
	in->fd = fd;
	if (fstat(fd, &in->before) == -1)
		return fail(in, ERR_FILE_UNREADABLE, strerror(errno));
	if (S_ISDIR(in->before.st_mode))
		return fail(in, ERR_FILE_UNREADABLE, strerror(EISDIR));
	if (!S_ISREG(in->before.st_mode))
		return hold(in);
	if ((n = pread(fd, magic, sizeof magic, 0)) == -1 || lseek(fd, 0, SEEK_SET) == -1)
		return fail(in, ERR_FILE_UNREADABLE, strerror(errno));
	return oqs_zip_is(magic, (size_t)n) ? open_zip(in) : 0;
}

int
oqs_input_unchanged(struct oqs_input *in)
{
	struct stat now;

	if (in->fd == -1)
		return 0;
	if (fstat(in->fd, &now) == -1)
		return fail(in, ERR_FILE_UNREADABLE, strerror(errno));
	if (now.st_size != in->before.st_size || now.st_mtim.tv_sec != in->before.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != in->before.st_mtim.tv_nsec)
		return fail(in, ERR_INPUT_FAILED, "the file changed while it was read");
	return 0;
}

int
oqs_input_rewind(struct oqs_input *in)
{
	if (oqs_input_unchanged(in) == -1)
		return -1;
	in->memory_at = 0;
	in->started = in->ended = 0;
	in->raw_at = in->wide = in->first_high = 0;
	in->text_at = 0;
	buf_reset(&in->raw);
	buf_reset(&in->text);
	if (in->zip != NULL)
		return open_zip(in);
	if (in->fd != -1 && lseek(in->fd, 0, SEEK_SET) == -1)
		return fail(in, ERR_FILE_UNREADABLE, strerror(errno));
	return 0;
}

void
oqs_input_close(struct oqs_input *in)
{
	oqs_zip_close(in->zip);
	in->zip = NULL;
	buf_free(&in->held);
	buf_free(&in->raw);
	buf_free(&in->text);
}
