/*
 * Fuzz target: presence and consent tokens, and what a card gives as its certificate. Nothing that is not
 * signed may be good, and whatever is refused has a code.
 */
#include <stdlib.h>
#include <string.h>

#include "trust/consent.h"
#include "trust/idcert.h"
#include "trust/jws.h"
#include "trust/presence.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Where it ends is where it ends: a byte read behind it is found. */
	char *text = malloc(size == 0 ? 1 : size);
	struct why why = { .id = ERR_NONE };
	struct idcert cert;
	struct withdrawal withdrawal;
	struct consent consent;
	struct jws jws;

	if (text == NULL)
		abort();
	memcpy(text, data, size);
	if (!idcert_read(&cert, (const uint8_t *)text, size, &why) && why.id == ERR_NONE)
		abort();
	idcert_free(&cert);
	why.id = ERR_NONE;
	if (!jws_open(&jws, text, size, PRESENCE_TYPE, &why) && why.id == ERR_NONE)
		abort();
	jws_close(&jws);
	why.id = ERR_NONE;
	if (!consent_read(text, size, &consent, &why) && why.id == ERR_NONE)
		abort();
	why.id = ERR_NONE;
	if (!withdrawal_read(text, size, &withdrawal, &why) && why.id == ERR_NONE)
		abort();
	free(text);
	return 0;
}
