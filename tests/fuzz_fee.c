/* Fuzz target: encounters, line by line, judged by our own table. */
#include <stdint.h>
#include <stdlib.h>

#include "fee/fees.h"
#include "pipe/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* One line; what comes out is JSON. */
static void
judge(struct fees *f, const struct line *line)
{
	struct why why = { .id = ERR_NONE };
	json_t *record = record_parse(line, &why), *fees;
	struct buf value;

	if (record == NULL)
		return;
	buf_init(&value, (size_t)1 << 20);
	fees_answer(f, record, &value, &why);
	if (why.id == ERR_NONE) {
		fees = json_loadb(value.data, value.len, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_array(fees))
			abort();
		json_decref(fees);
	}
	buf_free(&value);
	json_decref(record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fees f;
	struct line line = { .number = 1 };
	struct why why;

	if (!f.begun &&
	    (fees_open(&f, "lib/fee/fee_points.csv", &why) == -1 || fees_begin(&f, &why) == -1))
		abort();
	f.share = 3;
	for (size_t at = 0; at < n; at += line.len + 1, line.number++) {
		line.text = (const char *)data + at;
		for (line.len = 0; at + line.len < n && line.text[line.len] != '\n';)
			line.len++;
		line.bytes = line.len;
		judge(&f, &line);
	}
	/* Each input begins with no limits in use. */
	limits_free(&f.limits);
	if (limits_init(&f.limits, &f.points) == -1)
		abort();
	return 0;
}
