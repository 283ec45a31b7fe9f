/*
 * Fuzz target: the answers of one window of a journal, packed or not. Input: their size unpacked (4
 * bytes, lowest first; 0: as they are), the number of questions less one, a span for each, the lines,
 * which are also read as one for each.
 */
#include <stdlib.h>
#include <string.h>

#include "store/journal_private.h"

#define HEAD 5

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What is said to be an answer can be read. */
static void
read_all(const struct journal_loaded *l)
{
	struct journal_found found;

	for (size_t i = 0; i < l->n; i++) {
		window_answer(l, i, &found);
		if (found.state == JOURNAL_ANSWERED)
			free(memcpy(malloc(found.len), found.answer, found.len));
	}
}

/* What is packed comes out as it was. */
static void
pack(const uint8_t *data, size_t size)
{
	struct buf packed, lines;

	buf_init(&packed, LINES_MAX);
	buf_init(&lines, LINES_MAX);
	if (lines_pack((const char *)data, size, &packed) &&
	    (lines_unpack(packed.data, packed.len, (int64_t)size, &lines) == -1 ||
		lines.len != size || memcmp(lines.data, data, size) != 0))
		abort();
	buf_free(&packed);
	buf_free(&lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_loaded l = { .window = 1, .answered = 1 };
	size_t spans, unpacked;
	const uint8_t *lines;
	int r;

	pack(data, size);
	if (size < HEAD || size - HEAD < (spans = ((size_t)data[4] + 1) * SPAN_SIZE))
		return 0;
	l.n = (size_t)data[4] + 1;
	unpacked = data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16 | (size_t)data[3] << 24;
	lines = data + HEAD + spans;
	size -= HEAD + spans;
	buf_init(&l.lines, LINES_MAX);
	r = unpacked == 0 ? buf_add(&l.lines, lines, size)
			  : lines_unpack(lines, size, (int64_t)unpacked, &l.lines);
	if (r == 0 && window_spans(&l, (const char *)data + HEAD, spans))
		read_all(&l);
	if (r == 0 && window_spans(&l, NULL, 0))
		read_all(&l);
	buf_free(&l.lines);
	return 0;
}
