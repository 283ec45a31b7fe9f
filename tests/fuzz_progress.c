/* Fuzz target: the file in which a facility writes down what has been done. */
#include <stdint.h>
#include <stdlib.h>

#include "readiness/onboarding.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct table *steps;
	struct progress_kept kept;
	struct why why;

	if (steps == NULL &&
	    (steps = table_load("lib/readiness/onboarding_steps.csv", &why)) == NULL)
		abort();
	progress_parse((const char *)data, size, steps, &kept, &why);
	return 0;
}
