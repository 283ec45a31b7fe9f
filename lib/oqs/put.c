#include <string.h>

#include "oqs/put.h"

/* Plain text in one piece; what needs an escape is for buf_addjson(). */
static void
put_text(struct buf *out, const char *s, size_t n)
{
	char *room = buf_room(out, n + 2);
	size_t i = 0;

	for (; room != NULL && i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		room[i + 1] = s[i];
	}
	if (room == NULL || i < n) {
		buf_addjson(out, s, n);
		return;
	}
	room[0] = room[n + 1] = '"';
	out->len += n + 2;
}

/* What leads to the next member: ',' or '{', the name, ':'. */
static void
put_name(struct buf *out, char before, const char *name, size_t n)
{
	char *room = buf_room(out, 1);

	if (room == NULL)
		return;
	*room = before;
	out->len++;
	put_text(out, name, n);
	buf_addc(out, ':');
}

static void
put_object(struct buf *out, const json_t *object)
{
	json_t *o = (json_t *)(uintptr_t)object, *v; /* iterators are not const */
	const char *name;
	char before = '{';
	size_t n;

	json_object_keylen_foreach(o, name, n, v)
	{
		put_name(out, before, name, n);
		oqs_put(out, v);
		before = ',';
	}
	buf_adds(out, before == '{' ? "{}" : "}");
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
		if (json_integer_value(v) < 0)
			buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		else
			buf_addu(out, (uint64_t)json_integer_value(v));
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
