/*
 * Fuzz target: lines of a ledger, and what is held outside of one. What is taken for an entry is
 * what would have been written, and whatever is refused has a code.
 */
#include <stdlib.h>
#include <string.h>

#include "trust/ledger_private.h"
#include "trust/pin.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_entry(const char *text, size_t size)
{
	static struct ledger_entry e;
	struct why why = { .id = ERR_NONE };
	struct buf again;

	if (!entry_read(text, size, &e, &why)) {
		if (why.id == ERR_NONE)
			abort();
		return;
	}
	buf_init(&again, LEDGER_LINE_MAX);
	if (entry_write(&again, e.n, e.at, e.event, e.token) == -1 || again.len != size ||
	    memcmp(again.data, text, size) != 0)
		abort();
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Where it ends is where it ends: a byte read behind it is found. */
	char *text = malloc(size == 0 ? 1 : size), facility[16];
	struct why why = { .id = ERR_NONE };
	struct pin pin;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	check_entry(text, size);
	if (!header_read(text, size, facility, &why) && why.id == ERR_NONE)
		abort();
	why.id = ERR_NONE;
	if (!pin_read(text, size, &pin, &why) && why.id == ERR_NONE)
		abort();
	free(text);
	return 0;
}
