/* Fuzz target: a mapping of columns, as people write their own. */
#include <stdint.h>

#include "csv/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mapping mapping;
	struct why why;

	mapping_parse(&mapping, (const char *)data, size, "fuzz", &why);
	mapping_free(&mapping);
	return 0;
}
