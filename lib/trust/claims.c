#include <string.h>

#include "trust/claims.h"

#define NUMBER_MAX                                                                                 \
	INT64_C(253402300799) /* the year 9999: a later time could not be reckoned with */

static int
read_text(void *to, size_t size, const json_t *value)
{
	size_t n = json_string_length(value);

	if (!json_is_string(value) || n == 0 || n >= size)
		return 0;
	memcpy(to, json_string_value(value), n + 1);
	return 1;
}

static int
write_text(struct buf *out, const void *from)
{
	return buf_addjson(out, from, strlen(from));
}

static int
read_number(void *to, size_t size, const json_t *value)
{
	int64_t t = json_integer_value(value);

	if (!json_is_integer(value) || t < 0 || t > NUMBER_MAX)
		return 0;
	memcpy(to, &t, size);
	return 1;
}

static int
write_number(struct buf *out, const void *from)
{
	int64_t t;

	memcpy(&t, from, sizeof t);
	return buf_addf(out, "%lld", (long long)t);
}

static int
read_hash(void *to, size_t size, const json_t *value)
{
	return read_text(to, size, value) && json_string_length(value) == size - 1 &&
	       strspn(to, "0123456789abcdef") == size - 1;
}

const struct claim_form claim_text = { read_text, write_text };
const struct claim_form claim_hash = { read_hash, write_text };
const struct claim_form claim_number = { read_number, write_number };

int
claim_word(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static int
refuse(struct why *why, enum error_id id, const char *claim)
{
	why_set(why, id, NULL, "%.60s", claim);
	return 0;
}

int
claims_read(
    void *to, const struct claim *claims, size_t n, unsigned kind, json_t *object, struct why *why)
{
	const char *name;
	json_t *value;

	for (const struct claim *c = claims; c < claims + n; c++) {
		if ((c->allowed & kind) == 0)
			continue;
		value = json_object_get(object, c->name);
		if (value == NULL && (c->required & kind) != 0)
			return refuse(why, ERR_TOKEN_CLAIM_MISSING, c->name);
		if (value != NULL && !c->form->read((char *)to + c->at, c->size, value))
			return refuse(why, ERR_TOKEN_CLAIM_MALFORMED, c->name);
	}
	json_object_foreach (object, name, value) {
		const struct claim *c = claims;

		while (c < claims + n && ((c->allowed & kind) == 0 || strcmp(c->name, name) != 0))
			c++;
		if (c == claims + n)
			return refuse(why, ERR_TOKEN_CLAIM_UNKNOWN, name);
	}
	return 1;
}

int
claims_write(struct buf *out, const void *from, const struct claim *claims, size_t n, unsigned kind)
{
	const char *before = "{";

	for (const struct claim *c = claims; c < claims + n; c++) {
		const char *value = (const char *)from + c->at;

		if ((c->allowed & kind) == 0 || ((c->required & kind) == 0 && *value == '\0'))
			continue;
		buf_addf(out, "%s\"%s\":", before, c->name);
		before = ",";
		c->form->write(out, value);
	}
	return buf_addc(out, '}');
}
