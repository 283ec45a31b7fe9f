#include <errno.h>
#include <string.h>

#include "table/header.h"

static const char bom[] = "\xef\xbb\xbf";

/* What people give instead of a CSV, by its first bytes. */
static const struct {
	const char *bytes;
	size_t n;
	const char *what;
} strangers[] = {
	{ "\xff\xfe", 2, "it is UTF-16 (Excel's \"Unicode text\")" },
	{ "\xfe\xff", 2, "it is UTF-16" },
	{ "PK\x03\x04", 4, "it is an Excel workbook (.xlsx) or another zip file" },
	{ "\xd0\xcf\x11\xe0", 4, "it is an old Excel workbook (.xls)" },
	{ "%PDF", 4, "it is a PDF" },
};

/* 1 if it may be CSV, 0 with why if not, -1 if it could not be read. */
static int
look_like_csv(struct rows *rows, struct decoder *d, struct why *why)
{
	char start[4];
	long n = rows_peek(rows, start, sizeof start);

	if (n == -1)
		return -1;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		if ((size_t)n >= strangers[i].n &&
		    memcmp(start, strangers[i].bytes, strangers[i].n) == 0) {
			why_set(why, ERR_FILE_NOT_CSV, NULL, "%s", strangers[i].what);
			return 0;
		}
	if (n >= 3 && memcmp(start, bom, 3) == 0 && d->encoding != ENCODING_CP932) {
		rows_skip(rows, 3);
		d->encoding = ENCODING_UTF8;
	}
	return 1;
}

static int
cells_read(struct rows *rows, struct decoder *d, struct why *why)
{
	struct row row;

	switch (rows_next(rows, 0, &row, why)) {
	case ROWS_ROW:
		break;
	case ROWS_END:
		why_set(why, ERR_FILE_NOT_CSV, NULL, "it is empty; not even a header is in it");
		return 0;
	case ROWS_BROKEN:
		if (why->id == ERR_BYTES_NOT_ENCODING)
			why_set(why, ERR_FILE_NOT_CSV, NULL, "NUL bytes are in it, as in UTF-16");
		return 0;
	case ROWS_FAILED:
		return -1;
	}
	return decode_cells(d, &row, why);
}

int
header_cells(struct rows *rows, struct decoder *d, struct why *why)
{
	int good = look_like_csv(rows, d, why);

	if (good == 1)
		good = cells_read(rows, d, why);
	if (good == -1)
		why_set(why, ERR_INPUT_FAILED, NULL, "%s", strerror(errno));
	return good == 1 ? 0 : -1;
}
