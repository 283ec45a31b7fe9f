/*
 * Fuzz target: a file of the interface, of every type in turn (the first byte chooses). What is
 * decoded must print as JSON, and must encode or be refused; nothing may leave a file that is
 * refused.
 */
#include <stdlib.h>

#include "gen/names.h"
#include "oqs/decode.h"
#include "oqs/encode.h"
#include "oqs/put.h"
#include "oqs/raw.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const types[] = { "OQSsiquc01req", "OQSsiquc01res", "OQSmuquc01req",
	"OQSmuquc02res", "OQSsiimm01res", "OQSmuimm02res", "OQSmuhvq02res", "YZKsiquc01req",
	"YZKsiquc01res", "TKKsiquc01res" };

struct seen {
	const struct oqs_message *message;
	int records;
};

static int
discard(void *arg, const char *text, size_t n)
{
	(void)arg, (void)text, (void)n;
	return 0;
}

static int
look(void *arg, const json_t *record)
{
	struct seen *seen = arg;
	struct oqs_encoder enc = { .write = discard };
	struct buf text;
	struct why why;
	json_t *again;

	seen->records++;
	buf_init(&text, (size_t)16 << 20);
	if (oqs_put(&text, record) == -1 ||
	    (again = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL)) == NULL ||
	    !json_equal(again, record))
		abort();
	json_decref(again);
	buf_free(&text);
	if (oqs_encode_begin(&enc, seen->message, ENCODING_UTF8) == -1)
		abort();
	oqs_encode_add(&enc, record, &why);
	oqs_encode_free(&enc);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen seen = { 0 };
	struct oqs_survey found = { 0 };
	struct oqs_decoding d = { .judge = { .tool = "fuzz", .at = 1790000000 },
		.found = &found,
		.each = look,
		.arg = &seen };
	struct oqs_input in;
	struct why why;

	if (size == 0)
		return 0;
	seen.message = oqs_message_find(types[data[0] % (sizeof types / sizeof *types)]);
	if (oqs_input_memory(&in, (const char *)data + 1, size - 1, "fuzz", ENCODING_UNKNOWN) ==
		0 &&
	    oqs_decode(seen.message, &in, &d, &why) == -1 && seen.records > 0)
		abort();
	oqs_input_close(&in);
	oqs_survey_free(&found);
	return 0;
}
