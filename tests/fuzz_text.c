/*
 * Fuzz target: what reads a cell or a typed field. A date that is read must exist and come back
 * from its own form; what is UTF-8 and has a place in code page 932 must come back from there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_dates(const char *s)
{
	struct date d, again;
	char text[DATE_SIZE];
	int64_t t;

	if (date_read(s, &d) == 1) {
		date_format(d, text);
		if (!date_exists(d) || !date_parse(text, &again) ||
		    date_days(d) != date_days(again))
			abort();
	}
	(void)time_parse(s, &t);
	(void)span_parse(s, &t);
}

static void
check_code_page(const char *s, size_t n)
{
	struct buf there, back, folded;
	size_t offset;

	buf_init(&there, n * 4 + 16);
	buf_init(&back, n * 4 + 16);
	buf_init(&folded, n * 4 + 16);
	(void)text_to_utf8(&back, s, n, ENCODING_CP932, &offset);
	buf_reset(&back);
	if (utf8_valid(s, n, NULL) && text_to_cp932(&there, s, n, &offset) == 0 && there.len > 0 &&
	    text_to_utf8(&back, there.data, there.len, ENCODING_CP932, &offset) == -1)
		abort();
	(void)text_fold(&folded, s, n);
	(void)text_columns(s, n);
	buf_free(&there);
	buf_free(&back);
	buf_free(&folded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);
	struct why why;

	if (s == NULL)
		abort();
	memcpy(s, data, size);
	s[size] = '\0';
	check_dates(s);
	check_code_page(s, size);
	(void)check_insurer_number(s, &why);
	(void)check_symbol(s, &why);
	(void)check_number(s, &why);
	(void)check_branch(s, &why);
	free(s);
	return 0;
}
