/* Fuzz target: a history of limits, as a disk or somebody's editor may give it back. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fee/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct points none;
	struct limits limits;
	struct why why;
	FILE *fp;

	if (n == 0)
		return 0;
	if (limits_init(&limits, &none) == -1 ||
	    (fp = fmemopen((void *)(uintptr_t)data, n, "r")) == NULL)
		abort();
	/* What was read can be gone on with, whatever came of it. */
	if (history_read(fp, "fuzz", &limits, &why) == 0 && limits_forget(&limits) == -1)
		abort();
	fclose(fp);
	limits_free(&limits);
	return 0;
}
