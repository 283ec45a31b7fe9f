#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "table/decode.h"

#define REPLACEMENT 0xfffd
#define PATIENCE    64 /* bad bytes in a row, before every one outside ASCII counts as bad */
#define WIDEST	    3  /* bytes of UTF-8 for one of code page 932: half-width katakana */

static const char ideographic_space[] = "\xe3\x80\x80";

void
decoder_init(struct decoder *d, enum encoding e, size_t max)
{
	*d = (struct decoder){ .encoding = e };
	buf_init(&d->text, WIDEST * (2 * max + (1 << 20)));
}

void
decoder_free(struct decoder *d)
{
	buf_free(&d->text);
	free(d->cells);
}

static int
ascii(const char *s, size_t n)
{
	unsigned char seen = 0;

	for (size_t i = 0; i < n; i++)
		seen |= (unsigned char)s[i];
	return seen < 0x80;
}

/* How many bytes from the beginning are of the encoding. */
static size_t
good_bytes(const char *s, size_t n, enum encoding e)
{
	struct buf scratch;
	size_t offset = n;

	if (e == ENCODING_UTF8) {
		utf8_valid(s, n, &offset);
		return offset;
	}
	buf_init(&scratch, WIDEST * n + 64);
	text_to_utf8(&scratch, s, n, e, &offset);
	buf_free(&scratch);
	return offset;
}

/* For bytes that are of no encoding we know: the one that gets further. */
static enum encoding
likelier(const char *s, size_t n)
{
	return good_bytes(s, n, ENCODING_CP932) > good_bytes(s, n, ENCODING_UTF8) ? ENCODING_CP932
										  : ENCODING_UTF8;
}

static void
convert_lossy(struct buf *out, const char *s, size_t n, enum encoding e)
{
	size_t at = 0, offset;

	for (int bad = 0; at < n && bad < PATIENCE; bad++) {
		if (text_to_utf8(out, s + at, n - at, e, &offset) == 0 || buf_failed(out))
			return;
		text_to_utf8(out, s + at, offset, e, &(size_t){ 0 });
		utf8_add(out, REPLACEMENT);
		at += offset + 1;
	}
	for (; at < n; at++)
		utf8_add(out, (unsigned char)s[at] < 0x80 ? (unsigned char)s[at] : REPLACEMENT);
}

void
decode_raw(struct decoder *d, const char *s, size_t n, struct buf *out)
{
	enum encoding e = d->encoding;

	if (e == ENCODING_UNKNOWN)
		e = likelier(s, n);
	convert_lossy(out, s, n, e);
}

/* Excel's way to keep a text a text: ="0613" */
static void
strip_formula(struct cell *c)
{
	if (c->len >= 3 && c->s[0] == '=' && c->s[1] == '"' && c->s[c->len - 1] == '"') {
		c->s += 2;
		c->len -= 3;
	}
}

/* Bytes of the blank that begins (ends) the text, 0 if there is none. */
static size_t
blank_first(const char *s, size_t n)
{
	if (n > 0 && (s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r')))
		return 1;
	return n >= sizeof ideographic_space - 1 && memcmp(s, ideographic_space, 3) == 0 ? 3 : 0;
}

static size_t
blank_last(const char *s, size_t n)
{
	if (n > 0 && blank_first(s + n - 1, 1) > 0)
		return 1;
	return n >= 3 && blank_first(s + n - 3, 3) == 3 ? 3 : 0;
}

void
cell_trim(struct cell *c)
{
	size_t n;

	while ((n = blank_first(c->s, c->len)) > 0) {
		c->s += n;
		c->len -= n;
	}
	while ((n = blank_last(c->s, c->len)) > 0)
		c->len -= n;
}

/* Finds the cells in d->text and ends each with a NUL where it was trimmed. 0, or -1. */
static int
split(struct decoder *d, size_t n)
{
	char *at = d->text.data;

	if (n > d->room) {
		struct cell *more = reallocarray(d->cells, n, sizeof *more);

		if (more == NULL)
			return -1;
		d->cells = more;
		d->room = n;
	}
	for (d->n = 0; d->n < n; d->n++) {
		struct cell *c = &d->cells[d->n];

		*c = (struct cell){ .s = at, .len = strlen(at) };
		at += c->len + 1;
		cell_trim(c);
		strip_formula(c);
		cell_trim(c);
		d->text.data[(size_t)(c->s - d->text.data) + c->len] = '\0';
	}
	return 0;
}

/* Which cell the byte stands in, and where in the file. */
static void
explain(struct decoder *d, const struct row *row, size_t in_cells, enum encoding e, struct why *why)
{
	uint64_t at = row->offset + good_bytes(row->raw, row->raw_len, e);

	for (d->bad = 0; in_cells-- > 0;)
		d->bad += row->cells[in_cells] == '\0';
	why_set(why, ERR_BYTES_NOT_ENCODING, NULL, "byte %" PRIu64 " of the file is not %s", at,
	    d->encoding == ENCODING_UNKNOWN ? "UTF-8, nor CP932" : encoding_name(e));
}

int
decode_cells(struct decoder *d, const struct row *row, struct why *why)
{
	enum encoding e = d->encoding;
	size_t offset = 0;
	int good = 1;

	buf_reset(&d->text);
	if (ascii(row->cells, row->cells_len)) {
		buf_add(&d->text, row->cells, row->cells_len);
	} else {
		if (e == ENCODING_UNKNOWN)
			e = d->encoding = encoding_detect(row->cells, row->cells_len);
		if (e == ENCODING_UNKNOWN)
			e = likelier(row->cells, row->cells_len);
		good = text_to_utf8(&d->text, row->cells, row->cells_len, e, &offset) == 0;
	}
	if (!good && !buf_failed(&d->text)) {
		explain(d, row, offset, e, why);
		convert_lossy(&d->text, row->cells, row->cells_len, e);
	}
	if (buf_failed(&d->text) || split(d, row->n) == -1)
		return -1;
	return good;
}
