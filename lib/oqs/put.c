#include <string.h>

#include "oqs/put.h"

/* Names are of our table or of the document: both need the same care. */
static int
put_text(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == '"' || c == '\\')
			return buf_addjson(out, s, n);
	}
	buf_addc(out, '"');
	buf_add(out, s, n);
	return buf_addc(out, '"');
}

static void
put_object(struct buf *out, const json_t *object)
{
	json_t *o = (json_t *)(uintptr_t)object, *v; /* iterators are not const */
	const char *name, *comma = "";

	buf_addc(out, '{');
	json_object_foreach (o, name, v) {
		buf_adds(out, comma);
		put_text(out, name, strlen(name));
		buf_addc(out, ':');
		oqs_put(out, v);
		comma = ",";
	}
	buf_addc(out, '}');
}

static void
put_array(struct buf *out, const json_t *array)
{
	json_t *v;
	size_t i;

	buf_addc(out, '[');
	json_array_foreach (array, i, v) {
		if (i > 0)
			buf_addc(out, ',');
		oqs_put(out, v);
	}
	buf_addc(out, ']');
}

int
oqs_put(struct buf *out, const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_object(out, v);
		break;
	case JSON_ARRAY:
		put_array(out, v);
		break;
	case JSON_STRING:
		put_text(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		break;
	case JSON_REAL: /* no element is one */
	case JSON_NULL:
		buf_adds(out, "null");
		break;
	case JSON_TRUE:
		buf_adds(out, "true");
		break;
	case JSON_FALSE:
		buf_adds(out, "false");
		break;
	}
	return buf_failed(out) ? -1 : 0;
}
