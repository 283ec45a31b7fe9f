/*
 * Fuzz target: a booking list in any encoding. Every row must become one record that parses, or a
 * reason why not.
 */
#include <sys/mman.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "csv/columns.h"
#include "csv/convert.h"
#include "csv/header.h"
#include "csv/mapping.h"
#include "pipe/record.h"
#include "table/decode.h"
#include "table/rows.h"

#define MAX_ROW ((size_t)1 << 14)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
convert_row(struct converter *c, const struct row *row, const struct decoder *d, uint64_t seq,
    struct why *why)
{
	struct line line = { 0 };
	struct buf out;
	json_t *record;

	buf_init(&out, MAX_ROW * 32);
	convert(c, row, d, seq, &out, why);
	if (buf_failed(&out) == 0) {
		line.text = out.data;
		line.len = line.bytes = out.len;
		if ((record = record_parse(&line, why)) == NULL)
			abort();
		json_decref(record);
	}
	buf_free(&out);
}

static void
read_list(struct rows *rows, const struct mapping *mapping)
{
	const struct date today = { 2026, 10, 5 };
	struct decoder d;
	struct columns columns = { 0 };
	struct converter *c = NULL;
	struct row row;
	struct why why;
	uint64_t seq = 0;
	enum rows_result result;

	decoder_init(&d, ENCODING_UNKNOWN, MAX_ROW);
	if (header_read(rows, &d, mapping, &columns, &why) == -1)
		goto out;
	if ((c = converter_new("fuzz", mapping, &columns, NULL, today)) == NULL)
		abort();
	while ((result = rows_next(rows, columns.n, &row, &why)) > ROWS_END) {
		if (result == ROWS_BROKEN)
			continue;
		why = (struct why){ 0 };
		if (decode_cells(&d, &row, &why) >= 0)
			convert_row(c, &row, &d, ++seq, &why);
	}
out:
	converter_free(c);
	columns_free(&columns);
	decoder_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct rows *rows;

	if (fd == -1 || write_all(fd, data, size) == -1 || lseek(fd, 0, SEEK_SET) == -1 ||
	    (rows = rows_open(fd, MAX_ROW)) == NULL)
		abort();
	read_list(rows, &booking_mapping);
	rows_close(rows);
	close(fd);
	return 0;
}
