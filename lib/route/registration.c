#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/random.h"
#include "gen/names.h"
#include "pipe/record.h"
#include "route/registration.h"

#define TEXT_MAX   4096
#define HASH_BYTES 16 /* of it are used */

static const char *const members[] = { INSURED_REFERENCE_NUMBER, INSURED_INSURER_NUMBER,
	INSURED_SYMBOL, INSURED_NUMBER, INSURED_BRANCH };

void
registration_item(const json_t *insured, char out[static BULK_ITEM_SIZE])
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	char item[ASK_SIZE] = "";
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const char *value = record_text(insured, members[i]);

		buf_addf(&text, "%s\n", value == NULL ? "" : value);
	}
	if (!buf_failed(&text) &&
	    EVP_Digest(text.data, text.len, hash, NULL, EVP_sha256(), NULL) == 1)
		base32(item, hash, HASH_BYTES);
	snprintf(out, BULK_ITEM_SIZE, "%.*s", BULK_ITEM_SIZE - 1, item);
	buf_free(&text);
}
