/* Fuzz target: conditions of a fee table, as people write their own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fee/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int64_t facts[FACTS];
	const struct moment moment = { 20000, 19980, facts };
	char *text = strndup((const char *)data, n);
	const char *bad = NULL;
	enum fact fact = FACTS;
	struct terms terms;
	enum truth truth;
	size_t at = 0;

	if (text == NULL)
		return 0;
	facts_ordinary(facts);
	if (terms_read(&terms, text, &bad) == 0 && (bad < text || bad > text + strlen(text)))
		abort();
	truth = terms_hold(&terms, &moment, &at, &fact);
	if (truth != TRUTH_YES && fact == FACTS)
		abort();
	/* There is a reason for everything. */
	if (truth == TRUTH_UNKNOWN && fact_rows[fact].unknown == NULL)
		abort();
	terms_free(&terms);
	free(text);
	return 0;
}
