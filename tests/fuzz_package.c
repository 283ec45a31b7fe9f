/* Fuzz target: an archive that somebody calls a package. Nothing of it is believed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "subsidy/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules rules;
	struct verifier v = { .path = "fuzzed", .rules = &rules };
	enum verdict verdict;
	struct buf out;
	struct why why;

	if (rules.n_rules == 0 && rules_load(&rules, "lib/subsidy", &why) == -1)
		abort();
	for (int format = FORMAT_JSON; format <= FORMAT_TEXT; format++) {
		v.format = (enum format)format;
		verdict = VERDICT_UNKNOWN;
		buf_init(&out, (size_t)1 << 24);
		if (v.format == FORMAT_JSON)
			buf_addc(&out, '{');
		if (verify_memory(&v, data, size, &out, &verdict, &why) == 0 &&
		    verdict == VERDICT_YES &&
		    (size < 71 || memcmp(data + size - 71, "sha256:", 7) != 0))
			abort(); /* only what is sealed passes */
		buf_free(&out);
	}
	return 0;
}
