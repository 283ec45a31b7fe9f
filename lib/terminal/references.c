#include <openssl/evp.h>
#include <string.h>

#include "base/random.h"
#include "gen/names.h"
#include "model/fold.h"
#include "model/insured.h"
#include "oqs/raw.h"
#include "pipe/record.h"
#include "terminal/references.h"

#define KEY_BYTES  16 /* of a hash */
#define KEY_MAX	   512
#define NUMBER_MAX 512

static int
as_given(struct buf *out, const char *text)
{
	return buf_adds(out, text);
}

/* What tells an insurance, however it is written. */
static const struct {
	const char *member; /* of `insured`, and of a policy */
	int (*fold)(struct buf *, const char *);
} keys[] = {
	{ INSURED_INSURER_NUMBER, fold_insurer_number },
	{ INSURED_SYMBOL, fold_symbol },
	{ INSURED_NUMBER, fold_number },
	{ INSURED_BRANCH, as_given },
};

/* The name under which the number is kept. 0, or -1 with why. */
static int
key_of(const char *institution, const json_t *insured, char out[static ASK_SIZE], struct why *why)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct buf text;
	int r = -1;

	buf_init(&text, KEY_MAX);
	buf_adds(&text, institution);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *value = record_text(insured, keys[i].member);

		buf_addc(&text, '\n');
		if (value != NULL && !buf_failed(&text))
			keys[i].fold(&text, value);
	}
	if (!buf_failed(&text) &&
	    EVP_Digest(text.data, text.len, hash, NULL, EVP_sha256(), NULL) == 1) {
		base32(out, hash, KEY_BYTES);
		r = 0;
	} else {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
	}
	buf_free(&text);
	return r;
}

/*
 * Can it be registered? In practice only the late-stage elderly do without a branch
 * (oqs-interface.md 2.5).
 */
static int
check(const json_t *record, struct why *why)
{
	json_t *insured = json_copy(json_object_get(record, OBJECT_INSURED)),
	       *asked = json_object();
	json_t *number = json_object_get(json_object_get(record, RECORD_OQS), OQS_REFERENCE_NUMBER);
	struct insured in;
	int right;

	if (insured != NULL && number != NULL)
		json_object_set(insured, INSURED_REFERENCE_NUMBER, number);
	if (insured != NULL)
		json_object_set_new(asked, OBJECT_INSURED, insured);
	right = registration_read(asked, &in, why);
	if (right && registration_lacks_branch(&in)) {
		why_set(why, ERR_BRANCH_MALFORMED, "/" OBJECT_INSURED "/" INSURED_BRANCH,
		    "it is missing");
		right = 0;
	}
	json_decref(asked);
	return right ? 0 : -1;
}

int
references_register(const struct spool *spool, const json_t *record, const char *institution,
    enum refusal *refusal, struct why *why)
{
	const json_t *oqs = json_object_get(record, RECORD_OQS);
	char key[ASK_SIZE];
	struct buf number;
	int r = -1;

	*refusal = REFUSAL_FORM;
	if (request_institution(record, institution, why) == -1)
		return -1;
	*refusal = REFUSAL_KEYS;
	if (check(record, why) == -1)
		return -1;
	*refusal = REFUSAL_CENTRE;
	buf_init(&number, NUMBER_MAX);
	buf_adds(&number, record_text(oqs, OQS_REFERENCE_NUMBER));
	if (key_of(record_text(oqs, OQS_INSTITUTION_CODE), json_object_get(record, OBJECT_INSURED),
		key, why) == 0)
		r = spool_register(spool, key, &number, why);
	buf_free(&number);
	return r;
}

/* The number of one policy: the caller's, or NULL: it has none. 0, or -1 with why. */
static int
number_of(const struct spool *spool, const char *institution, const json_t *policy, json_t **number,
    struct why *why)
{
	char key[ASK_SIZE];
	struct buf text;
	int r;

	*number = NULL;
	if (key_of(institution, policy, key, why) == -1)
		return -1;
	buf_init(&text, NUMBER_MAX);
	if ((r = spool_registered(spool, key, &text, why)) == 1)
		*number = json_stringn(text.data, text.len);
	buf_free(&text);
	return r == -1 ? -1 : 0;
}

int
references_give(const struct spool *spool, const char *institution, json_t *eligibility, int each,
    struct why *why)
{
	json_t *numbers = json_array(), *policy, *number;
	size_t i;
	int r = 0;

	json_object_set_new(eligibility, ELIGIBILITY_REFERENCE_NUMBERS, numbers);
	json_array_foreach (json_object_get(eligibility, ELIGIBILITY_POLICIES), i, policy) {
		if (number_of(spool, institution, policy, &number, why) == -1)
			r = -1;
		else if (number != NULL && each)
			json_object_set(policy, POLICY_REFERENCE_NUMBER, number);
		if (number != NULL)
			json_array_append_new(numbers, number);
	}
	return r;
}
