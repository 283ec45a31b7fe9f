/*
 * Fuzz target: lines in, records, splicing. Of every line that is a record, what comes out must
 * parse, equal what came in but for our member, and be the same again when that is dropped.
 */
#include <sys/mman.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "gen/names.h"
#include "pipe/lines.h"
#include "pipe/record.h"
#include "pipe/splice.h"

#define MAX_LINE ((size_t)1 << 16)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char ours[] = "{\"status\":\"valid\"}";

static json_t *
parse(const struct buf *text)
{
	struct line line = { .text = text->data, .len = text->len, .bytes = text->len };

	return record_parse(&line, NULL);
}

static void
check(const struct line *line, json_t *in)
{
	struct buf put, dropped;
	json_t *out, *again;

	buf_init(&put, MAX_LINE * 2);
	buf_init(&dropped, MAX_LINE * 2);
	if (splice_put(&put, line->text, line->len, OBJECT_ELIGIBILITY, ours, sizeof ours - 1) ==
		-1 ||
	    splice_drop(&dropped, put.data, put.len, OBJECT_ELIGIBILITY) == -1)
		abort();
	if ((out = parse(&put)) == NULL || (again = parse(&dropped)) == NULL)
		abort();
	json_object_del(in, OBJECT_ELIGIBILITY);
	if (!json_equal(in, again) || json_object_del(out, OBJECT_ELIGIBILITY) == -1 ||
	    !json_equal(in, out))
		abort();
	json_decref(out);
	json_decref(again);
	buf_free(&put);
	buf_free(&dropped);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct lines *lines;
	struct line line;

	if (fd == -1 || write_all(fd, data, size) == -1 || lseek(fd, 0, SEEK_SET) == -1 ||
	    (lines = lines_open(fd, MAX_LINE)) == NULL)
		abort();
	while (lines_next(lines, &line) == 1) {
		struct why why;
		json_t *record = line.over ? NULL : record_parse(&line, &why);

		if (record != NULL)
			check(&line, record);
		json_decref(record);
	}
	lines_close(lines);
	close(fd);
	return 0;
}
